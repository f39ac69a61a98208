#include "engine/service.h"

#include <string.h>

/* NULL stays NULL; *failed is set when memory is short. */
static const char *copy(struct arena *arena, const char *text, bool *failed)
{
	const char *made = text ? arena_strdup(arena, text) : NULL;

	*failed = *failed || (text && !made);
	return made;
}

static const char *const *copy_names(struct arena *arena, const char *const *names, size_t count,
				     bool *failed)
{
	const char **made = count ? arena_alloc(arena, count * sizeof(*made)) : NULL;
	size_t i;

	*failed = *failed || (count && !made);
	for (i = 0; made && i < count; i++)
		made[i] = copy(arena, names[i], failed);
	return made;
}

static const uint8_t *copy_bytes(struct arena *arena, const uint8_t *bytes, size_t count,
				 bool *failed)
{
	uint8_t *made = count ? arena_alloc(arena, count) : NULL;

	*failed = *failed || (count && !made);
	if (made)
		memcpy(made, bytes, count);
	return made;
}

static void copy_certificate(struct arena *arena, const struct service_certificate *from,
			     struct service_certificate *to, bool *failed)
{
	*to = *from;
	to->subject = copy(arena, from->subject, failed);
	to->issuer = copy(arena, from->issuer, failed);
	to->names = copy_names(arena, from->names, from->names_count, failed);
	to->key = copy(arena, from->key, failed);
	to->signature = copy(arena, from->signature, failed);
	to->der = copy_bytes(arena, from->der, from->der_bytes, failed);
}

struct service_tls *service_tls_copy(struct arena *arena, const struct service_tls *tls)
{
	struct service_tls *made = arena_alloc(arena, sizeof(*made));
	bool failed = !made;

	if (!made)
		return NULL;
	made->version = copy(arena, tls->version, &failed);
	made->cipher = copy(arena, tls->cipher, &failed);
	made->alpn = copy(arena, tls->alpn, &failed);
	made->server_name = copy(arena, tls->server_name, &failed);
	copy_certificate(arena, &tls->certificate, &made->certificate, &failed);
	return failed ? NULL : made;
}
