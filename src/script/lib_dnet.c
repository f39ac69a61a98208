/* nmap.dnet (nse-api.md 11): frames and IP packets as a script made them. They pass the gate
 * like everything else that leaves. */
#include "script/lib_dnet.h"

#include "engine/gate.h"
#include "net/link_sockets.h"
#include "packet/packet.h"
#include "script/lib_interface.h"
#include "script/thread.h"
#include "util/error.h"

#include <errno.h>
#include <lauxlib.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MEGABYTE ((uint64_t)1 << 20)

static const char class[] = "portolan.dnet";

/* A userdata. */
struct dnet {
	unsigned interface; /* index; 0: not open for frames */
	char name[IF_NAMESIZE];
	int v4, v6; /* -1: not open for packets */
};

/* ---- what may leave ---- */

static bool has_ports(const struct packet *packet, enum transport *ret_transport,
		      uint16_t *ret_port)
{
	switch (packet->kind) {
	case PACKET_TCP:
		*ret_transport = TRANSPORT_TCP;
		*ret_port = packet->tcp.dst_port;
		return true;
	case PACKET_UDP:
		*ret_transport = TRANSPORT_UDP;
		*ret_port = packet->udp.dst_port;
		return true;
	case PACKET_SCTP:
		*ret_transport = TRANSPORT_SCTP;
		*ret_port = packet->sctp.dst_port;
		return true;
	default:
		return false;
	}
}

static int check_packet(struct script_context *context, const struct packet *packet)
{
	enum transport transport = TRANSPORT_IP;
	uint16_t port = 0;

	(void)has_ports(packet, &transport, &port);
	return gate_check(context->gate, &packet->ip.dst, transport, port,
			  packet->kind == PACKET_TCP && packet->payload_bytes > 0);
}

/* The address that an ARP packet asks for. */
static int check_arp(struct script_context *context, const uint8_t *arp, size_t count)
{
	const size_t target_at = 24;
	struct ip_addr to = {.family = IP_V4};

	if (count < target_at + 4)
		return 0;
	memcpy(to.bytes, arp + target_at, 4);
	return gate_check(context->gate, &to, TRANSPORT_IP, 0, false);
}

static int check_frame(struct script_context *context, const uint8_t *frame, size_t count)
{
	struct packet packet;
	unsigned type;

	if (count < ETHER_HDR_LEN)
		return ERROR_RANGE;
	type = (unsigned)frame[12] << 8 | frame[13];
	frame += ETHER_HDR_LEN;
	count -= ETHER_HDR_LEN;
	if (type == ETHERTYPE_ARP)
		return check_arp(context, frame, count);
	if (type != ETHERTYPE_IP && type != ETHERTYPE_IPV6)
		return 0;
	/* What cannot be read goes nowhere that could be checked. */
	return packet_parse(frame, count, &packet) ? check_packet(context, &packet) : 0;
}

/* ---- quotas and traces ---- */

static void count_traffic(lua_State *lua, const struct script_context *context, size_t bytes)
{
	struct script_thread *thread = script_thread_check(lua, "sending");
	struct script_traffic *traffic = script_thread_traffic(thread);
	uint64_t most = context->plan->scripts.bytes_out;
	char text[64];

	traffic->bytes_out += bytes;
	if (!most || traffic->bytes_out <= most)
		return;
	snprintf(text, sizeof(text), "byte limit %llu MB",
		 (unsigned long long)((most + MEGABYTE - 1) / MEGABYTE));
	script_stop(lua, text);
}

static void trace(const struct script_context *context, const char *format, size_t bytes,
		  const char *where)
{
	char line[128];

	if (!context->trace)
		return;
	snprintf(line, sizeof(line), format, bytes, where);
	context->trace(context->self, line);
}

static int refused(lua_State *lua, const char *why, int error)
{
	char text[160];

	snprintf(text, sizeof(text), "error while sending: %s (errno %d)", why, error);
	lua_pushboolean(lua, false);
	lua_pushstring(lua, text);
	return 2;
}

static int sent(lua_State *lua, ssize_t result)
{
	if (result < 0)
		return refused(lua, strerrordesc_np(errno), errno);
	lua_pushboolean(lua, true);
	return 1;
}

/* ---- frames ---- */

static struct dnet *check(lua_State *lua)
{
	return luaL_checkudata(lua, 1, class);
}

/* The one socket of the run that frames leave by; -1: there is none. */
static int frame_socket(struct script_context *context)
{
	if (context->frames_fd <= 0 && context->raw &&
	    link_sockets_take_packet(context->raw, &context->frames_fd, NULL) < 0)
		context->frames_fd = 0;
	return context->frames_fd > 0 ? context->frames_fd : -1;
}

static int dnet_ethernet_open(lua_State *lua)
{
	struct dnet *dnet = check(lua);
	const char *device = luaL_checkstring(lua, 2);
	struct script_context *context = script_context_check(lua, "ethernet_open");
	const struct interface *interface = script_interface_find(context, device);

	if (!interface || interface->kind == INTERFACE_POINT || interface->kind == INTERFACE_OTHER)
		return luaL_error(lua, "device is not valid ethernet interface");
	if (frame_socket(context) < 0)
		return luaL_error(lua,
				  "frames cannot be sent on %s: raw sockets need root or "
				  "CAP_NET_RAW",
				  device);
	dnet->interface = interface->index;
	memcpy(dnet->name, interface->name, sizeof(dnet->name));
	lua_pushboolean(lua, true);
	return 1;
}

