/* A block: its own address when it was filled, the facts, TLS, the pointers to
 * alternative names, then texts and bytes without gaps. Moving adds the
 * difference of the addresses to every pointer. */
#include "engine/service_copy.h"

#include "util/alloc.h"

#include <string.h>

#define BLOCK_ALIGN 8

struct block {
	struct service_facts facts; /* first: alloc_free() of the facts frees the block */
	struct service_tls tls;
	uintptr_t base; /* where it was filled */
	const char *names[];
};

/* One text: where it is in the facts, and how long it may be. */
struct text_field {
	size_t offset, bytes_max;
};

#define FACT(name, max)                                   \
	{                                                 \
		offsetof(struct service_facts, name), max \
	}
#define TLS(name, max)                                  \
	{                                               \
		offsetof(struct service_tls, name), max \
	}

static const struct text_field fact_texts[] = {
	FACT(name, SERVICE_NAME_MAX),
	FACT(product, SERVICE_PRODUCT_MAX),
	FACT(version, SERVICE_VERSION_MAX),
	FACT(extrainfo, SERVICE_EXTRAINFO_MAX),
	FACT(hostname, SERVICE_HOSTNAME_MAX),
	FACT(ostype, SERVICE_OSTYPE_MAX),
	FACT(devicetype, SERVICE_DEVICE_MAX),
	FACT(cpe_a, SERVICE_CPE_MAX),
	FACT(cpe_h, SERVICE_CPE_MAX),
	FACT(cpe_o, SERVICE_CPE_MAX),
	FACT(fingerprint, SERVICE_FINGERPRINT_MAX),
	FACT(probe, SERVICE_NAME_MAX),
	FACT(matched_with, SERVICE_NAME_MAX),
	FACT(file, SERVICE_NAME_MAX),
};

static const struct text_field tls_texts[] = {
	TLS(version, SERVICE_NAME_MAX),
	TLS(cipher, SERVICE_NAME_MAX),
	TLS(alpn, SERVICE_NAME_MAX),
	TLS(server_name, SERVICE_NAME_MAX),
	TLS(certificate.subject, SERVICE_SUBJECT_MAX),
	TLS(certificate.issuer, SERVICE_SUBJECT_MAX),
	TLS(certificate.key, SERVICE_NAME_MAX),
	TLS(certificate.signature, SERVICE_NAME_MAX),
};

#define FACT_TEXTS (sizeof(fact_texts) / sizeof(fact_texts[0]))
#define TLS_TEXTS  (sizeof(tls_texts) / sizeof(tls_texts[0]))

static const char **text_at(void *in, const struct text_field *field)
{
	return (const char **)(void *)((uint8_t *)in + field->offset);
}

/* What goes into a block: the facts with everything left out or cut that does
 * not go along. */
struct picked {
	struct service_facts facts;
	struct service_tls tls;
	bool has_tls;
};

static void pick_tls(struct picked *picked, enum service_copy_kind kind)
{
	struct service_certificate *certificate = &picked->tls.certificate;

	if (kind == SERVICE_LEAN || !certificate->names)
		certificate->names_count = 0;
	if (certificate->names_count > SERVICE_ALT_NAMES_MAX)
		certificate->names_count = SERVICE_ALT_NAMES_MAX;
	if (kind == SERVICE_LEAN || !certificate->der ||
	    certificate->der_bytes > SERVICE_CERTIFICATE_MAX)
		certificate->der_bytes = 0;
}

static void pick(struct picked *picked, const struct service_facts *facts,
		 enum service_copy_kind kind)
{
	*picked = (struct picked){.facts = *facts, .has_tls = facts->tls != NULL};
	picked->facts.finding = NULL;
	if (kind == SERVICE_LEAN)
		picked->facts.fingerprint = NULL;
	if (kind == SERVICE_LEAN || !facts->sample)
		picked->facts.sample_bytes = 0;
	if (picked->facts.sample_bytes > SERVICE_SAMPLE_MAX)
		picked->facts.sample_bytes = SERVICE_SAMPLE_MAX;
	if (!picked->has_tls)
		return;
	picked->tls = *facts->tls;
	pick_tls(picked, kind);
}

static size_t text_bytes(const char *text, size_t most)
{
	return text ? strnlen(text, most) + 1 : 0;
}

static size_t texts_bytes(void *in, const struct text_field *fields, size_t count)
{
	size_t bytes = 0, i;

	for (i = 0; i < count; i++)
		bytes += text_bytes(*text_at(in, &fields[i]), fields[i].bytes_max);
	return bytes;
}

