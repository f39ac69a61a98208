-- A journal as version 3 wrote it: that of version-2.sql, upgraded, with a service.
PRAGMA application_id=1347701838;
PRAGMA user_version=3;
BEGIN TRANSACTION;
CREATE TABLE certificate (
	scan_id      INTEGER NOT NULL,
	sha256       BLOB NOT NULL,
	subject,
	issuer,
	names,
	not_before_s INTEGER NOT NULL,
	not_after_s  INTEGER NOT NULL,
	key,
	signature,
	self_signed  INTEGER NOT NULL,
	der          BLOB,
	PRIMARY KEY (scan_id, sha256)
) WITHOUT ROWID;
CREATE TABLE host (
	scan_id       INTEGER NOT NULL,
	host          INTEGER NOT NULL,
	address       TEXT NOT NULL,
	address_key   BLOB NOT NULL,
	scope         INTEGER NOT NULL,
	port_set      INTEGER,
	name,
	ptr,
	state         TEXT NOT NULL,
	reason        TEXT,
	ttl           INTEGER NOT NULL,
	from_address  TEXT,
	attempt       INTEGER NOT NULL,
	rtt_us        INTEGER NOT NULL,
	probe_port    INTEGER NOT NULL,
	found_ns      INTEGER,
	found_seq     INTEGER,
	hinted        INTEGER NOT NULL,
	done_ns       INTEGER,
	done_seq      INTEGER,
	ports_scanned INTEGER NOT NULL,
	timed_out     INTEGER NOT NULL,
	incomplete    INTEGER NOT NULL,
	start_ns      INTEGER,
	end_ns        INTEGER,
	srtt_us       INTEGER,
	rttvar_us     INTEGER,
	timeout_us    INTEGER,
	mac           TEXT, -- since version 2, as all below
	liar          TEXT,
	liar_ttl      INTEGER,
	PRIMARY KEY (scan_id, host)
) WITHOUT ROWID;
INSERT INTO "host" VALUES(1,0,'192.0.2.1',X'C0000201',0,0,NULL,NULL,'up','syn-ack',61,NULL,1,900,80,1700000001000000000,1,1,1700000002000000000,5,1,0,0,1700000001000000000,1700000002000000000,900,90,100000,'02:00:00:AB:00:09',NULL,NULL);
CREATE TABLE host_other (
	scan_id     INTEGER NOT NULL,
	host        INTEGER NOT NULL,
	position    INTEGER NOT NULL,
	address     TEXT NOT NULL,
	address_key BLOB NOT NULL,
	scope       INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, position)
) WITHOUT ROWID;
CREATE TABLE port (
	scan_id      INTEGER NOT NULL,
	host         INTEGER NOT NULL,
	transport    TEXT NOT NULL,
	number       INTEGER NOT NULL,
	state        TEXT NOT NULL,
	reason       TEXT NOT NULL,
	ttl          INTEGER NOT NULL,
	from_address TEXT,
	attempt      INTEGER NOT NULL,
	rtt_us       INTEGER NOT NULL,
	at_ns        INTEGER NOT NULL,
	seq          INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, transport, number)
) WITHOUT ROWID;
INSERT INTO "port" VALUES(1,0,'tcp',1,'open','syn-ack',0,NULL,1,1001,1700000001500000000,3);
CREATE TABLE port_range (
	scan_id      INTEGER NOT NULL,
	host         INTEGER NOT NULL,
	piece        INTEGER NOT NULL,
	transport    TEXT NOT NULL,
	first        INTEGER NOT NULL,
	last         INTEGER NOT NULL,
	ports        INTEGER NOT NULL,
	state        TEXT NOT NULL,
	reason       TEXT NOT NULL,
	ttl          INTEGER NOT NULL,
	from_address TEXT,
	attempt_max  INTEGER NOT NULL,
	rtt_min_us   INTEGER NOT NULL,
	rtt_max_us   INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, piece)
) WITHOUT ROWID;
INSERT INTO "port_range" VALUES(1,0,0,'tcp',2,3,2,'closed','conn-refused',0,NULL,1,100,200);
CREATE TABLE port_set (
	scan_id   INTEGER NOT NULL,
	port_set  INTEGER NOT NULL,
	transport TEXT NOT NULL,
	ports     TEXT NOT NULL,
	PRIMARY KEY (scan_id, port_set, transport)
) WITHOUT ROWID;
INSERT INTO "port_set" VALUES(1,0,'tcp','1-3');
CREATE TABLE scan (
	id               INTEGER PRIMARY KEY AUTOINCREMENT,
	uuid             TEXT NOT NULL UNIQUE,
	program          TEXT NOT NULL,
	version          TEXT NOT NULL,
	command_line     NOT NULL,
	plan             TEXT NOT NULL,
	seed             TEXT NOT NULL,
	list_only        INTEGER NOT NULL,
	start_s          INTEGER NOT NULL,
	begin_ns         INTEGER NOT NULL,
	last_ns          INTEGER NOT NULL,
	end_ns           INTEGER,
	outcome          TEXT,
	why,
	hosts_total      INTEGER NOT NULL DEFAULT 0,
	hosts_up         INTEGER NOT NULL DEFAULT 0,
	hosts_down       INTEGER NOT NULL DEFAULT 0,
	open_ports       INTEGER NOT NULL DEFAULT 0,
	probes_sent      INTEGER NOT NULL DEFAULT 0,
	probes_answered  INTEGER NOT NULL DEFAULT 0,
	probes_resent    INTEGER NOT NULL DEFAULT 0,
	dropped_locally  INTEGER NOT NULL DEFAULT 0,
	estimated_missed REAL,
	-- since version 2
	probes_planned     INTEGER,
	dropped_receiving  INTEGER,
	missed             REAL,
	missed_low         REAL,
	missed_high        REAL,
	raw_sent           INTEGER,
	raw_sent_bytes     INTEGER,
	raw_received       INTEGER,
	raw_received_bytes INTEGER
);
INSERT INTO "scan" VALUES(1,'00000000-0000-4000-8000-000000000001','portolan','0.1.0','portolan 192.0.2.1','{"portolan_plan": 1}','7',0,1700000000,1700000000000000000,1700000003000000000,1700000003000000000,'complete',NULL,1,1,0,1,77,70,5,2,0.25,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE service (
	scan_id         INTEGER NOT NULL,
	host            INTEGER NOT NULL,
	transport       TEXT NOT NULL,
	number          INTEGER NOT NULL,
	outcome         TEXT NOT NULL,
	name,
	tunnel          INTEGER NOT NULL,
	confidence      INTEGER NOT NULL,
	product,
	version,
	extrainfo,
	hostname,
	ostype,
	devicetype,
	cpe_a,
	cpe_h,
	cpe_o,
	fingerprint,
	probe,
	matched_with,
	file,
	line            INTEGER NOT NULL,
	sample          BLOB,
	response_bytes  INTEGER NOT NULL,
	probes_sent     INTEGER NOT NULL,
	took_ns         INTEGER NOT NULL,
	tls_version,
	tls_cipher,
	tls_alpn,
	tls_server_name,
	certificate     BLOB,
	at_ns           INTEGER NOT NULL,
	seq             INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, transport, number)
) WITHOUT ROWID;
INSERT INTO "service" VALUES(1,0,'tcp',1,'matched','ssh',0,10,'OpenSSH',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,7,NULL,40,1,1000000,NULL,NULL,NULL,NULL,NULL,1700000002000000000,4);
CREATE TABLE skipped (
	scan_id    INTEGER NOT NULL,
	seq        INTEGER NOT NULL,
	at_ns      INTEGER NOT NULL,
	expression NOT NULL,
	why        NOT NULL,
	PRIMARY KEY (scan_id, seq)
) WITHOUT ROWID;
CREATE TABLE warning (
	scan_id INTEGER NOT NULL,
	seq     INTEGER NOT NULL,
	at_ns   INTEGER NOT NULL,
	text    NOT NULL,
	PRIMARY KEY (scan_id, seq)
) WITHOUT ROWID;
CREATE INDEX host_by_address ON host (address_key);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('scan',1);
COMMIT;
