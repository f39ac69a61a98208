/* The memory of scripts. Each block has a small head that tells whose it is, so that what the
 * collector frees in one instance's time is given back to the one that asked for it. */
#include "script/machine_impl.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>

/* Lua aligns to 8 bytes (LUAI_MAXALIGN); so do the structs of our libraries. */
struct head {
	uint32_t account;
	uint32_t unused;
};

_Static_assert(sizeof(struct head) == 8, "blocks stay aligned");

#define MEGABYTE ((size_t)1 << 20)

int script_account_open(struct script_machine *machine, size_t limit, uint32_t *ret_account)
{
	struct script_account *accounts = machine->accounts;
	uint32_t account = machine->account_free, cap;

	if (account) {
		machine->account_free = accounts[account].next_free;
	} else {
		if (machine->account_count == machine->account_cap) {
			cap = machine->account_cap ? 2 * machine->account_cap : 16;
			if (!(accounts = alloc_resize(accounts, cap, sizeof(*accounts))))
				return ERROR_MEMORY;
			machine->accounts = accounts;
			machine->account_cap = cap;
		}
		account = machine->account_count++;
	}
	accounts[account] = (struct script_account){.limit = limit, .open = true};
	*ret_account = account;
	return 0;
}

static void account_settle(struct script_machine *machine, uint32_t id)
{
	struct script_account *account = &machine->accounts[id];

	if (account->open || account->bytes)
		return;
	account->next_free = machine->account_free;
	machine->account_free = id;
}

void script_account_close(struct script_machine *machine, uint32_t account)
{
	machine->accounts[account].open = false;
	account_settle(machine, account);
}

static void give_back(struct script_machine *machine, uint32_t id, size_t bytes)
{
	struct script_account *account = &machine->accounts[id];

	machine->bytes -= bytes;
	account->bytes -= bytes;
	if (bytes)
		account_settle(machine, id);
}

static void limit_text(char *text, size_t text_bytes, const char *what, size_t limit)
{
	if (limit % MEGABYTE)
		snprintf(text, text_bytes, "%s %zu KB", what, limit >> 10);
	else
		snprintf(text, text_bytes, "%s %zu MB", what, limit / MEGABYTE);
}

static void note_denied(struct script_budget *budget, const char *text)
{
	if (!budget || budget->stopped)
		return;
	budget->denied = true;
	snprintf(budget->reason, sizeof(budget->reason), "stopped: %s", text);
}

/* Lua answers the first no with a collection. After the second the instance is done for. The
 * auxiliary library's buffers ask only once: thread.c knows their error by its text. */
static bool denied(struct script_machine *machine, const char *what, size_t limit)
{
	char text[64];

	limit_text(text, sizeof(text), what, limit);
	note_denied(machine->budget, text);
	if (machine->denied)
		script_budget_stop(machine, text);
	machine->denied = !machine->denied;
	return false;
}

static bool may_have(struct script_machine *machine, size_t more)
{
	const struct script_account *account = &machine->accounts[machine->charged];
	size_t total = machine->config.memory_bytes;

	if (account->limit &&
	    (account->bytes > account->limit || more > account->limit - account->bytes))
		return denied(machine, "memory limit", account->limit);
	if (total && (machine->bytes > total || more > total - machine->bytes))
		return denied(machine, "memory limit of all scripts", total);
	return true;
}

static void *block_free(struct script_machine *machine, struct head *head, size_t bytes)
{
	if (head) {
		give_back(machine, head->account, bytes);
		alloc_free(head);
	}
	return NULL;
}

/* A block grown by another is the other's from then on. */
void *script_allocate(void *self, void *old, size_t old_bytes, size_t bytes)
{
	struct script_machine *machine = self;
	struct head *head = old ? (struct head *)old - 1 : NULL, *new_head;
	size_t had = old ? old_bytes : 0;

	if (!bytes)
		return block_free(machine, head, had);
	if (bytes > SIZE_MAX / 2 || (bytes > had && !may_have(machine, bytes - had)))
		return NULL;
	new_head = alloc_resize(head, 1, sizeof(*head) + bytes);
	if (!new_head)
		return bytes <= had ? old : NULL;
	if (bytes > had)
		machine->denied = false;
	if (had)
		give_back(machine, new_head->account, had);
	new_head->account = machine->charged;
	machine->accounts[machine->charged].bytes += bytes;
	machine->bytes += bytes;
	return new_head + 1;
}

int script_out_of_memory(lua_State *lua)
{
	struct script_machine *machine = script_machine_of(lua);
	const struct script_budget *budget = machine->budget;
	size_t limit = budget ? budget->quota.memory_bytes : 0;
	char text[64];

	if (limit)
		limit_text(text, sizeof(text), "memory limit", limit);
	else
		limit_text(text, sizeof(text), "memory limit of all scripts",
			   machine->config.memory_bytes);
	note_denied(machine->budget, text);
	lua_pushliteral(lua, "not enough memory");
	return lua_error(lua);
}
