#include "support.h"

#include "engine/target.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A world of names: those of one address, of several, slow ones, dead ones. */
#define SLOW_NS (30 * NS_PER_S)
static struct resolver_sim_entry names[16];
static size_t names_count;

static void name_is(const char *name, const char *addr, uint64_t delay_ns, int error)
{
	struct resolver_sim_entry *entry = &names[names_count++];

	*entry = (struct resolver_sim_entry){.name = name, .delay_ns = delay_ns, .error = error};
	assert_true(ip_parse(addr, &entry->addr));
}

static int names_set_up(void **state)
{
	names_count = 0;
	name_is("one.test", "10.1.0.1", NS_PER_MS, 0);
	name_is("slow.test", "10.1.0.2", SLOW_NS, 0);
	name_is("dead.test", "10.1.0.3", 2 * NS_PER_MS, ERROR_TIMED_OUT);
	name_is("both.test", "10.2.0.1", NS_PER_MS, 0);
	name_is("both.test", "10.2.0.2", NS_PER_MS, 0);
	name_is("both.test", "2001:db8::2", NS_PER_MS, 0);
	name_is("six.test", "2001:db8::6", NS_PER_MS, 0);
	name_is("link.test", "fe80::6", NS_PER_MS, 0);
	return 0;
}

/* What a test asks for, and what comes of it in one line:
 * "addr[=name][+other...][:ports] ... !expression ..." */
struct run {
	struct target_config config;
	struct addrset *excludes, *done;
	struct services *services;
	struct loop *loop;
	struct resolver *resolver;
	struct target_stream *stream;
	struct buf list, whys, warnings;
	uint64_t waits, next_index;
	size_t most; /* targets to take; 0 all */
	struct diag diag;
};

static void run_warn(void *self, const char *text)
{
	struct run *run = self;

	buf_addf(&run->warnings, "%s\n", text);
}

static void run_wake(void *self)
{
	struct run *run = self;

	loop_stop(run->loop);
}

static void list_target(struct run *run, const struct target *target)
{
	char text[IP_TEXT_BYTES];
	size_t i;

	assert_int_equal(target->index, run->next_index++);
	buf_addf(&run->list, "%s%s", run->list.len ? " " : "", ip_format(&target->addr, text));
	if (target->name)
		buf_addf(&run->list, "=%s", target->name);
	for (i = 0; i < target->others_count; i++)
		buf_addf(&run->list, "+%s", ip_format(&target->others[i], text));
	if (!target->ports)
		return;
	buf_add_char(&run->list, ':');
	portset_format(&target->ports->of[TRANSPORT_TCP], &run->list);
	if (target->ports->of[TRANSPORT_UDP].count) {
		buf_add_str(&run->list, "/U");
		portset_format(&target->ports->of[TRANSPORT_UDP], &run->list);
	}
}

static void run_drain(struct run *run)
{
	struct target_skipped skipped;
	struct target *target;

	for (;;) {
		switch (target_stream_next(run->stream, &target, &skipped)) {
		case TARGET_READY:
			list_target(run, target);
			target_unref(target);
			if (run->most && run->next_index == run->most)
				return;
			break;
		case TARGET_WAIT:
			run->waits++;
			assert_int_equal(loop_run(run->loop), 0);
			break;
		case TARGET_BAD:
			buf_addf(&run->list, "%s!%s", run->list.len ? " " : "", skipped.expression);
			buf_addf(&run->whys, "%s\n", skipped.why);
			break;
		case TARGET_END:
			return;
		}
	}
}

