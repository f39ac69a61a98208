/* Plays a scan written down as text (test/golden/formats/README) through a
 * collector into writers, and keeps what each of them wrote. Included by each
 * test program; not a library. */
#ifndef PORTOLAN_TEST_SCAN_SCRIPT_H
#define PORTOLAN_TEST_SCAN_SCRIPT_H

#include "support.h"

#include "engine/technique.h"
#include "report/collector.h"
#include "report/system_result.h"
#include "util/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_TARGETS 128
#define SCRIPT_WRITERS 4
#define SCRIPT_LIST    40

struct script {
	struct plan plan;
	struct port_rules ports;
	struct buf services;
	struct format_context context[SCRIPT_WRITERS];
	struct buf out[SCRIPT_WRITERS];
	struct format_writer *writers[SCRIPT_WRITERS];
	size_t writers_count;
	struct collector *collector;
	struct target targets[SCRIPT_TARGETS];
	struct ip_addr others[SCRIPT_TARGETS][4];
	char *words[64];
	size_t words_count;
	uint64_t wall_ns;
	/* What the next "system" and "path" lines send. */
	struct system_facts system;
	struct system_match matches[SCRIPT_LIST];
	struct system_class classes[SCRIPT_LIST];
	const char *cpes[SCRIPT_LIST];
	struct system_guess guesses[SCRIPT_LIST];
	struct system_evidence evidence[SCRIPT_LIST];
	size_t classes_count, cpes_count;
	struct path_hop hops[SCRIPT_LIST];
	size_t hops_count;
	struct script_node nodes[256]; /* of the next "script" line */
	size_t nodes_count;
	char *kept[4096]; /* strings that live as long as the script */
	size_t kept_count;
};

static inline char *script_keep(struct script *script, const char *text)
{
	assert_true(script->kept_count < 4096);
	return script->kept[script->kept_count++] = strdup(text);
}

/* The value of "key=value" among the words; NULL when there is none. */
static inline const char *script_value(struct script *script, const char *key)
{
	size_t bytes = strlen(key), i;

	for (i = 0; i < script->words_count; i++)
		if (!strncmp(script->words[i], key, bytes) && script->words[i][bytes] == '=')
			return script->words[i] + bytes + 1;
	return NULL;
}

static inline double script_number(struct script *script, const char *key)
{
	const char *value = script_value(script, key);

	return value ? strtod(value, NULL) : 0;
}

/* A time "seconds.fraction" as ns, exact. */
static inline uint64_t script_time(struct script *script, const char *key)
{
	const char *value = script_value(script, key), *dot = value ? strchr(value, '.') : NULL;

	return value ? strtoull(value, NULL, 10) * NS_PER_S +
			       (dot ? (uint64_t)(strtod(dot, NULL) * 1e9) : 0)
		     : 0;
}

static inline bool script_flag(struct script *script, const char *word)
{
	size_t i;

	for (i = 0; i < script->words_count; i++)
		if (!strcmp(script->words[i], word))
			return true;
	return false;
}

static inline struct target *script_target(struct script *script)
{
	unsigned long index = strtoul(script->words[1], NULL, 10);

	assert_true(index < SCRIPT_TARGETS);
	return &script->targets[index];
}

/* Calls for each port of "20-21,23". */
static inline void script_each_port(const char *list, void (*each)(void *, uint16_t), void *self)
{
	char *end;

	while (*list) {
		unsigned long from = strtoul(list, &end, 10), to = from;

		if (*end == '-')
			to = strtoul(end + 1, &end, 10);
		for (; from <= to; from++)
			each(self, (uint16_t)from);
		list = *end ? end + 1 : end;
	}
}

static inline void script_add_port(void *self, uint16_t port)
{
	portset_add(self, port);
}

static inline enum transport script_transport(const char *name)
{
	int transport;

	for (transport = 0; name && transport < TRANSPORTS; transport++)
		if (!strcmp(transport_name((enum transport)transport), name))
			return (enum transport)transport;
	return TRANSPORT_TCP;
}

