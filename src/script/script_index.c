#include "script/script_index.h"

#include "script/script_db.h"
#include "script/script_folder.h"
#include "script/script_name.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/files.h"
#include "util/hash.h"

#include <string.h>

struct script_index {
	struct arena arena;
	struct script_entry *all;
	size_t count, room;
	struct script_entries entries; /* the same, for others */
	struct hash_map *ids;          /* to anything: the id is taken */
	struct hash_map *heads;        /* of paths */
};

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
}

/* ---- entries ---- */

static char *lower(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text), *c;

	for (c = copy; c && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + ('a' - 'A'));
	return copy;
}

static const char *const *lower_all(struct arena *arena, const char *const *texts)
{
	size_t count = 0, i;
	const char **lowered;

	while (texts[count])
		count++;
	lowered = arena_alloc(arena, (count + 1) * sizeof(*lowered));
	for (i = 0; lowered && i < count; i++)
		if (!(lowered[i] = lower(arena, texts[i])))
			return NULL;
	return lowered;
}

static char *arena_path(struct arena *arena, const char *folder, const char *name)
{
	size_t bytes = strlen(folder) + strlen(name) + 2;
	char *path = arena_alloc(arena, bytes);

	if (path)
		(void)snprintf(path, bytes, "%s/%s", folder, name);
	return path;
}

static bool grow(struct script_index *index)
{
	size_t room = index->room ? index->room * 2 : 256;
	struct script_entry *grown;

	if (index->count < index->room)
		return true;
	grown = alloc_resize(index->all, room, sizeof(*grown));
	if (!grown)
		return false;
	index->all = grown;
	index->room = room;
	return true;
}

/* ERROR_EXISTS when a folder before has one of this id. */
static int add_entry(struct script_index *index, const char *folder, const char *name,
		     const char *const *categories)
{
	struct script_entry entry;
	int r;

	entry.path = arena_path(&index->arena, folder, name);
	entry.id = entry.path ? script_id_of(&index->arena, entry.path) : NULL;
	entry.categories = lower_all(&index->arena, categories);
	if (!entry.id || !entry.categories || !grow(index))
		return ERROR_MEMORY;
	r = hash_map_add(index->ids, entry.id, strlen(entry.id), index);
	if (r == 0)
		index->all[index->count++] = entry;
	return r;
}

static int add_head(struct script_index *index, const char *path, const struct script_head *head,
		    const struct script_head **ret_kept)
{
	struct script_head *kept = arena_alloc(&index->arena, sizeof(*kept));
	int r;

	if (!kept)
		return ERROR_MEMORY;
	*kept = *head;
	r = hash_map_add(index->heads, path, strlen(path), kept);
	if (r == 0)
		*ret_kept = kept;
	return r;
}

/* ---- folders ---- */

static int parse_db(const char *path, const struct buf *text, struct script_db *ret_db,
		    struct diag *diag)
{
	struct diag inner = {0};
	int r = script_db_parse((const char *)text->data, text->len, ret_db, &inner);

	if (r < 0)
		diag_set_at(diag, r, inner.line, inner.column, "%.300s: %.300s", path, inner.text);
	return r;
}

static int add_db(struct script_index *index, const char *folder, const struct script_db *db)
{
	size_t i;
	int r = 0;

	for (i = 0; i < db->count && (r == 0 || r == ERROR_EXISTS); i++)
		r = add_entry(index, folder, db->all[i].file_name, db->all[i].categories);
	return r == ERROR_EXISTS ? 0 : r;
}

/* ERROR_NOT_FOUND when the folder has none. */
static int read_db(struct script_index *index, const char *folder, struct diag *diag)
{
	struct script_db db = SCRIPT_DB_INIT;
	struct buf text = BUF_INIT;
	char *path = alloc_printf("%s/script.db", folder);
	int r = path ? file_read(path, SCRIPT_DB_BYTES_MAX, &text, diag) : out_of_memory(diag);

	if (r == 0)
		r = parse_db(path, &text, &db, diag);
	if (r == 0 && (r = add_db(index, folder, &db)) < 0)
		(void)out_of_memory(diag);
	script_db_release(&db);
	buf_release(&text);
	alloc_free(path);
	return r;
}

static int add_record(struct script_index *index, const char *folder,
		      const struct script_record *record)
{
	const struct script_head *kept;
	int r = add_entry(index, folder, record->file_name, record->head.categories);

	if (r == ERROR_EXISTS)
		return 0;
	return r < 0 ? r : add_head(index, index->all[index->count - 1].path, &record->head, &kept);
}

static int add_records(struct script_index *index, const char *folder,
		       const struct script_records *records, struct diag *diag)
{
	size_t i;
	int r = 0;

	for (i = 0; i < records->count && r == 0; i++)
		r = add_record(index, folder, &records->all[i]);
	return r < 0 ? out_of_memory(diag) : 0;
}

