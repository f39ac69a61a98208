/* Loading what was chosen. */
#include "script/script_builtin.h"
#include "script/script_name.h"
#include "script/trees_impl.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

struct loading {
	struct script_trees *trees;
	struct script_machine *machine;
	const struct script_quota *quota;
	void (*skipped)(void *self, const char *path);
	void *self;
	struct script_set set;
	struct diag *diag;
};

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
}

/* The traceback is for those who look for a mistake in the script. */
static int failed(const struct loading *in, const char *path, char *text)
{
	char *traceback = strstr(text, "\nstack traceback:");

	if (traceback && !in->trees->debugging)
		*traceback = '\0';
	(void)diag_set(in->diag, ERROR_SYNTAX, "Failed to load %.200s:\n%.420s", path, text);
	alloc_free(text);
	return ERROR_SYNTAX;
}

static void warn_of_name(const struct loading *in, const char *path)
{
	size_t bytes = strlen(path);
	char *text;

	if (!in->trees->warn || (bytes > 4 && !strcmp(path + bytes - 4, ".nse")))
		return;
	text = alloc_printf("'%s' is loaded as a script; the recommended file extension is .nse",
			    path);
	if (text)
		in->trees->warn(in->trees->warn_self, text);
	alloc_free(text);
}

static int load_text(struct loading *in, const struct script_choice *choice,
		     const struct text_file *file)
{
	struct script *script;
	char *text;
	int r;

	if (script_machine_place(in->machine, file->name, script_trees_of(in->trees, file->name)) <
	    0)
		return out_of_memory(in->diag);
	r = script_load(in->machine, file, in->quota, NULL, &script, &text);
	if (r == 0) {
		in->set.choices[in->set.count] = *choice;
		in->set.all[in->set.count++] = script;
		return 0;
	}
	if (r == ERROR_UNSUPPORTED) {
		if (in->skipped)
			in->skipped(in->self, file->name);
		return 0;
	}
	return r == ERROR_SYNTAX ? failed(in, file->name, text) : out_of_memory(in->diag);
}

static int load_file(struct loading *in, const struct script_choice *choice)
{
	struct buf text = BUF_INIT;
	int r = file_read(choice->path, SCRIPT_FILE_BYTES_MAX, &text, in->diag);
	struct text_file file = {choice->path, buf_str(&text), text.len};

	warn_of_name(in, choice->path);
	if (r == 0)
		r = load_text(in, choice, &file);
	buf_release(&text);
	return r;
}

static int load_choice(struct loading *in, const struct script_choice *choice)
{
	const struct text_file *ours = script_builtin_script(choice->path);
	struct text_file file;

	if (!ours)
		return load_file(in, choice);
	file = (struct text_file){choice->path, ours->text, ours->bytes};
	return load_text(in, choice, &file);
}

static int set_levels(const struct loading *in)
{
	char *text = NULL;
	int r = script_set_levels(in->set.all, in->set.count, &text);

	if (r == ERROR_CONFLICT && text)
		(void)diag_set(in->diag, r, "%s", text);
	else if (r < 0)
		(void)out_of_memory(in->diag);
	alloc_free(text);
	return r;
}

static int load_all(struct loading *in, const struct script_selection *selection)
{
	size_t i;
	int r = 0;

	in->set.all = alloc_array(selection->count + 1, sizeof(*in->set.all));
	in->set.choices = alloc_array(selection->count + 1, sizeof(*in->set.choices));
	if (!in->set.all || !in->set.choices)
		return out_of_memory(in->diag);
	for (i = 0; i < selection->count && r == 0; i++)
		r = load_choice(in, &selection->all[i]);
	return r < 0 ? r : set_levels(in);
}

int script_set_load(struct script_trees *trees, struct script_machine *machine,
		    const struct script_selection *selection, const struct script_quota *quota,
		    void (*skipped)(void *self, const char *path), void *self,
		    struct script_set *ret_set, struct diag *diag)
{
	struct loading in = {.trees = trees,
			     .machine = machine,
			     .quota = quota,
			     .skipped = skipped,
			     .self = self,
			     .diag = diag};
	int r = load_all(&in, selection);

	if (r < 0)
		script_set_release(machine, &in.set);
	else
		*ret_set = in.set;
	return r;
}

void script_set_release(struct script_machine *machine, struct script_set *set)
{
	while (set->count)
		script_free(machine, set->all[--set->count]);
	alloc_free(set->all);
	alloc_free(set->choices);
	*set = (struct script_set){0};
}