/* ports [TRANSPORT] LIST; a connect scan unless "scans" said another. */
static inline void script_plan_ports(struct script *script)
{
	bool named = script->words_count > 2;
	enum transport transport = script_transport(named ? script->words[1] : NULL);
	struct plan *plan = &script->plan;

	plan->ports = &script->ports;
	plan->port_scan = true;
	script_each_port(script->words[named ? 2 : 1], script_add_port,
			 &script->ports.of[transport]);
	if (plan->techniques_count)
		return;
	plan->techniques[0] = technique_by_name("tcp-connect");
	plan->techniques_count = 1;
}

/* scans NAME ...: raw ones, with privilege */
static inline void script_plan_scans(struct script *script)
{
	struct plan *plan = &script->plan;
	size_t i;

	plan->privileged = true;
	plan->discovery.pings_count = 1; /* never looked at but for being there */
	for (i = 1; i < script->words_count; i++) {
		plan->techniques[plan->techniques_count] = technique_by_name(script->words[i]);
		assert_non_null(plan->techniques[plan->techniques_count++]);
	}
}

static inline void script_plan(struct script *script)
{
	struct plan *plan = &script->plan;
	const char *word = script->words[0];
	const char *rest = script->words_count > 1 ? script->words[1] : "";

	if (!strcmp(word, "args"))
		plan->command_line = script_keep(script, rest);
	else if (!strcmp(word, "verbosity"))
		plan->output.verbosity = (int)strtol(rest, NULL, 10);
	else if (!strcmp(word, "debugging"))
		plan->output.debugging = (int)strtol(rest, NULL, 10);
	else if (!strcmp(word, "service"))
		buf_addf(&script->services, "%s\n", rest);
	else if (!strcmp(word, "stylesheet"))
		plan->output.stylesheet = script_keep(script, rest);
	else if (!strcmp(word, "ports")) {
		script_plan_ports(script);
	} else if (!strcmp(word, "scans"))
		script_plan_scans(script);
	else if (!strcmp(word, "scanflags"))
		plan->packets.scan_flags = (int)strtol(rest, NULL, 10);
	else if (!strcmp(word, "spoof")) {
		plan->packets.has_mac = mac_parse(rest, &plan->packets.mac);
		assert_true(plan->packets.has_mac);
	} else if (!strcmp(word, "retries"))
		plan->timing.max_retries = (unsigned)strtoul(rest, NULL, 10);
	else if (!strcmp(word, "is")) {
		plan->list_only |= script_flag(script, "list");
		plan->output.open_only |= script_flag(script, "open");
		plan->output.reasons |= script_flag(script, "reasons");
		plan->discovery.skip |= script_flag(script, "pn");
		plan->system_dns |= script_flag(script, "system-dns");
		plan->version.wanted |= script_flag(script, "versions");
		plan->system.wanted |= script_flag(script, "systems");
		plan->system.old_xml |= script_flag(script, "old-xml");
		plan->path.wanted |= script_flag(script, "traced");
		plan->path.mmdb_paths_count = script_flag(script, "places");
	} else {
		fail_msg("unknown word %s", word);
	}
}

static inline void script_open_writer(struct script *script, const char *format, bool screen)
{
	size_t at = script->writers_count++;
	struct out *out;

	script->context[at].screen = screen;
	assert_int_equal(out_open_buf(&script->out[at], &out), 0);
	assert_int_equal(format_writer_new(format_by_name(format), &script->context[at], out,
					   &script->writers[at]),
			 0);
}

static inline void script_send(struct script *script, struct observation seen)
{
	struct sink sink = collector_sink(script->collector);

	seen.wall_ns = script->wall_ns;
	assert_int_equal(sink.observe(sink.self, &seen), 0);
}

