/* From what was read to a database: probes that texts share, the order of
 * probes, the tables that never change again. */
#include "detect/service/probe_db.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

#define RARITY_USUAL     5
#define TOTAL_WAIT_USUAL 5000u
#define WRAPPED_USUAL    2000u

/* Room for one more; each_bytes is what an element has. */
static int make_room(void *array, size_t count, size_t *room, size_t each_bytes)
{
	void **at = array, *more;
	size_t wanted = *room ? *room * 2 : 32;

	if (count < *room)
		return 0;
	more = alloc_resize(*at, wanted, each_bytes);
	if (!more)
		return ERROR_MEMORY;
	*at = more;
	*room = wanted;
	return 0;
}

static struct probe_draft *find_draft(const struct probe_build *build,
				      const struct service_probe *probe)
{
	size_t i;

	for (i = 0; i < build->drafts_count; i++) {
		struct probe_draft *draft = &build->drafts[i];

		if (draft->probe.transport == probe->transport &&
		    strcmp(draft->probe.name, probe->name) == 0)
			return draft;
	}
	return NULL;
}

static int check_same(const struct probe_build *build, const struct probe_draft *draft,
		      const struct service_probe *probe)
{
	if (draft->probe.bytes_count == probe->bytes_count &&
	    (!probe->bytes_count ||
	     memcmp(draft->probe.bytes, probe->bytes, probe->bytes_count) == 0))
		return 0;
	return probe_wrong(build, probe->name,
			   "there is a probe %.80s that sends other bytes: make them equal, or "
			   "give this one another name",
			   probe->name);
}

/* Nothing to send: the NULL probe, of which there is one, for TCP. */
static int check_null(const struct probe_build *build, const struct service_probe *probe)
{
	size_t i;

	if (probe->bytes_count)
		return 0;
	if (probe->transport != TRANSPORT_TCP)
		return probe_wrong(build, probe->name, "a UDP probe must send something");
	for (i = 0; i < build->drafts_count; i++)
		if (!build->drafts[i].probe.bytes_count)
			return probe_wrong(build, probe->name,
					   "there is one probe that sends nothing, and it is %.80s",
					   build->drafts[i].probe.name);
	return 0;
}

static int add_draft(struct probe_build *build, const struct service_probe *probe)
{
	int r;

	if ((r = check_null(build, probe)) < 0)
		return r;
	if (build->drafts_count == PROBES_MAX)
		return probe_wrong_at(build, build->place, ERROR_LIMIT,
				      "there are more than %u probes", PROBES_MAX);
	if ((r = make_room(&build->drafts, build->drafts_count, &build->drafts_room,
			   sizeof(*build->drafts))) < 0)
		return r;
	build->current = &build->drafts[build->drafts_count];
	*build->current = (struct probe_draft){.probe = *probe};
	build->current->probe.id = (uint32_t)build->drafts_count++;
	return 0;
}

int probe_build_probe(struct probe_build *build, const struct service_probe *probe)
{
	struct probe_draft *draft = find_draft(build, probe);
	int r;

	if (!draft)
		return add_draft(build, probe);
	if ((r = check_same(build, draft, probe)) < 0)
		return r;
	draft->probe.no_payload |= probe->no_payload;
	build->current = draft;
	return 0;
}

int probe_build_line(struct probe_build *build, const struct match_draft *line)
{
	int r;

	if (build->lines_count == PROBE_MATCHES_MAX)
		return probe_wrong_at(build, build->place, ERROR_LIMIT,
				      "there are more than %u match lines", PROBE_MATCHES_MAX);
	if ((r = make_room(&build->lines, build->lines_count, &build->lines_room,
			   sizeof(*build->lines))) < 0)
		return r;
	build->lines[build->lines_count] = *line;
	build->lines[build->lines_count++].line.id = build->current->probe.id;
	build->current->lines_count++;
	return 0;
}

static uint32_t setting_or(const struct probe_setting *setting, uint32_t usual)
{
	return setting->place.line ? setting->value : usual;
}

static int by_place(const struct probe_draft *a, const struct probe_draft *b)
{
	return a->probe.id < b->probe.id ? -1 : a->probe.id > b->probe.id;
}

