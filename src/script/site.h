/* A site is where scripts are at work: a host with its ports, or the run before or after its
 * scan; one for each order of the engine. What libraries need to know of it. */
#ifndef PORTOLAN_SCRIPT_SITE_H
#define PORTOLAN_SCRIPT_SITE_H

#include "engine/script_runner.h"
#include "script/thread.h"

struct script_context;

/* `port` of an instance of a portrule. */
struct script_site_port {
	enum transport transport;
	uint16_t number;
};

/* `host` of every instance. */
struct script_site {
	struct script_order order;
	struct script_context *context;
	struct script_site *next, **link; /* of context->sites */
	int registry;                     /* reference to host.registry */
	struct script_group *group;
	struct script_site_port *ports; /* those that portrules are asked about, in order */
	size_t ports_count;
	bool stopped; /* the engine does not listen any more */
};

/* Copies the order and finds its ports. NULL: memory. */
struct script_site *script_site_new(struct script_context *context,
				    const struct script_order *order);
void script_site_free(struct script_site *site); /* NULL is fine */
/* Makes the table host.registry. May raise a memory error. */
void script_site_open(lua_State *lua, struct script_site *site);
void script_site_close(lua_State *lua, struct script_site *site);

struct script_site *script_site_of(const struct script_instance *instance);
/* What results of an instance are about. */
struct script_place script_site_place(const struct script_instance *instance);
/* "10.0.0.1:80", "[fd00::1]:80", "10.0.0.1"; "" before and after the scan. Cut to fit. */
#define SCRIPT_SITE_TEXT 80
const char *script_site_text(const struct script_instance *instance, char text[SCRIPT_SITE_TEXT]);

/* The argument `host` of a function (nse-api.md 9). Raises. */
struct script_site *script_site_check(lua_State *lua, int index);
/* The argument `port`: its fields number and protocol. Raises; false: no port has that number. */
bool script_check_port(lua_State *lua, int index, struct script_site_port *ret_port);
/* The same as the host has it; NULL: not scanned. Valid until something is changed. */
const struct script_port *script_check_known_port(lua_State *lua, int index,
						  const struct script_site *site);

/* "tcp", "udp", "sctp"; raises for others. */
enum transport script_check_transport(lua_State *lua, int index);

#endif
