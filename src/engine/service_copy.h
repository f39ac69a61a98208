/* The facts of a service copied into one block of memory, which may be moved:
 * what a collector keeps until the host's report, and what the journal's
 * queue carries. Whatever a detector hands over, a block has a bounded size:
 * texts are cut at the lengths below, and a certificate that is longer than
 * CERTIFICATE_MAX is kept without its DER form. Knows no format. */
#ifndef PORTOLAN_ENGINE_SERVICE_COPY_H
#define PORTOLAN_ENGINE_SERVICE_COPY_H

#include "engine/service.h"

#define SERVICE_NAME_MAX        255   /* its name, probe, file ... */
#define SERVICE_SUBJECT_MAX     1023  /* subject and issuer */
#define SERVICE_FINGERPRINT_MAX 16383 /* at -d they grow beyond 10,000 (features.md SV-18) */
#define SERVICE_CERTIFICATE_MAX 16384
#define SERVICE_ALT_NAMES_MAX   64 /* subject alternative names */

/* SERVICE_LEAN leaves out what is long and only of interest to few: the
 * sample, the fingerprint, the certificate's DER form and its other names. */
enum service_copy_kind { SERVICE_WHOLE, SERVICE_LEAN };

/* The bytes a block takes; a multiple of 8. */
size_t service_copy_bytes(const struct service_facts *facts, enum service_copy_kind kind);
/* Fills a block of that many bytes, aligned to 8; the facts in it point into it. */
const struct service_facts *service_copy_into(void *block, const struct service_facts *facts,
					      enum service_copy_kind kind);
/* The facts of a block whose bytes were moved to another place (aligned, too). */
const struct service_facts *service_copy_moved(void *block);
/* A block of its own; alloc_free(). NULL: memory. */
const struct service_facts *service_copy_new(const struct service_facts *facts,
					     enum service_copy_kind kind);

#endif
