/* Tables and database become one thing that judgements can be made with. */
#include "detect/os/os_evidence_private.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

/* data/os/NAME.tsv, compiled in (tools/embed). */
extern const unsigned char builtin_systems_tsv[], builtin_fusion_tsv[], builtin_syn_ack_tsv[],
	builtin_words_tsv[];
extern const size_t builtin_systems_tsv_bytes, builtin_fusion_tsv_bytes, builtin_syn_ack_tsv_bytes,
	builtin_words_tsv_bytes;

static struct text_file or_builtin(struct text_file given, const char *name, const void *text,
				   size_t bytes)
{
	return given.text ? given : (struct text_file){name, text, bytes};
}

static int open_table(struct os_evidence *evidence, struct text_file text,
		      struct os_table *ret_table)
{
	return os_table_open(&evidence->arena, text.name, text.text, text.bytes, ret_table);
}

/* In this order: rows name systems. */
static int parse_tables(struct os_evidence *evidence, const struct os_evidence_texts *texts,
			struct diag *diag)
{
	const struct text_file systems = or_builtin(texts->systems, "systems.tsv",
						    builtin_systems_tsv, builtin_systems_tsv_bytes);
	const struct text_file fusion = or_builtin(texts->fusion, "fusion.tsv", builtin_fusion_tsv,
						   builtin_fusion_tsv_bytes);
	const struct text_file stacks = or_builtin(texts->stacks, "syn-ack.tsv",
						   builtin_syn_ack_tsv, builtin_syn_ack_tsv_bytes);
	const struct text_file words =
		or_builtin(texts->words, "words.tsv", builtin_words_tsv, builtin_words_tsv_bytes);
	struct os_table table;
	int r;

	if ((r = open_table(evidence, systems, &table)) < 0 ||
	    (r = os_systems_parse(&table, &evidence->systems, diag)) < 0 ||
	    (r = open_table(evidence, fusion, &table)) < 0 ||
	    (r = os_fusion_parse(&table, &evidence->fusion, diag)) < 0 ||
	    (r = open_table(evidence, stacks, &table)) < 0 ||
	    (r = os_stacks_parse(&table, evidence, diag)) < 0 ||
	    (r = open_table(evidence, words, &table)) < 0)
		return r;
	return os_words_parse(&table, evidence, diag);
}

/* What an entry is of, by all of its classes: several generations may share a print. */
static uint64_t systems_of(const struct os_evidence *evidence, const struct os_entry *entry)
{
	uint64_t systems = 0;
	size_t i;

	for (i = 0; i < entry->classes_count; i++)
		systems |= UINT64_C(1)
			   << os_systems_of_class(&evidence->systems, &entry->classes[i]);
	return systems ? systems : evidence->systems.all[evidence->systems.other].mask;
}

static int sort_entries(struct os_evidence *evidence, const struct os_db *db)
{
	size_t count = os_db_entries(db), i;

	evidence->entry_systems =
		arena_alloc(&evidence->arena, count * sizeof(*evidence->entry_systems) + 1);
	if (!evidence->entry_systems)
		return ERROR_MEMORY;
	for (i = 0; i < count; i++) {
		const struct os_entry entry = os_db_entry(db, i);

		evidence->entry_systems[i] = systems_of(evidence, &entry);
	}
	return 0;
}

int os_evidence_parse(const struct os_evidence_texts *texts, const struct os_db *db,
		      struct os_evidence **ret_evidence, struct diag *diag)
{
	struct os_evidence *evidence = alloc_zero(sizeof(*evidence));
	int r = evidence ? 0 : ERROR_MEMORY;

	if (r == 0)
		r = parse_tables(evidence, texts, diag);
	if (r == 0 && db)
		r = sort_entries(evidence, db);
	if (r < 0) {
		os_evidence_free(evidence);
		return r;
	}
	evidence->db = db;
	*ret_evidence = evidence;
	return 0;
}

int os_evidence_new(const struct os_db *db, struct os_evidence **ret_evidence)
{
	static const struct os_evidence_texts compiled_in;

	return os_evidence_parse(&compiled_in, db, ret_evidence, NULL);
}

void os_evidence_free(struct os_evidence *evidence)
{
	if (!evidence)
		return;
	arena_release(&evidence->arena);
	alloc_free(evidence);
}
