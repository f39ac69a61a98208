#include "script/script_select.h"

#include "script/script_name.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/hash.h"

#include <string.h>

#define ELEMENT_BYTES_MAX 4096

struct element {
	const char *text; /* without the `+`, blanks behind it kept */
	bool forced;
	bool optional; /* may match nothing */
	bool used;
};

struct selecting {
	const struct script_folders *folders;
	struct script_selection *to;
	struct element *elements;
	size_t element_count, element_room;
	struct hash_map *ids; /* to the choice's index + 1 */
	struct diag *diag;
};

static int out_of_memory(struct selecting *all)
{
	return diag_set(all->diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
}

/* ---- elements ---- */

/* Room for one more; NULL: memory. */
static struct element *new_element(struct selecting *all)
{
	size_t room = all->element_room ? all->element_room * 2 : 8;
	struct element *grown;

	if (!all->elements || all->element_count == all->element_room) {
		grown = alloc_resize(all->elements, room, sizeof(*grown));
		if (!grown)
			return NULL;
		all->elements = grown;
		all->element_room = room;
	}
	return &all->elements[all->element_count];
}

static int add_element(struct selecting *all, const char *text, size_t bytes, bool optional)
{
	bool forced = bytes && *text == '+';
	struct element *element;

	if (bytes > ELEMENT_BYTES_MAX)
		return diag_set(all->diag, ERROR_LIMIT,
				"an element of --script is longer than %d bytes",
				ELEMENT_BYTES_MAX);
	element = new_element(all);
	if (!element)
		return out_of_memory(all);
	*element = (struct element){NULL, forced, optional, false};
	element->text = arena_strndup(&all->to->arena, text + forced, bytes - forced);
	if (!element->text)
		return out_of_memory(all);
	all->element_count++;
	return 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Blanks around go, and so does what is empty. */
static int add_trimmed(struct selecting *all, const char *at, const char *end)
{
	while (at < end && is_space(*at))
		at++;
	while (at < end && is_space(end[-1]))
		end--;
	if (at == end || (end - at == 1 && *at == '+'))
		return 0;
	return add_element(all, at, (size_t)(end - at), false);
}

static int add_value(struct selecting *all, const char *value)
{
	const char *comma;
	int r;

	for (;; value = comma + 1) {
		comma = strchrnul(value, ',');
		if ((r = add_trimmed(all, value, comma)) < 0)
			return r;
		if (!*comma)
			return 0;
	}
}

static int add_elements(struct selecting *all, const struct script_request *request)
{
	size_t i;
	int r = 0;

	for (i = 0; i < request->value_count && r == 0; i++)
		r = add_value(all, request->values[i]);
	if (r == 0 && request->standard && !request->value_count)
		r = add_element(all, "default", 7, false);
	if (r == 0 && request->version)
		r = add_element(all, "version", 7, true);
	return r;
}

/* ---- choices ---- */

static struct script_choice *new_choice(struct script_selection *to)
{
	struct script_choice *grown;
	size_t room = to->room ? to->room * 2 : 64;

	if (to->count == to->room) {
		grown = alloc_resize(to->all, room, sizeof(*grown));
		if (!grown)
			return NULL;
		to->all = grown;
		to->room = room;
	}
	return &to->all[to->count];
}

/* One file named twice is one script, chosen by the first. What the user names by its path goes
 * before our own of that id. */
static int choose_again(struct selecting *all, size_t known, const struct script_choice *choice)
{
	if (script_is_builtin(all->to->all[known].path)) {
		all->to->all[known] = *choice;
		return 0;
	}
	if (script_is_same_file(all->to->all[known].path, choice->path))
		return 0;
	return diag_set(all->diag, ERROR_EXISTS, "duplicate script ID: '%.200s'", choice->id);
}

static int choose(struct selecting *all, const struct script_choice *choice)
{
	size_t id_bytes = strlen(choice->id);
	uintptr_t known = (uintptr_t)hash_map_get(all->ids, choice->id, id_bytes);
	struct script_choice *made;

	if (known)
		return choose_again(all, known - 1, choice);
	made = new_choice(all->to);
	if (!made || hash_map_add(all->ids, choice->id, id_bytes,
				  (void *)(uintptr_t)(all->to->count + 1)) < 0)
		return out_of_memory(all);
	*made = *choice;
	all->to->count++;
	return 0;
}

/* All elements are asked, so that each is known to have matched. */
static int choose_entry(struct selecting *all, const struct script_entry *entry)
{
	struct script_choice choice = {entry, entry->path, entry->id, NULL, false, false};
	struct element *element;
	bool by_name;
	size_t i;

	for (i = 0; i < all->element_count; i++) {
		element = &all->elements[i];
		if (!script_element_matches(element->text, entry, &by_name))
			continue;
		element->used = true;
		if (choice.element)
			continue;
		choice.element = element->text;
		choice.forced = element->forced;
		choice.by_name = by_name;
	}
	return choice.element ? choose(all, &choice) : 0;
}

/* ---- files and folders ---- */

static int choose_file(struct selecting *all, const struct element *element, const char *path,
		       bool by_name)
{
	struct script_choice choice = {.element = element->text, .forced = element->forced};

	choice.by_name = by_name;
	choice.path = arena_strdup(&all->to->arena, path);
	choice.id = script_id_of(&all->to->arena, path);
	if (!choice.path || !choice.id)
		return out_of_memory(all);
	return choose(all, &choice);
}

static int choose_folder(struct selecting *all, const struct element *element, const char *folder)
{
	struct script_file_names names = {0};
	char *path;
	size_t i;
	int r = script_names_read(folder, &names, all->diag);

	for (i = 0; i < names.count && r == 0; i++) {
		path = alloc_printf("%s%s", folder, names.all[i]);
		r = path ? choose_file(all, element, path, false) : out_of_memory(all);
		alloc_free(path);
	}
	script_names_release(&names);
	return r;
}

/* What the folders, then the current one, have under this name; ERROR_NOT_FOUND. */
static int look_up(struct selecting *all, const char *name, enum script_kind *ret_kind,
		   char **ret_path)
{
	size_t i, count = *name == '/' ? 0 : all->folders->count;
	enum script_kind kind = SCRIPT_KIND_NONE;
	char *path = NULL;

	for (i = 0; i <= count && kind == SCRIPT_KIND_NONE; i++) {
		alloc_free(path);
		path = i < count ? alloc_printf("%s/%s", all->folders->all[i], name)
				 : alloc_strdup(name);
		if (!path)
			return out_of_memory(all);
		kind = script_kind_of(path);
	}
	*ret_kind = kind;
	*ret_path = path;
	return 0;
}

static int use_found(struct selecting *all, const struct element *element, enum script_kind kind,
		     const char *path)
{
	switch (kind) {
	case SCRIPT_KIND_FILE:
		return choose_file(all, element, path, true);
	case SCRIPT_KIND_FOLDER:
		return choose_folder(all, element, path);
	case SCRIPT_KIND_BARE_FOLDER:
		return diag_set(all->diag, ERROR_NOT_FOUND,
				"directory '%.400s' found, but will not match without '/'", path);
	case SCRIPT_KIND_NONE:
		break;
	}
	return diag_set(all->diag, ERROR_NOT_FOUND,
			"'%.400s' did not match a category, filename, or directory", element->text);
}

/* A file goes first, then one with ".nse" behind, then a folder. */
static int choose_named(struct selecting *all, const struct element *element)
{
	enum script_kind kind = SCRIPT_KIND_NONE, other = SCRIPT_KIND_NONE;
	char *path = NULL, *longer = NULL, *longer_path = NULL;
	int r = look_up(all, element->text, &kind, &path);

	if (r == 0 && kind != SCRIPT_KIND_FILE) {
		longer = alloc_printf("%s.nse", element->text);
		r = longer ? look_up(all, longer, &other, &longer_path) : out_of_memory(all);
	}
	if (r == 0 && other == SCRIPT_KIND_FILE)
		r = choose_file(all, element, longer_path, true);
	else if (r == 0)
		r = use_found(all, element, kind, path);
	alloc_free(longer_path);
	alloc_free(longer);
	alloc_free(path);
	return r;
}

static int choose_all(struct selecting *all, const struct script_entries *entries)
{
	size_t i;
	int r = 0;

	for (i = 0; i < entries->count && r == 0; i++)
		r = choose_entry(all, &entries->all[i]);
	for (i = 0; i < all->element_count && r == 0; i++)
		if (!all->elements[i].used && !all->elements[i].optional)
			r = choose_named(all, &all->elements[i]);
	return r;
}

int script_select(const struct script_request *request, const struct script_entries *entries,
		  const struct script_folders *folders, struct script_selection *ret_selection,
		  struct diag *diag)
{
	struct script_selection selection = SCRIPT_SELECTION_INIT;
	struct selecting all = {.folders = folders, .to = &selection, .diag = diag};
	int r;

	all.ids = hash_map_new((struct hash_key){0, 0});
	r = all.ids ? add_elements(&all, request) : out_of_memory(&all);
	if (r == 0)
		r = choose_all(&all, entries);
	hash_map_free(all.ids);
	alloc_free(all.elements);
	if (r < 0)
		script_selection_release(&selection);
	else
		*ret_selection = selection;
	return r;
}

void script_selection_release(struct script_selection *selection)
{
	arena_release(&selection->arena);
	alloc_free(selection->all);
	*selection = (struct script_selection)SCRIPT_SELECTION_INIT;
}
