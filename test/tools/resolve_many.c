/* resolve_many: asks for h0.test, h1.test ... (or the addresses from 10.0.0.0 on
 * with --reverse 1) through the given servers and tells how it went, as JSON:
 *
 *   resolve_many --servers 127.0.0.1:5301,127.0.0.1:5302 --count 1000000
 *
 * Each answer is checked against dnsd's --pattern h%u.test=10.0.0.0. At most
 * --queued queries (4096) are with the resolver at a time, as a scan would do. */
#include "net/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define BASE         0x0a000000u
#define SERVERS_MOST 16

struct run {
	struct loop *loop;
	struct resolver *resolver;
	bool is_reverse;
	unsigned long count, asked, right, wrong, none, queued_most, queued;
};

struct question {
	struct run *run;
	uint32_t number;
};

static bool is_right(const struct question *question, const struct resolver_answer *answer)
{
	char name[32];

	if (!question->run->is_reverse)
		return answer->addrs_count == 1 &&
		       ip_v4_value(&answer->addrs[0]) == BASE + question->number;
	snprintf(name, sizeof(name), "h%u.test", question->number);
	return answer->name && strcmp(answer->name, name) == 0;
}

static void ask_more(struct run *run);

static void answered(void *self, const struct resolver_answer *answer)
{
	struct question *question = self;
	struct run *run = question->run;

	if (answer->error)
		run->none++;
	else if (is_right(question, answer))
		run->right++;
	else
		run->wrong++;
	free(question);
	run->queued--;
	ask_more(run);
}

static int ask(struct run *run, struct question *question)
{
	struct ip_addr addr = ip_v4(BASE + question->number);
	char name[32];

	if (run->is_reverse)
		return resolver_reverse(run->resolver, &addr, answered, question, NULL);
	snprintf(name, sizeof(name), "h%u.test", question->number);
	return resolver_forward(run->resolver, name, RESOLVE_V4, answered, question, NULL);
}

static void ask_more(struct run *run)
{
	while (run->asked < run->count && run->queued < run->queued_most) {
		struct question *question = calloc(1, sizeof(*question));

		if (!question)
			exit(2);
		*question = (struct question){run, (uint32_t)run->asked++};
		if (ask(run, question) < 0) {
			run->none++;
			free(question);
			continue;
		}
		run->queued++;
	}
}

static size_t servers_split(char *list, const char **ret_servers)
{
	size_t count = 0;
	char *at, *rest = list;

	while ((at = strsep(&rest, ",")) && count < SERVERS_MOST)
		ret_servers[count++] = at;
	return count;
}

static void report(const struct run *run, uint64_t took_ns)
{
	struct resolver_stats stats;
	struct rusage usage;

	resolver_stats(run->resolver, &stats);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"names\": %lu, \"right\": %lu, \"wrong\": %lu, \"unanswered\": %lu, "
	       "\"seconds\": %.3f, \"names_per_second\": %.0f, \"retried\": %llu, "
	       "\"peak_rss_kb\": %ld}\n",
	       run->count, run->right, run->wrong, run->none, (double)took_ns / 1e9,
	       (double)run->count * 1e9 / (double)took_ns, (unsigned long long)stats.retried,
	       usage.ru_maxrss);
}

int main(int argc, char **argv)
{
	struct run run = {.count = 1000, .queued_most = 4096};
	const char *servers[SERVERS_MOST];
	struct resolver_config config = {.servers = servers, .seed = 1};
	struct diag diag = {0};
	uint64_t start_ns;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--servers"))
			config.servers_count = servers_split(argv[i + 1], servers);
		else if (!strcmp(argv[i], "--count"))
			run.count = strtoul(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--queued"))
			run.queued_most = strtoul(argv[i + 1], NULL, 10);
		else if (!strcmp(argv[i], "--interface"))
			config.interface = argv[i + 1];
		else if (!strcmp(argv[i], "--reverse"))
			run.is_reverse = argv[i + 1][0] == '1';
	}
	/* Nobody but the given servers is to be asked. */
	if (!config.servers_count || !(config.loop = run.loop = loop_uv_new()) ||
	    resolver_cares_new(&config, &run.resolver, &diag) < 0) {
		fprintf(stderr, "resolve_many: needs --servers A,B %s\n", diag.text);
		return 2;
	}
	start_ns = loop_time_ns(run.loop);
	ask_more(&run);
	loop_run(run.loop);
	report(&run, loop_time_ns(run.loop) - start_ns);
	resolver_free(run.resolver);
	loop_free(run.loop);
	return run.right == run.count ? 0 : 1;
}
