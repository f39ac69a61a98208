/* Targets: expressions in (features.md TS-01 to TS-15), a stream of addresses
 * out. A stream costs the same memory for a /0 as for one address; names are
 * resolved ahead, a bounded number at a time. */
#ifndef PORTOLAN_ENGINE_TARGET_H
#define PORTOLAN_ENGINE_TARGET_H

#include "net/addrset.h"
#include "net/ip.h"
#include "net/port_list.h"
#include "net/resolver.h"
#include "util/diag.h"
#include "util/loop.h"

struct target_rules; /* engine/target_rules.h */
struct host;         /* engine/host.h */

/* One address to scan. Made by the stream, counted by references because
 * observations, stages and sinks outlive each other. */
struct target {
	uint64_t index; /* 0, 1, 2 ... in stream order: the run's host id */
	struct ip_addr addr;
	char *name;             /* as the user typed it, or NULL */
	struct ip_addr *others; /* the name's other addresses, not scanned */
	size_t others_count;
	/* host:ports of an -iL line; NULL: the plan's. Lives as long as the target. */
	const struct port_rules *ports;
	struct target_rules *rules; /* the stream's: owns ports, shared between targets */
	_Atomic unsigned refs;      /* any thread may ref and unref */
	struct host *host;          /* the run's: under way; NULL else. For the loop thread only */
};
void target_ref(struct target *target);
void target_unref(struct target *target); /* NULL is fine */

/* What the user asked for. All borrowed from the plan. */
struct target_config {
	char **expressions; /* command line, in order */
	size_t expressions_count;
	char **input_files; /* -iL; "-" is standard input */
	size_t input_files_count;
	bool random;           /* -iR */
	uint64_t random_count; /* 0: endless */
	char **excludes;       /* --exclude, split at commas */
	size_t excludes_count;
	char **exclude_files; /* --excludefile */
	size_t exclude_files_count;
	int families;          /* enum resolver_families; both unless -4 or -6 */
	bool families_forced;  /* -4 or -6 was given */
	bool unique;           /* --unique */
	bool resolve_all;      /* --resolve-all */
	char *scope_interface; /* -e: the zone of link-local addresses without one */
};

/* The excludes as a set, names resolved on `loop` (which is run meanwhile);
 * an item that is not understood or not resolved is an error, as TS-10/11 say. */
int target_excludes(const struct target_config *config, struct loop *loop,
		    struct resolver *resolver, struct addrset **ret_set, struct diag *diag);

/* How many addresses the expressions and files name, excludes taken off,
 * without walking them (names count as one). -1.0 when endless. Files other than "-" are read once.
 */
double target_count(const struct target_config *config, struct addrset *excludes);

struct target_stream;

enum target_next {
	TARGET_READY, /* ret_target is set; unref when done */
	TARGET_WAIT,  /* names are being resolved: `wake` will be called */
	TARGET_BAD,   /* ret_skipped tells which expression is unusable and why */
	TARGET_END
};

struct target_skipped {
	const char *expression; /* lives until the next call */
	const char *why;        /* one sentence for people: 'Failed to resolve "x".' */
};

struct target_stream_config {
	const struct target_config *targets;
	struct addrset *excludes;              /* borrowed; may be NULL */
	struct addrset *done;                  /* --resume: addresses to leave out; may be NULL */
	struct resolver *resolver;             /* borrowed */
	const struct port_list_request *ports; /* for host:ports lines; borrowed */
	uint64_t seed;                         /* for -iR */
	uint64_t first_index;                  /* of the first target */
	/* Lets a slow pipe on -iL be waited for, and long stretches of nothing to
	 * scan be crossed in slices, with TARGET_WAIT meanwhile; NULL: next() blocks. */
	struct loop *loop;
	void (*wake)(void *self);                   /* something changed after TARGET_WAIT */
	void (*warn)(void *self, const char *text); /* for people; may be NULL */
	void *self;
};

/* ERROR_IO names the -iL file that can't be opened. */
int target_stream_new(const struct target_stream_config *config, struct target_stream **ret_stream,
		      struct diag *diag);
void target_stream_free(struct target_stream *stream); /* NULL is fine */

enum target_next target_stream_next(struct target_stream *stream, struct target **ret_target,
				    struct target_skipped *ret_skipped);

/* A fatal problem met while streaming (a token of 1024 bytes or more, a read error): the
 * stream has ended early and this says why. 0 when all is well. */
int target_stream_error(const struct target_stream *stream, struct diag *ret_diag);

#endif
