/* The real resolver against a server of ours on 127.0.0.1 (test/tools/dnsd.c).
 * The system's calls are replaced, so nobody else is ever asked. */
#include "support.h"

#include "net/resolver_cares.h"
#include "util/error.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATTERN "h%u.test=10.0.0.0"

/* --- servers --- */

struct server_process {
	pid_t pid;
	FILE *output;
	char at[64]; /* "127.0.0.1:port" */
};

static void server_start(struct server_process *server, const char *const *options)
{
	const char *tools = getenv("PORTOLAN_TEST_TOOLS");
	const char *argv[32] = {"dnsd", "--pattern", PATTERN};
	char path[4096], addr[32];
	unsigned port;
	int fds[2], i;

	for (i = 3; *options; i++)
		argv[i] = *options++;
	snprintf(path, sizeof(path), "%s/dnsd", tools ? tools : "build/test");
	assert_int_equal(pipe(fds), 0);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (!server->pid) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		execv(path, (char *const *)argv);
		_exit(127);
	}
	close(fds[1]);
	server->output = fdopen(fds[0], "r");
	assert_int_equal(fscanf(server->output, "ready %31s %u", addr, &port), 2);
	snprintf(server->at, sizeof(server->at), strchr(addr, ':') ? "[%s]:%u" : "%s:%u", addr,
		 port);
}

struct counters {
	unsigned long long udp, tcp, lost, answered, nxdomain;
};

static struct counters server_stop(struct server_process *server)
{
	struct counters got = {0};

	if (!server->pid)
		return got;
	kill(server->pid, SIGTERM);
	assert_int_equal(fscanf(server->output,
				" {\"udp\": %llu, \"tcp\": %llu, \"lost\": %llu, \"answered\": "
				"%llu, \"nxdomain\": %llu}",
				&got.udp, &got.tcp, &got.lost, &got.answered, &got.nxdomain),
			 5);
	fclose(server->output);
	waitpid(server->pid, NULL, 0);
	server->pid = 0;
	return got;
}

/* --- the system, replaced --- */

static int fake_forward(const char *name, int families, struct addr_list *ret_addrs)
{
	struct ip_addr addr = ip_v4(0xc0000201);

	return strcmp(name, "printer") == 0 ? addr_list_add(ret_addrs, &addr) : ERROR_NOT_FOUND;
}

static int fake_reverse(const struct ip_addr *addr, char *ret_name, size_t name_bytes)
{
	if (addr->bytes[0] != 192)
		return ERROR_NOT_FOUND;
	snprintf(ret_name, name_bytes, "printer.system");
	return 0;
}

static const struct system_calls fake_calls = {fake_forward, fake_reverse};

/* --- one resolver at a time --- */

struct fixture {
	struct server_process servers[3];
	unsigned servers_count;
	char hosts_path[64], conf_path[64];
	struct loop *loop;
	struct resolver *resolver;
};

struct seen {
	int calls, error;
	size_t count;
	char text[1200];
};

static void note(void *self, const struct resolver_answer *answer)
{
	struct seen *seen = self;
	char text[IP_TEXT_BYTES];
	size_t i, used = 0;

	seen->calls++;
	seen->error = answer->error;
	seen->count = answer->addrs_count;
	seen->text[0] = '\0';
	for (i = 0; i < answer->addrs_count; i++)
		used += (size_t)snprintf(seen->text + used, sizeof(seen->text) - used, "%s%s",
					 i ? " " : "", ip_format(&answer->addrs[i], text));
	if (answer->name)
		snprintf(seen->text, sizeof(seen->text), "%s", answer->name);
}

