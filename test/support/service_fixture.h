/* The facts of a TLS service with every field. Included by each test program. */
#ifndef PORTOLAN_TEST_SERVICE_FIXTURE_H
#define PORTOLAN_TEST_SERVICE_FIXTURE_H

#include "engine/service.h"

static const char *const fixture_alt_names[] = {"DNS:www.example", "IP:192.0.2.1"};

static const struct service_tls fixture_tls = {
	.version = "TLSv1.3",
	.cipher = "TLS_AES_256_GCM_SHA384",
	.alpn = "http/1.1",
	.server_name = "www.example",
	.certificate = {.subject = "CN=www.example,O=Caf\xc3\xa9",
			.issuer = "CN=Some CA",
			.names = fixture_alt_names,
			.names_count = 2,
			.not_before_s = 1700000000,
			.not_after_s = 253402300799, /* the last second of 9999 */
			.key = "ec prime256v1",
			.signature = "ecdsa-with-SHA256",
			.sha256 = {0xab, 0x01},
			.der = (const uint8_t *)"\x30\x03\x02\x01\x05",
			.der_bytes = 5}};

static const struct service_facts fixture_facts = {
	.end = SERVICE_HARD,
	.name = "http",
	.tunnel = true,
	.confidence = 10,
	.product = "nginx",
	.version = "1.22.1",
	.extrainfo = "a\tb",
	.hostname = "www",
	.ostype = "Linux",
	.devicetype = "router",
	.cpe_a = "cpe:/a:f5:nginx:1.22.1",
	.cpe_h = "cpe:/h:x:y",
	.cpe_o = "cpe:/o:linux:linux_kernel",
	.fingerprint = "SF-Port1-TCP:V=1%r(X,1,\"y\");",
	.tls = &fixture_tls,
	.probe = "GetRequest",
	.matched_with = "NULL",
	.file = "http.probe",
	.line = 12,
	.sample = (const uint8_t *)"HTTP/1.1 \"\\\r\n\0\x80",
	.sample_bytes = 15,
	.response_bytes = 300,
	.probes_sent = 2,
	.took_ns = 1500000};

#endif