static int dnet_ethernet_send(lua_State *lua)
{
	const struct dnet *dnet = check(lua);
	struct script_context *context = script_context_check(lua, "ethernet_send");
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_halen = ETH_ALEN};
	const char *frame;
	size_t bytes;

	frame = luaL_checklstring(lua, 2, &bytes);
	if (!dnet->interface)
		return luaL_error(lua, "dnet ethernet interface is not open");
	if (bytes < ETHER_HDR_LEN)
		return refused(lua, "no whole frame", EINVAL);
	if (check_frame(context, (const uint8_t *)frame, bytes) < 0)
		return refused(lua, "the target is excluded", EPERM);
	count_traffic(lua, context, bytes);
	trace(context, "Ethernet frame (%zu bytes) > %s", bytes, dnet->name);
	to.sll_ifindex = (int)dnet->interface;
	memcpy(to.sll_addr, frame, ETH_ALEN);
	memcpy(&to.sll_protocol, frame + 2 * ETH_ALEN, sizeof(to.sll_protocol));
	return sent(lua, sendto(frame_socket(context), frame, bytes, 0, (struct sockaddr *)&to,
				sizeof(to)));
}

static int dnet_ethernet_close(lua_State *lua)
{
	check(lua)->interface = 0;
	lua_pushboolean(lua, true);
	return 1;
}

/* ---- packets ---- */

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_packets(struct dnet *dnet)
{
	close_one(&dnet->v4);
	close_one(&dnet->v6);
}

static int dnet_ip_open(lua_State *lua)
{
	struct dnet *dnet = check(lua);
	const struct script_context *context = script_context_check(lua, "ip_open");

	close_packets(dnet);
	if (context->raw) {
		(void)link_sockets_dup_raw(context->raw, IP_V4, &dnet->v4);
		(void)link_sockets_dup_raw(context->raw, IP_V6, &dnet->v6);
	}
	if (dnet->v4 < 0 && dnet->v6 < 0)
		return luaL_error(lua, "packets cannot be sent: raw sockets need root or "
				       "CAP_NET_RAW");
	lua_pushboolean(lua, true);
	return 1;
}

/* Where argument 3 says it goes; false: it names nothing that is an address. */
static bool read_destination(lua_State *lua, struct ip_addr *to)
{
	bool is_address;

	if (lua_isnoneornil(lua, 3))
		return true;
	if (lua_istable(lua, 3))
		lua_getfield(lua, 3, "ip");
	else
		lua_pushvalue(lua, 3);
	is_address = lua_isstring(lua, -1) && ip_parse(lua_tostring(lua, -1), to);
	lua_pop(lua, 1);
	return is_address;
}

static int dnet_ip_send(lua_State *lua)
{
	struct dnet *dnet = check(lua);
	struct script_context *context = script_context_check(lua, "ip_send");
	struct sockaddr_storage where;
	char text[IP_TEXT_BYTES];
	struct packet packet;
	struct ip_addr to;
	socklen_t where_bytes;
	const char *bytes;
	size_t count;
	int fd;

	bytes = luaL_checklstring(lua, 2, &count);
	if (dnet->v4 < 0 && dnet->v6 < 0)
		return luaL_error(lua, "raw socket not open to send");
	if (!packet_parse(bytes, count, &packet))
		return luaL_error(lua, "can't parse ip packet");
	to = packet.ip.dst;
	if (!read_destination(lua, &to))
		return refused(lua, "no such host", EINVAL);
	if (check_packet(context, &packet) < 0 ||
	    gate_check(context->gate, &to, TRANSPORT_IP, 0, false) < 0)
		return refused(lua, "the target is excluded", EPERM);
	fd = to.family == IP_V6 ? dnet->v6 : dnet->v4;
	count_traffic(lua, context, count);
	trace(context, "RAW SEND (%zu bytes) > %s", count, ip_format(&to, text));
	where_bytes = ip_to_sockaddr(&to, 0, &where);
	return sent(lua, sendto(fd, bytes, count, 0, (struct sockaddr *)&where, where_bytes));
}

static int dnet_ip_close(lua_State *lua)
{
	close_packets(check(lua));
	lua_pushboolean(lua, true);
	return 1;
}

/* ---- the class ---- */

static int collect(lua_State *lua)
{
	close_packets(check(lua));
	return 0;
}

static int dnet_new(lua_State *lua)
{
	struct dnet *dnet = lua_newuserdatauv(lua, sizeof(*dnet), 0);

	*dnet = (struct dnet){.v4 = -1, .v6 = -1};
	luaL_setmetatable(lua, class);
	return 1;
}

static void make_class(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"ethernet_open", dnet_ethernet_open},
		{"ethernet_send", dnet_ethernet_send},
		{"ethernet_close", dnet_ethernet_close},
		{"ip_open", dnet_ip_open},
		{"ip_send", dnet_ip_send},
		{"ip_close", dnet_ip_close},
		{0},
	};

	luaL_newmetatable(lua, class);
	lua_pushcfunction(lua, collect);
	lua_setfield(lua, -2, "__gc");
	lua_newtable(lua);
	lua_setfield(lua, -2, "__metatable");
	luaL_newlib(lua, methods);
	lua_setfield(lua, -2, "__index");
	lua_pop(lua, 1);
}

int script_open_nmap_dnet(lua_State *lua)
{
	make_class(lua);
	lua_createtable(lua, 0, 2);
	lua_pushcfunction(lua, dnet_new);
	lua_setfield(lua, -2, "new");
	return 1;
}