static void file_make(char *path, size_t path_bytes, const char *text)
{
	int fd;

	snprintf(path, path_bytes, "/tmp/portolan-resolver-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){0};
	file_make(f.hosts_path, sizeof(f.hosts_path),
		  "10.1.1.1 hosts.test alias.of-hosts.test\n2001:db8::5 hosts.test\n");
	file_make(f.conf_path, sizeof(f.conf_path), "");
	f.loop = loop_uv_new();
	*state = &f;
	return f.loop ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	resolver_free(f->resolver);
	loop_free(f->loop);
	for (i = 0; i < f->servers_count; i++)
		server_stop(&f->servers[i]);
	unlink(f->hosts_path);
	unlink(f->conf_path);
	return 0;
}

static void add_server(struct fixture *f, const char *option, const char *value)
{
	const char *options[] = {option, value, NULL};

	server_start(&f->servers[f->servers_count++], options);
}

/* Port 1 (tcpmux) of this machine, where nobody listens. */
static void add_dead_server(struct fixture *f)
{
	snprintf(f->servers[f->servers_count++].at, sizeof(f->servers[0].at), "127.0.0.1:1");
}

static int open_with(struct fixture *f, bool system_only, struct resolver **ret_resolver)
{
	struct resolver_surroundings around = {f->conf_path, &fake_calls};
	const char *servers[3];
	struct resolver_config config = {.loop = f->loop,
					 .servers = servers,
					 .servers_count = f->servers_count,
					 .system_only = system_only,
					 .hosts_path = f->hosts_path,
					 .seed = 1};
	struct diag diag = {0};
	unsigned i;

	for (i = 0; i < f->servers_count; i++)
		servers[i] = f->servers[i].at;
	return resolver_cares_new_in(&around, &config, ret_resolver, &diag);
}

static void open_resolver(struct fixture *f)
{
	assert_int_equal(open_with(f, false, &f->resolver), 0);
}

static void open_one(struct fixture *f)
{
	add_server(f, "--seed", "1");
	open_resolver(f);
}

static struct seen ask(struct fixture *f, const char *name, int families)
{
	struct seen seen = {0};

	assert_int_equal(resolver_forward(f->resolver, name, families, note, &seen, NULL), 0);
	assert_int_equal(seen.calls, 0);
	loop_run(f->loop);
	assert_int_equal(seen.calls, 1);
	assert_int_equal(resolver_outstanding(f->resolver), 0);
	return seen;
}

static struct seen ask_back(struct fixture *f, const char *text)
{
	struct seen seen = {0};
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	assert_int_equal(resolver_reverse(f->resolver, &addr, note, &seen, NULL), 0);
	loop_run(f->loop);
	assert_int_equal(seen.calls, 1);
	return seen;
}

static struct resolver_stats stats(struct fixture *f)
{
	struct resolver_stats now;

	resolver_stats(f->resolver, &now);
	return now;
}

static void expect(struct seen seen, const char *text)
{
	assert_int_equal(seen.error, 0);
	assert_string_equal(seen.text, text);
}

/* --- answers --- */

static void names_have_the_addresses_of_the_families_asked_for(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	expect(ask(f, "h5.test", RESOLVE_V4), "10.0.0.5");
	expect(ask(f, "H6.Test.", RESOLVE_V6), "2001:db8::a00:6");
	expect(ask(f, "h7.test", RESOLVE_BOTH), "10.0.0.7 2001:db8::a00:7");
}

static void addresses_have_names(void **state)
{
	struct fixture *f = *state;

	add_server(f, "--ptr", "10.9.0.1=Web*1.test");
	open_resolver(f);
	expect(ask_back(f, "10.0.0.9"), "h9.test");
	expect(ask_back(f, "10.9.0.1"), "Web*1.test");
	assert_int_equal(ask_back(f, "192.0.2.1").error, ERROR_NOT_FOUND);
	assert_int_equal(ask_back(f, "2001:db8::1").error, ERROR_NOT_FOUND);
}

static void a_name_with_a_nul_is_none(void **state)
{
	struct fixture *f = *state;

	add_server(f, "--ptr", "10.9.0.1=nul.test");
	open_resolver(f);
	assert_int_equal(ask_back(f, "10.9.0.1").error, ERROR_SYSTEM);
}

static void what_does_not_exist_is_not_found_by_one_question(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	assert_int_equal(ask(f, "nowhere.example", RESOLVE_V4).error, ERROR_NOT_FOUND);
	assert_int_equal(ask(f, "nodata.test", RESOLVE_V4).error, ERROR_NOT_FOUND);
	assert_int_equal(server_stop(&f->servers[0]).udp, 2);
	assert_int_equal(stats(f).failed, 2);
}

static void aliases_are_followed_within_and_beyond_the_answer(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	expect(ask(f, "cname.h5.test", RESOLVE_V4), "10.0.0.5");
	expect(ask(f, "alias.h5.test", RESOLVE_BOTH), "10.0.0.5 2001:db8::a00:5");
	expect(ask(f, "alias.alias.alias.h5.test", RESOLVE_V4), "10.0.0.5");
	assert_int_equal(ask(f, "loop.test", RESOLVE_V4).error, ERROR_NOT_FOUND);
}

static void a_chain_of_aliases_has_an_end(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	assert_int_equal(
		ask(f, "alias.alias.alias.alias.alias.alias.alias.alias.alias.h5.test", RESOLVE_V4)
			.error,
		ERROR_NOT_FOUND);
}

static void an_answer_that_is_cut_short_is_fetched_by_tcp(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	expect(ask(f, "trunc.h5.test", RESOLVE_V4), "10.0.0.5");
	assert_int_equal(ask(f, "many.test", RESOLVE_BOTH).count, 80);
	assert_int_equal(server_stop(&f->servers[0]).tcp, 3);
}

static void the_hosts_file_comes_first(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	expect(ask(f, "hosts.test", RESOLVE_BOTH), "10.1.1.1 2001:db8::5");
	expect(ask(f, "HOSTS.test", RESOLVE_V4), "10.1.1.1");
	expect(ask_back(f, "10.1.1.1"), "hosts.test");
	expect(ask(f, "localhost", RESOLVE_BOTH), "127.0.0.1 ::1");
	assert_int_equal(stats(f).cached, 4);
	assert_int_equal(server_stop(&f->servers[0]).udp, 0);
}

static void what_was_asked_before_is_not_asked_again(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	ask(f, "h5.test", RESOLVE_V4);
	expect(ask(f, "h5.test", RESOLVE_V4), "10.0.0.5");
	expect(ask(f, "h5.test", RESOLVE_BOTH), "10.0.0.5 2001:db8::a00:5");
	ask(f, "none.test", RESOLVE_V4);
	assert_int_equal(ask(f, "none.test", RESOLVE_V4).error, ERROR_NOT_FOUND);
	ask_back(f, "10.0.0.5");
	expect(ask_back(f, "10.0.0.5"), "h5.test");
	assert_int_equal(server_stop(&f->servers[0]).udp, 4);
	assert_int_equal(stats(f).cached, 3);
}

static void what_is_no_name_is_refused_at_once(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {0};

	open_one(f);
	assert_int_equal(resolver_forward(f->resolver, "1.2.3.400", RESOLVE_V4, note, &seen, NULL),
			 ERROR_SYNTAX);
	assert_int_equal(resolver_outstanding(f->resolver), 0);
}

/* --- trouble --- */

static void a_lost_question_is_asked_again(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	expect(ask(f, "first.h5.test", RESOLVE_V4), "10.0.0.5");
	assert_int_equal(stats(f).retried, 1);
	assert_int_equal(server_stop(&f->servers[0]).udp, 2);
}

static void an_answer_after_its_time_still_counts(void **state)
{
	struct fixture *f = *state;

	add_server(f, "--late", "1200");
	open_resolver(f);
	/* Answers come 1.2 s after each attempt; the second attempt is made at 1 s,
	 * and the answer to the first one ends the matter. */
	expect(ask(f, "late.h5.test", RESOLVE_V4), "10.0.0.5");
	assert_int_equal(stats(f).retried, 1);
	assert_int_equal(server_stop(&f->servers[0]).answered, 2);
}

static void a_server_that_cannot_say_is_not_the_last_word(void **state)
{
	struct fixture *f = *state;
	int i;

	add_server(f, "--name", "refused.example=10.3.0.1");
	add_server(f, "--seed", "2");
	open_resolver(f);
	for (i = 0; i < 2; i++) {
		assert_int_equal(ask(f, i ? "servfail.test" : "refused.test", RESOLVE_V4).error,
				 ERROR_SYSTEM);
		assert_int_equal(ask(f, i ? "garbage.a.test" : "garbage.test", RESOLVE_V4).error,
				 ERROR_SYSTEM);
	}
	/* Each question went to both servers, once. */
	assert_int_equal(server_stop(&f->servers[0]).udp, 4);
	assert_int_equal(server_stop(&f->servers[1]).udp, 4);
}

static void a_server_that_is_gone_costs_no_answers(void **state)
{
	struct fixture *f = *state;
	struct seen seen[40];
	char name[32];
	int i;

	add_dead_server(f);
	add_server(f, "--seed", "1");
	open_resolver(f);
	memset(seen, 0, sizeof(seen));
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "h%d.test", i);
		assert_int_equal(
			resolver_forward(f->resolver, name, RESOLVE_V4, note, &seen[i], NULL), 0);
	}
	loop_run(f->loop);
	for (i = 0; i < 40; i++)
		assert_int_equal(seen[i].error, 0);
}

