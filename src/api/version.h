/* What -V prints, and how programs that parse nmap's output see us. */
#ifndef PORTOLAN_API_VERSION_H
#define PORTOLAN_API_VERSION_H

#include "util/buf.h"

/* "7.99-portolan.0.1.0": the version of nmap whose behaviour is ours, then
 * our own. Goes where nmap's version goes: XML, headers, -V. Static. */
const char *version_nmap_token(void);

/* What stands behind that name on the screen: the token behind "Nmap", our own version behind
 * any other. Static. */
const char *version_of_title(const char *title);

/* The text of -V (features.md CL-05). `program` is "nmap" or "portolan". */
void version_print(const char *program, struct buf *out);

#endif