static int read_heads(struct script_index *index, const char *folder, const char *cache_folder,
		      struct diag *diag)
{
	struct script_records records = {0};
	int r = script_folder_read(folder, cache_folder, &index->arena, &records, diag);

	if (r == 0)
		r = add_records(index, folder, &records, diag);
	script_records_release(&records);
	return r;
}

static int read_known(struct script_index *index, const struct script_known *known,
		      struct diag *diag)
{
	struct script_records records = {0};
	int r = script_cache_parse(known->heads, known->bytes, known->folder, &index->arena,
				   &records);

	if (r == ERROR_MEMORY)
		return out_of_memory(diag);
	if (r < 0)
		return diag_set(diag, r, "%.300s: %s", known->folder, error_text(r));
	r = add_records(index, known->folder, &records, diag);
	script_records_release(&records);
	return r;
}

static int read_folder(struct script_index *index, const char *folder, const char *cache_folder,
		       struct diag *diag)
{
	int r;

	if (script_kind_of(folder) == SCRIPT_KIND_NONE)
		return 0;
	r = read_db(index, folder, diag);
	return r == ERROR_NOT_FOUND ? read_heads(index, folder, cache_folder, diag) : r;
}

/* ---- the index ---- */

static struct script_index *index_new(void)
{
	struct script_index *index = alloc_zero(sizeof(*index));

	if (!index)
		return NULL;
	index->ids = hash_map_new((struct hash_key){0, 0});
	index->heads = hash_map_new((struct hash_key){0, 0});
	if (index->ids && index->heads)
		return index;
	script_index_free(index);
	return NULL;
}

int script_index_read(const struct script_known *known, const struct script_folders *folders,
		      const char *cache_folder, struct script_index **ret_index, struct diag *diag)
{
	struct script_index *index = index_new();
	size_t i;
	int r;

	if (!index)
		return out_of_memory(diag);
	r = known ? read_known(index, known, diag) : 0;
	for (i = 0; i < folders->count && r == 0; i++)
		r = read_folder(index, folders->all[i], cache_folder, diag);
	index->entries = (struct script_entries){index->all, index->count};
	if (r < 0)
		script_index_free(index);
	else
		*ret_index = index;
	return r;
}

void script_index_free(struct script_index *index)
{
	if (!index)
		return;
	hash_map_free(index->ids);
	hash_map_free(index->heads);
	alloc_free(index->all);
	arena_release(&index->arena);
	alloc_free(index);
}

const struct script_entries *script_index_entries(const struct script_index *index)
{
	return &index->entries;
}

int script_index_head(struct script_index *index, const char *path,
		      const struct script_head **ret_head, struct diag *diag)
{
	const struct script_head *known = hash_map_get(index->heads, path, strlen(path));
	struct script_head head;
	int r;

	if (known) {
		*ret_head = known;
		return 0;
	}
	if ((r = script_head_read(path, &index->arena, &head, diag)) < 0)
		return r;
	return add_head(index, path, &head, ret_head) < 0 ? out_of_memory(diag) : 0;
}

/* ---- --script-updatedb ---- */

static int write_db(const char *folder, struct script_db_entry *entries, size_t count,
		    struct diag *diag)
{
	struct buf text = BUF_INIT;
	char *path = alloc_printf("%s/script.db", folder);
	int r = ERROR_MEMORY;

	if (path)
		r = script_db_write(entries, count, &text);
	r = r < 0 ? out_of_memory(diag) : script_file_replace(path, &text, diag);
	buf_release(&text);
	alloc_free(path);
	return r;
}

static int write_records(const char *folder, const struct script_records *records,
			 struct arena *arena, struct diag *diag)
{
	struct script_db_entry *entries = alloc_array(records->count + 1, sizeof(*entries));
	size_t i;
	int r = 0;

	if (!entries)
		return out_of_memory(diag);
	for (i = 0; i < records->count && r == 0; i++) {
		entries[i].file_name = records->all[i].file_name;
		entries[i].categories = lower_all(arena, records->all[i].head.categories);
		if (!entries[i].categories)
			r = out_of_memory(diag);
	}
	if (r == 0)
		r = write_db(folder, entries, records->count, diag);
	alloc_free(entries);
	return r;
}

int script_index_update_db(const char *folder, struct diag *diag)
{
	struct script_records records = {0};
	struct arena arena = ARENA_INIT;
	int r = script_folder_read(folder, NULL, &arena, &records, diag);

	if (r == 0)
		r = write_records(folder, &records, &arena, diag);
	script_records_release(&records);
	arena_release(&arena);
	return r;
}
