-- What version 4 of the journal added (see schema.sql): which systems hosts run, what that rests
-- on, and the ways to them. data/schema/journal.md says what the columns mean.

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

CREATE TABLE system_guess (
	scan_id     INTEGER NOT NULL,
	host        INTEGER NOT NULL,
	position    INTEGER NOT NULL,
	name,
	family,
	probability REAL NOT NULL,
	PRIMARY KEY (scan_id, host, position)
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

-- The ways of a scan as a graph: its nodes, and its edges. From NULL is this machine.

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
