/* How well an observed print fits the reference prints (os-detection.md A10,
 * formats.md 9.8), and what follows for the report: which systems, device types and CPEs
 * (A12, formats.md 2.10). Knows no format. */
#ifndef PORTOLAN_DETECT_OS_OS_MATCH_H
#define PORTOLAN_DETECT_OS_OS_MATCH_H

#include "detect/os/os_db.h"
#include "detect/os/os_fingerprint.h"
#include "util/arena.h"

#define OS_MATCHES_MAX     36u
#define OS_MATCH_THRESHOLD 0.85
#define OS_GUESS_SPAN      0.10 /* guesses are shown down to this below the best */
#define OS_GUESSES_MAX     10u

enum os_match_result {
	OS_MATCH_NONE,     /* nothing reaches the threshold */
	OS_MATCH_SOME,     /* the list is all there is to say */
	OS_MATCH_TOO_MANY, /* more perfect ones than the list can hold */
};

struct os_match {
	uint32_t entry;  /* place in the database */
	double accuracy; /* 0..1; 1 is perfect, exactly */
};

struct os_matches {
	enum os_match_result result;
	size_t count, perfect;                /* the perfect ones come first */
	struct os_match list[OS_MATCHES_MAX]; /* best first, then in the database's order */
};

struct os_score {
	uint32_t matched, possible; /* points */
};

/* How a print is compared. */
enum os_match_manner {
	OS_MATCH_NOW, /* as formats.md 8 and 9.8 have it, and Nmap's newest source */
	/* As Nmap 7.93: what a file does not say of R is not compared, and alternatives match
	 * as in os_expression_matches_793(). A percent or two apart; for comparisons with it. */
	OS_MATCH_793,
};

/* Of one entry. */
struct os_score os_match_entry(const struct os_db *db, size_t place,
			       const struct os_fingerprint *print, enum os_match_manner manner);
double os_score_accuracy(struct os_score score); /* 0 when nothing was compared */
/* Of every entry in its place; ret_scores has os_db_entries(). ERROR_MEMORY. */
int os_match_scores(const struct os_db *db, const struct os_fingerprint *print,
		    enum os_match_manner manner, struct os_score *ret_scores);

/* Of all entries; of equal names only the better. ERROR_MEMORY. */
int os_match_all(const struct os_db *db, const struct os_fingerprint *print,
		 enum os_match_manner manner, struct os_matches *ret_matches);

/* Percent as it is shown: rounded down. */
unsigned os_match_percent(double accuracy);
/* How many of an imperfect list are shown as guesses: the best ones (OS_GUESSES_MAX) that are
 * less than OS_GUESS_SPAN below the best. With perfect ones: those. */
size_t os_match_guesses(const struct os_matches *matches);

#define OS_SUMMARY_MAX 8u

struct os_running {
	const char *name; /* "Linux 2.6.X|3.X", "Acme WidgetOS 1.X" */
	unsigned percent; /* rounded down */
	bool certain;     /* the percentage is not shown */
};

/* What classes the matches have. All counts 0: there is nothing to say (no match, or
 * more different ones than are told). */
struct os_summary {
	bool guessing; /* no match is perfect */
	size_t types_count, running_count, cpes_count;
	const char *types[OS_SUMMARY_MAX]; /* of the database */
	struct os_running running[OS_SUMMARY_MAX];
	const char *cpes[OS_SUMMARY_MAX];
};

/* `guess`: imperfect matches count too (--osscan-guess, or a print that is unfit). Names
 * are the arena's or the database's. ERROR_MEMORY. */
int os_match_summary(const struct os_db *db, const struct os_matches *matches, bool guess,
		     struct arena *arena, struct os_summary *ret_summary);

/* The classes of the matches in order, each (vendor, family, generation, type) once; with
 * perfect matches only theirs. At most OS_MATCHES_MAX; more, or OS_MATCH_TOO_MANY: 0. */
struct os_class_match {
	const struct os_class *found;
	double accuracy;
};
size_t os_match_classes(const struct os_db *db, const struct os_matches *matches,
			struct os_class_match ret_classes[OS_MATCHES_MAX]);

#endif
