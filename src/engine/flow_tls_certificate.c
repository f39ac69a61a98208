/* An X.509 certificate (RFC 5280) becomes texts. OpenSSL has parsed the DER form; what its
 * fields say is still the stranger's. */
#include "engine/flow_tls_certificate.h"

#include "net/ip.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* As RFC 4514 wants it, but with the letters of other alphabets as UTF-8. */
#define NAME_FLAGS (XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB)
/* Made safe, one byte becomes four at most; what comes behind is cut in any case. */
#define RAW_TEXT_MAX TLS_CERTIFICATE_TEXT_MAX

/* --- text --- */

/* On one line: also TAB and LF, which text_add_safe() lets through. */
static void add_line(struct buf *out, const uint8_t *bytes, size_t count)
{
	size_t i, from = 0;

	for (i = 0; i < count; i++) {
		if (bytes[i] != '\n' && bytes[i] != '\t')
			continue;
		text_add_safe(out, bytes + from, i - from);
		buf_addf(out, "\\x%02X", bytes[i]);
		from = i + 1;
	}
	text_add_safe(out, bytes + from, count - from);
}

/* Cuts at `most` bytes, not inside a character. */
static void cut_text(struct buf *text, size_t most)
{
	if (text->len <= most)
		return;
	while (most && (text->data[most] & 0xc0) == 0x80)
		most--;
	buf_cut(text, most);
}

/* "prefix" and the bytes, made safe; NULL: memory. */
static const char *keep(struct arena *arena, const char *prefix, const void *bytes, size_t count)
{
	struct buf safe = BUF_INIT;
	const char *kept = NULL, *text;

	buf_add_str(&safe, prefix);
	add_line(&safe, bytes, count < RAW_TEXT_MAX ? count : RAW_TEXT_MAX);
	cut_text(&safe, TLS_CERTIFICATE_TEXT_MAX);
	text = buf_str(&safe);
	if (buf_ok(&safe))
		kept = arena_strdup(arena, text);
	buf_release(&safe);
	return kept;
}

/* --- names --- */

static const char *keep_name(struct arena *arena, const X509_NAME *name)
{
	BIO *printed = BIO_new(BIO_s_mem());
	const char *kept = NULL;
	char *bytes;
	long count;

	if (!printed)
		return NULL;
	if (X509_NAME_print_ex(printed, name, 0, NAME_FLAGS) >= 0) {
		count = BIO_get_mem_data(printed, &bytes);
		kept = keep(arena, "", bytes, count > 0 ? (size_t)count : 0);
	} else { /* a string that is not of its own type */
		kept = keep(arena, "", "", 0);
	}
	BIO_free(printed);
	return kept;
}

static const char *keep_ip(struct arena *arena, const uint8_t *bytes, size_t count)
{
	struct ip_addr addr = {.family = count == 4 ? IP_V4 : IP_V6};
	char text[IP_TEXT_BYTES];

	if (count != 4 && count != 16)
		return keep(arena, "IP:", "", 0);
	memcpy(addr.bytes, bytes, count);
	ip_format(&addr, text);
	return keep(arena, "IP:", text, strlen(text));
}

/* RFC 5280, 4.2.1.6; the kinds that name a machine or who answers for it. */
static const char *alternative_prefix(int type)
{
	switch (type) {
	case GEN_DNS:
		return "DNS:";
	case GEN_EMAIL:
		return "email:";
	case GEN_URI:
		return "URI:";
	case GEN_IPADD:
		return "IP:";
	default:
		return NULL;
	}
}

static const char *keep_alternative(struct arena *arena, const GENERAL_NAME *name)
{
	/* All four are kept in the same string type. */
	const ASN1_STRING *value = name->d.ia5;
	const uint8_t *bytes = ASN1_STRING_get0_data(value);
	int count = ASN1_STRING_length(value);

	if (count < 0)
		count = 0;
	if (name->type == GEN_IPADD)
		return keep_ip(arena, bytes, (size_t)count);
	return keep(arena, alternative_prefix(name->type), bytes, (size_t)count);
}

static int fill_alternatives(const GENERAL_NAMES *all, struct arena *arena,
			     struct service_certificate *certificate)
{
	int i, most = sk_GENERAL_NAME_num(all);
	const char **names;
	size_t count = 0;

