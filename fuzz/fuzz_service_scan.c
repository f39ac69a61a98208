/* Servers drawn from the bytes, on the simulated network, before the signatures that are
 * compiled in: every port is told exactly once, in time, and nothing is left open.
 *
 * The first byte: how many ports (2 bits), connections at once (2 bits), intensity (4 bits).
 * Each port: a byte of manners, its number, how late the banner is; banner and up to three
 * replies as length (2 bytes) and bytes, each reply behind a byte of manners. */
#include "detect/service/service_scan.h"
#include "util/reader.h"

#include <stdlib.h>
#include <string.h>

#define HOST     0x0a000001
#define PORTS    3
#define REPLIES  3
#define LIMIT_NS (61 * NS_PER_S)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

/* Numbers whose probes differ. */
static const uint16_t numbers[] = {80, 443, 22, 25, 111, 7777, 502, 9100, 53, 3306, 993, 2049};

struct scene {
	struct loop *loop;
	struct gate gate;
	struct flow_net *flows;
	struct plan *plan;
	struct service_scan *scan;
	struct detect_work *work;
	struct target target;
	struct flow_sim_host host;
	struct flow_sim_port servers[PORTS];
	struct flow_sim_reply replies[PORTS][REPLIES];
	struct detect_port ports[PORTS];
	size_t count, max_open;
	unsigned told[PORTS], done;
	unsigned intensity;
};

static const char *take_text(struct reader *in, size_t *ret_bytes)
{
	size_t wanted = read_be16(in), left = in->left_bytes;

	*ret_bytes = wanted < left ? wanted : left;
	return (const char *)reader_take(in, *ret_bytes);
}

static void draw_reply(struct reader *in, struct flow_sim_reply *reply)
{
	uint8_t manners = read_u8(in);

	reply->send = take_text(in, &reply->send_bytes);
	if (!reply->send_bytes)
		reply->send = "?";
	reply->closes = manners & 1;
	reply->delay_ns = (manners >> 4) * 450 * NS_PER_MS;
	if (manners & 2)
		reply->begins = manners & 4 ? "GET /" : manners & 8 ? "\r\n" : "\x16\x03";
}

static void draw_port(struct reader *in, struct scene *scene, size_t place)
{
	struct flow_sim_port *server = &scene->servers[place];
	uint8_t manners = read_u8(in), number = read_u8(in), late = read_u8(in);
	size_t i;

	server->transport = manners & 1 ? TRANSPORT_UDP : TRANSPORT_TCP;
	server->first = server->last =
		(uint16_t)(numbers[number % (sizeof(numbers) / sizeof(numbers[0]))] + place);
	server->closes = manners & 2;
	server->drip_ns = manners & 4 ? NS_PER_S / 2 : 0;
	server->echo = manners & 8;
	server->reset_on_data = manners & 16;
	server->most = manners & 32 ? 1 : 0;
	server->banner_delay_ns = late * 50 * NS_PER_MS;
	server->banner = take_text(in, &server->banner_bytes);
	if (!server->banner_bytes)
		server->banner = server->closes ? "" : NULL;
	/* A short one without an end takes hours of matching. */
	server->endless = manners & 64 && server->banner_bytes >= 512;
	server->replies = scene->replies[place];
	server->replies_count = in->left_bytes ? REPLIES : 0;
	for (i = 0; i < server->replies_count; i++)
		draw_reply(in, &scene->replies[place][i]);
	scene->ports[place] =
		(struct detect_port){.transport = server->transport,
				     .number = server->first,
				     .state = manners & 128 ? PORT_OPEN_FILTERED : PORT_OPEN};
}

static void opened(void *self, const struct detect_port *port)
{
	(void)self;
	(void)port;
}

static void found(void *self, const struct detect_port *port, const struct service_facts *facts)
{
	struct scene *scene = self;

	if (facts->end >= SERVICE_ENDS || facts->took_ns > scene->count * LIMIT_NS ||
	    facts->sample_bytes > SERVICE_SAMPLE_MAX)
		abort();
	scene->told[port - scene->ports]++;
}

static void done(void *self)
{
	struct scene *scene = self;

	scene->done++;
}

/* Made once: read only, but for patterns compiled on the way. */
static struct probe_db *db;
static struct matcher *matcher;
static struct rpc_programs *programs;

static void prepare(void)
{
	if (db)
		return;
	if (probe_db_builtin(&db) < 0 || matcher_new(db, NULL, NULL, &matcher) < 0 ||
	    rpc_programs_builtin(&programs) < 0)
		abort();
}

static void start(struct scene *scene)
{
	const struct service_scan_config config = {
		.plan = scene->plan,
		.loop = scene->loop,
		.flows = scene->flows,
		.db = db,
		.matcher = matcher,
		.programs = programs,
	};
	const struct detect_order order = {
		.target = &scene->target,
		.ports = scene->ports,
		.ports_count = scene->count,
		.opened = opened,
		.found = found,
		.done = done,
		.self = scene,
	};
	struct detector detector;

	if (service_scan_new(&config, &scene->scan) < 0)
		abort();
	detector = service_scan_detector(scene->scan);
	if (detector.start(detector.self, &order, &scene->work) < 0)
		abort();
}

static void run(struct scene *scene)
{
	struct flow_sim_config flows = {
		.gate = &scene->gate, .hosts = &scene->host, .hosts_count = 1, .seed = 1};
	size_t i;

	scene->loop = flows.loop = loop_sim_new(1700000000 * NS_PER_S);
	flows.max_open = scene->max_open;
	scene->plan = plan_new();
	if (!scene->loop || !scene->plan || flow_sim_new(&flows, &scene->flows) < 0)
		abort();
	scene->plan->version.intensity = (uint8_t)scene->intensity;
	start(scene);
	if (loop_run(scene->loop) < 0 || scene->done != 1 || flow_net_open_count(scene->flows) ||
	    loop_now_ns(scene->loop) > scene->count * LIMIT_NS)
		abort();
	for (i = 0; i < scene->count; i++)
		if (scene->told[i] != 1)
			abort();
	service_scan_free(scene->scan);
	flow_net_free(scene->flows);
	plan_free(scene->plan);
	loop_free(scene->loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static const size_t connections[] = {0, 1, 3, 8};
	struct reader in = reader_of(data, bytes);
	struct scene scene = {0};
	uint8_t head = read_u8(&in);
	size_t i;

	prepare();
	scene.count = 1u + (head & 3u) % PORTS;
	scene.max_open = connections[head >> 2 & 3];
	scene.intensity = (head >> 4) % 10;
	scene.target.addr = ip_v4(HOST);
	for (i = 0; i < scene.count; i++)
		draw_port(&in, &scene, i);
	scene.host = (struct flow_sim_host){.first = scene.target.addr,
					    .last = scene.target.addr,
					    .rtt_ns = 10 * NS_PER_MS,
					    .ports = scene.servers,
					    .ports_count = scene.count,
					    .otherwise = FLOW_END_REFUSED};
	run(&scene);
	return 0;
}
