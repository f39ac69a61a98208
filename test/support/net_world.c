#include "net_world.h"

#include "util/alloc.h"

#include <string.h>

#define MS(x)    ((x)*NS_PER_MS)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define START_NS (1700000000 * NS_PER_S)

#define PROHIBITED 13

#define PORTS(on, from, to, what)                                           \
	{                                                                   \
		.transport = TRANSPORT_##on, .first = (from), .last = (to), \
		.state = LINK_SIM_##what                                    \
	}

static const struct link_sim_port ports[] = {
	PORTS(TCP, 22, 22, OPEN),
	PORTS(TCP, 80, 80, OPEN),
	PORTS(TCP, 443, 443, OPEN),
	PORTS(TCP, 100, 199, SILENT),
	{.transport = TRANSPORT_TCP,
	 .first = 200,
	 .last = 209,
	 .state = LINK_SIM_REJECTED,
	 .icmp_type = ICMP_UNREACHABLE,
	 .icmp_code = PROHIBITED,
	 .router = {.bytes = {10, 255, 0, 1}, .family = IP_V4}},
	{.transport = TRANSPORT_UDP,
	 .first = 53,
	 .last = 53,
	 .state = LINK_SIM_OPEN,
	 .answer = "named",
	 .answer_bytes = 5},
	{.transport = TRANSPORT_UDP,
	 .first = 123,
	 .last = 123,
	 .state = LINK_SIM_OPEN,
	 .answer = "timed",
	 .answer_bytes = 5,
	 .wants_payload = true},
	PORTS(UDP, 161, 161, OPEN),
	PORTS(UDP, 1000, 1099, SILENT),
	PORTS(SCTP, 36412, 36412, OPEN),
	PORTS(SCTP, 1000, 1099, SILENT),
	PORTS(IP, 47, 47, OPEN),
};

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

void net_world_init(struct net_world *world, enum link_layer layer, uint64_t seed)
{
	memset(world, 0, sizeof(*world));
	world->loop = loop_sim_new(START_NS);
	assert_non_null(world->loop);
	world->stack = link_sim_plain;
	world->own[0] = addr_of("10.0.0.1");
	world->own[1] = addr_of("fd00::1");
	world->on_link[0] = (struct link_sim_prefix){addr_of("10.0.0.0"), 24};
	world->on_link[1] = (struct link_sim_prefix){addr_of("fd00::"), 64};
	world->config = (struct link_sim_config){
		.layer = layer,
		.interface = 1,
		.mac = {{2, 0xaa, 0, 0, 0, 1}},
		.own = world->own,
		.own_count = COUNT(world->own),
		.on_link = world->on_link,
		.on_link_count = COUNT(world->on_link),
		.gateway_v4 = addr_of("10.0.0.254"),
		.gateway_v6 = addr_of("fd00::fe"),
		.gateway_mac = {{2, 0xbb, 0, 0, 0, 0xfe}},
		.hosts = world->hosts,
		.seed = seed,
	};
}

static bool is_on_link(const struct net_world *world, const struct ip_addr *addr)
{
	struct ip_addr first = ip_first_of(addr, addr->family == IP_V6 ? 64 : 24);

	return ip_equal(&first, &world->on_link[addr->family == IP_V6].addr);
}

struct link_sim_host *net_world_add(struct net_world *world, const char *first, const char *last)
{
	struct link_sim_host *host = &world->hosts[world->config.hosts_count];
	bool near;

	assert_in_range(world->config.hosts_count, 0, NET_WORLD_HOSTS - 1);
	world->config.hosts_count++;
	*host = (struct link_sim_host){
		.first = addr_of(first),
		.last = addr_of(last),
		.stack = &world->stack,
		.ports = ports,
		.ports_count = COUNT(ports),
	};
	near = is_on_link(world, &host->first);
	host->rtt_ns = near ? MS(1) : MS(20);
	host->distance = near ? 0 : 5;
	return host;
}

void net_world_begin(struct net_world *world, const struct link_config *config)
{
	world->config.link = *config;
	world->config.link.loop = world->loop;
	assert_int_equal(link_sim_new(&world->config, &world->link), 0);
}

void net_world_release(struct net_world *world)
{
	link_free(world->link);
	loop_free(world->loop);
}

