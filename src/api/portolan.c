/* include/portolan.h: the library's face. */
#include "portolan.h"

#include "api/options.h"
#include "api/session.h"
#include "util/alloc.h"
#include "util/error.h"
#include <portolan_config.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct portolan_plan {
	struct plan *plan;
};

struct portolan_run {
	const struct portolan_plan *plan;
	portolan_event_callback *callback;
	void *self;
	struct sink sink;
	struct session *session;
	atomic_bool started;
};

const char *portolan_version(void)
{
	return PORTOLAN_VERSION;
}

void portolan_free(void *memory)
{
	alloc_free(memory);
}

static int tell(int r, const struct diag *diag, char *error, size_t error_bytes)
{
	if (r < 0 && error && error_bytes)
		snprintf(error, error_bytes, "%s", diag->text[0] ? diag->text : error_text(r));
	return r;
}

/* ---- plans ---- */

static int wrap(struct plan *plan, struct portolan_plan **ret_plan)
{
	struct portolan_plan *wrapped = alloc_zero(sizeof(*wrapped));

	if (!wrapped) {
		plan_free(plan);
		return ERROR_MEMORY;
	}
	wrapped->plan = plan;
	*ret_plan = wrapped;
	return 0;
}

int portolan_plan_from_argv(int argc, char *const *argv, struct portolan_plan **ret_plan,
			    char *error, size_t error_bytes)
{
	const struct plan_request request = {
		.argc = argc,
		.argv = argv,
		.now_s = (int64_t)time(NULL),
	};
	enum request_kind kind = REQUEST_SCAN;
	struct plan *plan = NULL;
	struct diag diag = {0};
	int r = plan_from_argv(&request, &kind, &plan, &diag);

	if (r == 0 && kind != REQUEST_SCAN)
		r = diag_set(&diag, ERROR_USAGE, "these arguments do not ask for a scan");
	if (r == 0)
		r = wrap(plan, ret_plan);
	return tell(r, &diag, error, error_bytes);
}

int portolan_plan_from_json(const char *json, struct portolan_plan **ret_plan, char *error,
			    size_t error_bytes)
{
	struct plan *plan = NULL;
	struct diag diag = {0};
	int r = plan_from_json(json, strlen(json), &plan, &diag);

	if (r == 0)
		r = wrap(plan, ret_plan);
	return tell(r, &diag, error, error_bytes);
}

char *portolan_plan_to_json(const struct portolan_plan *plan)
{
	return plan_to_json(plan->plan);
}

void portolan_plan_free(struct portolan_plan *plan)
{
	if (!plan)
		return;
	plan_free(plan->plan);
	alloc_free(plan);
}

/* ---- events ---- */

static void fill_host(const struct observation *seen, struct portolan_event *event)
{
	event->state = host_state_name(seen->host.state);
	event->reason = reason_name(seen->host.reason);
	event->ttl = seen->host.ttl;
	event->rtt_us = seen->host.rtt_us;
	event->port = seen->host.port;
	event->name = seen->target ? seen->target->name : NULL;
}

static void fill_port(const struct observation *seen, struct portolan_event *event)
{
	const struct verdict *verdict = &seen->port.verdict;

	event->transport = transport_name(seen->port.transport);
	event->port = seen->port.number;
	event->state = port_state_name(verdict->state);
	event->reason = reason_name(verdict->reason);
	event->ttl = verdict->ttl;
	event->rtt_us = verdict->rtt_us;
}

static void fill_end(const struct observation *seen, struct portolan_event *event)
{
	static const char *const names[] = {"complete", "cancelled", "failed"};

	event->state = names[seen->end.outcome];
	event->hosts_total = seen->end.hosts_total;
	event->hosts_up = seen->end.hosts_up;
}

/* false: not an event of the library's. */
static bool fill(const struct observation *seen, struct portolan_event *event)
{
	switch (seen->kind) {
	case OBSERVED_HOST:
		event->kind = PORTOLAN_HOST;
		fill_host(seen, event);
		return true;
	case OBSERVED_PORT:
		event->kind = PORTOLAN_PORT;
		fill_port(seen, event);
		return true;
	case OBSERVED_NAME:
		event->kind = PORTOLAN_NAME;
		event->name = seen->name;
		return true;
	case OBSERVED_HOST_DONE:
		event->kind = PORTOLAN_HOST_DONE;
		event->state = host_state_name(seen->done.state);
		return true;
	case OBSERVED_TARGET_SKIPPED:
		event->kind = PORTOLAN_SKIPPED;
		event->name = seen->skipped.expression;
		event->reason = seen->skipped.why;
		return true;
	case OBSERVED_RUN_END:
		event->kind = PORTOLAN_END;
		fill_end(seen, event);
		return true;
	default:
		return false;
	}
}

static int run_observes(void *self, const struct observation *seen)
{
	struct portolan_run *run = self;
	struct portolan_event event = {.wall_ns = seen->wall_ns};
	char address[IP_TEXT_BYTES];

	if (seen->target)
		event.address = ip_format(&seen->target->addr, address);
	if (run->callback && fill(seen, &event))
		run->callback(run->self, &event);
	return 0;
}

/* ---- runs ---- */

int portolan_run_new(const struct portolan_plan *plan, portolan_event_callback *callback,
		     void *self, struct portolan_run **ret_run, char *error, size_t error_bytes)
{
	struct portolan_run *run = alloc_zero(sizeof(*run));
	struct session_config config = {
		.plan = plan->plan,
		.program_title = "portolan",
		.screen_fd = -1,
		.sinks_count = 1,
	};
	struct diag diag = {0};
	int r;

	if (!run)
		return tell(ERROR_MEMORY, &diag, error, error_bytes);
	run->plan = plan;
	run->callback = callback;
	run->self = self;
	run->sink = (struct sink){run, run_observes};
	config.sinks = &run->sink;
	r = session_new(&config, &run->session, &diag);
	if (r < 0)
		alloc_free(run);
	else
		*ret_run = run;
	return tell(r, &diag, error, error_bytes);
}

int portolan_run(struct portolan_run *run, char *error, size_t error_bytes)
{
	struct diag diag = {0};
	int r;

	if (atomic_exchange(&run->started, true))
		r = diag_set(&diag, ERROR_USAGE, "a run can be started only once");
	else
		r = session_run(run->session, &diag);
	return tell(r, &diag, error, error_bytes);
}

void portolan_cancel(struct portolan_run *run)
{
	session_cancel(run->session);
}

void portolan_run_free(struct portolan_run *run)
{
	if (!run)
		return;
	session_free(run->session);
	alloc_free(run);
}
