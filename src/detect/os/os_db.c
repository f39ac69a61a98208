#include "detect/os/os_db_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

static int check_size(const struct text_file *texts, size_t count, struct diag *diag)
{
	size_t i, sum = 0;

	for (i = 0; i < count; i++) {
		if (texts[i].bytes > OS_DB_TEXT_MAX - sum)
			return diag_set(diag, ERROR_LIMIT,
					"%.300s: more than %u MiB of fingerprints; that is no "
					"fingerprint file",
					texts[i].name, OS_DB_TEXT_MAX >> 20);
		sum += texts[i].bytes;
	}
	if (count > UINT16_MAX)
		return diag_set(diag, ERROR_LIMIT, "more than %u fingerprint files", UINT16_MAX);
	return 0;
}

int os_db_parse(const struct text_file *texts, size_t count, os_db_say *say, void *self,
		struct os_db **ret_db, struct diag *diag)
{
	struct os_db *db;
	int r;

	if ((r = check_size(texts, count, diag)) < 0)
		return r;
	db = alloc_zero(sizeof(*db));
	r = db ? os_db_fill(db, texts, count, say, self, diag) : ERROR_MEMORY;
	if (r < 0) {
		os_db_free(db);
		return r == ERROR_MEMORY ? diag_set(diag, r, "out of memory") : r;
	}
	*ret_db = db;
	return 0;
}

void os_db_free(struct os_db *db)
{
	if (!db)
		return;
	alloc_free(db->entries.all);
	alloc_free(db->classes.all);
	alloc_free(db->cpes.all);
	alloc_free(db->cells.all);
	alloc_free(db->row_ends.all);
	alloc_free(db->row_cells.all);
	alloc_free(db->files.all);
	arena_release(&db->strings);
	alloc_free(db);
}

size_t os_db_entries(const struct os_db *db)
{
	return db->entries.count;
}

struct os_entry os_db_entry(const struct os_db *db, size_t place)
{
	const struct os_print_entry *entry = &db->entries.all[place];

	return (struct os_entry){
		.name = entry->name,
		.file = db->files.all[entry->file],
		.line = entry->line,
		.classes = entry->classes ? &db->classes.all[entry->first_class] : NULL,
		.classes_count = entry->classes,
	};
}

size_t os_db_classes(const struct os_db *db)
{
	return db->classes.count;
}

size_t os_db_cpes(const struct os_db *db)
{
	return db->cpes.count;
}

size_t os_db_left_out(const struct os_db *db)
{
	return db->left_out;
}

size_t os_db_bytes(const struct os_db *db)
{
	return sizeof(*db) + db->strings_bytes + db->entries.room * sizeof(*db->entries.all) +
	       db->classes.room * sizeof(*db->classes.all) + db->cpes.room * sizeof(const char *) +
	       db->cells.room * sizeof(*db->cells.all) +
	       (db->row_ends.room + db->row_cells.room) * sizeof(uint32_t) +
	       db->files.room * sizeof(const char *);
}

unsigned os_db_points(const struct os_db *db, int attribute)
{
	return db->points[attribute];
}

const char *os_db_expression(const struct os_db *db, size_t place, int attribute)
{
	enum os_test test = os_attribute_test((enum os_attribute)attribute);
	uint32_t row = db->entries.all[place].rows[test], i = row ? db->row_ends.all[row - 1] : 0;

	for (; i < db->row_ends.all[row]; i++)
		if (db->cells.all[db->row_cells.all[i]].attribute == attribute)
			return db->cells.all[db->row_cells.all[i]].expression;
	return NULL;
}
