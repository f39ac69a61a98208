/* connect() and reconnect_ssl() (nse-api.md 10.2). A connection is opened in steps, each of which
 * may wait: a place in the connect lock, the name, the handshake. The stack stays the same: the
 * arguments, then the host's text and what SNI says. */
#include "script/socket.h"

#include "engine/flow_tls.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

enum { HOST_ARGUMENT = 2, PORT_ARGUMENT, PROTOCOL_ARGUMENT, HOST_TEXT, SERVER_NAME };

/* --- where to --- */

/* Pushes the host's text and what SNI says. */
static void read_host(lua_State *lua)
{
	struct ip_addr addr;

	if (lua_type(lua, HOST_ARGUMENT) != LUA_TTABLE) {
		const char *text = luaL_checkstring(lua, HOST_ARGUMENT);

		lua_pushvalue(lua, HOST_ARGUMENT);
		if (ip_parse(text, &addr))
			lua_pushnil(lua);
		else
			lua_pushvalue(lua, HOST_ARGUMENT);
		return;
	}
	lua_getfield(lua, HOST_ARGUMENT, "ip");
	lua_getfield(lua, HOST_ARGUMENT, "targetname");
	if (!lua_isstring(lua, -2)) {
		lua_pushvalue(lua, -1);
		lua_replace(lua, -3);
	}
	if (!lua_isstring(lua, -2))
		luaL_error(lua, "host table lacks 'ip' or 'targetname' fields");
}

static lua_Integer read_port_table(lua_State *lua, const char **protocol)
{
	lua_Integer number;
	int is_integer;

	lua_getfield(lua, PORT_ARGUMENT, "number");
	number = lua_tointegerx(lua, -1, &is_integer);
	if (!is_integer)
		luaL_error(lua, "port table lacks integer 'number' field");
	lua_pop(lua, 1);
	lua_getfield(lua, PORT_ARGUMENT, "protocol");
	if (!*protocol && lua_isstring(lua, -1)) {
		*protocol = lua_tostring(lua, -1);
		return number; /* it stays on the stack */
	}
	lua_pop(lua, 1);
	return number;
}

static void read_protocol(lua_State *lua, const char *protocol, struct socket_wish *wish)
{
	if (!protocol)
		return;
	if (!strcmp(protocol, "ssl"))
		wish->is_tls = true;
	else if (!strcmp(protocol, "tcp") || !strcmp(protocol, "udp"))
		wish->is_udp = protocol[0] == 'u';
	else
		luaL_error(lua, "invalid connection protocol: %s", protocol);
}

void socket_read_wish(lua_State *lua, const struct script_socket *socket, int protocol,
		      struct socket_wish *ret_wish)
{
	const char *name = protocol ? luaL_optstring(lua, protocol, NULL) : NULL;
	struct socket_wish wish = {.is_udp = socket->made_udp};
	int top = lua_gettop(lua);
	lua_Integer number;

	if (lua_type(lua, PORT_ARGUMENT) == LUA_TTABLE)
		number = read_port_table(lua, &name);
	else
		number = luaL_checkinteger(lua, PORT_ARGUMENT);
	luaL_argcheck(lua, number >= 0 && number <= UINT16_MAX, PORT_ARGUMENT,
		      "port number out of range");
	wish.port = (uint16_t)number;
	if (protocol)
		read_protocol(lua, name, &wish);
	lua_settop(lua, top);
	read_host(lua);
	*ret_wish = wish;
}

/* --- names --- */

static const struct ip_addr *pick(const struct script_socket *socket,
				  const struct resolver_answer *answer)
{
	size_t at;

	for (at = 0; at < answer->addrs_count; at++)
		if (!socket->has_family || answer->addrs[at].family == socket->family)
			return &answer->addrs[at];
	return NULL;
}

static void on_name(void *self, const struct resolver_answer *answer)
{
	struct script_socket *socket = self;
	const struct ip_addr *addr = pick(socket, answer);

	socket->query = NULL;
	socket->name_error = answer->error;
	if (!answer->error && addr)
		socket->remote.addr = *addr;
	else if (!answer->error)
		socket->name_error = ERROR_NOT_FOUND;
	socket_reached(socket, SOCKET_NAME, SOCKET_SUCCESS);
}

static int families_of(const struct script_socket *socket)
{
	int families = socket->context->plan->targets.families;

	if (socket->has_family)
		return socket->family == IP_V6 ? RESOLVE_V6 : RESOLVE_V4;
	return families ? families : RESOLVE_BOTH;
}