static void silence_ends_in_a_time_out(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	assert_int_equal(ask(f, "silent.test", RESOLVE_V4).error, ERROR_TIMED_OUT);
	assert_int_equal(stats(f).timed_out, 1);
	assert_int_equal(server_stop(&f->servers[0]).udp, 3);
}

static void when_no_server_answers_a_thousand_names_do_not_wait_one_by_one(void **state)
{
	static struct seen seen[1000];
	struct fixture *f = *state;
	char name[32];
	int i;

	add_server(f, "--loss", "100");
	open_resolver(f);
	memset(seen, 0, sizeof(seen));
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "h%d.test", i);
		resolver_forward(f->resolver, name, RESOLVE_V4, note, &seen[i], NULL);
	}
	loop_run(f->loop);
	for (i = 0; i < 1000; i++)
		assert_int_equal(seen[i].error, ERROR_TIMED_OUT);
	/* By windows of ten, three questions each, it would be 3000, and 450 s. */
	assert_true(server_stop(&f->servers[0]).udp < 100);
}

/* --- many --- */

struct crowd {
	unsigned right, wrong;
};

static void count(void *self, const struct resolver_answer *answer)
{
	struct crowd *crowd = self;

	if (!answer->error && answer->addrs_count == 1)
		crowd->right++;
	else
		crowd->wrong++;
}

