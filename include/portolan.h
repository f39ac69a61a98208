/* libportolan: plan a scan, run it, get its facts, cancel it.
 *
 * No global state, no exit, no printing: two scans may run at once, each on
 * its own thread. Strings given out live as long as their owner says. */
#ifndef PORTOLAN_H
#define PORTOLAN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PORTOLAN_API __attribute__((visibility("default")))

struct portolan_plan;
struct portolan_run;

/* "0.1.0". Static. */
PORTOLAN_API const char *portolan_version(void);

/* A plan from a command line (argv[0] is the program's name) or from JSON as
 * portolan_plan_to_json() gives it. 0, or a negative error with one sentence
 * in error (cut to error_bytes). A plan is read-only and may be run many times. */
PORTOLAN_API int portolan_plan_from_argv(int argc, char *const *argv,
					 struct portolan_plan **ret_plan, char *error,
					 size_t error_bytes);
PORTOLAN_API int portolan_plan_from_json(const char *json, struct portolan_plan **ret_plan,
					 char *error, size_t error_bytes);
/* Free with portolan_free(). NULL: out of memory. */
PORTOLAN_API char *portolan_plan_to_json(const struct portolan_plan *plan);
PORTOLAN_API void portolan_plan_free(struct portolan_plan *plan);
PORTOLAN_API void portolan_free(void *memory);

enum portolan_event_kind {
	PORTOLAN_HOST = 1,      /* a host is up, down or unknown */
	PORTOLAN_PORT = 2,      /* a port has a verdict */
	PORTOLAN_NAME = 3,      /* a host has a name */
	PORTOLAN_HOST_DONE = 4, /* nothing more will come about a host */
	PORTOLAN_SKIPPED = 5,   /* a target expression could not be used */
	PORTOLAN_END = 6        /* the scan is over */
};

/* One fact. Fields that do not belong to the kind are 0 or NULL. Strings live
 * for the call. New fields may be added at the end. */
struct portolan_event {
	enum portolan_event_kind kind;
	uint64_t wall_ns;      /* since 1970 */
	const char *address;   /* text */
	const char *name;      /* host name, or the skipped expression */
	const char *state;     /* "up", "open", "complete" ... as nmap's XML names them */
	const char *reason;    /* "syn-ack" ... */
	const char *transport; /* "tcp" */
	uint16_t port;
	uint8_t ttl;                    /* 0 not seen */
	uint32_t rtt_us;                /* 0 not measured */
	uint64_t hosts_total, hosts_up; /* PORTOLAN_END */
};

/* Called on the thread that runs the scan. */
typedef void portolan_event_callback(void *self, const struct portolan_event *event);

/* A run to be started once. The plan must outlive it. Files that the plan
 * names (-oX ...) are written, standard output is not. */
PORTOLAN_API int portolan_run_new(const struct portolan_plan *plan,
				  portolan_event_callback *callback, void *self,
				  struct portolan_run **ret_run, char *error, size_t error_bytes);
/* Blocks until the scan is over. 0 complete; negative: cancelled or failed,
 * one sentence in error. */
PORTOLAN_API int portolan_run(struct portolan_run *run, char *error, size_t error_bytes);
/* From any thread, also before or after portolan_run(). */
PORTOLAN_API void portolan_cancel(struct portolan_run *run);
PORTOLAN_API void portolan_run_free(struct portolan_run *run);

#ifdef __cplusplus
}
#endif
#endif