int socket_resolve(lua_State *lua, struct script_socket *socket, int index, lua_KFunction then)
{
	struct resolver *resolver = socket->context->resolver;
	const char *name = lua_tostring(lua, index);

	socket->name_error = 0;
	socket->result = SOCKET_SUCCESS;
	if (ip_parse(name, &socket->remote.addr))
		return then(lua, LUA_OK, (lua_KContext)&socket->wait);
	socket->name_error = ERROR_NOT_FOUND;
	if (resolver)
		socket->name_error = resolver_forward(resolver, name, families_of(socket), on_name,
						      socket, &socket->query);
	if (socket->name_error < 0)
		return then(lua, LUA_OK, (lua_KContext)&socket->wait);
	return socket_wait_long(lua, socket, SOCKET_NAME, then);
}

int socket_push_name_error(lua_State *lua, int error)
{
	if (error == ERROR_MEMORY)
		return socket_refused(lua, "Memory allocation failure");
	if (error == ERROR_TIMED_OUT || error == ERROR_SYSTEM)
		return socket_refused(lua, "Temporary failure in name resolution");
	return socket_refused(lua, "Name or service not known");
}

/* --- the connection --- */

static void keep_certificate(lua_State *lua, const struct script_socket *socket)
{
	const struct service_tls *tls = flow_tls_facts(socket->flow);

	if (!tls || !tls->certificate.der)
		return;
	lua_pushlstring(lua, (const char *)tls->certificate.der, tls->certificate.der_bytes);
	lua_setiuservalue(lua, 1, SOCKET_CERTIFICATE);
}

static int tell_connected(lua_State *lua, struct script_socket *socket)
{
	if (socket->result == SOCKET_SUCCESS) {
		if (socket->flow && socket->is_tls)
			keep_certificate(lua, socket);
		lua_pushboolean(lua, true);
		return 1;
	}
	if (socket->result != SOCKET_CANCELLED)
		socket_close(socket);
	return socket_failed(lua, socket->result);
}

static void fill_config(const struct script_socket *socket, struct flow_config *config)
{
	const struct plan *plan = socket->context->plan;

	*config = (struct flow_config){
		.transport = socket->is_udp ? TRANSPORT_UDP : TRANSPORT_TCP,
		.to = socket->remote.addr,
		.port = socket->remote.port,
		.source = socket->bind_addr,
		.source_port = socket->bind_port,
		.interface = plan->source_interface,
		.ip_options = plan->packets.ip_options,
		.ip_options_bytes = plan->packets.ip_options_bytes,
		.ttl = plan->ttl,
		.orderly = true,
		.tells_sent = true,
		.deadline_ns = socket->deadline_ns,
		.receive_bytes_max = UINT64_MAX,
		.event = socket_on_flow,
	};
	if (config->source.family == IP_NONE && plan->source_addr.family == config->to.family)
		config->source = plan->source_addr;
	config->writes = !gate_never_writes(socket->context->gate, config->transport, config->port);
}

static int connected(lua_State *lua, int status, lua_KContext context)
{
	return tell_connected(lua, socket_resumed(lua, context));
}

static void note_refusal(const struct script_socket *socket, int error)
{
	char addr[IP_TEXT_BYTES];

	socket_note(socket, "connect to %s port %u: %s", ip_format(&socket->remote.addr, addr),
		    socket->remote.port, error_text(error));
}

int socket_open_flow(struct script_socket *socket, const char *server_name)
{
	const struct flow_tls_wish wish = {.server_name = server_name};
	struct flow_config config;
	int r;

	if (!socket->deadline_ns)
		socket->deadline_ns = socket_deadline_ns(socket);
	fill_config(socket, &config);
	config.tls = socket->is_tls ? &wish : NULL;
	config.self = socket;
	r = flow_open(socket->context->flows, &config, &socket->flow);
	if (r < 0 && r != ERROR_LIMIT)
		note_refusal(socket, r);
	return r;
}

static int open_connection(lua_State *lua, int status, lua_KContext context);

static bool may_try_later(const struct script_socket *socket)
{
	return loop_now_ns(socket->context->loop) < socket->deadline_ns;
}

/* A port of ours that was wished for may be taken for good. */
static int opened(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);

	if (socket->result == SOCKET_ERROR && socket->is_local_failure && !socket->bind_port &&
	    may_try_later(socket))
		return socket_try_later(lua, socket, open_connection);
	return tell_connected(lua, socket);
}