static void many_names_are_all_resolved_through_loss(void **state)
{
	struct fixture *f = *state;
	struct crowd crowd = {0, 0};
	char name[32];
	int i;

	add_server(f, "--loss", "2");
	add_server(f, "--loss", "2");
	open_resolver(f);
	for (i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "h%d.test", i);
		assert_int_equal(
			resolver_forward(f->resolver, name, RESOLVE_V4, count, &crowd, NULL), 0);
	}
	assert_int_equal(resolver_outstanding(f->resolver), 20000);
	loop_run(f->loop);
	assert_int_equal(crowd.right, 20000);
	assert_int_equal(crowd.wrong, 0);
	assert_true(stats(f).retried > 100);
	/* Both have their share. */
	assert_true(server_stop(&f->servers[0]).udp > 5000);
	assert_true(server_stop(&f->servers[1]).udp > 5000);
}

static void a_full_server_loses_no_names(void **state)
{
	const char *options[] = {"--delay", "20", "--capacity", "150", NULL};
	struct fixture *f = *state;
	struct crowd crowd = {0, 0};
	char name[32];
	int i;

	server_start(&f->servers[f->servers_count++], options);
	open_resolver(f);
	for (i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "h%d.test", i);
		resolver_forward(f->resolver, name, RESOLVE_V4, count, &crowd, NULL);
	}
	loop_run(f->loop);
	assert_int_equal(crowd.right, 5000);
	assert_true(server_stop(&f->servers[0]).lost > 0);
}

static void a_server_may_have_an_ipv6_address(void **state)
{
	const char *options[] = {"--listen", "::1", NULL};
	struct fixture *f = *state;
	struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool has_ipv6 = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	if (!has_ipv6)
		skip();
	server_start(&f->servers[f->servers_count++], options);
	open_resolver(f);
	expect(ask(f, "h5.test", RESOLVE_V4), "10.0.0.5");
	expect(ask(f, "trunc.h5.test", RESOLVE_V6), "2001:db8::a00:5");
}

/* --- leaving --- */

static void a_cancelled_query_is_not_answered(void **state)
{
	struct fixture *f = *state;
	struct resolver_query *queries[50];
	struct seen seen = {0};
	char name[32];
	int i;

	open_one(f);
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), i % 2 ? "h%d.test" : "silent.a%d.test", i);
		resolver_forward(f->resolver, name, RESOLVE_BOTH, note, &seen, &queries[i]);
	}
	for (i = 0; i < 25; i++)
		resolver_cancel(f->resolver, queries[i]);
	for (i = 26; i < 50; i += 2)
		resolver_cancel(f->resolver, queries[i]);
	loop_run(f->loop);
	assert_int_equal(seen.calls, 13);
	assert_int_equal(resolver_outstanding(f->resolver), 0);
}

