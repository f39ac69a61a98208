/* Numbers that a host hands out, made so that they are judged as an entry wants it
 * (os-detection.md A7): steps of initial sequence numbers, IP identifications,
 * timestamps. */
#ifndef PORTOLAN_TEST_PERSONALITY_SEQUENCE_H
#define PORTOLAN_TEST_PERSONALITY_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEQUENCE_PROBES 6u
#define SEQUENCE_GAP_NS 100000000u /* between two probes */

/* ------------------------------------------------- initial sequence numbers */

struct isn_wish {
	const char *index, *gcd, *rate; /* expressions of SP, GCD, ISR; NULL: any */
	unsigned samples;               /* bits: probes whose replies count */
};

struct isn_steps {
	uint32_t unit; /* all steps are multiples of it; 0: the number is constant */
	uint32_t multiples[SEQUENCE_PROBES - 1]; /* between a probe's number and the next one's */
};

/* False: nothing was found that fits, and the steps are just some. */
bool isn_find(const struct isn_wish *wish, struct isn_steps *ret_steps);
/* From probe `from` to the later probe `to`, which came so much later: rates stay what they
 * are when the prober is late. */
uint32_t isn_advance(const struct isn_steps *steps, size_t from, size_t to, uint64_t elapsed_ns);

/* ------------------------------------------------- IP identifications */

enum id_manner { ID_COUNTER, ID_ZERO, ID_BROKEN, ID_POSITIVE, ID_RANDOM, ID_CONSTANT };

struct id_rule {
	enum id_manner manner;
	uint16_t value; /* ID_CONSTANT */
};

struct id_state {
	uint16_t last;
	bool high; /* ID_RANDOM: where the last one was */
};

/* `counts`: a counter is better than other choices. */
struct id_rule id_rule_read(const char *expression, bool counts);
bool id_is_counter(struct id_rule rule);
uint16_t id_step(struct id_rule rule); /* 0: it does not count */
/* `begins`: a new series, which a counter must get through without passing 65535. */
uint16_t id_next(struct id_rule rule, struct id_state *state, bool begins);

/* ------------------------------------------------- timestamps */

/* Increments a second for a value of TS. */
double timestamp_rate(unsigned value);

#endif