/* Every protocol that a simulated host has without being told. */
static bool is_everywhere(uint16_t protocol)
{
	return protocol == PROTOCOL_TCP || protocol == PROTOCOL_UDP || protocol == PROTOCOL_ICMP ||
	       protocol == PROTOCOL_ICMPV6 || protocol == PROTOCOL_SCTP;
}

enum link_sim_state net_world_state(const struct net_world *world, enum transport transport,
				    uint16_t port)
{
	size_t i;

	for (i = 0; i < COUNT(ports); i++)
		if (ports[i].transport == transport && ports[i].first <= port &&
		    port <= ports[i].last)
			return ports[i].state;
	return transport == TRANSPORT_IP && is_everywhere(port) ? LINK_SIM_OPEN : LINK_SIM_CLOSED;
}

/* --- scenarios --- */

void net_world_lose(struct net_world *world, double share)
{
	world->config.path.out.loss = share;
	world->config.path.back.loss = share;
}

void net_world_police(struct net_world *world, uint32_t per_s, uint32_t burst)
{
	world->config.path.out.policer = (struct link_sim_rate){per_s, burst};
}

void net_world_limit_rst(struct net_world *world, uint32_t per_s)
{
	world->stack.rst = (struct link_sim_rate){per_s, per_s};
}

void net_world_reorder(struct net_world *world, double share, uint64_t by_ns)
{
	world->config.path.back.reordered = share;
	world->config.path.back.reorder_ns = by_ns;
}

static void clean(struct net_world *world)
{
}

static void loss_1(struct net_world *world)
{
	net_world_lose(world, 0.01);
}

static void loss_3(struct net_world *world)
{
	net_world_lose(world, 0.03);
}

static void loss_10(struct net_world *world)
{
	net_world_lose(world, 0.1);
}

static void policer_20k(struct net_world *world)
{
	net_world_police(world, 20000, 500);
}

static void rst_200(struct net_world *world)
{
	net_world_limit_rst(world, 200);
}

static void reorder_5(struct net_world *world)
{
	net_world_reorder(world, 0.05, MS(10));
}

static void duplicates(struct net_world *world)
{
	world->config.path.out.duplicated = 0.05;
	world->config.path.back.duplicated = 0.05;
}

static void slow_line(struct net_world *world)
{
	world->config.path.out.bits_per_s = 10000000;
	world->config.path.out.queue_bytes = 65536;
}

static void jitter(struct net_world *world)
{
	world->config.path.back.jitter_ns = MS(50);
}

static void linux_icmp(struct net_world *world)
{
	world->stack.icmp = link_sim_linux.icmp;
	world->stack.icmp_one = link_sim_linux.icmp_one;
}

static void card_full(struct net_world *world)
{
	world->config.full = 0.2;
	world->config.card = (struct link_sim_rate){100000, 256};
}

static void forged(struct net_world *world)
{
	world->config.garbage.wrong_cookie = 0.2;
	world->config.garbage.wrong_port = 0.2;
	world->config.garbage.wrong_source = 0.2;
}

static void late(struct net_world *world)
{
	world->config.garbage.late = 0.05;
	world->config.garbage.late_ns = 3 * NS_PER_S;
}

static void contradicted(struct net_world *world)
{
	world->config.garbage.contradicted = 0.1;
	world->config.garbage.contradicted_ns = MS(1);
}

static void rough(struct net_world *world)
{
	loss_3(world);
	policer_20k(world);
	reorder_5(world);
	duplicates(world);
	forged(world);
	card_full(world);
}

static const struct net_scenario scenarios[] = {
	{"clean", clean},
	{"loss-1", loss_1},
	{"loss-3", loss_3},
	{"loss-10", loss_10},
	{"policer-20k", policer_20k},
	{"rst-200", rst_200},
	{"reorder-5", reorder_5},
	{"duplicates", duplicates},
	{"slow-line", slow_line},
	{"jitter", jitter},
	{"linux-icmp", linux_icmp},
	{"card-full", card_full},
	{"forged", forged},
	{"late", late},
	{"contradicted", contradicted},
	{"rough", rough},
};

const struct net_scenario *net_scenarios(size_t *ret_count)
{
	*ret_count = COUNT(scenarios);
	return scenarios;
}

const struct net_scenario *net_scenario(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(scenarios); i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	fail_msg("no scenario is called %s", name);
	return NULL;
}
