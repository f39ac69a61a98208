-- A journal as programs of version 1 wrote it: its tables, and one scan.
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
	estimated_missed REAL
);

CREATE TABLE port_set (
	scan_id   INTEGER NOT NULL,
	port_set  INTEGER NOT NULL,
	transport TEXT NOT NULL,
	ports     TEXT NOT NULL,
	PRIMARY KEY (scan_id, port_set, transport)
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
	PRIMARY KEY (scan_id, host)
) WITHOUT ROWID;

CREATE INDEX host_by_address ON host (address_key);

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

INSERT INTO scan (uuid, program, version, command_line, plan, seed, list_only, start_s, begin_ns, last_ns, end_ns, outcome,
	hosts_total, hosts_up, hosts_down, open_ports, probes_sent, probes_answered, probes_resent, dropped_locally, estimated_missed)
	VALUES ('00000000-0000-4000-8000-000000000001', 'portolan', '0.1.0', 'portolan 192.0.2.1', '{"portolan_plan": 1}', '7', 0,
	1700000000, 1700000000000000000, 1700000003000000000, 1700000003000000000, 'complete', 1, 1, 0, 1, 77, 70, 5, 2, 0.25);
INSERT INTO port_set VALUES (1, 0, 'tcp', '1-3');
INSERT INTO host VALUES (1, 0, '192.0.2.1', X'C0000201', 0, 0, NULL, NULL, 'up', 'syn-ack', 61, NULL, 1, 900, 80,
	1700000001000000000, 1, 1, 1700000002000000000, 5, 1, 0, 0, 1700000001000000000, 1700000002000000000, 900, 90, 100000);
INSERT INTO port VALUES (1, 0, 'tcp', 1, 'open', 'syn-ack', 0, NULL, 1, 1001, 1700000001500000000, 3);
INSERT INTO port_range VALUES (1, 0, 0, 'tcp', 2, 3, 2, 'closed', 'conn-refused', 0, NULL, 1, 100, 200);
PRAGMA application_id = 0x50544c4e;
PRAGMA user_version = 1;
