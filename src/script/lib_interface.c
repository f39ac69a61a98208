#include "script/lib_interface.h"

#include <string.h>

const struct interface *script_interface_find(const struct script_context *context,
					      const char *name)
{
	size_t bytes = strcspn(name, ":");
	const struct interface *found;
	char text[IF_NAMESIZE];

	if (!context->interfaces || bytes >= sizeof(text))
		return NULL;
	memcpy(text, name, bytes);
	text[bytes] = '\0';
	found = interfaces_by_name(context->interfaces, text);
	return found && found->up ? found : NULL;
}
