/* Which system a host runs, as far as it was found out (features.md section 7,
 * os-detection.md): the facts, and what they rest on. Made by detect/, carried by
 * observations, printed by formats. Knows no database and no probe. */
#ifndef PORTOLAN_ENGINE_SYSTEM_H
#define PORTOLAN_ENGINE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYSTEM_SAMPLES_MAX 6u
#define SYSTEM_LIST_MAX    8u /* device types, systems, CPEs of the summary */
#define SYSTEM_MATCHES_MAX 36u

/* All texts of these are borrowed for the call that hands the facts over. */
struct system_class {
	const char *vendor, *family, *type;
	const char *generation; /* NULL none */
	unsigned accuracy;      /* percent, rounded down */
	const char *const *cpes;
	size_t cpes_count;
};

struct system_match {
	const char *name;
	unsigned accuracy; /* percent, rounded down */
	bool perfect;
	bool guess;    /* near enough to the best to be shown as one (A12) */
	uint32_t line; /* of the entry in its file; IPv6: number of the class */
	const char *file;
	const struct system_class *classes;
	size_t classes_count;
};

struct system_running {
	const char *name; /* "Linux 5.X|6.X" */
	unsigned percent;
	bool certain; /* the percentage is not shown */
};

/* One thing that speaks for or against systems. */
struct system_evidence {
	const char *source; /* "syn-ack", "ssh banner on port 22", "hardware address", "print" */
	const char *says;   /* what was seen: "TTL 64, window 64240, options MSTNW" */
	const char *family; /* that it points to most: "Linux"; NULL: none more than another */
	double weight;      /* log2 of how much likelier it makes it */
};

/* What all evidence together says; the probabilities of all guesses and of "something else"
 * add up to 1. */
struct system_guess {
	const char *name;   /* "Linux 6.X" */
	const char *family; /* "Linux" */
	double probability;
};

enum system_result {
	SYSTEM_MATCHED,  /* perfect matches, 1 to 8 (or more, which debugging shows) */
	SYSTEM_NEAR,     /* the list is all there is to say */
	SYSTEM_NONE,     /* nothing is near */
	SYSTEM_TOO_MANY, /* more perfect ones than can be told apart */
	SYSTEM_RESULTS
};

struct system_facts {
	enum system_result result;
	uint8_t ip_version; /* 4 or 6 */
	bool incomplete;    /* a deadline, a lost way or the user ended it */
	bool own_data;      /* matched with our own reference prints */
	bool unreliable;    /* no pair of an open and a closed port (A1) */
	bool guessing;      /* near matches are shown: --osscan-guess, or an unfit print */
	const char *unfit;  /* why the print is not fit for submission (A11); NULL: it is */
	/* Ports that were used; -1 none. */
	int32_t open_tcp, closed_tcp, closed_udp;

	const struct system_match *matches; /* best first; perfect ones come first */
	size_t matches_count, perfect_count;

	/* The classes summed up; all counts 0: nothing is said. */
	const char *types[SYSTEM_LIST_MAX];
	struct system_running running[SYSTEM_LIST_MAX];
	const char *cpes[SYSTEM_LIST_MAX];
	size_t types_count, running_count, cpes_count;

	/* The print: SCAN and tests, a line each ("SCAN(...)\nSEQ(...)\n"); NULL none. */
	const char *fingerprint;

	bool has_uptime;
	uint32_t uptime_s;
	int64_t boot_s; /* since 1970 */
	bool has_distance;
	int32_t distance; /* hops */
	char distance_by; /* L own machine, D direct, I ICMP; 0 not known. T: by a traceroute */

	/* Replies to the sequence probes, in order. */
	size_t samples;
	uint32_t isns[SYSTEM_SAMPLES_MAX];
	uint16_t ids[SYSTEM_SAMPLES_MAX];
	uint32_t timestamps[SYSTEM_SAMPLES_MAX];
	bool has_index; /* 4 samples and more */
	uint32_t index;
	const char *difficulty;      /* "Good luck!" */
	const char *ipid_class;      /* "All zeros"; NULL: fewer than 3 samples */
	const char *timestamp_class; /* "1000HZ"; NULL: the same */
	bool has_timestamps;         /* the class goes with values */

	const struct system_guess *guesses; /* likeliest first */
	size_t guesses_count;
	const struct system_evidence *evidence; /* strongest first */
	size_t evidence_count;

	uint32_t rounds, probes_sent, probes_answered;
	uint32_t late_ms; /* the most that the sequence probes took longer than meant */
	uint64_t took_ns;
};

#endif