static inline void script_begin(struct script *script)
{
	struct collector_config config = {.plan = &script->plan, .writers = script->writers};
	struct diag diag;
	size_t i;

	script->wall_ns = script_time(script, "at");
	if (services_parse(script->services.data, script->services.len, &script->plan.services,
			   &diag) < 0)
		fail_msg("%s", diag.text);
	for (i = 0; i < SCRIPT_WRITERS; i++)
		script->context[i] = (struct format_context){
			.plan = &script->plan,
			.program = "Nmap",
			.version = "7.93",
			.url = "https://nmap.org",
			.start_s = (int64_t)(script->wall_ns / NS_PER_S),
		};
	script_open_writer(script, "normal", false);
	script_open_writer(script, "xml", false);
	script_open_writer(script, "grepable", false);
	script_open_writer(script, "normal", true);
	config.writers_count = script->writers_count;
	assert_int_equal(collector_new(&config, &script->collector), 0);
	script_send(script, (struct observation){.kind = OBSERVED_RUN_BEGIN});
}

static inline void script_new_target(struct script *script)
{
	struct target *target = script_target(script);
	const char *name = script_value(script, "name"), *others = script_value(script, "others");
	struct ip_addr *other = script->others[target - script->targets];
	char *list = others ? script_keep(script, others) : NULL, *part;

	*target = (struct target){.index = (uint64_t)(target - script->targets), .refs = 1};
	assert_true(ip_parse(script->words[2], &target->addr));
	target->name = name ? script_keep(script, name) : NULL;
	target->others = other;
	while ((part = strsep(&list, ",")))
		assert_true(ip_parse(part, &other[target->others_count++]));
}

static inline void script_host(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_HOST, .target = script_target(script)};
	const char *mac = script_value(script, "mac");

	seen.host.state = script_flag(script, "up")     ? HOST_UP
			  : script_flag(script, "down") ? HOST_DOWN
							: HOST_UNKNOWN;
	seen.host.reason = (enum reason)reason_parse(script_value(script, "reason"));
	seen.host.ttl = (uint8_t)script_number(script, "ttl");
	seen.host.more = script_flag(script, "more");
	seen.host.has_mac = mac && mac_parse(mac, &seen.host.mac);
	script_send(script, seen);
}

struct script_ports {
	struct script *script;
	struct observation seen;
};

static inline void script_one_port(void *self, uint16_t port)
{
	struct script_ports *ports = self;

	ports->seen.port.number = port;
	script_send(ports->script, ports->seen);
}

/* ports INDEX LIST STATE reason=R [ttl=N] [from=A] [transport=T] */
static inline void script_ports(struct script *script)
{
	struct script_ports ports = {script, {.kind = OBSERVED_PORT}};
	struct verdict *verdict = &ports.seen.port.verdict;
	const char *from = script_value(script, "from");

	ports.seen.target = script_target(script);
	ports.seen.port.transport = script_transport(script_value(script, "transport"));
	verdict->state = (uint8_t)port_state_parse(script->words[3]);
	verdict->reason = (uint8_t)reason_parse(script_value(script, "reason"));
	verdict->ttl = (uint8_t)script_number(script, "ttl");
	if (from)
		assert_true(ip_parse(from, &verdict->from));
	script_each_port(script->words[2], script_one_port, &ports);
}