/* The one that sends nothing comes first, then the most often useful. */
static int by_rarity(const void *left, const void *right)
{
	const struct probe_draft *a = *(const struct probe_draft *const *)left;
	const struct probe_draft *b = *(const struct probe_draft *const *)right;
	uint32_t a_rarity = setting_or(&a->rarity, RARITY_USUAL);
	uint32_t b_rarity = setting_or(&b->rarity, RARITY_USUAL);

	if (!a->probe.bytes_count != !b->probe.bytes_count)
		return a->probe.bytes_count ? 1 : -1;
	if (a_rarity != b_rarity)
		return a_rarity < b_rarity ? -1 : 1;
	return by_place(a, b);
}

static int range_order(const void *left, const void *right)
{
	const struct port_range *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->last < b->last ? -1 : a->last > b->last;
}

/* Sorted, and those that touch are one. */
static size_t join_ranges(struct port_range *ranges, size_t count)
{
	size_t i, kept = 0;

	if (count > 1)
		qsort(ranges, count, sizeof(*ranges), range_order);
	for (i = 0; i < count; i++) {
		if (kept && ranges[i].first <= ranges[kept - 1].last + 1) {
			if (ranges[i].last > ranges[kept - 1].last)
				ranges[kept - 1].last = ranges[i].last;
		} else {
			ranges[kept++] = ranges[i];
		}
	}
	return kept;
}

static int keep_ranges(struct arena *arena, struct buf *found, struct port_ranges *ret_ranges)
{
	struct port_range *ranges = (struct port_range *)(void *)found->data, *copy;
	size_t count = join_ranges(ranges, found->len / sizeof(*ranges));

	if (!count)
		return 0;
	copy = arena_alloc(arena, count * sizeof(*copy));
	if (!copy)
		return ERROR_MEMORY;
	memcpy(copy, ranges, count * sizeof(*copy));
	*ret_ranges = (struct port_ranges){copy, count};
	return 0;
}

static int keep_probe(struct probe_build *build, struct probe_draft *draft,
		      struct service_probe *probe)
{
	struct arena *arena = &build->db->arena;
	int r;

	*probe = draft->probe;
	probe->id = (uint32_t)(probe - build->db->probes);
	probe->rarity = (uint8_t)setting_or(&draft->rarity, RARITY_USUAL);
	probe->total_wait_ms = setting_or(&draft->total_wait, TOTAL_WAIT_USUAL);
	probe->wrapped_ms = setting_or(&draft->wrapped, WRAPPED_USUAL);
	if (!probe->bytes_count)
		build->db->null_probe = probe;
	draft->probe.id = probe->id; /* from here on the final place */
	if ((r = keep_ranges(arena, &draft->ports, &probe->ports)) < 0)
		return r;
	return keep_ranges(arena, &draft->ssl_ports, &probe->ssl_ports);
}

/* Lines in the order of their probes; those of a probe stay in order. ret_begin has a
 * place for each draft. */
static void sort_lines(struct probe_build *build, struct probe_draft *const *order,
		       size_t *ret_begin)
{
	struct probe_db *db = build->db;
	size_t i, at = 0;

	for (i = 0; i < build->drafts_count; i++) {
		ret_begin[order[i] - build->drafts] = at;
		db->probes[i].lines = db->lines + at;
		db->probes[i].lines_count = order[i]->lines_count;
		at += order[i]->lines_count;
	}
	for (i = 0; i < build->lines_count; i++) {
		at = ret_begin[build->lines[i].line.id]++;
		db->lines[at] = build->lines[i].line;
		db->lines[at].id = (uint32_t)at;
	}
	db->lines_count = build->lines_count;
}

static int keep_lines(struct probe_build *build, struct probe_draft *const *order)
{
	size_t *begin = alloc_array(build->drafts_count, sizeof(*begin));

	build->db->lines =
		arena_alloc(&build->db->arena, build->lines_count * sizeof(*build->db->lines));
	if (begin && build->db->lines)
		sort_lines(build, order, begin);
	alloc_free(begin);
	return begin && build->db->lines ? 0 : ERROR_MEMORY;
}

