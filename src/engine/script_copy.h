/* Results and findings copied into one block of memory each, which may be moved, as
 * system_copy.h does it. A block has a bounded size: texts and lists are cut at the lengths
 * below, and what was cut says so. */
#ifndef PORTOLAN_ENGINE_SCRIPT_COPY_H
#define PORTOLAN_ENGINE_SCRIPT_COPY_H

#include "engine/script_result.h"

#define SCRIPT_ID_MAX          255
#define SCRIPT_OUTPUT_MAX      (1u << 20) /* the text, and any one of the value */
#define SCRIPT_NODES_MAX       16384u
#define SCRIPT_DEPTH_MAX       64u
#define SCRIPT_REASON_MAX      255 /* why it was stopped */
#define FINDING_TEXT_MAX       4095
#define FINDING_REFERENCES_MAX 32u
#define FINDING_REFERENCE_MAX  255

size_t script_result_bytes(const struct script_result *result);
const struct script_result *script_result_copy_into(void *block,
						    const struct script_result *result);
const struct script_result *script_result_moved(void *block);
/* A block of its own; alloc_free(). NULL: memory. */
const struct script_result *script_result_copy_new(const struct script_result *result);

size_t script_finding_bytes(const struct script_finding *finding);
const struct script_finding *script_finding_copy_into(void *block,
						      const struct script_finding *finding);
const struct script_finding *script_finding_moved(void *block);
const struct script_finding *script_finding_copy_new(const struct script_finding *finding);

#endif
