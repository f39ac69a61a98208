/* Facts on their way from the engine's thread to the journal's: flat copies of
 * observations, one after the other in a buffer, and the bounded queue between
 * the two threads. Knows no database. */
#ifndef PORTOLAN_REPORT_JOURNAL_RECORD_H
#define PORTOLAN_REPORT_JOURNAL_RECORD_H

#include "engine/observation.h"
#include "util/buf.h"

#include <pthread.h>

#define JOURNAL_NO_TARGET UINT64_MAX
/* Port sets: 0 is the plan's, others those of `host:ports` lines. */
#define JOURNAL_NO_PORT_SET UINT32_MAX

struct journal_record {
	size_t bytes;      /* with what follows; a multiple of 8 */
	uint64_t seq;      /* 1, 2 ... in the order the facts were made */
	uint64_t index;    /* target index, or JOURNAL_NO_TARGET */
	uint32_t port_set; /* of the target */
	bool is_port_set;  /* not a fact: journal_record_rules() defines port_set */
	struct ip_addr addr;
	uint32_t others_count;
	size_t text_bytes[2];    /* with NUL; 0: NULL */
	struct observation seen; /* its pointers mean nothing: see below */
};

/* What follows a record. text 0: the fact's text (name, expression, warning,
 * why); text 1: why an expression was skipped, or the target's name as typed. */
const struct ip_addr *journal_record_others(const struct journal_record *record);
const char *journal_record_text(const struct journal_record *record, int which);
/* Of OBSERVED_SERVICE: the facts, after that. */
const struct service_facts *journal_record_service(const struct journal_record *record);
/* The same of the other kinds that have facts. */
const struct system_facts *journal_record_system(const struct journal_record *record);
const struct path_facts *journal_record_path(const struct journal_record *record);
const struct script_result *journal_record_script(const struct journal_record *record);
const struct script_finding *journal_record_finding(const struct journal_record *record);
const struct port_rules *journal_record_rules(const struct journal_record *record);

/* Appends a copy. Task observations leave no record. */
void journal_record_add(struct buf *records, const struct observation *seen, uint64_t seq,
			uint32_t port_set);
void journal_record_add_rules(struct buf *records, const struct port_rules *rules,
			      uint32_t port_set);
/* Loop: for (at = NULL; (at = journal_record_next(records, at));) */
const struct journal_record *journal_record_next(const struct buf *records,
						 const struct journal_record *after);

/* The queue: one buffer being filled, one being written. */
struct journal_queue {
	pthread_mutex_t lock;
	pthread_cond_t filled, emptied;
	struct buf records;
	uint64_t first_ns; /* monotonic: when the oldest of them came */
	uint64_t age_ns;   /* how old it may get before it is written */
	bool closed;       /* nothing more comes: the reader takes the rest and ends */
	bool dead;         /* the reader failed: what comes is dropped */
};

int journal_queue_init(struct journal_queue *queue);
void journal_queue_release(struct journal_queue *queue);
/* For the producer: locks, and waits while too much is queued. */
struct buf *journal_queue_lock(struct journal_queue *queue);
void journal_queue_unlock(struct journal_queue *queue);
void journal_queue_close(struct journal_queue *queue);
void journal_queue_die(struct journal_queue *queue);
/* For the consumer: waits until records are old enough (or many, or the queue
 * is closed) and swaps them with *records, which is emptied first. False: closed, and no more. */
bool journal_queue_take(struct journal_queue *queue, struct buf *records);

#endif
