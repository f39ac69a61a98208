/* portolan learn: from the blocks of unrecognised services to samples and draft
 * signatures, in a folder laid out as data/services/ is. */
#ifndef PORTOLAN_API_LEARN_H
#define PORTOLAN_API_LEARN_H

#include "util/diag.h"

#include <stddef.h>

struct learn_request {
	const char *text; /* one block or several, with anything between them */
	size_t bytes;
	const char *folder;                          /* made if it is not there */
	void (*wrote)(void *self, const char *path); /* may be NULL */
	void *self;
};

/* Writes FOLDER/NAME.probe and FOLDER/samples/NAME/PROBE.bin and .expect for every block,
 * NAME being its transport and port. Never overwrites: ERROR_EXISTS before anything of
 * that block is written. ERROR_NOT_FOUND: there is no block. All with words. */
int learn_blocks(const struct learn_request *request, size_t *ret_blocks, struct diag *diag);

#endif