	if (most > TLS_CERTIFICATE_NAMES_MAX)
		most = TLS_CERTIFICATE_NAMES_MAX;
	if (most <= 0)
		return 0;
	if (!(names = arena_alloc(arena, (size_t)most * sizeof(*names))))
		return ERROR_MEMORY;
	for (i = 0; i < most; i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(all, i);

		if (!alternative_prefix(name->type))
			continue;
		if (!(names[count++] = keep_alternative(arena, name)))
			return ERROR_MEMORY;
	}
	certificate->names = count ? names : NULL;
	certificate->names_count = count;
	return 0;
}

static int read_alternatives(X509 *x509, struct arena *arena,
			     struct service_certificate *certificate)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	int r = all ? fill_alternatives(all, arena, certificate) : 0;

	GENERAL_NAMES_free(all);
	return r;
}

/* --- dates --- */

static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm tm;

	return time && ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

/* --- key and signature --- */

static const char *keep_object(struct arena *arena, const ASN1_OBJECT *object)
{
	char text[128] = "";
	int nid = object ? OBJ_obj2nid(object) : NID_undef;
	const char *name = nid == NID_undef ? NULL : OBJ_nid2ln(nid);

	if (!name && object)
		OBJ_obj2txt(text, sizeof(text), object, 1);
	if (!name)
		name = text;
	return keep(arena, "", name, strlen(name));
}

static const char *keep_key_kind(struct arena *arena, X509 *x509)
{
	ASN1_OBJECT *kind = NULL;

	X509_PUBKEY_get0_param(&kind, NULL, NULL, NULL, X509_get_X509_PUBKEY(x509));
	return keep_object(arena, kind);
}

static const char *keep_key(struct arena *arena, X509 *x509)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);
	char group[64] = "", text[96] = "";

	switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
	case EVP_PKEY_RSA:
		snprintf(text, sizeof(text), "rsa %d", EVP_PKEY_get_bits(key));
		break;
	case EVP_PKEY_RSA_PSS:
		snprintf(text, sizeof(text), "rsa-pss %d", EVP_PKEY_get_bits(key));
		break;
	case EVP_PKEY_DSA:
		snprintf(text, sizeof(text), "dsa %d", EVP_PKEY_get_bits(key));
		break;
	case EVP_PKEY_EC:
		if (!EVP_PKEY_get_group_name(key, group, sizeof(group), NULL))
			snprintf(group, sizeof(group), "%d", EVP_PKEY_get_bits(key));
		snprintf(text, sizeof(text), "ec %s", group);
		break;
	case EVP_PKEY_ED25519:
		return keep(arena, "", "ed25519", strlen("ed25519"));
	case EVP_PKEY_ED448:
		return keep(arena, "", "ed448", strlen("ed448"));
	default:
		return keep_key_kind(arena, x509);
	}
	return keep(arena, "", text, strlen(text));
}

static const char *keep_signature(struct arena *arena, const X509 *x509)
{
	const X509_ALGOR *algorithm = NULL;
	const ASN1_OBJECT *kind = NULL;

	X509_get0_signature(NULL, &algorithm, x509);
	X509_ALGOR_get0(&kind, NULL, NULL, algorithm);
	return keep_object(arena, kind);
}

/* --- the whole --- */

static int keep_der(X509 *x509, struct arena *arena, struct service_certificate *certificate)
{
	int bytes = i2d_X509(x509, NULL);
	uint8_t *der, *end;

	if (bytes <= 0 || bytes > TLS_CERTIFICATE_DER_MAX)
		return 0;
	if (!(der = end = arena_alloc(arena, (size_t)bytes)))
		return ERROR_MEMORY;
	i2d_X509(x509, &end);
	certificate->der = der;
	certificate->der_bytes = (size_t)bytes;
	return 0;
}

int tls_certificate_read(X509 *x509, struct arena *arena,
			 struct service_certificate *ret_certificate)
{
	struct service_certificate certificate = {
		.subject = keep_name(arena, X509_get_subject_name(x509)),
		.issuer = keep_name(arena, X509_get_issuer_name(x509)),
		.not_before_s = seconds_of(X509_get0_notBefore(x509)),
		.not_after_s = seconds_of(X509_get0_notAfter(x509)),
		.key = keep_key(arena, x509),
		.signature = keep_signature(arena, x509),
		.self_signed = X509_self_signed(x509, 0) == 1,
	};
	int r;

	if (!certificate.subject || !certificate.issuer || !certificate.key ||
	    !certificate.signature || !X509_digest(x509, EVP_sha256(), certificate.sha256, NULL))
		return ERROR_MEMORY;
	if ((r = read_alternatives(x509, arena, &certificate)) < 0 ||
	    (r = keep_der(x509, arena, &certificate)) < 0)
		return r;
	*ret_certificate = certificate;
	return 0;
}