/* The value of a key with its %XX as bytes; NULL when there is none. */
static inline const char *script_bytes(struct script *script, const char *key)
{
	const char *value = script_value(script, key);
	char *text = value ? script_keep(script, value) : NULL, *to = text;
	unsigned byte;

	for (const char *from = text; from && *from; from++) {
		if (*from == '%' && sscanf(from + 1, "%2x", &byte) == 1) {
			*to++ = (char)byte;
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	if (to)
		*to = '\0';
	return text;
}

/* found INDEX PORT hard|soft|wrapped|unknown|excluded conf=N [tunnel] [transport=T] [name=..]
 * [product=..] ... */
static inline void script_found(struct script *script)
{
	static const char *const ends[] = {"hard",    "soft",     "wrapped",
					   "unknown", "excluded", "incomplete"};
	struct service_facts facts = {.confidence = (uint8_t)script_number(script, "conf"),
				      .tunnel = script_flag(script, "tunnel"),
				      .name = script_bytes(script, "name"),
				      .product = script_bytes(script, "product"),
				      .version = script_bytes(script, "version"),
				      .extrainfo = script_bytes(script, "extrainfo"),
				      .hostname = script_bytes(script, "hostname"),
				      .ostype = script_bytes(script, "ostype"),
				      .devicetype = script_bytes(script, "devicetype"),
				      .cpe_a = script_bytes(script, "cpe_a"),
				      .cpe_h = script_bytes(script, "cpe_h"),
				      .cpe_o = script_bytes(script, "cpe_o"),
				      .fingerprint = script_bytes(script, "fingerprint")};
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = script_target(script)};

	while (strcmp(ends[facts.end], script->words[3]) != 0)
		assert_true(++facts.end < SERVICE_ENDS);
	seen.service.transport = script_transport(script_value(script, "transport"));
	seen.service.number = (uint16_t)strtoul(script->words[2], NULL, 10);
	seen.service.facts = &facts;
	script_send(script, seen);
}

static inline void script_done(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_HOST_DONE, .target = script_target(script)};

	seen.done.state = script_flag(script, "up")     ? HOST_UP
			  : script_flag(script, "down") ? HOST_DOWN
							: HOST_UNKNOWN;
	seen.done.ports_scanned = script_flag(script, "scanned");
	seen.done.timed_out = script_flag(script, "timed-out");
	seen.done.incomplete = script_flag(script, "incomplete");
	seen.done.start_wall_ns = script_time(script, "start");
	seen.done.end_wall_ns = script_time(script, "end");
	seen.done.has_rtt = script_value(script, "srtt") != NULL;
	seen.done.srtt_us = (uint64_t)script_number(script, "srtt");
	seen.done.rttvar_us = (uint64_t)script_number(script, "rttvar");
	seen.done.timeout_us = (uint64_t)script_number(script, "to");
	script_send(script, seen);
}

/* match name=.. accuracy=N line=N [perfect] [guess] */
static inline void script_match(struct script *script)
{
	struct system_facts *facts = &script->system;

	assert_true(facts->matches_count < SCRIPT_LIST);
	facts->matches = script->matches;
	script->matches[facts->matches_count++] =
		(struct system_match){.name = script_bytes(script, "name"),
				      .accuracy = (unsigned)script_number(script, "accuracy"),
				      .line = (uint32_t)script_number(script, "line"),
				      .perfect = script_flag(script, "perfect"),
				      .guess = script_flag(script, "guess"),
				      .classes = &script->classes[script->classes_count]};
}

/* Each value of a key, with its %XX as bytes; gives how many. */
static inline size_t script_each(struct script *script, const char *key, const char **texts,
				 size_t most)
{
	size_t bytes = strlen(key), count = 0;

	for (size_t i = 0; i < script->words_count; i++) {
		struct script one = {.words = {script->words[i]}, .words_count = 1};

		if (strncmp(script->words[i], key, bytes) != 0 || script->words[i][bytes] != '=')
			continue;
		assert_true(count < most);
		texts[count++] = script_keep(script, script_bytes(&one, key));
		free(one.kept[0]);
	}
	return count;
}

/* class accuracy=N type=.. vendor=.. osfamily=.. [osgen=..] [cpe=..] ...: of the last match */
static inline void script_class(struct script *script)
{
	struct system_class *class = &script->classes[script->classes_count++];
	const char **cpes = &script->cpes[script->cpes_count];

	assert_true(script->classes_count < SCRIPT_LIST);
	script->matches[script->system.matches_count - 1].classes_count++;
	*class = (struct system_class){.accuracy = (unsigned)script_number(script, "accuracy"),
				       .type = script_bytes(script, "type"),
				       .vendor = script_bytes(script, "vendor"),
				       .family = script_bytes(script, "osfamily"),
				       .generation = script_bytes(script, "osgen"),
				       .cpes = cpes};
	class->cpes_count = script_each(script, "cpe", cpes, SCRIPT_LIST - script->cpes_count);
	script->cpes_count += class->cpes_count;
}

/* guess name=.. probability=X; evidence source=.. says=.. [family=..] weight=X */
static inline void script_guess(struct script *script)
{
	script->system.guesses = script->guesses;
	script->guesses[script->system.guesses_count++] =
		(struct system_guess){.name = script_bytes(script, "name"),
				      .family = script_bytes(script, "family"),
				      .probability = script_number(script, "probability")};
}

