/* From matches to classes, and from classes to the few words of a report. */
#include "detect/os/os_match.h"
#include "util/buf.h"
#include "util/error.h"

#include <string.h>

/* Texts of one database are one pointer when they are equal. */
static bool same_class(const struct os_class *a, const struct os_class *b)
{
	return a->vendor == b->vendor && a->family == b->family && a->type == b->type &&
	       a->generation == b->generation;
}

/* False: there is no room for it. */
static bool add_class(struct os_class_match *classes, size_t *count, const struct os_class *found,
		      double accuracy)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (same_class(classes[i].found, found))
			return true;
	if (*count == OS_MATCHES_MAX)
		return false;
	classes[(*count)++] = (struct os_class_match){found, accuracy};
	return true;
}

size_t os_match_classes(const struct os_db *db, const struct os_matches *matches,
			struct os_class_match ret_classes[OS_MATCHES_MAX])
{
	size_t most = matches->perfect ? matches->perfect : matches->count, count = 0, i, k;

	if (matches->result == OS_MATCH_TOO_MANY)
		return 0;
	for (i = 0; i < most; i++) {
		struct os_entry entry = os_db_entry(db, matches->list[i].entry);

		for (k = 0; k < entry.classes_count; k++)
			if (!add_class(ret_classes, &count, &entry.classes[k],
				       matches->list[i].accuracy))
				return 0;
	}
	return count;
}

/* A family as it is put together: its generations grow. */
struct family {
	const char *vendor, *family;
	double accuracy;
	struct buf generations; /* "2.6.X|3.X" */
};

struct draft {
	struct os_summary summary;
	struct family families[OS_SUMMARY_MAX];
	bool overflow;
};

static void add_word(struct draft *draft, const char **words, size_t *count, const char *word)
{
	size_t i;

	for (i = 0; i < *count; i++)
		if (strcmp(words[i], word) == 0)
			return;
	if (*count == OS_SUMMARY_MAX)
		draft->overflow = true;
	else
		words[(*count)++] = word;
}

static struct family *find_family(struct draft *draft, const struct os_class_match *match)
{
	size_t count = draft->summary.running_count, i;

	for (i = 0; i < count; i++)
		if (draft->families[i].vendor == match->found->vendor &&
		    draft->families[i].family == match->found->family)
			return &draft->families[i];
	if (count == OS_SUMMARY_MAX) {
		draft->overflow = true;
		return NULL;
	}
	draft->summary.running_count++;
	draft->families[count].vendor = match->found->vendor;
	draft->families[count].family = match->found->family;
	draft->families[count].accuracy = match->accuracy;
	return &draft->families[count];
}

static void add_generation(struct family *family, const char *generation)
{
	if (!generation || strstr(buf_str(&family->generations), generation))
		return;
	if (family->generations.len)
		buf_add_char(&family->generations, '|');
	buf_add_str(&family->generations, generation);
}

static void add_match(struct draft *draft, const struct os_class_match *match)
{
	struct family *family = find_family(draft, match);
	size_t i;

	if (family)
		add_generation(family, match->found->generation);
	add_word(draft, draft->summary.types, &draft->summary.types_count, match->found->type);
	for (i = 0; i < match->found->cpes_count; i++)
		add_word(draft, draft->summary.cpes, &draft->summary.cpes_count,
			 match->found->cpes[i]);
}

static void add_matches(struct draft *draft, const struct os_class_match *classes, size_t count,
			bool guess)
{
	size_t i;

	for (i = 0; i < count && !draft->overflow; i++) {
		bool perfect = classes[i].accuracy == 1;

		if ((!perfect && (!guess || i >= OS_GUESSES_MAX)) ||
		    classes[i].accuracy <= classes[0].accuracy - OS_GUESS_SPAN)
			return;
		add_match(draft, &classes[i]);
	}
}

static const char *family_name(struct family *family, struct arena *arena)
{
	bool same = strcmp(family->vendor, family->family) == 0;
	struct buf name = BUF_INIT;
	const char *text;

	buf_addf(&name, "%s%s%s", same ? "" : family->vendor, same ? "" : " ", family->family);
	if (family->generations.len)
		buf_addf(&name, " %s", buf_str(&family->generations));
	text = buf_ok(&name) && buf_ok(&family->generations) ? arena_strdup(arena, buf_str(&name))
							     : NULL;
	buf_release(&name);
	return text;
}

static int name_families(struct draft *draft, size_t perfect_classes, struct arena *arena)
{
	size_t i;

	for (i = 0; i < draft->summary.running_count; i++) {
		struct os_running *running = &draft->summary.running[i];

		running->percent = os_match_percent(draft->families[i].accuracy);
		running->certain = i < perfect_classes;
		if (!(running->name = family_name(&draft->families[i], arena)))
			return ERROR_MEMORY;
	}
	return 0;
}

int os_match_summary(const struct os_db *db, const struct os_matches *matches, bool guess,
		     struct arena *arena, struct os_summary *ret_summary)
{
	struct os_class_match classes[OS_MATCHES_MAX];
	struct draft draft = {.summary = {.guessing = matches->perfect == 0}};
	size_t count = os_match_classes(db, matches, classes), i;
	int r = 0;

	add_matches(&draft, classes, count, guess);
	if (!draft.overflow)
		r = name_families(&draft, matches->perfect ? count : 0, arena);
	if (r == 0 && draft.overflow)
		*ret_summary = (struct os_summary){.guessing = matches->perfect == 0};
	else if (r == 0)
		*ret_summary = draft.summary;
	for (i = 0; i < OS_SUMMARY_MAX; i++)
		buf_release(&draft.families[i].generations);
	return r;
}
