-- What version 5 of the journal added (see schema.sql): what scripts gave, and findings.
-- What concerns the run and no host has host -1. A value is a tree, a row a node, in the order
-- in which it is shown. data/schema/journal.md says what the columns mean.

CREATE TABLE script (
	scan_id   INTEGER NOT NULL,
	host      INTEGER NOT NULL,
	scope     TEXT NOT NULL,
	transport TEXT NOT NULL,
	number    INTEGER NOT NULL,
	id        NOT NULL,
	text,
	cut       INTEGER NOT NULL,
	stopped,
	took_ns   INTEGER NOT NULL,
	at_ns     INTEGER NOT NULL,
	seq       INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, scope, transport, number, id)
) WITHOUT ROWID;

CREATE TABLE script_value (
	scan_id  INTEGER NOT NULL,
	host     INTEGER NOT NULL,
	script   INTEGER NOT NULL, -- its seq
	position INTEGER NOT NULL,
	depth    INTEGER NOT NULL,
	kind     TEXT NOT NULL,
	key,
	text,
	PRIMARY KEY (scan_id, host, script, position)
) WITHOUT ROWID;

CREATE TABLE script_block (
	scan_id INTEGER NOT NULL,
	scope   TEXT NOT NULL,
	at_ns   INTEGER NOT NULL,
	seq     INTEGER NOT NULL,
	PRIMARY KEY (scan_id, seq)
) WITHOUT ROWID;

CREATE TABLE finding (
	scan_id         INTEGER NOT NULL,
	host            INTEGER NOT NULL,
	scope           TEXT NOT NULL,
	transport       TEXT NOT NULL,
	number          INTEGER NOT NULL,
	id              NOT NULL,
	source          NOT NULL,
	severity        TEXT NOT NULL,
	title,
	seen,
	why,
	remedy,
	reference_lines,
	confidence      REAL NOT NULL,
	at_ns           INTEGER NOT NULL,
	seq             INTEGER NOT NULL,
	PRIMARY KEY (scan_id, host, scope, transport, number, id, source)
) WITHOUT ROWID;
