#include "net/geo.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <maxminddb.h>
#include <string.h>

struct geo {
	size_t count;
	MMDB_s files[];
};

/* Where a fact may be: names of maps within maps. The next place is looked at when there is
 * nothing, or something else. */
struct place_path {
	const char *names[3];
};

static const struct place_path countries[] = {
	{{"country", "iso_code"}},
	{{"country_code"}},                  /* IPinfo */
	{{"country"}},                       /* IPinfo, before 2025 */
	{{"registered_country", "iso_code"}} /* networks that are nowhere */
};
static const struct place_path numbers[] = {
	{{"autonomous_system_number"}},
	{{"traits", "autonomous_system_number"}}, /* MaxMind's Enterprise */
	{{"asn"}},                                /* IPinfo: "AS64500" */
};
static const struct place_path organizations[] = {
	{{"autonomous_system_organization"}},
	{{"traits", "autonomous_system_organization"}},
	{{"as_name"}},
};

/* ---- opening ---- */

static int say(const char *path, int status, int reason, struct diag *diag)
{
	int missing = status == MMDB_FILE_OPEN_ERROR && reason == ENOENT;

	if (status == MMDB_OUT_OF_MEMORY_ERROR)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	if (status == MMDB_FILE_OPEN_ERROR || status == MMDB_IO_ERROR)
		return diag_set(
			diag, missing ? ERROR_NOT_FOUND : ERROR_IO,
			"--mmdb: %.400s cannot be read: %s; name another file, or leave the "
			"option out",
			path, strerror(reason));
	return diag_set(diag, ERROR_CORRUPT,
			"--mmdb: %.400s is no MaxMind DB file, or a damaged one (%s); take one "
			"whose name ends in .mmdb, unpacked, or leave the option out",
			path, MMDB_strerror(status));
}

int geo_open(const char *const *paths, size_t count, struct geo **ret_geo, struct diag *diag)
{
	struct geo *geo = alloc_zero(sizeof(*geo) + count * sizeof(geo->files[0]));
	size_t i;

	if (!geo)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	for (i = 0; i < count; i++) {
		int status;

		errno = 0;
		status = MMDB_open(paths[i], MMDB_MODE_MMAP, &geo->files[i]);
		if (status != MMDB_SUCCESS) {
			int r = say(paths[i], status, errno, diag);

			geo_free(geo);
			return r;
		}
		geo->count++;
	}
	*ret_geo = geo;
	return 0;
}

void geo_free(struct geo *geo)
{
	size_t i;

	for (i = 0; geo && i < geo->count; i++)
		MMDB_close(&geo->files[i]);
	alloc_free(geo);
}

/* ---- looking up ---- */

static bool get(MMDB_entry_s *entry, const struct place_path *path, MMDB_entry_data_s *ret_value)
{
	const char *const names[] = {path->names[0], path->names[1], path->names[2], NULL};

	return MMDB_aget_value(entry, ret_value, names) == MMDB_SUCCESS && ret_value->has_data;
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool read_country(const MMDB_entry_data_s *value, struct geo_place *place)
{
	const char *code = value->utf8_string;

	if (value->type != MMDB_DATA_TYPE_UTF8_STRING || value->data_size != 2 ||
	    !is_letter(code[0]) || !is_letter(code[1]))
		return false;
	memcpy(place->country, code, 2);
	return true;
}

/* "AS64500" */
static bool read_number_text(const char *text, size_t bytes, uint32_t *ret_number)
{
	uint64_t number = 0;
	size_t i;

	if (bytes < 3 || bytes > 12 || text[0] != 'A' || text[1] != 'S')
		return false;
	for (i = 2; i < bytes; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (uint64_t)(text[i] - '0');
	}
	*ret_number = (uint32_t)number;
	return number <= UINT32_MAX;
}

static bool read_number(const MMDB_entry_data_s *value, struct geo_place *place)
{
	uint32_t number = 0;

	if (value->type == MMDB_DATA_TYPE_UINT32)
		number = value->uint32;
	else if (value->type == MMDB_DATA_TYPE_UINT16)
		number = value->uint16;
	else if (value->type != MMDB_DATA_TYPE_UTF8_STRING ||
		 !read_number_text(value->utf8_string, value->data_size, &number))
		return false;
	place->asn = number;
	return number != 0;
}

/* Cut to fit, not within a character. */
static void keep_text(const char *text, size_t bytes, char *ret_text, size_t room)
{
	size_t i;

	while (bytes >= room || (bytes && !text_is_utf8(text, bytes)))
		bytes--;
	for (i = 0; i < bytes; i++)
		ret_text[i] = text[i] == '\n' || text[i] == '\t' ? ' ' : text[i];
	ret_text[bytes] = 0;
}

static bool read_organization(const MMDB_entry_data_s *value, struct geo_place *place)
{
	struct buf safe = BUF_INIT;

	if (value->type != MMDB_DATA_TYPE_UTF8_STRING || !value->data_size)
		return false;
	text_add_safe(&safe, value->utf8_string, value->data_size);
	if (buf_ok(&safe))
		keep_text((const char *)safe.data, safe.len, place->organization,
			  sizeof(place->organization));
	buf_release(&safe);
	return place->organization[0];
}

/* The first of the places that has a value of the right kind. */
static void fill_in(MMDB_entry_s *entry, const struct place_path *paths, size_t count,
		    bool (*read)(const MMDB_entry_data_s *value, struct geo_place *place),
		    struct geo_place *place)
{
	MMDB_entry_data_s value;
	size_t i;

	for (i = 0; i < count; i++)
		if (get(entry, &paths[i], &value) && read(&value, place))
			return;
}

#define FILL_IN(paths, read) fill_in(&entry, paths, sizeof(paths) / sizeof((paths)[0]), read, place)

static void find_in(const MMDB_s *file, const struct sockaddr *addr, struct geo_place *place)
{
	int status = MMDB_SUCCESS;
	MMDB_lookup_result_s found = MMDB_lookup_sockaddr(file, addr, &status);
	MMDB_entry_s entry = found.entry;

	if (status != MMDB_SUCCESS || !found.found_entry)
		return;
	if (!place->country[0])
		FILL_IN(countries, read_country);
	if (!place->asn)
		FILL_IN(numbers, read_number);
	if (!place->organization[0])
		FILL_IN(organizations, read_organization);
}

void geo_find(const struct geo *geo, const struct ip_addr *addr, struct geo_place *ret_place)
{
	struct sockaddr_storage sa;
	size_t i;

	*ret_place = (struct geo_place){0};
	if (addr->family == IP_NONE)
		return;
	ip_to_sockaddr(addr, 0, &sa);
	for (i = 0; i < geo->count; i++)
		find_in(&geo->files[i], (const struct sockaddr *)(const void *)&sa, ret_place);
}
