/* Inside of os_evidence_*.c: the tables as they are used, and what sources hand to the
 * fusion.
 *
 * A source looks at one kind of thing and adds clues. A clue gives each system bits: log2 of how
 * likely what was seen is there, up to a sum that is the same for all. The fusion
 * (os_evidence_fuse.c) knows bits and groups, but not what was seen. A new source is a
 * function and a line in os_evidence_sources[]. */
#ifndef PORTOLAN_DETECT_OS_OS_EVIDENCE_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS_EVIDENCE_PRIVATE_H

#include "detect/os/os_evidence.h"
#include "detect/os/os_options.h"
#include "detect/os/os_tables.h"

#define OS_SYSTEMS_MAX 64u
#define OS_CLUES_MAX   40u

struct os_system {
	const char *key, *family, *name, *stack, *classes;
	double prior;  /* log2 of its probability */
	size_t kin;    /* place of the first system of its family */
	uint64_t mask; /* its bit */
};

struct os_systems {
	size_t count;
	size_t other; /* the last: what is not in the table */
	struct os_system all[OS_SYSTEMS_MAX];
};

int os_systems_parse(struct os_table *table, struct os_systems *ret_systems, struct diag *diag);
/* Whose keys fit one of the patterns (with ',' between); 0: none. */
uint64_t os_systems_find(const struct os_systems *systems, const char *patterns);
/* The system of a reference print's class. */
size_t os_systems_of_class(const struct os_systems *systems, const struct os_class *found);

/* Probability of a trait's value with the right row, and with any. */
struct os_trust {
	double right, common;
};

/* data/os/fusion.tsv, which says what each is. */
struct os_fusion {
	struct os_trust ttl, df, id, window, options, stamps, code;
	double mss_options_common;
	double print_slope, print_unknown, print_variant, print_points;
	double damping, cap[4], temperature;
	double contradiction, points;
	double ceiling_none, ceiling_one, ceiling_two, ceiling_more, ceiling_contradiction;
	double nail_accuracy, nail_lead, nail_points;
	double settled;
};

/* Every number of the table must be there once. */
int os_fusion_parse(struct os_table *table, struct os_fusion *ret_fusion, struct diag *diag);

enum os_offer { OS_OFFER_MSS, OS_OFFER_ALL, OS_OFFER_ECN, OS_OFFER_ICMP, OS_OFFERS };

struct os_stack_row {
	uint64_t systems;
	enum os_offer offer;
	double share; /* 0..1 */
	const char *ttl, *df, *id, *window, *options, *stamps;
};

enum os_words_where { OS_WORDS_HINT, OS_WORDS_VENDOR, OS_WORDS_NAME };

struct os_words_row {
	enum os_words_where where;
	size_t field; /* of a hint: os_evidence_words.c */
	const char *patterns;
	float bits[OS_SYSTEMS_MAX], extra[OS_SYSTEMS_MAX]; /* extra: on top of others' bits */
};

struct os_evidence {
	struct arena arena;
	struct os_systems systems;
	struct os_fusion fusion;
	struct os_stack_row *stacks;
	size_t stacks_count;
	struct os_words_row *words;
	size_t words_count;
	const struct os_db *db;
	uint64_t *entry_systems; /* of each entry of the database */
};

int os_stacks_parse(struct os_table *table, struct os_evidence *evidence, struct diag *diag);
int os_words_parse(struct os_table *table, struct os_evidence *evidence, struct diag *diag);

/* The texts of the tables; what a test or a tool does not give is the compiled-in one. */
struct os_evidence_texts {
	struct text_file systems, fusion, stacks, words;
};

/* ERROR_SYNTAX with line and words, ERROR_LIMIT, ERROR_MEMORY. */
int os_evidence_parse(const struct os_evidence_texts *texts, const struct os_db *db,
		      struct os_evidence **ret_evidence, struct diag *diag);

/* ------------------------------------------------- clues */

enum os_group { OS_GROUP_STACK, OS_GROUP_WORDS, OS_GROUP_HARDWARE, OS_GROUP_NAME, OS_GROUPS };

struct os_clue {
	enum os_group group;
	const char *source, *says; /* struct system_evidence */
	double bits[OS_SYSTEMS_MAX];
	double factor; /* what of it counts; the fusion's */
};

/* How the systems' best entries compare with the print. */
struct os_print_fit {
	bool seen; /* anything was compared */
	struct {
		bool measured; /* the database has entries of it, comparable ones */
		uint32_t entry;
		struct os_score score;
	} best[OS_SYSTEMS_MAX];
};

/* One judgement under way. */
struct os_trial {
	const struct os_evidence *evidence;
	const struct os_evidence_input *input;
	struct arena *arena;
	struct os_print_fit fit;
	struct os_clue *clues;
	size_t clues_count;
};

/* The next clue, all bits 0, to be filled at once; NULL: there are enough. `says` is copied, and
 * cut where it is long. *ret: ERROR_MEMORY or 0. */
struct os_clue *os_trial_add(struct os_trial *trial, enum os_group group, const char *source,
			     const char *says, int *ret);

typedef int os_source(struct os_trial *trial); /* ERROR_MEMORY */
os_source os_source_syn_ack, os_source_print_traits, os_source_print, os_source_model,
	os_source_hints, os_source_vendor, os_source_name, os_source_distance;

/* ------------------------------------------------- fusion */

struct os_opinion {
	double raw[OS_SYSTEMS_MAX]; /* probabilities before ceilings; add up to 1 */
	double probability[OS_SYSTEMS_MAX];
	double groups[OS_GROUPS][OS_SYSTEMS_MAX]; /* bits, damped and capped */
	bool contradiction;
	size_t against[2];             /* systems of the two families that are at odds */
	enum os_group against_from[2]; /* which groups say so */
};

void os_fuse(struct os_trial *trial, struct os_opinion *ret_opinion);
/* log2 of how much likelier `bits` make the system's family than the others. */
double os_family_bits(const struct os_systems *systems, const double *bits, size_t system);
/* The one of the family that the bits make likeliest. */
size_t os_likeliest_family(const struct os_systems *systems, const double *bits,
			   double *ret_family_bits);
const char *os_group_words(enum os_group group);

/* Runs the sources. ERROR_MEMORY. */
int os_trial_hear(const struct os_evidence *evidence, const struct os_evidence_input *input,
		  struct arena *arena, struct os_trial *ret_trial);

#endif