static inline void script_evidence(struct script *script)
{
	script->system.evidence = script->evidence;
	script->evidence[script->system.evidence_count++] =
		(struct system_evidence){.source = script_bytes(script, "source"),
					 .says = script_bytes(script, "says"),
					 .family = script_bytes(script, "family"),
					 .weight = script_number(script, "weight")};
}

static inline int32_t script_port(struct script *script, const char *key)
{
	return script_value(script, key) ? (int32_t)script_number(script, key) : -1;
}

static inline size_t script_hex(struct script *script, const char *key, uint32_t *values)
{
	const char *value = script_value(script, key);
	size_t count = 0;

	for (char *end; value && *value; value = *end ? end + 1 : end)
		values[count++] = (uint32_t)strtoul(value, &end, 16);
	return count;
}

static inline void script_samples(struct script *script, struct system_facts *facts)
{
	uint32_t ids[SYSTEM_SAMPLES_MAX];
	size_t isns = script_hex(script, "isns", facts->isns),
	       count = script_hex(script, "ids", ids);

	facts->has_timestamps = script_hex(script, "stamps", facts->timestamps) > 0;
	facts->samples = count > isns ? count : isns;
	for (size_t i = 0; i < count; i++)
		facts->ids[i] = (uint16_t)ids[i];
	facts->has_index = script_value(script, "index") != NULL;
	facts->index = (uint32_t)script_number(script, "index");
	facts->difficulty = script_bytes(script, "difficulty");
	facts->ipid_class = script_bytes(script, "idsclass");
	facts->timestamp_class = script_bytes(script, "stampsclass");
}

/* "Testix 5.X (96%)": without the percentage it is certain */
static inline void script_running(struct script *script, struct system_facts *facts)
{
	const char *names[SYSTEM_LIST_MAX];

	facts->running_count = script_each(script, "running", names, SYSTEM_LIST_MAX);
	for (size_t i = 0; i < facts->running_count; i++) {
		struct system_running *running = &facts->running[i];
		char *percent = strstr(names[i], " (");

		running->name = names[i];
		running->certain = percent == NULL;
		if (percent) {
			running->percent = (unsigned)strtoul(percent + 2, NULL, 10);
			*percent = '\0';
		}
	}
}

/* system INDEX RESULT [perfect=N] [unreliable] [guessing] [own] [incomplete] [unfit=..]
 * [open_tcp=N] [closed_tcp=N] [closed_udp=N] [print=..] [type=..]... [running=..]... [cpe=..]...
 * [uptime=S boot=T] [distance=N] [index=N difficulty=..] [isns=HEX,..] [ids=HEX,..] ... */
static inline void script_system(struct script *script)
{
	struct system_facts *facts = &script->system;
	struct observation seen = {.kind = OBSERVED_SYSTEM, .target = script_target(script)};

	facts->result = (enum system_result)system_result_parse(script->words[2]);
	facts->ip_version = seen.target->addr.family == IP_V6 ? 6 : 4;
	facts->perfect_count = (size_t)script_number(script, "perfect");
	facts->unreliable = script_flag(script, "unreliable");
	facts->guessing = script_flag(script, "guessing");
	facts->own_data = script_flag(script, "own");
	facts->incomplete = script_flag(script, "incomplete");
	facts->unfit = script_bytes(script, "unfit");
	facts->fingerprint = script_bytes(script, "print");
	facts->open_tcp = script_port(script, "open_tcp");
	facts->closed_tcp = script_port(script, "closed_tcp");
	facts->closed_udp = script_port(script, "closed_udp");
	facts->types_count = script_each(script, "type", facts->types, SYSTEM_LIST_MAX);
	facts->cpes_count = script_each(script, "cpe", facts->cpes, SYSTEM_LIST_MAX);
	script_running(script, facts);
	facts->has_uptime = script_value(script, "uptime") != NULL;
	facts->uptime_s = (uint32_t)script_number(script, "uptime");
	facts->boot_s = (int64_t)script_number(script, "boot");
	facts->has_distance = script_value(script, "distance") != NULL;
	facts->distance = (int32_t)script_number(script, "distance");
	script_samples(script, facts);
	seen.system = facts;
	script_send(script, seen);
	*facts = (struct system_facts){0};
}

