-- The journal's tables of versions 1 and 2; those of later versions are in schema_*.sql.
-- Documented for people who query it in data/schema/journal.md; what a reader must know is there,
-- what a writer must know is here.
--
-- Every table is clustered by (scan_id, host): a scan is written, read and deleted as one stretch,
-- facts need no key of another row first, and a replay reads each table front to back.
-- States, reasons and transports are texts, so that no enum of the program is frozen here.
-- Times are ns since 1970; seq is the order in which the engine made the facts of one scan.

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
	mac           TEXT, -- since version 2, as all below
	liar          TEXT,
	liar_ttl      INTEGER,
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