static int run_begin(struct run *run)
{
	static struct port_list_request ports;
	struct target_stream_config config = {
		.targets = &run->config,
		.excludes = run->excludes,
		.done = run->done,
		.ports = &ports,
		.seed = 42,
		.wake = run_wake,
		.warn = run_warn,
		.self = run,
	};
	int r;

	ports = (struct port_list_request){
		.services = run->services,
		.transports = 1u << TRANSPORT_TCP | 1u << TRANSPORT_UDP,
		.prefixes = true,
	};
	if (!run->config.families)
		run->config.families = RESOLVE_BOTH;
	run->loop = loop_sim_new(0);
	if (!run->loop)
		return ERROR_MEMORY;
	if ((r = resolver_sim_new(run->loop, names, names_count, &run->resolver)) < 0)
		return r;
	config.loop = run->loop;
	config.resolver = run->resolver;
	return target_stream_new(&config, &run->stream, &run->diag);
}

static void run_release(struct run *run)
{
	target_stream_free(run->stream);
	if (run->resolver) {
		assert_int_equal(resolver_outstanding(run->resolver), 0);
		resolver_free(run->resolver);
	}
	loop_free(run->loop);
	buf_release(&run->list);
	buf_release(&run->whys);
	buf_release(&run->warnings);
}

/* Expressions, separated by blanks. */
static void run_expressions(struct run *run, const char *text)
{
	char *copy = strdup(text), *save = NULL, *word;
	char *words[32];
	size_t count = 0;

	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		words[count++] = word;
	run->config.expressions = words;
	run->config.expressions_count = count;
	assert_int_equal(run_begin(run), 0);
	run_drain(run);
	free(copy);
}

static void check(const char *expressions, struct run *run, const char *expected)
{
	run_expressions(run, expressions);
	assert_string_equal(buf_str(&run->list), expected);
	assert_int_equal(target_stream_error(run->stream, NULL), 0);
}

static void check_plain(const char *expressions, const char *expected)
{
	struct run run = {0};

	check(expressions, &run, expected);
	run_release(&run);
}

