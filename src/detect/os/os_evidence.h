/* What all that is known of a host says of its system, together (issue 5; os-detection.md D7):
 * the SYN/ACK of a port that was scanned anyway, what services call themselves, the hardware
 * address, the name, and the active tests as far as they were made. Pure: no network, no
 * clock; sends nothing, knows what is already there. The tables lie in data/os and are compiled in.
 *
 * Every source gives each system of data/os/systems.tsv a weight, log2 of how likely what was
 * seen is there. Sources that can be wrong together (all that an address translator
 * answers itself, all that one banner repeats) share a cap. The sum is cooled by a factor that was
 * fitted on labelled cases (data/os/cases, tools/calibrate-os), and bounded by how much
 * independent evidence there is: one kind alone never says more than 0.85. */
#ifndef PORTOLAN_DETECT_OS_OS_EVIDENCE_H
#define PORTOLAN_DETECT_OS_OS_EVIDENCE_H

#include "detect/os/os_match.h"
#include "engine/system_detector.h"
#include "util/arena.h"

/* The tables, and what the entries of a database are in their terms. Read-only once it is
 * made; shared by threads. */
struct os_evidence;

/* From the compiled-in tables. `db` is kept and must outlive it; NULL: prints are not judged.
 * ERROR_MEMORY. Free with os_evidence_free(). */
int os_evidence_new(const struct os_db *db, struct os_evidence **ret_evidence);
void os_evidence_free(struct os_evidence *evidence); /* NULL is fine */

/* What is known. All but `order` may be missing (0, NULL). */
struct os_evidence_input {
	const struct system_order *order; /* its talks, ports and functions do not matter */
	const char *vendor;               /* of the MAC address, as vendors_find() says it */
	/* Of the active round, as far as it has come. Compared with the database here, so
	 * no matches are needed. */
	const struct os_fingerprint *print;
	/* Tests whose probes will not be sent (again), or are through: 1u << enum os_test. For
	 * os_evidence_settled(): what these do not say they will not say. */
	uint32_t asked;
	/* Hops, as in system_facts; of value for what a TTL began as. */
	bool has_distance;
	int32_t distance;
	/* IPv6: what the model says, likeliest first, accuracy 0..1. Counts without print only. */
	const struct os_class_match *classes;
	size_t classes_count;
};

/* Ready for system_facts. Lists and made-up texts are the arena's, other texts the tables' or
 * the input's. Guesses: likeliest first, "something else" among them; never empty. */
struct os_verdict {
	const struct system_guess *guesses;
	size_t guesses_count;
	const struct system_evidence *evidence; /* strongest first */
	size_t evidence_count;
	/* Different sources point to different families: an address translator or a forwarded
	 * port, perhaps. One of `evidence` says so. */
	bool contradiction;
};

/* Some 50 kB are taken for the call, a few hundred bytes of the arena for what is found.
 * ERROR_MEMORY. */
int os_evidence_judge(const struct os_evidence *evidence, const struct os_evidence_input *input,
		      struct arena *arena, struct os_verdict *ret_verdict);

/* Can no test that is still to be asked change the likeliest guess, or is it too unlikely
 * (data/os/fusion.tsv)? True also when all were asked. Takes memory for the call only; false when
 * that is short. */
bool os_evidence_settled(const struct os_evidence *evidence, const struct os_evidence_input *input);

#endif
