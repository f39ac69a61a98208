/* What a server could say to a TLS client: the first byte chooses the transport, the rest is
 * answers each message of ours; on UDP in one datagram, which may hold many records. */
#include "engine/flow_tls.h"

#include <stdlib.h>

#define HOST        0x0a000001
#define PORT        443
#define BUDGET      4096
#define DEADLINE_NS NS_PER_S

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

struct client {
	bool connected, closed;
	size_t received;
};

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;

	if (client->closed || (event->kind == FLOW_DATA && !client->connected))
		abort();
	if (event->kind == FLOW_CONNECTED)
		client->connected = true;
	else if (event->kind == FLOW_CLOSED)
		client->closed = true;
	else if ((client->received += event->data_bytes) > BUDGET)
		abort();
}

static void run(const struct flow_sim_port *port)
{
	static const char *const alpn[] = {"h2", "http/1.1"};
	const struct flow_tls_wish wish = {
		.server_name = "lab.test", .alpn = alpn, .alpn_count = 2};
	struct gate gate = {0};
	struct client client = {0};
	struct flow_sim_host host = {
		.first = ip_v4(HOST), .last = ip_v4(HOST), .ports = port, .ports_count = 1};
	struct flow_sim_config sim = {.gate = &gate, .hosts = &host, .hosts_count = 1};
	struct flow_config config = {.transport = port->transport,
				     .tls = &wish,
				     .to = ip_v4(HOST),
				     .port = PORT,
				     .ttl = -1,
				     .deadline_ns = DEADLINE_NS,
				     .receive_bytes_max = BUDGET,
				     .event = on_event,
				     .self = &client};
	struct flow_net *net;
	struct flow *flow;

	sim.loop = loop_sim_new(0);
	if (!sim.loop || flow_sim_new(&sim, &net) < 0 || flow_open(net, &config, &flow) < 0)
		abort();
	loop_run(sim.loop);
	if (!client.closed)
		abort();
	flow_net_free(net);
	loop_free(sim.loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct flow_sim_reply reply = {0};
	struct flow_sim_port port = {.first = PORT, .last = PORT, .replies = &reply};
	bool is_udp = bytes && data[0] & 1;

	if (bytes < 2)
		return 0;
	port.transport = is_udp ? TRANSPORT_UDP : TRANSPORT_TCP;
	port.replies_count = 1;
	reply.send = (const char *)data + 1;
	reply.send_bytes = bytes - 1;
	run(&port);
	return 0;
}