static void expressions_come_in_the_order_typed(void **state)
{
	check_plain("", "");
	check_plain("10.0.0.2/31 10.0.0.1 2001:db8::/127",
		    "10.0.0.2 10.0.0.3 10.0.0.1 2001:db8:: 2001:db8::1");
	check_plain("10.0.0-1.1,5-7/31", "10.0.0.0 10.0.0.1 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 "
					 "10.0.1.0 10.0.1.1 10.0.1.4 10.0.1.5 10.0.1.6 10.0.1.7");
	check_plain("10.0.0.1 10.0.0.1", "10.0.0.1 10.0.0.1");
	check_plain("255.255.255.255 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127",
		    "255.255.255.255 ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe "
		    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

static void a_name_scans_its_first_address_and_tells_the_others(void **state)
{
	struct run run = {0};

	check("one.test both.test six.test", &run,
	      "10.1.0.1=one.test 10.2.0.1=both.test+10.2.0.2+2001:db8::2 2001:db8::6=six.test");
	assert_string_equal(buf_str(&run.warnings),
			    "\"both.test\" resolves to 2 addresses: 10.2.0.1 is scanned "
			    "(--resolve-all scans all).\n");
	run_release(&run);
}

static void a_slow_name_keeps_its_place(void **state)
{
	struct run run = {0};

	check("10.0.0.1 slow.test one.test 10.0.0.2", &run,
	      "10.0.0.1 10.1.0.2=slow.test 10.1.0.1=one.test 10.0.0.2");
	/* one.test was asked meanwhile, and its answer woke no one. */
	assert_int_equal(run.waits, 1);
	assert_int_equal(loop_now_ns(run.loop), SLOW_NS);
	run_release(&run);
}

static void a_mask_on_a_name_scans_around_its_first_address(void **state)
{
	struct run run = {0};

	check_plain("one.test/30", "10.1.0.0 10.1.0.1=one.test 10.1.0.2 10.1.0.3");
	check_plain("six.test/127", "2001:db8::6=six.test 2001:db8::7");
	check("one.test/33 10.0.0.1/40 ::1/129", &run, "10.1.0.1=one.test 10.0.0.1 ::1");
	assert_non_null(strstr(buf_str(&run.warnings), "\"one.test/33\""));
	assert_non_null(strstr(buf_str(&run.warnings), "\"10.0.0.1/40\""));
	assert_non_null(strstr(buf_str(&run.warnings), "\"::1/129\""));
	run_release(&run);
}

static void resolve_all_scans_each_address(void **state)
{
	struct run run = {.config.resolve_all = true};

	check("both.test both.test/31", &run,
	      "10.2.0.1=both.test 10.2.0.2=both.test 2001:db8::2=both.test "
	      "10.2.0.0 10.2.0.1=both.test 10.2.0.2=both.test 10.2.0.3 "
	      "2001:db8::2=both.test");
	run_release(&run);
}

static void what_is_of_no_use_is_told_and_left_out(void **state)
{
	struct run run = {0};

	check("10.0.0.1 nosuch.test dead.test 10.0.0.256 10.0.0.2/x one.test [x 10.0.0.3", &run,
	      "10.0.0.1 !nosuch.test !dead.test !10.0.0.256 !10.0.0.2/x 10.1.0.1=one.test ![x "
	      "10.0.0.3");
	assert_memory_equal(buf_str(&run.whys),
			    "Failed to resolve \"nosuch.test\".\n"
			    "Failed to resolve \"dead.test\".\n"
			    "Failed to resolve \"10.0.0.256\".\n",
			    95);
	run_release(&run);
	check_plain("nosuch.test/24", "!nosuch.test/24");
}

static void families_may_be_restricted(void **state)
{
	struct run run = {.config = {.families = RESOLVE_V4, .families_forced = true}};

	check("::1 10.0.0.1 both.test six.test", &run,
	      "!::1 10.0.0.1 10.2.0.1=both.test+10.2.0.2 !six.test");
	assert_string_equal(buf_str(&run.whys),
			    "\"::1\" is an IPv6 target: leave out -4 to scan it.\n"
			    "Failed to resolve \"six.test\".\n");
	run_release(&run);
	run = (struct run){.config = {.families = RESOLVE_V6, .families_forced = true}};
	check("::1 10.0.0.0/24 both.test one.test", &run,
	      "::1 !10.0.0.0/24 2001:db8::2=both.test !one.test");
	assert_string_equal(buf_str(&run.whys),
			    "\"10.0.0.0/24\" is an IPv4 target: leave out -6 to scan it.\n"
			    "Failed to resolve \"one.test\".\n");
	run_release(&run);
}

static void link_local_addresses_take_the_interface(void **state)
{
	struct run run = {.config.scope_interface = "lo"};

	check("fe80::1 fe80::1%2000000 ::1 link.test", &run,
	      "fe80::1%lo fe80::1%2000000 ::1 fe80::6%lo=link.test");
	run_release(&run);
}

static struct addrset *set_of(const char *first, const char *last)
{
	struct addrset *set = addrset_new();
	struct ip_addr a, b;

	assert_true(ip_parse(first, &a) && ip_parse(last, &b));
	assert_int_equal(addrset_add_range(set, &a, &b), 0);
	return set;
}

static void excluded_and_finished_addresses_are_left_out(void **state)
{
	struct run run = {.excludes = set_of("10.0.0.1", "10.0.0.2"),
			  .done = set_of("10.0.0.4", "10.0.0.4")};

	check("10.0.0.0/29 10.0.0.1 one.test", &run,
	      "10.0.0.0 10.0.0.3 10.0.0.5 10.0.0.6 10.0.0.7 10.1.0.1=one.test");
	addrset_free(run.excludes);
	addrset_free(run.done);
	run_release(&run);
	run = (struct run){.excludes = set_of("10.2.0.1", "10.2.0.1")};
	check("both.test", &run, "");
	addrset_free(run.excludes);
	run_release(&run);
}

static void unique_scans_each_address_once(void **state)
{
	struct run run = {.config.unique = true};

	check("10.0.0.1 10.0.0.0/30 10.0.0.1-2 one.test 10.1.0.0-1 one.test ::1 ::/127", &run,
	      "10.0.0.1 10.0.0.0 10.0.0.2 10.0.0.3 10.1.0.1=one.test 10.1.0.0 ::1 ::");
	run_release(&run);
}

static void write_list(char path[32], const char *text)
{
	int fd;

	memcpy(path, "/tmp/portolan-list-XXXXXX", 26);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void check_file(const char *text, struct run *run, const char *expected)
{
	char path[32], *paths[1] = {path};

	write_list(path, text);
	run->config.input_files = paths;
	run->config.input_files_count = 1;
	run_expressions(run, "10.9.9.9");
	unlink(path);
	assert_string_equal(buf_str(&run->list), expected);
}

static void lists_follow_the_command_line(void **state)
{
	struct run run = {0};

	check_file("10.0.0.1 one.test # 10.0.0.2\n\t10.0.0.3\r\n", &run,
		   "10.9.9.9 10.0.0.1 10.1.0.1=one.test 10.0.0.3");
	run_release(&run);
}

static void lines_may_carry_ports(void **state)
{
	struct run run = {0};

	check_file("10.0.0.1:22,80 [2001:db8::1]:443 2001:db8::1:443 10.0.0.2/31:80\n"
		   "one.test:U:53,T:80 10.0.0.1:99999 10.0.0.1: six.test:22,80 10.0.0.5",
		   &run,
		   "10.9.9.9 10.0.0.1:22,80/U22,80 2001:db8::1:443/U443 2001:db8::1:443 "
		   "10.0.0.2:80/U80 10.0.0.3:80/U80 10.1.0.1=one.test:80/U53 "
		   "!10.0.0.1:99999 !10.0.0.1: 2001:db8::6=six.test:22,80/U22,80 10.0.0.5");
	assert_non_null(strstr(buf_str(&run.whys), "The ports of \"10.0.0.1:99999\""));
	run_release(&run);
}

static void a_word_too_long_ends_the_stream_after_what_stood_before(void **state)
{
	struct run run = {0};
	char text[1200], *paths[1], path[32];
	struct diag diag;

	memset(text, 'x', sizeof(text));
	memcpy(text, "10.0.0.1 ", 9);
	text[9 + 1024] = '\0';
	write_list(path, text);
	paths[0] = path;
	run.config.input_files = paths;
	run.config.input_files_count = 1;
	run_expressions(&run, "one.test");
	unlink(path);
	assert_string_equal(buf_str(&run.list), "10.1.0.1=one.test 10.0.0.1");
	assert_int_equal(target_stream_error(run.stream, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, path));
	run_release(&run);
}

static void a_list_that_cannot_be_opened_is_named_at_once(void **state)
{
	char *paths[] = {"/dev/null", "/nonexistent/list"};
	struct run run = {.config = {.input_files = paths, .input_files_count = 2}};

	assert_int_equal(run_begin(&run), ERROR_IO);
	assert_non_null(strstr(run.diag.text, "/nonexistent/list"));
	run_release(&run);
}

static void random_addresses_are_as_many_as_asked_and_replay(void **state)
{
	struct run run = {.config = {.random = true, .random_count = 300}};
	struct run again = {.config = {.random = true}, .most = 301};
	struct run six = {.config = {.random = true, .families = RESOLVE_V6}};

	run_expressions(&run, "10.0.0.1");
	assert_int_equal(run.next_index, 301);
	run_expressions(&again, "10.0.0.1");
	assert_string_equal(buf_str(&run.list), buf_str(&again.list));
	run_release(&run);
	run_release(&again);
	assert_int_equal(run_begin(&six), ERROR_USAGE);
	run_release(&six);
}

static void targets_outlive_the_stream(void **state)
{
	char path[32], *paths[1] = {path};
	struct run run = {.config = {.input_files = paths, .input_files_count = 1}};
	struct target *first, *second;
	struct target_skipped skipped;

	write_list(path, "10.0.0.1:80 10.0.0.2:80");
	assert_int_equal(run_begin(&run), 0);
	assert_int_equal(target_stream_next(run.stream, &first, &skipped), TARGET_READY);
	assert_int_equal(target_stream_next(run.stream, &second, &skipped), TARGET_READY);
	assert_int_equal(target_stream_next(run.stream, &second, &skipped), TARGET_END);
	assert_int_equal(target_stream_next(run.stream, &second, &skipped), TARGET_END);
	run_release(&run);
	/* One copy of the rules for both. */
	assert_ptr_equal(first->ports, second->ports);
	target_ref(first);
	target_unref(first);
	target_unref(second);
	assert_true(portset_has(&first->ports->of[TRANSPORT_TCP], 80));
	target_unref(first);
	target_unref(NULL);
	unlink(path);
}

static void many_names_are_asked_ahead_and_no_more(void **state)
{
	static char *many[20000];
	struct run run = {.config = {.expressions = many, .expressions_count = 20000}};
	struct target_skipped skipped;
	struct target *target;
	size_t i;

	for (i = 0; i < 20000; i++)
		many[i] = i ? "one.test" : "slow.test";
	assert_int_equal(run_begin(&run), 0);
	assert_int_equal(target_stream_next(run.stream, &target, &skipped), TARGET_WAIT);
	assert_int_equal(resolver_outstanding(run.resolver), 16384);
	run_drain(&run);
	assert_int_equal(run.next_index, 20000);
	run_release(&run);
}

static void a_stream_left_early_takes_its_questions_back(void **state)
{
	char *words[] = {"slow.test", "one.test", "both.test"};
	struct run run = {.config = {.expressions = words, .expressions_count = 3}};
	struct target_skipped skipped;
	struct target *target;

	assert_int_equal(run_begin(&run), 0);
	assert_int_equal(target_stream_next(run.stream, &target, &skipped), TARGET_WAIT);
	assert_int_equal(resolver_outstanding(run.resolver), 3);
	run_release(&run); /* asserts that none is outstanding */
}

/* Nothing is scanned of a million expressions; the loop must turn meanwhile. */
static void long_stretches_of_nothing_leave_the_loop_to_others(void **state)
{
	static char *many[50000];
	struct run run = {.config = {.expressions = many, .expressions_count = 50000},
			  .excludes = set_of("10.0.0.0", "10.255.255.255")};
	size_t i;

	for (i = 0; i < 50000; i++)
		many[i] = "10.0.0.1";
	assert_int_equal(run_begin(&run), 0);
	run_drain(&run);
	assert_int_equal(run.next_index, 0);
	assert_true(run.waits >= 2);
	addrset_free(run.excludes);
	run_release(&run);
}

/* Two targets through a pipe whose writer takes its time, on the real loop. */
struct pipe_run {
	struct loop *loop;
	struct timer timer;
	int fd;
};

static void pipe_write(void *self)
{
	struct pipe_run *pipe_run = self;

	assert_int_equal(write(pipe_run->fd, "10.0.0.2\n", 9), 9);
	close(pipe_run->fd);
}

static void pipe_wake(void *self)
{
	struct pipe_run *pipe_run = self;

	loop_stop(pipe_run->loop);
}

static void a_slow_pipe_is_waited_for_by_the_loop(void **state)
{
	char path[64] = "/tmp/portolan-pipe-XXXXXX", *paths[1] = {path};
	struct target_config targets = {
		.input_files = paths, .input_files_count = 1, .families = RESOLVE_BOTH};
	struct pipe_run pipe_run = {.loop = loop_uv_new()};
	struct target_stream_config config = {
		.targets = &targets, .loop = pipe_run.loop, .wake = pipe_wake, .self = &pipe_run};
	struct target_stream *stream;
	struct target_skipped skipped;
	struct target *target;
	struct diag diag;

	assert_non_null(mkdtemp(path));
	snprintf(path + strlen(path), 8, "/p");
	assert_int_equal(mkfifo(path, 0600), 0);
	pipe_run.fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(write(pipe_run.fd, "10.0.0.1\n", 9), 9);
	assert_int_equal(target_stream_new(&config, &stream, &diag), 0);
	assert_int_equal(target_stream_next(stream, &target, &skipped), TARGET_READY);
	target_unref(target);
	assert_int_equal(target_stream_next(stream, &target, &skipped), TARGET_WAIT);
	pipe_run.timer = (struct timer){.fire = pipe_write, .self = &pipe_run};
	loop_timer_set(pipe_run.loop, &pipe_run.timer, loop_now_ns(pipe_run.loop) + NS_PER_MS);
	while (target_stream_next(stream, &target, &skipped) == TARGET_WAIT)
		assert_int_equal(loop_run(pipe_run.loop), 0);
	assert_int_equal(ip_v4_value(&target->addr), 0x0a000002);
	target_unref(target);
	while (target_stream_next(stream, &target, &skipped) == TARGET_WAIT)
		assert_int_equal(loop_run(pipe_run.loop), 0);
	target_stream_free(stream);
	loop_free(pipe_run.loop);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static char list_path[32];

static int everything(void *self)
{
	char *words[] = {"10.0.0.0/30", "both.test", "nosuch.test", "::1", "10.0.*.1,3"};
	char *paths[] = {list_path};
	struct run run = {.config = {.expressions = words,
				     .expressions_count = 5,
				     .input_files = paths,
				     .input_files_count = 1,
				     .random = true,
				     .random_count = 3,
				     .unique = true,
				     .families = RESOLVE_BOTH}};
	int r = run_begin(&run);

	if (r == 0) {
		run_drain(&run);
		r = target_stream_error(run.stream, &run.diag);
		assert_true(r <= 0);
	}
	run_release(&run);
	return r;
}

static void no_failed_allocation_leaks_or_crashes(void **state)
{
	write_list(list_path, "10.0.0.1:22 10.0.0.9:22,80 one.test:80 x:y");
	support_each_allocation_fails(everything, NULL, 5000);
	unlink(list_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_come_in_the_order_typed),
		cmocka_unit_test(a_name_scans_its_first_address_and_tells_the_others),
		cmocka_unit_test(a_slow_name_keeps_its_place),
		cmocka_unit_test(a_mask_on_a_name_scans_around_its_first_address),
		cmocka_unit_test(resolve_all_scans_each_address),
		cmocka_unit_test(what_is_of_no_use_is_told_and_left_out),
		cmocka_unit_test(families_may_be_restricted),
		cmocka_unit_test(link_local_addresses_take_the_interface),
		cmocka_unit_test(excluded_and_finished_addresses_are_left_out),
		cmocka_unit_test(unique_scans_each_address_once),
		cmocka_unit_test(lists_follow_the_command_line),
		cmocka_unit_test(lines_may_carry_ports),
		cmocka_unit_test(a_word_too_long_ends_the_stream_after_what_stood_before),
		cmocka_unit_test(a_list_that_cannot_be_opened_is_named_at_once),
		cmocka_unit_test(random_addresses_are_as_many_as_asked_and_replay),
		cmocka_unit_test(targets_outlive_the_stream),
		cmocka_unit_test(many_names_are_asked_ahead_and_no_more),
		cmocka_unit_test(a_stream_left_early_takes_its_questions_back),
		cmocka_unit_test(long_stretches_of_nothing_leave_the_loop_to_others),
		cmocka_unit_test(a_slow_pipe_is_waited_for_by_the_loop),
		cmocka_unit_test(no_failed_allocation_leaks_or_crashes),
	};

	return cmocka_run_group_tests(tests, names_set_up, NULL);
}