static int open_connection(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);
	int r;

	if (socket->result == SOCKET_CANCELLED)
		return socket_failed(lua, SOCKET_CANCELLED);
	if (socket->name_error) {
		socket_close(socket);
		return socket_push_name_error(lua, socket->name_error);
	}
	r = socket_open_flow(socket, lua_tostring(lua, SERVER_NAME));
	if (r == ERROR_LIMIT && may_try_later(socket))
		return socket_try_later(lua, socket, open_connection);
	if (r < 0) {
		socket_close(socket);
		return socket_failed(lua, r == ERROR_LIMIT ? SOCKET_TIMED_OUT : SOCKET_ERROR);
	}
	socket->kind = SOCKET_CONNECTION;
	/* Its deadline is the timeout. */
	return socket_wait_long(lua, socket, SOCKET_READY, opened);
}

static int find_address(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);

	if (socket->result == SOCKET_CANCELLED)
		return socket_failed(lua, SOCKET_CANCELLED);
	socket_count(lua, socket);
	return socket_resolve(lua, socket, HOST_TEXT, open_connection);
}

static void on_place(struct socket_lock_waiter *waiter)
{
	struct script_socket *socket =
		(struct script_socket *)((char *)waiter - offsetof(struct script_socket, waiter));

	socket->has_place = true;
	socket_reached(socket, SOCKET_PLACE, SOCKET_SUCCESS);
}

static int take_place(lua_State *lua, struct script_socket *socket)
{
	struct script_socket_lock *lock = socket_lock_of(lua, socket->context);

	socket->result = SOCKET_SUCCESS;
	if (socket_lock_take(lock, socket->owner)) {
		socket->has_place = true;
		return find_address(lua, LUA_OK, (lua_KContext)&socket->wait);
	}
	socket->waiter = (struct socket_lock_waiter){.thread = socket->owner, .granted = on_place};
	socket_lock_wait(lock, &socket->waiter);
	return socket_wait_long(lua, socket, SOCKET_PLACE, find_address);
}

static int socket_connect(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);
	struct socket_wish wish;

	script_context_check(lua, "connect");
	lua_settop(lua, PROTOCOL_ARGUMENT);
	socket_read_wish(lua, socket, PROTOCOL_ARGUMENT, &wish);
	socket_reopen(lua, socket);
	lua_pushvalue(lua, SERVER_NAME);
	lua_setiuservalue(lua, 1, SOCKET_SERVER_NAME);
	socket->is_udp = wish.is_udp;
	socket->is_tls = wish.is_tls;
	socket->remote.port = wish.port;
	socket->deadline_ns = 0;
	return take_place(lua, socket);
}

/* --- STARTTLS --- */

/* What came before the handshake is not of it. */
static int start_tls(struct script_socket *socket, const char *server_name)
{
	const struct flow_tls_wish wish = {.server_name = server_name};
	const struct flow_config config = {
		.transport = TRANSPORT_TCP,
		.tls = &wish,
		.receive_bytes_max = UINT64_MAX,
		.tells_sent = true,
		.event = socket_on_flow,
		.self = socket,
	};
	int r;

	if ((r = flow_tls_start(socket->flow, &config, &socket->flow)) < 0)
		return r;
	flow_set_deadline(socket->flow, socket_deadline_ns(socket));
	socket_queue_clear(&socket->received);
	socket->is_tls = true;
	return 0;
}

static int socket_reconnect_ssl(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);
	int r;

	if (socket->kind != SOCKET_CONNECTION)
		return socket_refuse_closed(lua, socket);
	socket_begin(lua, socket);
	if (!socket->flow)
		return socket_failed(lua, socket->end);
	if (socket->is_udp || socket->is_tls)
		return socket_failed(lua, SOCKET_ERROR);
	lua_getiuservalue(lua, 1, SOCKET_SERVER_NAME);
	if ((r = start_tls(socket, lua_tostring(lua, -1))) < 0) {
		note_refusal(socket, r);
		return socket_failed(lua, SOCKET_ERROR);
	}
	return socket_wait_long(lua, socket, SOCKET_READY, connected);
}

void script_add_socket_connect(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"connect", socket_connect},
		{"reconnect_ssl", socket_reconnect_ssl},
		{0},
	};

	luaL_setfuncs(lua, methods, 0);
}
