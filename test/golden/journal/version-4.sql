-- A journal as version 4 wrote it: that of version-3.sql, upgraded, with a system and a way.
PRAGMA application_id=1347701838;
PRAGMA user_version=4;
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
CREATE TABLE hop (
	scan_id      INTEGER NOT NULL,
	host         INTEGER NOT NULL,
	ttl          INTEGER NOT NULL,
	address      TEXT,
	address_key  BLOB,
	scope        INTEGER NOT NULL,
	rtt_us       INTEGER,
	cached       INTEGER NOT NULL,
	name,
	country,
	organization,
	asn          INTEGER,
	PRIMARY KEY (scan_id, host, ttl)
) WITHOUT ROWID;
INSERT INTO "hop" VALUES(1,0,1,'192.0.2.1',X'C0000201',0,900,0,NULL,NULL,NULL,NULL);
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
CREATE TABLE path (
	scan_id      INTEGER NOT NULL,
	host         INTEGER NOT NULL,
	transport    TEXT,
	number       INTEGER,
	reached      INTEGER NOT NULL,
	incomplete   INTEGER NOT NULL,
	same_hops    INTEGER NOT NULL,
	same_as_key  BLOB,
	same_as_scope INTEGER NOT NULL,
	probes_sent  INTEGER NOT NULL,
	at_ns        INTEGER NOT NULL,
	seq          INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host)
) WITHOUT ROWID;
INSERT INTO "path" VALUES(1,0,'tcp',1,1,0,0,NULL,0,1,1700000002000000000,7);
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
CREATE TABLE system (
	scan_id         INTEGER NOT NULL,
	host            INTEGER NOT NULL,
	result          TEXT NOT NULL,
	ip_version      INTEGER NOT NULL,
	incomplete      INTEGER NOT NULL,
	own_data        INTEGER NOT NULL,
	unreliable      INTEGER NOT NULL,
	guessing        INTEGER NOT NULL,
	unfit,
	open_tcp        INTEGER,
	closed_tcp      INTEGER,
	closed_udp      INTEGER,
	perfect_count   INTEGER NOT NULL,
	types,
	cpes,
	fingerprint,
	uptime_s        INTEGER,
	boot_s          INTEGER,
	distance        INTEGER,
	distance_by     INTEGER,
	tcp_index       INTEGER,
	difficulty,
	ipid_class,
	timestamp_class,
	has_timestamps  INTEGER NOT NULL,
	rounds          INTEGER NOT NULL,
	probes_sent     INTEGER NOT NULL,
	probes_answered INTEGER NOT NULL,
	took_ns         INTEGER NOT NULL,
	at_ns           INTEGER NOT NULL,
	seq             INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host)
) WITHOUT ROWID;
INSERT INTO "system" VALUES(1,0,'none',4,0,1,0,0,NULL,1,2,NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,1,16,15,1000000000,1700000002000000000,6);
CREATE TABLE system_class (
	scan_id    INTEGER NOT NULL,
	host       INTEGER NOT NULL,
	match      INTEGER NOT NULL,
	position   INTEGER NOT NULL,
	vendor,
	family,
	generation,
	type,
	accuracy   INTEGER NOT NULL,
	cpes,
	PRIMARY KEY (scan_id, host, match, position)
) WITHOUT ROWID;
CREATE TABLE system_evidence (
	scan_id  INTEGER NOT NULL,
	host     INTEGER NOT NULL,
	position INTEGER NOT NULL,
	source,
	says,
	family,
	weight   REAL NOT NULL,
	PRIMARY KEY (scan_id, host, position)
) WITHOUT ROWID;
CREATE TABLE system_guess (
	scan_id     INTEGER NOT NULL,
	host        INTEGER NOT NULL,
	position    INTEGER NOT NULL,
	name,
	family,
	probability REAL NOT NULL,
	PRIMARY KEY (scan_id, host, position)
) WITHOUT ROWID;
INSERT INTO "system_guess" VALUES(1,0,0,'Linux 6.X','Linux',0.9);
CREATE TABLE system_match (
	scan_id  INTEGER NOT NULL,
	host     INTEGER NOT NULL,
	position INTEGER NOT NULL,
	name,
	accuracy INTEGER NOT NULL,
	perfect  INTEGER NOT NULL,
	guess    INTEGER NOT NULL,
	line     INTEGER NOT NULL,
	file,
	PRIMARY KEY (scan_id, host, position)
) WITHOUT ROWID;
CREATE TABLE system_running (
	scan_id  INTEGER NOT NULL,
	host     INTEGER NOT NULL,
	position INTEGER NOT NULL,
	name,
	percent  INTEGER NOT NULL,
	certain  INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, position)
) WITHOUT ROWID;
CREATE TABLE system_sample (
	scan_id   INTEGER NOT NULL,
	host      INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	isn       INTEGER NOT NULL,
	ip_id     INTEGER NOT NULL,
	timestamp INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, position)
) WITHOUT ROWID;
CREATE TABLE warning (
	scan_id INTEGER NOT NULL,
	seq     INTEGER NOT NULL,
	at_ns   INTEGER NOT NULL,
	text    NOT NULL,
	PRIMARY KEY (scan_id, seq)
) WITHOUT ROWID;
CREATE INDEX host_by_address ON host (address_key);
CREATE VIEW hop_node AS
	SELECT scan_id, address, address_key, scope, max(name) AS name, max(country) AS country,
	       max(organization) AS organization, max(asn) AS asn, count(*) AS hosts,
	       min(ttl) AS ttl_min, min(rtt_us) AS rtt_min_us
	FROM hop WHERE address_key IS NOT NULL
	GROUP BY scan_id, address_key, scope;
CREATE VIEW hop_link AS
	SELECT scan_id, from_address, address AS to_address, ttl - from_ttl AS hops,
	       count(*) AS hosts, min(rtt_us) AS rtt_min_us, min(from_rtt_us) AS from_rtt_min_us
	FROM (SELECT scan_id, host, ttl, address, rtt_us,
	             lag(address) OVER way AS from_address,
	             lag(ttl, 1, 0) OVER way AS from_ttl,
	             lag(rtt_us) OVER way AS from_rtt_us
	      FROM hop WHERE address_key IS NOT NULL
	      WINDOW way AS (PARTITION BY scan_id, host ORDER BY ttl))
	GROUP BY scan_id, from_address, to_address, hops;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('scan',1);
COMMIT;