static const char *name_at(const struct service_certificate *certificate, size_t i)
{
	return certificate->names[i] ? certificate->names[i] : "";
}

static size_t picked_bytes(struct picked *picked)
{
	const struct service_certificate *certificate = &picked->tls.certificate;
	size_t bytes = sizeof(struct block) + certificate->names_count * sizeof(char *), i;

	bytes += texts_bytes(&picked->facts, fact_texts, FACT_TEXTS);
	bytes += texts_bytes(&picked->tls, tls_texts, TLS_TEXTS);
	for (i = 0; i < certificate->names_count; i++)
		bytes += text_bytes(name_at(certificate, i), SERVICE_NAME_MAX);
	bytes += picked->facts.sample_bytes + certificate->der_bytes;
	return (bytes + BLOCK_ALIGN - 1) / BLOCK_ALIGN * BLOCK_ALIGN;
}

size_t service_copy_bytes(const struct service_facts *facts, enum service_copy_kind kind)
{
	struct picked picked;

	pick(&picked, facts, kind);
	return picked_bytes(&picked);
}

/* Copies to *at, which moves behind it; NULL for nothing. */
static const uint8_t *put_bytes(uint8_t **at, const void *bytes, size_t count)
{
	uint8_t *put = *at;

	if (!count)
		return NULL;
	memcpy(put, bytes, count);
	*at += count;
	return put;
}

static const char *put_text(uint8_t **at, const char *text, size_t most)
{
	const char *put = (const char *)*at;

	if (!text)
		return NULL;
	(void)put_bytes(at, text, strnlen(text, most));
	*(*at)++ = '\0';
	return put;
}

static void put_texts(uint8_t **at, void *in, const struct text_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char **text = text_at(in, &fields[i]);

		*text = put_text(at, *text, fields[i].bytes_max);
	}
}

static void put_tls(struct block *block, uint8_t **at)
{
	struct service_certificate *certificate = &block->tls.certificate;

	for (size_t i = 0; i < certificate->names_count; i++)
		block->names[i] = put_text(at, name_at(certificate, i), SERVICE_NAME_MAX);
	certificate->names = certificate->names_count ? block->names : NULL;
	put_texts(at, &block->tls, tls_texts, TLS_TEXTS);
	certificate->der = put_bytes(at, certificate->der, certificate->der_bytes);
}

static const struct service_facts *fill(void *place, const struct picked *picked)
{
	struct block *block = place;
	uint8_t *at = (uint8_t *)&block->names[picked->tls.certificate.names_count];

	*block = (struct block){
		.facts = picked->facts, .tls = picked->tls, .base = (uintptr_t)place};
	put_texts(&at, &block->facts, fact_texts, FACT_TEXTS);
	block->facts.sample = put_bytes(&at, block->facts.sample, block->facts.sample_bytes);
	put_tls(block, &at);
	block->facts.tls = picked->has_tls ? &block->tls : NULL;
	return &block->facts;
}

const struct service_facts *service_copy_into(void *block, const struct service_facts *facts,
					      enum service_copy_kind kind)
{
	struct picked picked;

	pick(&picked, facts, kind);
	return fill(block, &picked);
}

/* The pointer at `place`, which may hold one of any type. */
static void move_pointer(void *place, const struct block *block)
{
	uintptr_t at;

	memcpy(&at, place, sizeof(at));
	if (!at)
		return;
	at += (uintptr_t)block - block->base;
	memcpy(place, &at, sizeof(at));
}

static void move_texts(void *in, const struct text_field *fields, size_t count,
		       const struct block *block)
{
	for (size_t i = 0; i < count; i++)
		move_pointer(text_at(in, &fields[i]), block);
}

const struct service_facts *service_copy_moved(void *place)
{
	struct block *block = place;
	struct service_certificate *certificate = &block->tls.certificate;

	move_texts(&block->facts, fact_texts, FACT_TEXTS, block);
	move_texts(&block->tls, tls_texts, TLS_TEXTS, block);
	for (size_t i = 0; i < certificate->names_count; i++)
		move_pointer(&block->names[i], block);
	move_pointer(&certificate->names, block);
	move_pointer(&certificate->der, block);
	move_pointer(&block->facts.sample, block);
	move_pointer(&block->facts.tls, block);
	block->base = (uintptr_t)place;
	return &block->facts;
}

const struct service_facts *service_copy_new(const struct service_facts *facts,
					     enum service_copy_kind kind)
{
	struct picked picked;
	void *block;

	pick(&picked, facts, kind);
	block = alloc_zero(picked_bytes(&picked));
	return block ? fill(block, &picked) : NULL;
}
