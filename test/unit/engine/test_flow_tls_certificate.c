/* Certificates as facts: the ordinary one, and what a stranger could put into one. */
#include "support.h"
#include "tls_identity.h"

#include "engine/flow_tls_certificate.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/text.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#define MANY_NAMES 500

static X509 *ordinary(void)
{
	BIO *text = BIO_new_mem_buf(tls_identity_certificate, -1);
	X509 *x509 = PEM_read_bio_X509(text, NULL, NULL, NULL);

	assert_non_null(x509);
	BIO_free(text);
	return x509;
}

/* --- certificates of our own making --- */

struct making {
	X509 *x509;
	EVP_PKEY *key;
	GENERAL_NAMES *names;
};

static void making_begin(struct making *making, EVP_PKEY *key)
{
	making->x509 = X509_new();
	making->key = key;
	making->names = GENERAL_NAMES_new();
	assert_non_null(key);
	X509_set_version(making->x509, X509_VERSION_3);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(making->x509), "19500101000000Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(making->x509), "99991231235959Z");
	X509_set_pubkey(making->x509, key);
}

static void set_common_name(X509_NAME *name, const void *bytes, size_t count)
{
	assert_true(X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING, bytes,
					       (int)count, -1, 0));
}

static void add_name(struct making *making, int type, const void *bytes, size_t count)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value =
		ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);

	ASN1_STRING_set(value, bytes, (int)count);
	GENERAL_NAME_set0_value(name, type, value);
	sk_GENERAL_NAME_push(making->names, name);
}

static X509 *making_end(struct making *making)
{
	const EVP_MD *digest =
		EVP_PKEY_get_base_id(making->key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();

	if (sk_GENERAL_NAME_num(making->names))
		X509_add1_ext_i2d(making->x509, NID_subject_alt_name, making->names, 0, 0);
	assert_true(X509_sign(making->x509, making->key, digest) > 0);
	GENERAL_NAMES_free(making->names);
	EVP_PKEY_free(making->key);
	return making->x509;
}

/* --- the world --- */

struct told {
	struct arena arena;
	struct service_certificate certificate;
};

static struct told tell(X509 *x509)
{
	struct told told = {.arena = ARENA_INIT};

	assert_int_equal(tls_certificate_read(x509, &told.arena, &told.certificate), 0);
	X509_free(x509);
	return told;
}

/* --- tests --- */

static void an_ordinary_one_is_told_whole(void **state)
{
	static const char *const names[] = {"DNS:www.lab.test",    "DNS:*.lab.test",
					    "IP:192.0.2.7",        "IP:2001:db8::7",
					    "email:root@lab.test", "URI:https://lab.test/"};
	struct told told = tell(ordinary());
	const struct service_certificate *seen = &told.certificate;
	size_t i;

	assert_string_equal(seen->subject, "CN=www.lab.test,O=Lab\\, Größe,C=XX");
	assert_string_equal(seen->issuer, seen->subject);
	assert_int_equal(seen->names_count, 6);
	for (i = 0; i < 6; i++)
		assert_string_equal(seen->names[i], names[i]);
	assert_int_equal(seen->not_before_s, 1795657722);
	assert_int_equal(seen->not_after_s, 4949257722);
	assert_string_equal(seen->key, "ec prime256v1");
	assert_string_equal(seen->signature, "ecdsa-with-SHA256");
	assert_int_equal(seen->sha256[0], 0x0f);
	assert_int_equal(seen->sha256[31], 0x80);
	assert_int_equal(seen->der_bytes, 504);
	assert_int_equal(seen->der[0], 0x30);
	assert_true(seen->self_signed);
	arena_release(&told.arena);
}

static void other_keys_have_their_names(void **state)
{
	struct {
		EVP_PKEY *key;
		const char *name, *signature;
	} kinds[] = {
		{EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024), "rsa 1024",
		 "sha256WithRSAEncryption"},
		{EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "ed25519", "ED25519"},
		{EVP_PKEY_Q_keygen(NULL, NULL, "EC", "secp384r1"), "ec secp384r1",
		 "ecdsa-with-SHA256"},
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		struct making making;
		struct told told;

		making_begin(&making, kinds[i].key);
		set_common_name(X509_get_subject_name(making.x509), "a", 1);
		set_common_name(X509_get_issuer_name(making.x509), "b", 1);
		told = tell(making_end(&making));
		assert_string_equal(told.certificate.key, kinds[i].name);
		assert_string_equal(told.certificate.signature, kinds[i].signature);
		assert_string_equal(told.certificate.subject, "CN=a");
		assert_string_equal(told.certificate.issuer, "CN=b");
		assert_false(told.certificate.self_signed);
		assert_int_equal(told.certificate.names_count, 0);
		assert_int_equal(told.certificate.not_before_s, -631152000);
		assert_true(told.certificate.not_after_s == 253402300799);
		arena_release(&told.arena);
	}
}