/* hop TTL [from=A] [rtt=US] [name=..] [country=..] [asn=N] [organization=..] */
static inline void script_hop(struct script *script)
{
	struct path_hop *hop = &script->hops[script->hops_count++];
	const char *from = script_value(script, "from");

	assert_true(script->hops_count < SCRIPT_LIST);
	*hop = (struct path_hop){.ttl = (uint8_t)strtoul(script->words[1], NULL, 10),
				 .has_rtt = script_value(script, "rtt") != NULL,
				 .rtt_us = (uint32_t)script_number(script, "rtt"),
				 .name = script_bytes(script, "name"),
				 .place = {script_bytes(script, "country"),
					   script_bytes(script, "organization"),
					   (uint32_t)script_number(script, "asn")}};
	if (from)
		assert_true(ip_parse(from, &hop->from));
}

/* path INDEX [port=N transport=T] [proto=N] [reached] [incomplete] [same=N same_as=A]: with the
 * hops of the lines before */
static inline void script_path(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_PATH, .target = script_target(script)};
	const char *same_as = script_value(script, "same_as");
	bool port = script_value(script, "port");
	struct path_facts facts = {.probe = port                            ? PATH_PORT
					    : script_value(script, "proto") ? PATH_PROTOCOL
									    : PATH_NONE,
				   .transport = script_transport(script_value(script, "transport")),
				   .number =
					   (uint16_t)script_number(script, port ? "port" : "proto"),
				   .reached = script_flag(script, "reached"),
				   .incomplete = script_flag(script, "incomplete"),
				   .same_hops = (uint8_t)script_number(script, "same"),
				   .hops = script->hops,
				   .hops_count = script->hops_count};

	if (same_as)
		assert_true(ip_parse(same_as, &facts.same_as));
	seen.path = &facts;
	script_send(script, seen);
	script->hops_count = 0;
}

/* node DEPTH KIND [key=..] [text=..] */
static inline void script_node(struct script *script)
{
	int kind = script_kind_parse(script->words[2]);

	assert_true(script->nodes_count < 256 && kind >= 0);
	script->nodes[script->nodes_count++] = (struct script_node){
		.kind = (enum script_kind)kind,
		.depth = (uint32_t)strtoul(script->words[1], NULL, 10),
		.key = script_bytes(script, "key"),
		.text = kind == SCRIPT_TABLE ? NULL : script_bytes(script, "text")};
}

/* SCOPE [target=INDEX] [port=N] [transport=T] */
static inline struct script_place script_place(struct script *script, struct observation *seen)
{
	const char *target = script_value(script, "target");
	struct script_place place = {0};

	place.scope = (enum script_scope)script_scope_parse(script->words[1]);
	if (place.scope == SCRIPT_PORT)
		place.transport = script_transport(script_value(script, "transport"));
	place.number = (uint16_t)script_number(script, "port");
	if (target)
		seen->target = &script->targets[strtoul(target, NULL, 10)];
	return place;
}

/* script SCOPE ID [target=INDEX] [port=N] [transport=T] [text=..] [stopped=..] [took=NS]: with the
 * nodes of the lines before */
static inline void script_result(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_SCRIPT};
	const char *text = script_bytes(script, "text");
	const struct script_result result = {.id = script->words[2],
					     .text = text ? text : "",
					     .nodes = script->nodes,
					     .nodes_count = script->nodes_count,
					     .stopped = script_bytes(script, "stopped"),
					     .took_ns = (uint64_t)script_number(script, "took")};

	seen.script.place = script_place(script, &seen);
	seen.script.result = &result;
	script_send(script, seen);
	script->nodes_count = 0;
}

/* finding SCOPE ID severity=.. [target=INDEX] [port=N] [transport=T] [title=..] [seen=..] [why=..]
 * [remedy=..] [reference=..]... [conf=0..1] [source=..] */