static int text_order(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Neighbours are mostly of one service, so those go before the sort. */
static size_t list_services(const struct service_probe *probe, const char **names)
{
	size_t i, count = 0, kept = 0;

	for (i = 0; i < probe->lines_count; i++)
		if (!count || strcmp(names[count - 1], probe->lines[i].service) != 0)
			names[count++] = probe->lines[i].service;
	if (count > 1)
		qsort(names, count, sizeof(*names), text_order);
	for (i = 0; i < count; i++)
		if (!kept || strcmp(names[kept - 1], names[i]) != 0)
			names[kept++] = names[i];
	return kept;
}

static int keep_services(struct probe_build *build, const char **scratch)
{
	size_t i, count;

	for (i = 0; i < build->db->probes_count; i++) {
		struct service_probe *probe = &build->db->probes[i];
		const char **names;

		count = list_services(probe, scratch);
		names = arena_alloc(&build->db->arena, count * sizeof(*names));
		if (!names)
			return ERROR_MEMORY;
		if (count)
			memcpy(names, scratch, count * sizeof(*names));
		probe->services = names;
		probe->services_count = count;
	}
	return 0;
}

static int list_all_services(struct probe_build *build)
{
	const char **scratch = alloc_array(build->lines_count + 1, sizeof(*scratch));
	int r = scratch ? keep_services(build, scratch) : ERROR_MEMORY;

	alloc_free(scratch);
	return r;
}

static const struct service_probe *find_fallback(const struct probe_db *db,
						 enum transport transport, const char *name)
{
	const struct service_probe *found = probe_db_find(db, transport, name);

	if (!found)
		found = probe_db_find(
			db, transport == TRANSPORT_TCP ? TRANSPORT_UDP : TRANSPORT_TCP, name);
	return found;
}

static int resolve_fallbacks(struct probe_build *build, const struct probe_draft *draft)
{
	struct service_probe *probe = &build->db->probes[draft->probe.id];
	const struct service_probe **fallbacks;
	size_t i;

	fallbacks = arena_alloc(&build->db->arena, draft->fallbacks_count * sizeof(*fallbacks));
	if (!fallbacks)
		return ERROR_MEMORY;
	for (i = 0; i < draft->fallbacks_count; i++) {
		fallbacks[i] = find_fallback(build->db, probe->transport, draft->fallbacks[i].name);
		if (!fallbacks[i])
			return probe_wrong_at(
				build, draft->fallbacks[i].place, ERROR_SYNTAX,
				"no probe has the name \"%.80s\": mend it, or leave it "
				"out",
				draft->fallbacks[i].name);
	}
	probe->fallbacks = fallbacks;
	probe->fallbacks_count = draft->fallbacks_count;
	return 0;
}

static int keep_probes(struct probe_build *build, struct probe_draft **order)
{
	size_t i;
	int r = 0;

	for (i = 0; i < build->drafts_count; i++)
		order[i] = &build->drafts[i];
	if (build->db->manner == MANNER_BEST && build->drafts_count > 1)
		qsort(order, build->drafts_count, sizeof(*order), by_rarity);
	for (i = 0; r == 0 && i < build->drafts_count; i++)
		r = keep_probe(build, order[i], &build->db->probes[i]);
	build->db->probes_count = build->drafts_count;
	if (r == 0)
		r = keep_lines(build, order);
	for (i = 0; r == 0 && i < build->drafts_count; i++)
		r = resolve_fallbacks(build, order[i]);
	return r < 0 ? r : list_all_services(build);
}

int probe_build_finish(struct probe_build *build)
{
	struct probe_draft **order = alloc_array(build->drafts_count, sizeof(struct probe_draft *));
	struct probe_db *db = build->db;
	int r = ERROR_MEMORY;

	db->probes = arena_alloc(&db->arena, build->drafts_count * sizeof(*db->probes));
	if (order && db->probes && (r = probe_build_resolve_findings(build)) == 0)
		r = keep_probes(build, order);
	alloc_free(order);
	return r;
}

void probe_build_release(struct probe_build *build)
{
	size_t i;

	for (i = 0; i < build->drafts_count; i++) {
		buf_release(&build->drafts[i].ports);
		buf_release(&build->drafts[i].ssl_ports);
	}
	alloc_free(build->drafts);
	alloc_free(build->lines);
}
