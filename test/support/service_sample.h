/* Facts of a service made of any bytes: for tests that play random ones, and
 * for fuzz harnesses. Included by each; knows no test framework. */
#ifndef PORTOLAN_TEST_SERVICE_SAMPLE_H
#define PORTOLAN_TEST_SERVICE_SAMPLE_H

#include "engine/service.h"
#include "util/reader.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLE_TEXTS 32
#define SAMPLE_NAMES 3

struct service_sample {
	struct service_facts facts;
	struct service_tls tls;
	const char *names[SAMPLE_NAMES];
	char *texts[SAMPLE_TEXTS];
	size_t texts_count;
};

/* Up to 255 of the bytes as text, which ends at a NUL; NULL now and then, and
 * when nothing is left. */
static inline const char *service_sample_text(struct service_sample *sample, struct reader *in)
{
	size_t length = read_u8(in);
	char *text;

	if (length % 4 == 3 || !in->left_bytes)
		return NULL;
	if (length % 4 == 1) /* mostly short */
		length /= 16;
	if (length > in->left_bytes)
		length = in->left_bytes;
	text = calloc(1, length + 1);
	if (!text)
		abort();
	memcpy(text, reader_take(in, length), length);
	return sample->texts[sample->texts_count++] = text;
}

static inline void service_sample_tls(struct service_sample *sample, struct reader *in)
{
	struct service_certificate *certificate = &sample->tls.certificate;
	const uint8_t *sha256;

	sample->facts.tls = &sample->tls;
	sample->tls.version = "TLSv1.3";
	sample->tls.cipher = service_sample_text(sample, in);
	sample->tls.alpn = service_sample_text(sample, in);
	sample->tls.server_name = service_sample_text(sample, in);
	/* Two different certificates do not have one hash. */
	sha256 = reader_take(in, sizeof(certificate->sha256));
	if (!sha256)
		return;
	memcpy(certificate->sha256, sha256, sizeof(certificate->sha256));
	certificate->subject = service_sample_text(sample, in);
	if (!certificate->subject)
		return;
	certificate->issuer = service_sample_text(sample, in);
	certificate->key = "rsa 2048";
	certificate->signature = service_sample_text(sample, in);
	certificate->not_before_s = (int64_t)((uint64_t)read_be32(in) << 32 | read_be32(in));
	certificate->not_after_s = (int64_t)read_be32(in) * 80;
	certificate->self_signed = read_u8(in) & 1;
	certificate->names_count = read_u8(in) % (SAMPLE_NAMES + 1);
	certificate->names = certificate->names_count ? sample->names : NULL;
	for (size_t i = 0; i < certificate->names_count; i++) {
		const char *name = service_sample_text(sample, in);

		/* Certificate texts are printable by contract (engine/service.h). */
		sample->names[i] = name && !strchr(name, '\n') ? name : "DNS:a.example";
	}
	certificate->der_bytes = read_u8(in);
	if (certificate->der_bytes > in->left_bytes)
		certificate->der_bytes = in->left_bytes;
	certificate->der = reader_take(in, certificate->der_bytes);
}

/* Borrows `in`'s bytes. Release with service_sample_release(). */
static inline void service_sample_of(struct service_sample *sample, struct reader *in)
{
	struct service_facts *facts = &sample->facts;
	uint8_t flags = read_u8(in);

	memset(sample, 0, sizeof(*sample));
	facts->end = (enum service_end)(read_u8(in) % SERVICE_ENDS);
	facts->confidence = read_u8(in) % 11;
	facts->tunnel = flags & 1;
	facts->name = service_sample_text(sample, in);
	facts->product = service_sample_text(sample, in);
	facts->version = service_sample_text(sample, in);
	facts->extrainfo = service_sample_text(sample, in);
	facts->hostname = service_sample_text(sample, in);
	facts->ostype = service_sample_text(sample, in);
	facts->devicetype = service_sample_text(sample, in);
	facts->cpe_a =
		flags & 8 ? "cpe:/a:vendor:pro~duct:1.0%2b" : service_sample_text(sample, in);
	facts->cpe_h = service_sample_text(sample, in);
	facts->cpe_o = service_sample_text(sample, in);
	facts->fingerprint = service_sample_text(sample, in);
	facts->probe = service_sample_text(sample, in);
	facts->matched_with = service_sample_text(sample, in);
	facts->file = service_sample_text(sample, in);
	facts->line = read_be16(in);
	facts->response_bytes = read_be16(in);
	facts->probes_sent = read_u8(in);
	facts->took_ns = (uint64_t)read_be32(in) * 1000;
	facts->sample_bytes = flags & 2 ? read_u8(in) : 0;
	if (facts->sample_bytes > in->left_bytes)
		facts->sample_bytes = in->left_bytes;
	facts->sample = facts->sample_bytes ? reader_take(in, facts->sample_bytes) : NULL;
	if (flags & 4)
		service_sample_tls(sample, in);
}

static inline void service_sample_release(struct service_sample *sample)
{
	for (size_t i = 0; i < sample->texts_count; i++)
		free(sample->texts[i]);
	sample->texts_count = 0;
}

#endif
