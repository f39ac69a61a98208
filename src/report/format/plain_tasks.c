#include "report/format/plain.h"

#include "report/format/words.h"

#include "net/transport.h"

/* The slot of a task; a free one when it is new; NULL when there is none. */
static struct plain_task *slot_of(const struct plain *plain, const struct observation *seen)
{
	struct plain_task *tasks = plain->state->tasks, *unused = NULL;
	size_t i;

	for (i = 0; i < sizeof(plain->state->tasks) / sizeof(tasks[0]); i++) {
		if (!tasks[i].task && !unused)
			unused = &tasks[i];
		else if (tasks[i].task == (int)seen->task.task + 1 &&
			 tasks[i].technique == seen->task.technique)
			return &tasks[i];
	}
	return unused;
}

static void add_clock(struct buf *out, uint64_t wall_ns)
{
	words_add_time(out, "%H:%M", (int64_t)(wall_ns / NS_PER_S));
}

static void add_scanning(const struct plain *plain, const struct observation *seen)
{
	uint64_t ports = seen->task.ports, hosts = seen->task.hosts;
	struct buf *out = plain->out;

	buf_add_str(out, "Scanning ");
	if (seen->task.task == TASK_SERVICES)
		buf_addf(out, "%llu service%s on ", (unsigned long long)ports,
			 ports == 1 ? "" : "s");
	if (seen->task.only)
		words_add_target(out, seen->task.only, plain->terminal);
	else
		buf_addf(out, "%llu host%s", (unsigned long long)hosts, hosts == 1 ? "" : "s");
	if (seen->task.task == TASK_SERVICES)
		buf_add_char(out, '\n');
	else
		buf_addf(out, " [%llu port%s%s]\n", (unsigned long long)ports,
			 ports == 1 ? "" : "s", seen->task.only ? "" : "/host");
}

/* Nmap's, too, begins without a time and ends without a word. */
static void add_system_begin(const struct plain *plain, const struct observation *seen)
{
	struct buf *out = plain->out;

	buf_add_str(out, "Initiating OS detection (try #1) against ");
	if (seen->task.only)
		words_add_target(out, seen->task.only, plain->terminal);
	else
		buf_addf(out, "%llu host%s", (unsigned long long)seen->task.hosts,
			 seen->task.hosts == 1 ? "" : "s");
	buf_add_char(out, '\n');
}

/* Which scripts: what Nmap says before it begins. */
static void add_scripts_begin(const struct plain *plain, const struct observation *seen)
{
	struct buf *out = plain->out;

	if (seen->task.scripts == SCRIPT_PRE)
		buf_add_str(out, "NSE: Script Pre-scanning.\n");
	else if (seen->task.scripts == SCRIPT_POST)
		buf_add_str(out, "NSE: Script Post-scanning.\n");
	else if (seen->task.only) {
		buf_add_str(out, "NSE: Script scanning ");
		words_add_target(out, seen->task.only, plain->terminal);
		buf_add_str(out, ".\n");
	} else
		buf_addf(out, "NSE: Script scanning %llu hosts.\n",
			 (unsigned long long)seen->task.hosts);
}

static bool counts_ports(const struct observation *seen)
{
	return seen->task.task != TASK_DNS && seen->task.task != TASK_PATH &&
	       seen->task.task != TASK_SCRIPTS;
}

void plain_add_task_begin(const struct plain *plain, const struct observation *seen)
{
	struct plain_task *slot;

	if (seen->task.task == TASK_SYSTEM) {
		add_system_begin(plain, seen);
		return;
	}
	if (seen->task.task == TASK_SCRIPTS)
		add_scripts_begin(plain, seen);
	slot = slot_of(plain, seen);
	if (slot)
		*slot = (struct plain_task){.task = (int)seen->task.task + 1,
					    .technique = seen->task.technique,
					    .begin_wall_ns = seen->wall_ns};
	buf_add_str(plain->out, "Initiating ");
	words_add_task(plain->out, plain->context->plan, seen);
	buf_add_str(plain->out, " at ");
	add_clock(plain->out, seen->wall_ns);
	buf_add_char(plain->out, '\n');
	if (counts_ports(seen))
		add_scanning(plain, seen);
}

void plain_add_task_end(const struct plain *plain, const struct observation *seen)
{
	struct plain_task *slot = slot_of(plain, seen);
	uint64_t begin = slot && slot->task ? slot->begin_wall_ns : seen->wall_ns;
	struct buf *out = plain->out;

	if (seen->task.task == TASK_SYSTEM)
		return;
	buf_add_str(out, "Completed ");
	words_add_task(out, plain->context->plan, seen);
	buf_add_str(out, " at ");
	add_clock(out, seen->wall_ns);
	buf_addf(out, ", %.2fs elapsed",
		 seen->wall_ns > begin ? (double)(seen->wall_ns - begin) / 1e9 : 0.0);
	if (counts_ports(seen)) {
		buf_add_str(out, " (");
		words_add_task_totals(out, seen);
		buf_add_char(out, ')');
	}
	buf_add_char(out, '\n');
	if (slot)
		slot->task = 0;
}

void plain_add_progress(const struct plain *plain, const struct format_progress *progress)
{
	int64_t left = progress->etc_s - progress->now_s;
	struct buf *out = plain->out;

	words_add_clean(out, progress->task, plain->terminal);
	buf_addf(out, " Timing: About %.2f%% done", progress->percent);
	/* Below one per cent an estimate is a guess (formats.md 2.14). */
	if (progress->etc_s && progress->percent >= 1) {
		if (left < 0)
			left = 0;
		buf_add_str(out, "; ETC: ");
		words_add_time(out, "%H:%M", progress->etc_s);
		buf_addf(out, " (%lld:%02lld:%02lld remaining)", (long long)(left / 3600),
			 (long long)(left / 60 % 60), (long long)(left % 60));
	}
	buf_add_char(out, '\n');
}

void plain_add_open_port(const struct plain *plain, const struct observation *seen)
{
	char addr[IP_TEXT_BYTES];

	buf_addf(plain->out, "Discovered open port %u/%s on %s\n", seen->port.number,
		 transport_name(seen->port.transport), ip_format(&seen->target->addr, addr));
}
