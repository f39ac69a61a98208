-- What version 3 of the journal added (see schema.sql): services, and the certificates they showed.
-- A certificate is kept once a scan, however many ports show it.

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