static inline void script_finding(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_FINDING};
	const char *references[SCRIPT_LIST];
	struct script_finding finding = {.id = script->words[2],
					 .title = script_bytes(script, "title"),
					 .seen = script_bytes(script, "seen"),
					 .why = script_bytes(script, "why"),
					 .remedy = script_bytes(script, "remedy"),
					 .source = script_bytes(script, "source"),
					 .references = references,
					 .confidence = script_number(script, "conf")};

	finding.severity =
		(enum finding_severity)finding_severity_parse(script_value(script, "severity"));
	finding.references_count = script_each(script, "reference", references, SCRIPT_LIST);
	seen.finding.place = script_place(script, &seen);
	seen.finding.finding = &finding;
	script_send(script, seen);
}

/* scripts-done pre|post */
static inline void script_scripts_done(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_SCRIPTS_DONE};

	seen.scripts_done = (enum script_scope)script_scope_parse(script->words[1]);
	script_send(script, seen);
}

/* task begin|end ping|dns|ports|services|system|path at=T hosts=N ports=N [only=INDEX]
 * [technique=NAME] */
static inline void script_task(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_TASK_END};
	const char *only = script_value(script, "only");
	const char *technique = script_value(script, "technique");

	if (!strcmp(script->words[1], "begin"))
		seen.kind = OBSERVED_TASK_BEGIN;
	seen.task.task = !strcmp(script->words[2], "ping")       ? TASK_PING
			 : !strcmp(script->words[2], "dns")      ? TASK_DNS
			 : !strcmp(script->words[2], "services") ? TASK_SERVICES
			 : !strcmp(script->words[2], "system")   ? TASK_SYSTEM
			 : !strcmp(script->words[2], "path")     ? TASK_PATH
								 : TASK_PORTS;
	if (seen.task.task == TASK_PORTS)
		seen.task.technique = script->plan.techniques[0];
	if (technique)
		seen.task.technique = technique_by_name(technique);
	seen.task.hosts = (uint64_t)script_number(script, "hosts");
	seen.task.ports = (uint64_t)script_number(script, "ports");
	if (only)
		seen.task.only = &script->targets[strtoul(only, NULL, 10)];
	script->wall_ns = script_time(script, "at");
	script_send(script, seen);
}

/* raw=SENT,BYTES,RECEIVED,BYTES counts=PLANNED,SENT,ANSWERED,RESENT,UNSENT,UNHEARD
 * lost=MISSED,LOW,HIGH */
static inline void script_counts(struct script *script, struct observation *seen)
{
	const char *raw = script_value(script, "raw"), *counts = script_value(script, "counts");
	const char *lost = script_value(script, "lost");

	seen->end.missed = -1;
	if (raw)
		assert_int_equal(sscanf(raw, "%lu,%lu,%lu,%lu", &seen->end.raw_sent,
					&seen->end.raw_sent_bytes, &seen->end.raw_received,
					&seen->end.raw_received_bytes),
				 4);
	if (counts)
		assert_int_equal(sscanf(counts, "%lu,%lu,%lu,%lu,%lu,%lu",
					&seen->end.probes_planned, &seen->end.probes_sent,
					&seen->end.probes_answered, &seen->end.probes_resent,
					&seen->end.dropped_locally, &seen->end.dropped_receiving),
				 6);
	if (lost)
		assert_int_equal(sscanf(lost, "%lf,%lf,%lf", &seen->end.missed,
					&seen->end.missed_low, &seen->end.missed_high),
				 3);
}

static inline void script_end(struct script *script)
{
	struct observation seen = {.kind = OBSERVED_RUN_END};
	uint64_t elapsed_ns = (uint64_t)(script_number(script, "elapsed") * 1e9 + 0.5);
	struct format_totals totals = {
		.outcome = script_flag(script, "cancelled") ? RUN_CANCELLED : RUN_COMPLETE,
		.end_s = (int64_t)(script_time(script, "at") / NS_PER_S),
		.elapsed_s = (double)elapsed_ns / 1e9,
		.hosts_total = (uint64_t)script_number(script, "total"),
		.hosts_up = (uint64_t)script_number(script, "up"),
		.estimated_missed =
			script_value(script, "missed") ? script_number(script, "missed") : -1,
	};
	size_t i;

	for (i = 0; i < FINDING_SEVERITIES; i++)
		totals.findings[i] = (uint64_t)script_number(
			script, finding_severity_name((enum finding_severity)i));
	script_counts(script, &seen);
	/* Not through the collector, which would have end - begin = elapsed: a
	 * time stamp of whole seconds does not say where in the second a run began. */
	for (i = 0; i < script->writers_count; i++)
		format_writer_event(script->writers[i], &(struct format_event){.kind = FORMAT_END,
									       .seen = &seen,
									       .totals = &totals});
}

