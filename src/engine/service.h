/* What runs on a port, as far as it was found out (features.md SV-16): the
 * facts, and what they rest on. Made by detect/, carried by observations,
 * printed by formats. Knows no signature. */
#ifndef PORTOLAN_ENGINE_SERVICE_H
#define PORTOLAN_ENGINE_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest text of each field, without a NUL. */
#define SERVICE_PRODUCT_MAX   79
#define SERVICE_VERSION_MAX   79
#define SERVICE_EXTRAINFO_MAX 255
#define SERVICE_HOSTNAME_MAX  79
#define SERVICE_OSTYPE_MAX    31
#define SERVICE_DEVICE_MAX    31
#define SERVICE_CPE_MAX       79
#define SERVICE_SAMPLE_MAX    256 /* bytes of the response kept as evidence */

enum service_end {
	SERVICE_HARD,       /* a match line named it */
	SERVICE_SOFT,       /* a softmatch line did */
	SERVICE_WRAPPED,    /* tcpwrapped: accepted, and closed without a word */
	SERVICE_UNKNOWN,    /* nothing that answered was known, or nothing answered */
	SERVICE_EXCLUDED,   /* never written to (the probe file's Exclude, the gate's list) */
	SERVICE_INCOMPLETE, /* a deadline, a lost way or the user ended it */
	SERVICE_ENDS
};

/* A certificate that was shown; texts are UTF-8 made safe to print. NULL: not there. */
struct service_certificate {
	const char *subject, *issuer; /* "CN=a,O=b" (RFC 4514) */
	const char *const *names;     /* subject alternative names, "DNS:a", "IP:10.0.0.1" */
	size_t names_count;
	int64_t not_before_s, not_after_s; /* since 1970 */
	const char *key;                   /* "rsa 2048", "ec prime256v1", "ed25519" */
	const char *signature;             /* "sha256WithRSAEncryption" */
	uint8_t sha256[32];                /* of the DER form */
	const uint8_t *der;
	size_t der_bytes;
	bool self_signed;
};

struct script_finding;

struct service_tls {
	const char *version;     /* "TLSv1.3", "DTLSv1.2" */
	const char *cipher;      /* OpenSSL's name */
	const char *alpn;        /* the protocol that was agreed on; NULL none */
	const char *server_name; /* SNI that was sent; NULL none */
	struct service_certificate certificate;
};

/* Every pointer may be NULL: not known. All are borrowed for the call that
 * hands the facts over. */
struct service_facts {
	enum service_end end;
	/* What was found, without a tunnel's prefix; NULL: the table's name stands. */
	const char *name;
	bool tunnel; /* spoken inside TLS or DTLS */
	/* 0..10: 10 matched, 8 tcpwrapped, 3 table (SV-19). */
	uint8_t confidence;
	const char *product, *version, *extrainfo, *hostname, *ostype, *devicetype;
	const char *cpe_a, *cpe_h, *cpe_o; /* "cpe:/a:vendor:product:version" */
	const char *fingerprint; /* of what nothing recognised: one "SF-Port..." line, unwrapped */
	const struct service_tls *tls;
	/* The evidence. */
	const char *probe;        /* that was answered: "GetRequest" */
	const char *matched_with; /* whose lines matched: it, a fallback, or "NULL" */
	const char *file;         /* that the line is in: "http.probe", "nmap-service-probes" */
	uint32_t line;            /* 0: no line matched */
	const uint8_t *sample;    /* the first bytes of the response */
	size_t sample_bytes;
	uint32_t response_bytes; /* of it all */
	/* What it says is wrong; NULL: nothing. Told once, by an observation of its own: copies of
	 * the facts are without it. */
	const struct script_finding *finding;
	uint32_t probes_sent;
	uint64_t took_ns;
};

#endif