struct canceller {
	struct fixture *f;
	struct resolver_query *victim;
	struct timer timer;
};

static void cancel_now(void *self)
{
	struct canceller *canceller = self;

	resolver_cancel(canceller->f->resolver, canceller->victim);
}

static void a_query_under_way_can_be_cancelled(void **state)
{
	struct fixture *f = *state;
	struct canceller canceller = {.f = f};
	struct seen seen = {0};

	open_one(f);
	canceller.timer = (struct timer){.fire = cancel_now, .self = &canceller};
	resolver_forward(f->resolver, "silent.test", RESOLVE_BOTH, note, &seen, &canceller.victim);
	loop_timer_set(f->loop, &canceller.timer, loop_now_ns(f->loop) + 50 * NS_PER_MS);
	loop_run(f->loop);
	assert_int_equal(seen.calls, 0);
	assert_int_equal(server_stop(&f->servers[0]).udp, 2);
}

static void free_now(void *self, const struct resolver_answer *answer)
{
	struct fixture *f = self;

	resolver_free(f->resolver);
	f->resolver = NULL;
}

static void it_may_be_freed_from_an_answer(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {0};

	open_one(f);
	resolver_forward(f->resolver, "hosts.test", RESOLVE_V4, free_now, f, NULL);
	resolver_forward(f->resolver, "hosts.test", RESOLVE_V4, note, &seen, NULL);
	resolver_forward(f->resolver, "h1.test", RESOLVE_V4, note, &seen, NULL);
	loop_run(f->loop);
	assert_null(f->resolver);
	assert_int_equal(seen.calls, 0);
}

static void it_may_be_freed_with_queries_under_way(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {0};
	int i;

	open_one(f);
	for (i = 0; i < 4; i++)
		resolver_forward(f->resolver, "silent.test", RESOLVE_BOTH, note, &seen, NULL);
	resolver_forward(f->resolver, "h1.test", RESOLVE_V4, free_now, f, NULL);
	loop_run(f->loop);
	assert_int_equal(seen.calls, 0);
}

struct asker_again {
	struct fixture *f;
	int left;
};

static void again(void *self, const struct resolver_answer *answer)
{
	struct asker_again *asker = self;

	assert_int_equal(answer->error, 0);
	if (asker->left--)
		resolver_forward(asker->f->resolver, "h1.test", RESOLVE_V4, again, asker, NULL);
}

static void an_answer_may_ask_again(void **state)
{
	struct fixture *f = *state;
	struct asker_again asker = {f, 1000};

	open_one(f);
	resolver_forward(f->resolver, "h1.test", RESOLVE_V4, again, &asker, NULL);
	loop_run(f->loop);
	assert_int_equal(asker.left, -1);
	assert_int_equal(server_stop(&f->servers[0]).udp, 1);
}

/* --- the system --- */

static void without_servers_the_system_is_asked(void **state)
{
	struct fixture *f = *state;

	open_resolver(f);
	expect(ask(f, "printer", RESOLVE_BOTH), "192.0.2.1");
	expect(ask(f, "hosts.test", RESOLVE_V4), "10.1.1.1");
	expect(ask_back(f, "192.0.2.1"), "printer.system");
	assert_int_equal(ask(f, "h1.test", RESOLVE_V4).error, ERROR_NOT_FOUND);
}

static void with_system_dns_no_server_is_asked(void **state)
{
	struct fixture *f = *state;

	add_server(f, "--seed", "1");
	assert_int_equal(open_with(f, true, &f->resolver), 0);
	assert_int_equal(ask(f, "h1.test", RESOLVE_V4).error, ERROR_NOT_FOUND);
	expect(ask_back(f, "192.0.2.7"), "printer.system");
	assert_int_equal(server_stop(&f->servers[0]).udp, 0);
}

static void a_name_without_a_dot_goes_to_the_users_servers_only(void **state)
{
	struct fixture *f = *state;

	open_one(f);
	assert_int_equal(ask(f, "printer", RESOLVE_V4).error, ERROR_NOT_FOUND);
	assert_int_equal(server_stop(&f->servers[0]).nxdomain, 1);
}

