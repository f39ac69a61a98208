#include "net/resolver_known.h"

#include "net/resolver.h"
#include "net/resolver_key.h"
#include "util/error.h"

#include <string.h>

#define CACHE_MOST 8192

int known_init(struct known *known, const char *hosts_path, uint64_t seed)
{
	int r = hosts_load(hosts_path, seed, &known->hosts);

	if (r == ERROR_IO)
		r = hosts_parse("", 0, seed, &known->hosts);
	if (r == 0 && !(known->cache = cache_new(CACHE_MOST, seed)))
		r = ERROR_MEMORY;
	return r;
}

void known_release(struct known *known)
{
	cache_free(known->cache);
	hosts_free(known->hosts);
	*known = (struct known){NULL, NULL};
}

/* --- findings --- */

void findings_release(struct findings *findings)
{
	addr_list_release(&findings->v4);
	addr_list_release(&findings->v6);
}

bool findings_is_empty(const struct findings *findings)
{
	return !findings->v4.count && !findings->v6.count && !findings->name[0];
}

void findings_note_error(struct findings *findings, int error)
{
	if (!findings->error || findings->error == ERROR_NOT_FOUND)
		findings->error = error;
}

int findings_add(struct findings *findings, const struct ip_addr *addrs, size_t count)
{
	size_t i;
	int r;

	for (i = 0; i < count; i++) {
		bool is_v4 = addrs[i].family == IP_V4;

		r = addr_list_add(is_v4 ? &findings->v4 : &findings->v6, &addrs[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

void findings_set_name(struct findings *findings, const char *name)
{
	snprintf(findings->name, sizeof(findings->name), "%s", name);
}

/* --- the hosts file --- */

static bool is_wanted(const struct question *question, const struct ip_addr *addr)
{
	return question->families & (addr->family == IP_V4 ? RESOLVE_V4 : RESOLVE_V6);
}

static int add_if_wanted(const struct question *question, const struct ip_addr *addr,
			 struct findings *findings)
{
	return is_wanted(question, addr) ? findings_add(findings, addr, 1) : 0;
}

/* RFC 6761, 6.3: whatever the machine's files say or forget to say. */
static int localhost_answer(const struct question *question, struct findings *findings)
{
	struct ip_addr v4 = ip_v4(0x7f000001), v6 = {.bytes = {[15] = 1}, .family = IP_V6};
	int r = add_if_wanted(question, &v4, findings);

	return r < 0 ? r : add_if_wanted(question, &v6, findings);
}

static int hosts_answer(const struct hosts *hosts, const struct question *question,
			struct findings *findings)
{
	const struct hosts_addr *at;
	const char *name;
	int r = 0;

	if (!question->families) {
		if ((name = hosts_reverse(hosts, &question->addr)))
			findings_set_name(findings, name);
		return 0;
	}
	for (at = hosts_forward(hosts, question->name); at && r == 0; at = at->next)
		r = add_if_wanted(question, &at->addr, findings);
	if (r == 0 && findings_is_empty(findings) && host_name_is_localhost(question->name))
		r = localhost_answer(question, findings);
	return r;
}

/* --- the cache --- */

static uint32_t types_of(const struct question *question)
{
	uint32_t types = 0;

	if (!question->families)
		return TYPE_BIT(DNS_PTR);
	if (question->families & RESOLVE_V4)
		types |= TYPE_BIT(DNS_A);
	if (question->families & RESOLVE_V6)
		types |= TYPE_BIT(DNS_AAAA);
	return types;
}

static const struct cache_entry *recall(const struct cache *cache, const struct question *question,
					enum dns_type type)
{
	struct addr_key key = addr_key_of(&question->addr);

	if (type == DNS_PTR)
		return cache_get(cache, type, key.bytes, sizeof(key.bytes));
	return cache_get(cache, type, question->name, strlen(question->name));
}

/* Clears the types from *types that are known. */
static int cache_answer(const struct cache *cache, const struct question *question,
			struct findings *findings, uint32_t *types)
{
	static const enum dns_type all[] = {DNS_A, DNS_AAAA, DNS_PTR};
	const struct cache_entry *entry;
	size_t i;
	int r;

	for (i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (!(*types & TYPE_BIT(all[i])) || !(entry = recall(cache, question, all[i])))
			continue;
		*types &= ~TYPE_BIT(all[i]);
		if (entry->error)
			findings_note_error(findings, entry->error);
		if (entry->name)
			findings_set_name(findings, entry->name);
		if ((r = findings_add(findings, entry->addrs, entry->addrs_count)) < 0)
			return r;
	}
	return 0;
}

int known_answer(const struct known *known, const struct question *question,
		 struct findings *findings, uint32_t *ret_types)
{
	int r = hosts_answer(known->hosts, question, findings);

	*ret_types = types_of(question);
	if (r < 0)
		return r;
	if (!findings_is_empty(findings))
		return 1;
	r = cache_answer(known->cache, question, findings, ret_types);
	if (r < 0)
		return r;
	return *ret_types ? 0 : 1;
}

void known_remember(struct known *known, const struct question *question, enum dns_type type,
		    int error, const struct dns_answer *answer)
{
	struct addr_key key = addr_key_of(&question->addr);
	struct cache_entry entry = {.error = error};

	if (error && error != ERROR_NOT_FOUND)
		return;
	if (!error && type == DNS_PTR)
		entry.name = answer->name;
	if (!error && type != DNS_PTR) {
		entry.addrs = answer->addrs.addrs;
		entry.addrs_count = answer->addrs.count;
	}
	if (type == DNS_PTR)
		cache_put(known->cache, type, key.bytes, sizeof(key.bytes), &entry);
	else
		cache_put(known->cache, type, question->name, strlen(question->name), &entry);
}
