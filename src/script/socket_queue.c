#include "script/socket_queue.h"

#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

#define STREAM_CHUNK_BYTES 2048 /* room of one at least, for servers that send byte after byte */

struct socket_chunk {
	struct socket_chunk *next;
	size_t bytes, room, lines;
	bool is_datagram;
	struct socket_peer peer;
	uint8_t data[];
};

static size_t lines_in(const uint8_t *bytes, size_t count)
{
	const uint8_t *end = bytes + count, *at = bytes;
	size_t lines = 0;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at)))) {
		lines++;
		at++;
	}
	return lines;
}

static void *allocate(struct script_machine *machine, uint32_t account, void *old, size_t old_bytes,
		      size_t bytes)
{
	uint32_t charged = script_charge(machine, account);
	void *self, *memory;
	lua_Alloc function = lua_getallocf(script_machine_lua(machine), &self);

	memory = function(self, old, old_bytes, bytes);
	script_charge(machine, charged);
	return memory;
}

/* Asked first: the machine takes a request that it must refuse for the script's. */
static bool may_have(const struct socket_queue *queue, const struct script_budget *budget,
		     size_t bytes)
{
	size_t most = budget->quota.memory_bytes;
	size_t total = script_machine_config(queue->machine)->memory_bytes;
	size_t used = script_budget_bytes(queue->machine, budget);
	size_t all = script_machine_bytes(queue->machine);

	return (!most || (used < most && bytes < most - used)) &&
	       (!total || (all < total && bytes < total - all));
}

static struct socket_chunk *chunk_new(struct socket_queue *queue,
				      const struct script_budget *budget, size_t room)
{
	size_t bytes = sizeof(struct socket_chunk) + room;
	struct socket_chunk *chunk;

	if (!may_have(queue, budget, bytes))
		return NULL;
	chunk = allocate(queue->machine, budget->account, NULL, 0, bytes);
	if (!chunk)
		return NULL;
	memset(chunk, 0, sizeof(*chunk));
	chunk->room = room;
	if (queue->last)
		queue->last->next = chunk;
	else
		queue->first = chunk;
	queue->last = chunk;
	queue->chunks++;
	return chunk;
}

static void fill(struct socket_queue *queue, struct socket_chunk *chunk, const uint8_t *bytes,
		 size_t count)
{
	size_t lines = lines_in(bytes, count);

	if (count)
		memcpy(chunk->data + chunk->bytes, bytes, count);
	chunk->bytes += count;
	chunk->lines += lines;
	queue->bytes += count;
	queue->lines += lines;
}

static int add_stream(struct socket_queue *queue, const struct script_budget *budget,
		      const uint8_t *bytes, size_t count)
{
	struct socket_chunk *chunk = queue->last;

	if (!chunk || chunk->room - chunk->bytes < count)
		chunk = chunk_new(queue, budget,
				  count < STREAM_CHUNK_BYTES ? STREAM_CHUNK_BYTES : count);
	if (!chunk)
		return ERROR_MEMORY;
	fill(queue, chunk, bytes, count);
	return 0;
}

int socket_queue_add(struct socket_queue *queue, const struct script_budget *budget,
		     const struct socket_peer *peer, const void *bytes, size_t count)
{
	struct socket_chunk *chunk;

	if (!peer)
		return add_stream(queue, budget, bytes, count);
	if (!(chunk = chunk_new(queue, budget, count)))
		return ERROR_MEMORY;
	chunk->is_datagram = true;
	chunk->peer = *peer;
	fill(queue, chunk, bytes, count);
	return 0;
}

static void drop_first(struct socket_queue *queue)
{
	struct socket_chunk *chunk = queue->first;

	queue->first = chunk->next;
	if (!queue->first)
		queue->last = NULL;
	queue->chunks--;
	queue->bytes -= chunk->bytes;
	queue->lines -= chunk->lines;
	allocate(queue->machine, 0, chunk, sizeof(*chunk) + chunk->room, 0);
}

void socket_queue_clear(struct socket_queue *queue)
{
	while (queue->first)
		drop_first(queue);
}

void socket_queue_push(lua_State *lua, struct socket_queue *queue, size_t chunks,
		       struct socket_peer *ret_peer)
{
	const struct socket_chunk *chunk;
	luaL_Buffer text;
	size_t at, bytes = 0;

	if (!chunks)
		chunks = queue->chunks;
	for (chunk = queue->first, at = 0; at < chunks; at++, chunk = chunk->next)
		bytes += chunk->bytes;
	luaL_buffinitsize(lua, &text, bytes);
	for (chunk = queue->first, at = 0; at < chunks; at++, chunk = chunk->next)
		luaL_addlstring(&text, (const char *)chunk->data, chunk->bytes);
	luaL_pushresult(&text);
	for (at = 0; at < chunks; at++) {
		if (queue->first->is_datagram)
			*ret_peer = queue->first->peer;
		drop_first(queue);
	}
}

size_t socket_queue_find(const struct socket_queue *queue, size_t bytes, size_t lines)
{
	const struct socket_chunk *chunk;
	size_t count = 0, had_bytes = 0, had_lines = 0;

	for (chunk = queue->first; chunk; chunk = chunk->next) {
		count++;
		had_bytes += chunk->bytes;
		had_lines += chunk->lines;
		if (had_bytes >= bytes && had_lines >= lines)
			return count;
	}
	return 0;
}