static inline void script_line(struct script *script)
{
	struct observation seen = {0};
	const char *word = script->words[0];

	if (!strcmp(word, "begin"))
		script_begin(script);
	else if (!strcmp(word, "target"))
		script_new_target(script);
	else if (!strcmp(word, "host"))
		script_host(script);
	else if (!strcmp(word, "ptr")) {
		seen = (struct observation){.kind = OBSERVED_NAME, .target = script_target(script)};
		seen.name = script->words[2];
		script_send(script, seen);
	} else if (!strcmp(word, "port"))
		script_ports(script);
	else if (!strcmp(word, "found"))
		script_found(script);
	else if (!strcmp(word, "match"))
		script_match(script);
	else if (!strcmp(word, "class"))
		script_class(script);
	else if (!strcmp(word, "guess"))
		script_guess(script);
	else if (!strcmp(word, "evidence"))
		script_evidence(script);
	else if (!strcmp(word, "system"))
		script_system(script);
	else if (!strcmp(word, "hop"))
		script_hop(script);
	else if (!strcmp(word, "path"))
		script_path(script);
	else if (!strcmp(word, "node"))
		script_node(script);
	else if (!strcmp(word, "script"))
		script_result(script);
	else if (!strcmp(word, "finding"))
		script_finding(script);
	else if (!strcmp(word, "scripts-done"))
		script_scripts_done(script);
	else if (!strcmp(word, "liar")) {
		seen = (struct observation){.kind = OBSERVED_LIAR, .target = script_target(script)};
		seen.liar.kind = liar_kind_parse(script->words[2]);
		seen.liar.ttl = (uint8_t)script_number(script, "ttl");
		script_send(script, seen);
	} else if (!strcmp(word, "done"))
		script_done(script);
	else if (!strcmp(word, "task"))
		script_task(script);
	else if (!strcmp(word, "warning")) {
		seen = (struct observation){.kind = OBSERVED_WARNING};
		seen.warning = script->words[1];
		script_send(script, seen);
	} else if (!strcmp(word, "skipped")) {
		seen = (struct observation){.kind = OBSERVED_TARGET_SKIPPED};
		seen.skipped.expression = script->words[1];
		seen.skipped.why = script->words[2];
		script_send(script, seen);
	} else if (!strcmp(word, "end"))
		script_end(script);
	else
		script_plan(script);
}

/* Words are parted by blanks; a TAB makes the rest of the line one word. */
static inline void script_split(struct script *script, char *line)
{
	char *rest = strchr(line, '\t'), *word;

	if (rest)
		*rest++ = '\0';
	script->words_count = 0;
	while (script->words_count < 60 && (word = strsep(&line, " ")))
		if (*word)
			script->words[script->words_count++] = word;
	if (rest)
		script->words[script->words_count++] = rest;
}

static inline void script_play(struct script *script, char *text)
{
	char *line;

	memset(script, 0, sizeof(*script));
	script->plan.program = "nmap";
	script->plan.packets.scan_flags = -1;
	script->plan.targets.families = RESOLVE_V4;
	timing_template(3, &script->plan.timing);
	while ((line = strsep(&text, "\n"))) {
		if (!*line || *line == '#')
			continue;
		script_split(script, line);
		script_line(script);
	}
}

static inline void script_release(struct script *script)
{
	size_t i;

	collector_free(script->collector);
	for (i = 0; i < script->writers_count; i++) {
		assert_int_equal(format_writer_free(script->writers[i], NULL), 0);
		buf_release(&script->out[i]);
	}
	for (i = 0; i < script->kept_count; i++)
		free(script->kept[i]);
	buf_release(&script->services);
	services_free(script->plan.services);
}

#endif
