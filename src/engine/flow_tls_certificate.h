/* Certificates as facts. Whatever is in one came from a stranger: every text is made safe
 * to print and has a most, and so has their number. */
#ifndef PORTOLAN_ENGINE_FLOW_TLS_CERTIFICATE_H
#define PORTOLAN_ENGINE_FLOW_TLS_CERTIFICATE_H

#include "engine/service.h"
#include "util/arena.h"

#include <openssl/x509.h>

#define TLS_CERTIFICATE_DER_MAX   16384 /* a larger one is told without its DER form */
#define TLS_CERTIFICATE_TEXT_MAX  1024  /* bytes of a name, made safe */
#define TLS_CERTIFICATE_NAMES_MAX 128   /* alternative names; more are left out */

/* All that the certificate says, in `arena`. A date that cannot be read is 0; a key or
 * signature of a kind without a name has its object identifier. ERROR_MEMORY, and then
 * ret_certificate is as it was. */
int tls_certificate_read(X509 *x509, struct arena *arena,
			 struct service_certificate *ret_certificate);

#endif
