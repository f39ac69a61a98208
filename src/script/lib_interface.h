/* Interfaces by the names that scripts use: "eth0", "eth0:1" (an alias is its interface). */
#ifndef PORTOLAN_SCRIPT_LIB_INTERFACE_H
#define PORTOLAN_SCRIPT_LIB_INTERFACE_H

#include "net/interface.h"
#include "script/context.h"

/* NULL: there is none, or it is down. */
const struct interface *script_interface_find(const struct script_context *context,
					      const char *name);

#endif
