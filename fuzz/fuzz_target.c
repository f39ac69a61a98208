/* Target expressions and -iL lists: every word as an expression in both
 * grammars, then the whole as a list through the stream and as an exclude file. */
#include "engine/target.h"
#include "engine/target_expr.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void check_pattern(const struct target_pattern *pattern)
{
	uint64_t count = target_pattern_count(pattern), runs = target_pattern_runs(pattern);
	uint32_t first = 0, last;

	check(count >= 1 && runs >= 1 && runs <= count, "a pattern has an address");
	check(target_pattern_next(pattern, 0, &first), "a pattern has a first address");
	check(target_pattern_has(pattern, first), "the first address is a member");
	last = target_pattern_run_end(pattern, first);
	check(target_pattern_has(pattern, last), "the end of a run is a member");
	check(target_pattern_count_below(pattern, first) == 0, "none is below the first");
	check(target_pattern_count_below(pattern, (uint64_t)last + 1) == (uint64_t)last - first + 1,
	      "a run has no gaps");
	check(target_pattern_count_below(pattern, UINT64_C(1) << 32) == count,
	      "all are below the end");
}

static void check_address(const char *text)
{
	char written[IP_TEXT_BYTES];
	struct ip_addr addr, again;

	if (!ip_parse(text, &addr))
		return;
	check(ip_parse(ip_format(&addr, written), &again), "what is written can be read");
	check(ip_equal(&addr, &again), "and is the same");
}

/* Gives how many ranges the expression would be in a set. */
static uint64_t check_expression(const char *text, bool ports)
{
	struct target_expr_grammar grammar = {.ports = ports, .scope_id = 1};
	struct target_expr expr;
	struct diag diag = {0};
	int r = target_expr_parse(text, &grammar, &expr, &diag);

	check(r == 0 || (r == ERROR_SYNTAX && diag.text[0]), "an error has words");
	if (r < 0)
		return 0;
	if (expr.kind == TARGET_EXPR_PATTERN)
		check_pattern(&expr.pattern);
	else if (expr.kind == TARGET_EXPR_RANGE)
		check(ip_compare(&expr.range.first, &expr.range.last) <= 0, "a range goes up");
	else
		check(expr.name.bytes <= strlen(text), "a name is within its expression");
	return expr.kind == TARGET_EXPR_NAME ? 0 : target_expr_ranges(&expr);
}

/* Words for the first checks; gives the most ranges that one of them has. */
static uint64_t check_words(const uint8_t *data, size_t bytes)
{
	char *text = malloc(bytes + 1), *word, *end;
	uint64_t most = 0, ranges;

	if (!text)
		return 0;
	memcpy(text, data, bytes);
	text[bytes] = '\0';
	for (word = text; word < text + bytes; word = end + 1) {
		end = word + strcspn(word, " \t\r\n#");
		*end = '\0';
		check_address(word);
		check_expression(word, true);
		ranges = check_expression(word, false);
		if (ranges > most)
			most = ranges;
	}
	free(text);
	return most;
}

struct world {
	struct loop *loop;
	struct resolver *resolver;
	struct services *services;
	struct target_config config;
	char *paths[1], path[32];
};

static void wake(void *self)
{
	struct world *world = self;

	loop_stop(world->loop);
}

static void stream_list(struct world *world)
{
	const struct port_list_request ports = {
		.services = world->services, .transports = 3, .prefixes = true};
	struct target_stream_config config = {.targets = &world->config,
					      .resolver = world->resolver,
					      .ports = &ports,
					      .loop = world->loop,
					      .wake = wake,
					      .self = world};
	struct target_stream *stream;
	struct target_skipped skipped;
	struct target *target;
	enum target_next next = TARGET_WAIT;
	int taken;

	check(target_stream_new(&config, &stream, NULL) == 0, "a stream begins");
	for (taken = 0; taken < 3000 && next != TARGET_END; taken++) {
		next = target_stream_next(stream, &target, &skipped);
		if (next == TARGET_READY)
			target_unref(target);
		else if (next == TARGET_BAD)
			check(skipped.expression && skipped.why[0], "what is skipped has a reason");
		else if (next == TARGET_WAIT)
			loop_run(world->loop);
	}
	target_stream_free(stream);
}

static void read_list(struct world *world, bool may_exclude)
{
	struct addrset *excludes = NULL;
	struct diag diag = {0};
	int r;

	world->config = (struct target_config){.input_files = world->paths,
					       .input_files_count = 1,
					       .families = RESOLVE_BOTH,
					       .unique = true};
	stream_list(world);
	world->config.unique = false;
	world->config.resolve_all = true;
	stream_list(world);
	if (!may_exclude)
		return;
	world->config.exclude_files = world->paths;
	world->config.exclude_files_count = 1;
	r = target_excludes(&world->config, world->loop, world->resolver, &excludes, &diag);
	check(r == 0 || diag.text[0], "an error has words");
	check(target_count(&world->config, excludes) >= 0, "a count is a number");
	addrset_free(excludes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct resolver_sim_entry names[3] = {{.name = "a"}, {.name = "a"}, {.name = "b.c"}};
	struct world world = {.loop = loop_sim_new(0)};
	uint64_t most_ranges;
	int fd = memfd_create("list", MFD_CLOEXEC);

	/* A table without a line; names of ports have a harness of their own. */
	if (fd < 0 || !world.loop || bytes > 65536 ||
	    services_parse("", 0, &world.services, NULL) < 0)
		goto out;
	names[0].addr = ip_v4(0x0a000001);
	names[1].addr = ip_from_value(IP_V6, 7, 0);
	names[2].addr = ip_v4(0xffffffff);
	most_ranges = check_words(data, bytes);
	snprintf(world.path, sizeof(world.path), "/proc/self/fd/%d", fd);
	world.paths[0] = world.path;
	if (write(fd, data, bytes) == (ssize_t)bytes &&
	    resolver_sim_new(world.loop, names, 3, &world.resolver) == 0) {
		/* Millions of ranges are no fault, but too slow here. */
		read_list(&world, most_ranges < 1000);
		resolver_free(world.resolver);
	}
out:
	services_free(world.services);
	loop_free(world.loop);
	if (fd >= 0)
		close(fd);
	return 0;
}
