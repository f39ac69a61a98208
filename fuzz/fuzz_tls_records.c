/* What a server could say to a TLS client. The first byte chooses the transport, the next two
 * say how many bytes answer our first message; the rest answers each further one. On UDP
 * an answer is one datagram, which may hold many records.
 * OpenSSL's chance is ours here, so that recorded handshakes get past their keys. */
#define OPENSSL_SUPPRESS_DEPRECATED /* to set what RAND_bytes() gives is simple this way only */
#include "engine/flow_tls.h"

#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#define HOST           0x0a000001
#define PORT           443
#define BUDGET         4096
#define FIRST_MESSAGE  "\x16\x03\x01" /* later ones begin otherwise */
#define FIRST_DATAGRAM "\x16\xfe\xff"
#define DEADLINE_NS    NS_PER_S

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

static int same_bytes(unsigned char *bytes, int count)
{
	memset(bytes, 0x5a, (size_t)count);
	return 1;
}

static void take_chance_away(void)
{
	static const RAND_METHOD same = {.bytes = same_bytes, .pseudorand = same_bytes};

	RAND_set_rand_method(&same);
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
				     .writes = true,
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

static void add_reply(struct flow_sim_reply *reply, const uint8_t *bytes, size_t count)
{
	if (!count)
		return;
	reply->send = (const char *)bytes;
	reply->send_bytes = count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct flow_sim_reply replies[2] = {{.begins = FIRST_MESSAGE}};
	struct flow_sim_port port = {
		.first = PORT, .last = PORT, .replies = replies, .replies_count = 2};
	size_t first;

	if (bytes < 3)
		return 0;
	first = (size_t)data[1] << 8 | data[2];
	if (first > bytes - 3)
		first = bytes - 3;
	take_chance_away();
	if (data[0] & 1) {
		port.transport = TRANSPORT_UDP;
		replies[0].begins = FIRST_DATAGRAM;
	}
	add_reply(&replies[0], data + 3, first);
	add_reply(&replies[1], data + 3 + first, bytes - 3 - first);
	run(&port);
	return 0;
}