static void begin_plain(struct making *making)
{
	making_begin(making, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
}

static void nothing_in_a_text_is_obeyed_by_a_terminal(void **state)
{
	static const char evil[] = "a\x1b[2J\n\r\t\xe2\x80\xae"
				   "b";
	struct making making;
	struct told told;

	begin_plain(&making);
	set_common_name(X509_get_subject_name(making.x509), evil, sizeof(evil) - 1);
	add_name(&making, GEN_DNS, "good\0evil\n\t\xff", 12);
	add_name(&making, GEN_IPADD, "\1\2\3", 3);
	told = tell(making_end(&making));
	assert_string_equal(told.certificate.subject, "CN=a\\1B[2J\\0A\\0D\\09\\xE2\\x80\\xAEb");
	assert_int_equal(told.certificate.names_count, 2);
	assert_string_equal(told.certificate.names[0], "DNS:good\\x00evil\\x0A\\x09\\xFF");
	assert_string_equal(told.certificate.names[1], "IP:");
	assert_string_equal(told.certificate.issuer, "");
	arena_release(&told.arena);
}

static void texts_and_their_number_have_a_most(void **state)
{
	static char umlauts[3001]; /* an odd place to cut */
	struct making making;
	struct told told;
	size_t i;

	umlauts[0] = 'x';
	for (i = 1; i < sizeof(umlauts); i++)
		umlauts[i] = (char)(i % 2 ? 0xc3 : 0xb6);
	begin_plain(&making);
	set_common_name(X509_get_subject_name(making.x509), umlauts, sizeof(umlauts));
	for (i = 0; i < MANY_NAMES; i++)
		add_name(&making, GEN_DNS, umlauts, sizeof(umlauts));
	told = tell(making_end(&making));
	assert_in_range(strlen(told.certificate.subject), TLS_CERTIFICATE_TEXT_MAX - 8,
			TLS_CERTIFICATE_TEXT_MAX);
	assert_int_equal(told.certificate.names_count, TLS_CERTIFICATE_NAMES_MAX);
	assert_in_range(strlen(told.certificate.names[127]), TLS_CERTIFICATE_TEXT_MAX - 8,
			TLS_CERTIFICATE_TEXT_MAX);
	/* Not inside a letter. */
	assert_true(text_is_utf8(told.certificate.names[127], strlen(told.certificate.names[127])));
	assert_true(text_is_utf8(told.certificate.subject, strlen(told.certificate.subject)));
	assert_null(told.certificate.der); /* 1.5 MB */
	assert_int_equal(told.certificate.der_bytes, 0);
	arena_release(&told.arena);
}

static int read_once(void *self)
{
	struct told told = {.arena = ARENA_INIT};
	int r = tls_certificate_read(self, &told.arena, &told.certificate);

	if (r < 0)
		assert_null(told.certificate.subject);
	arena_release(&told.arena);
	return r;
}

static void each_allocation_may_fail(void **state)
{
	X509 *x509 = ordinary();

	support_each_allocation_fails(read_once, x509, 60);
	X509_free(x509);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ordinary_one_is_told_whole),
		cmocka_unit_test(other_keys_have_their_names),
		cmocka_unit_test(nothing_in_a_text_is_obeyed_by_a_terminal),
		cmocka_unit_test(texts_and_their_number_have_a_most),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
