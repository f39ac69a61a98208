/* The input is a certificate's DER form. */
#include "engine/flow_tls_certificate.h"
#include "util/text.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Safe to print, on one line, and not too long. */
static void check_text(const char *text, size_t most)
{
	size_t count, i;

	if (!text)
		abort();
	count = strlen(text);
	if (count > most || !text_is_utf8(text, count))
		abort();
	for (i = 0; i < count; i++)
		if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f)
			abort();
}

static void check(const struct service_certificate *certificate)
{
	size_t i;

	check_text(certificate->subject, TLS_CERTIFICATE_TEXT_MAX);
	check_text(certificate->issuer, TLS_CERTIFICATE_TEXT_MAX);
	check_text(certificate->key, TLS_CERTIFICATE_TEXT_MAX);
	check_text(certificate->signature, TLS_CERTIFICATE_TEXT_MAX);
	if (certificate->names_count > TLS_CERTIFICATE_NAMES_MAX ||
	    certificate->der_bytes > TLS_CERTIFICATE_DER_MAX)
		abort();
	for (i = 0; i < certificate->names_count; i++)
		check_text(certificate->names[i], TLS_CERTIFICATE_TEXT_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct arena arena = ARENA_INIT;
	struct service_certificate certificate;
	const uint8_t *der = data;
	X509 *x509 = d2i_X509(NULL, &der, (long)bytes);

	if (x509 && tls_certificate_read(x509, &arena, &certificate) == 0)
		check(&certificate);
	arena_release(&arena);
	X509_free(x509);
	ERR_clear_error();
	return 0;
}
