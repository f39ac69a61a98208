/* SIGKILL at random instants: whatever the instant, the journal opens, is
 * sound, plays back, and holds an unbroken beginning of the scan that reaches
 * to less than a second before the kill. The seed is printed; PORTOLAN_SEED replays it. */
#include "journal_fixture.h"

#include "util/random.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS     40
#define LONG_EVERY 7 /* every seventh round lives for more than a second */
#define PORTS      1000u
#define LANES      4u /* hosts under way at once */
#define FACTS_MAX  400000u

/* Shared with the child: when each port fact was handed over, and how long the
 * machine let the child starve (a busy machine must not fail the test). */
struct shared {
	volatile uint64_t starved_ns;
	volatile uint32_t facts;
	volatile uint64_t at_ns[FACTS_MAX];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void sleep_ms(unsigned ms)
{
	struct timespec wait = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&wait, NULL);
}

/* Fact n is about this host and port, and this is its verdict. */
static uint64_t host_of_fact(uint32_t n)
{
	return n % LANES + n / (LANES * PORTS) * LANES;
}

static uint16_t port_of_fact(uint32_t n)
{
	return (uint16_t)(1 +
			  n / LANES % PORTS * 7 % PORTS); /* 7 and PORTS have no common factor */
}

static enum port_state state_of_port(uint64_t host, uint16_t port)
{
	switch ((host * 31 + port) % 11) {
	case 0:
		return PORT_OPEN;
	case 1:
		return PORT_FILTERED;
	default:
		return port < PORTS / 2 ? PORT_CLOSED : PORT_FILTERED;
	}
}

static struct target lane_target(uint64_t index)
{
	return (struct target){
		.index = index, .addr = ip_v4(0xc6120000u + (uint32_t)index), .refs = 1};
}

static void *watch_starvation(void *self)
{
	struct shared *shared = self;

	for (;;) {
		uint64_t before = now_ns(), late;

		sleep_ms(10);
		late = now_ns() - before - 10 * NS_PER_MS;
		if (late > shared->starved_ns)
			shared->starved_ns = late;
	}
	return NULL;
}

/* The child: scans until it is killed. */
static void scan_for_ever(const char *path, struct shared *shared)
{
	static struct test_scan scan;
	pthread_t thread;

	pthread_create(&thread, NULL, watch_starvation, shared);
	scan_begin(&scan, path, PORTS);
	see_run_begin(&scan);
	for (uint32_t n = 0; n < FACTS_MAX; n++) {
		uint64_t host = host_of_fact(n);
		struct target target = lane_target(host);
		uint16_t port = port_of_fact(n);
		uint32_t nth = n / LANES % PORTS;

		if (nth == 0)
			see_up(&scan, &target, false);
		see_port(&scan, &target, port, state_of_port(host, port), REASON_SYN_ACK);
		shared->at_ns[n] = now_ns();
		shared->facts = n + 1;
		if (nth == PORTS - 1)
			see_done(&scan, &target, HOST_UP);
		if (n % 16 == 0)
			sleep_ms(1);
	}
	for (;;)
		sleep_ms(1000);
}

/* What the parent counts while the scan is played back. */
struct count {
	uint32_t ports;
	bool wrong, ended, incomplete_marked;
	uint32_t of_lane_host[4096]; /* ports known by host index */
};

static void count_event(struct format_writer *writer, const struct format_event *event)
{
	struct count *count = writer->state;
	const struct host_report *host = event->host;

	if (event->kind == FORMAT_END) {
		count->ended = true;
		count->incomplete_marked = event->totals->outcome == RUN_FAILED &&
					   strstr(event->totals->why, "interrupted");
	}
	if (event->kind != FORMAT_HOST)
		return;
	count->ports += (uint32_t)host->ports_count;
	if (host->index < 4096)
		count->of_lane_host[host->index] = (uint32_t)host->ports_count;
	if (host->ports_count < PORTS && !host->incomplete)
		count->wrong = true;
	for (size_t i = 0; i < host->ports_count; i++)
		if (host->ports[i].verdict.state !=
		    state_of_port(host->index, host->ports[i].number))
			count->wrong = true;
}

static const struct report_format counter = {.name = "counter", .event = count_event};

static void check_beginning(const struct count *count, const struct shared *shared,
			    uint64_t killed_ns)
{
	uint64_t limit_ns = NS_PER_S + 3 * shared->starved_ns;
	uint32_t expected[4096] = {0}, due = 0;

	for (uint32_t n = 0; n < count->ports; n++)
		expected[host_of_fact(n)]++;
	assert_memory_equal(expected, count->of_lane_host, sizeof(expected));
	while (due < shared->facts && shared->at_ns[due] + limit_ns < killed_ns)
		due++;
	if (count->ports < due)
		fail_msg("%u facts kept, but %u were older than %.1f ms when killed", count->ports,
			 due, (double)limit_ns / 1e6);
}

static void check_journal(const char *path, const struct shared *shared, uint64_t killed_ns)
{
	struct count *count = calloc(1, sizeof(*count));
	struct format_writer writer = {.format = &counter, .state = count};
	struct journal *journal = NULL;
	struct diag diag = {0};
	int r;

	assert_non_null(count);
	r = journal_open(path, &journal, &diag);
	if (r == 0)
		r = journal_replay(journal, 0, &writer, &diag);
	journal_close(journal);
	/* Killed before the scan's row was there: nothing to show, nothing broken. */
	if (r == ERROR_NOT_FOUND)
		assert_true(killed_ns < shared->at_ns[0] + NS_PER_S + 3 * shared->starved_ns ||
			    !shared->facts);
	else if (r < 0)
		fail_msg("%s", diag.text);
	else
		assert_true(count->ended && count->incomplete_marked && !count->wrong);
	if (r == 0) {
		check_beginning(count, shared, killed_ns);
		assert_int_equal(query(path, "SELECT integrity_check='ok' FROM "
					     "pragma_integrity_check"),
				 1);
	}
	free(count);
}

static void kill_once(struct random *random, unsigned round, struct shared *shared)
{
	uint64_t killed_ns;
	char path[128], name[32];
	unsigned life_ms;
	int status;
	pid_t child;

	snprintf(name, sizeof(name), "killed-%u", round);
	journal_path(path, name);
	memset(shared, 0, sizeof(*shared));
	life_ms = round % LONG_EVERY ? (unsigned)random_below(random, 350)
				     : 1050 + (unsigned)random_below(random, 450);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		scan_for_ever(path, shared);
		_exit(1);
	}
	sleep_ms(life_ms);
	killed_ns = now_ns();
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	check_journal(path, shared, killed_ns);
	remove(path);
}

static void a_kill_takes_less_than_a_second(void **state)
{
	const char *wish = getenv("PORTOLAN_SEED");
	uint64_t seed = wish ? strtoull(wish, NULL, 10) : random_system_seed();
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct random random;

	assert_true(shared != MAP_FAILED);
	print_message("PORTOLAN_SEED=%llu\n", (unsigned long long)seed);
	random_init(&random, seed);
	for (unsigned round = 0; round < ROUNDS; round++)
		kill_once(&random, round, shared);
	munmap(shared, sizeof(*shared));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kill_takes_less_than_a_second),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
