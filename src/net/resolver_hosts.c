#include "net/resolver_hosts.h"

#include "net/host_name.h"
#include "net/resolver_key.h"
#include "util/alloc.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Block lists make hosts files of a few MiB; this bounds what a wrong path
 * (a device, a disk image) can cost. */
#define FILE_MOST_BYTES (64u << 20)

/* The addresses of one name. `last` keeps the file's order cheap to build. */
struct name_entry {
	struct hosts_addr *first, *last;
};

struct hosts {
	struct arena arena;
	struct hash_map *names; /* normalised name -> struct name_entry */
	struct hash_map *addrs; /* struct addr_key -> char * */
};

static int name_add(struct hosts *hosts, const char *name, const struct ip_addr *addr)
{
	size_t name_bytes = strlen(name);
	struct name_entry *entry = hash_map_get(hosts->names, name, name_bytes);
	struct hosts_addr *link = arena_alloc(&hosts->arena, sizeof(*link));
	int r;

	if (!link)
		return ERROR_MEMORY;
	link->addr = *addr;
	if (entry) {
		entry->last->next = link;
		entry->last = link;
		return 0;
	}
	if (!(entry = arena_alloc(&hosts->arena, sizeof(*entry))))
		return ERROR_MEMORY;
	entry->first = entry->last = link;
	if ((r = hash_map_add(hosts->names, name, name_bytes, entry)) < 0)
		return r;
	return 0;
}

/* Names only need to be readable text: hosts files hold names DNS would not. */
static bool reverse_name_is_fit(const char *name)
{
	return strlen(name) < HOST_NAME_BYTES;
}

static int addr_add(struct hosts *hosts, const struct ip_addr *addr, const char *name)
{
	struct addr_key key = addr_key_of(addr);
	char *copy;

	if (!reverse_name_is_fit(name) || hash_map_get(hosts->addrs, key.bytes, sizeof(key.bytes)))
		return 0;
	if (!(copy = arena_strdup(&hosts->arena, name)))
		return ERROR_MEMORY;
	return hash_map_add(hosts->addrs, key.bytes, sizeof(key.bytes), copy);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Cuts the next word off *rest; NULL at the end of the line. */
static char *next_word(char **rest)
{
	char *word = *rest, *end;

	while (is_blank(*word))
		word++;
	for (end = word; *end && !is_blank(*end);)
		end++;
	if (end == word)
		return NULL;
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static int line_parse(struct hosts *hosts, char *line)
{
	char normal[HOST_NAME_BYTES], *comment = strchr(line, '#'), *word;
	bool first = true;
	struct ip_addr addr;
	int r;

	if (comment)
		*comment = '\0';
	if (!(word = next_word(&line)) || !ip_parse(word, &addr))
		return 0;
	while ((word = next_word(&line))) {
		if (first && (r = addr_add(hosts, &addr, word)) < 0)
			return r;
		first = false;
		r = host_name_normalize(word, normal);
		if (r == ERROR_SYNTAX)
			continue;
		if (r < 0 || (r = name_add(hosts, normal, &addr)) < 0)
			return r;
	}
	return 0;
}

static int lines_parse(struct hosts *hosts, const char *text, size_t bytes)
{
	struct buf line = BUF_INIT;
	const char *end;
	size_t length;
	int r = 0;

	for (; bytes && r == 0; text += length, bytes -= length) {
		end = memchr(text, '\n', bytes);
		length = end ? (size_t)(end - text) + 1 : bytes;
		buf_clear(&line);
		buf_add(&line, text, end ? length - 1 : length);
		buf_add_char(&line, '\0');
		r = buf_ok(&line) ? line_parse(hosts, (char *)line.data) : ERROR_MEMORY;
	}
	buf_release(&line);
	return r;
}

int hosts_parse(const void *text, size_t bytes, uint64_t seed, struct hosts **ret_hosts)
{
	struct hash_key key = {seed, ~seed};
	struct hosts *hosts = alloc_zero(sizeof(*hosts));
	int r = ERROR_MEMORY;

	if (!hosts)
		return r;
	if (!(hosts->names = hash_map_new(key)) || !(hosts->addrs = hash_map_new(key)) ||
	    (r = lines_parse(hosts, text, bytes)) < 0) {
		hosts_free(hosts);
		return r;
	}
	*ret_hosts = hosts;
	return 0;
}

static int file_read(FILE *file, struct buf *ret_text)
{
	size_t got;

	do {
		if (!buf_reserve(ret_text, 65536))
			return ERROR_MEMORY;
		got = fread(ret_text->data + ret_text->len, 1, 65536, file);
		ret_text->len += got;
	} while (got && ret_text->len < FILE_MOST_BYTES);
	return ferror(file) ? ERROR_IO : 0;
}

int hosts_load(const char *path, uint64_t seed, struct hosts **ret_hosts)
{
	FILE *file = fopen(path, "re");
	struct buf text = BUF_INIT;
	int r;

	if (!file)
		return errno == ENOENT ? hosts_parse("", 0, seed, ret_hosts) : ERROR_IO;
	r = file_read(file, &text);
	fclose(file);
	if (r == 0)
		r = hosts_parse(text.data, text.len, seed, ret_hosts);
	buf_release(&text);
	return r;
}

void hosts_free(struct hosts *hosts)
{
	if (!hosts)
		return;
	hash_map_free(hosts->names);
	hash_map_free(hosts->addrs);
	arena_release(&hosts->arena);
	alloc_free(hosts);
}

const struct hosts_addr *hosts_forward(const struct hosts *hosts, const char *name)
{
	const struct name_entry *entry = hash_map_get(hosts->names, name, strlen(name));

	return entry ? entry->first : NULL;
}

const char *hosts_reverse(const struct hosts *hosts, const struct ip_addr *addr)
{
	struct addr_key key = addr_key_of(addr);

	return hash_map_get(hosts->addrs, key.bytes, sizeof(key.bytes));
}