static void the_system_can_be_asked_a_lot(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {0};
	char name[32];
	int i;

	open_resolver(f);
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "x%d", i);
		resolver_forward(f->resolver, name, RESOLVE_V4, note, &seen, NULL);
	}
	loop_run(f->loop);
	assert_int_equal(seen.calls, 300);
}

/* --- making it --- */

static void a_bad_server_is_named(void **state)
{
	struct fixture *f = *state;
	const char *servers[] = {"127.0.0.1", "127.0.0.1:x"};
	struct resolver_config config = {.loop = f->loop, .servers = servers, .servers_count = 2};
	struct diag diag = {0};

	assert_int_equal(resolver_cares_new(&config, &f->resolver, &diag), ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, "127.0.0.1:x"));
}

static int use(void *self)
{
	struct fixture *f = self;
	struct resolver *resolver = NULL;
	struct seen forward = {0}, system = {0}, back = {0};
	struct ip_addr addr = ip_v4(0x0a000005);
	int r = open_with(f, false, &resolver);

	if (r == 0)
		r = resolver_forward(resolver, "alias.h5.test", RESOLVE_BOTH, note, &forward, NULL);
	if (r == 0)
		r = resolver_forward(resolver, "hosts.test", RESOLVE_BOTH, note, &system, NULL);
	if (r == 0)
		r = resolver_reverse(resolver, &addr, note, &back, NULL);
	if (r == 0) {
		loop_run(f->loop);
		assert_int_equal(forward.calls + system.calls + back.calls, 3);
		r = forward.error ? forward.error : system.error ? system.error : back.error;
		/* One family can be answered when the other's memory was short. */
	}
	resolver_free(resolver);
	return r;
}

static void memory_may_run_out_anywhere(void **state)
{
	struct fixture *f = *state;

	add_server(f, "--seed", "1");
	support_each_allocation_fails(use, f, 500);
}

static int use_system(void *self)
{
	struct fixture *f = self;
	struct resolver *resolver = NULL;
	struct seen seen = {0};
	int r = open_with(f, true, &resolver);

	if (r == 0)
		r = resolver_forward(resolver, "printer", RESOLVE_BOTH, note, &seen, NULL);
	if (r == 0) {
		loop_run(f->loop);
		assert_int_equal(seen.calls, 1);
		r = seen.error;
	}
	resolver_free(resolver);
	return r;
}

static void memory_may_run_out_with_the_system(void **state)
{
	support_each_allocation_fails(use_system, *state, 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_have_the_addresses_of_the_families_asked_for),
		TEST(addresses_have_names),
		TEST(a_name_with_a_nul_is_none),
		TEST(what_does_not_exist_is_not_found_by_one_question),
		TEST(aliases_are_followed_within_and_beyond_the_answer),
		TEST(a_chain_of_aliases_has_an_end),
		TEST(an_answer_that_is_cut_short_is_fetched_by_tcp),
		TEST(the_hosts_file_comes_first),
		TEST(what_was_asked_before_is_not_asked_again),
		TEST(what_is_no_name_is_refused_at_once),
		TEST(a_lost_question_is_asked_again),
		TEST(an_answer_after_its_time_still_counts),
		TEST(a_server_that_cannot_say_is_not_the_last_word),
		TEST(a_server_that_is_gone_costs_no_answers),
		TEST(silence_ends_in_a_time_out),
		TEST(when_no_server_answers_a_thousand_names_do_not_wait_one_by_one),
		TEST(many_names_are_all_resolved_through_loss),
		TEST(a_full_server_loses_no_names),
		TEST(a_server_may_have_an_ipv6_address),
		TEST(a_cancelled_query_is_not_answered),
		TEST(a_query_under_way_can_be_cancelled),
		TEST(it_may_be_freed_from_an_answer),
		TEST(it_may_be_freed_with_queries_under_way),
		TEST(an_answer_may_ask_again),
		TEST(without_servers_the_system_is_asked),
		TEST(with_system_dns_no_server_is_asked),
		TEST(a_name_without_a_dot_goes_to_the_users_servers_only),
		TEST(the_system_can_be_asked_a_lot),
		TEST(a_bad_server_is_named),
		TEST(memory_may_run_out_anywhere),
		TEST(memory_may_run_out_with_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
