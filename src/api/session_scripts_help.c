/* --script-help and --script-updatedb: no scan, but the same scripts. */
#include "api/session_scripts.h"

#include "report/format/script_help.h"
#include "script/script_help.h"
#include "script/script_index.h"
#include "util/error.h"

#include <string.h>

struct chosen {
	struct script_trees *trees;
	struct script_selection selection;
};

static int choose(struct chosen *chosen, const struct plan *plan, struct diag *diag)
{
	int r = script_trees_open(&plan->scripts, NULL, &chosen->trees, diag);

	if (r == 0)
		r = script_trees_choose(chosen->trees, &plan->scripts, &chosen->selection, diag);
	return r;
}

static void release(struct chosen *chosen)
{
	script_selection_release(&chosen->selection);
	script_trees_close(chosen->trees);
}

/* Each script's head, into `text` and the document `xml`. */
static int describe(struct chosen *chosen, struct buf *text, struct buf *xml, struct diag *diag)
{
	size_t i;

	for (i = 0; i < chosen->selection.count; i++) {
		const struct script_choice *choice = &chosen->selection.all[i];
		const struct script_head *head;
		int r = script_trees_head(chosen->trees, choice, &head, diag);

		if (r < 0)
			return r;
		script_help_add(text, choice->id, head);
		script_help_xml_add(xml, choice->path, head);
	}
	return 0;
}

/* Where it is not on the screen. */
static int write_file(const struct plan_file *file, const struct out_owner *owner, bool append,
		      const struct buf *document, struct diag *diag)
{
	struct out *out = NULL;
	int r = out_open_file(file->path, append, owner, &out, diag);

	if (r < 0)
		return r;
	out_write_buf(out, document);
	return out_close(out, diag);
}

static int write_files(const struct plan *plan, const struct out_owner *owner,
		       const struct buf *text, const struct buf *xml, struct buf *screen,
		       struct diag *diag)
{
	const struct plan_output *output = &plan->output;
	bool screen_taken = false;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < output->files_count; i++) {
		const struct plan_file *file = &output->files[i];
		const struct buf *document = !strcmp(file->format, "xml")      ? xml
					     : !strcmp(file->format, "normal") ? text
									       : NULL;

		if (!strcmp(file->path, "-")) {
			screen_taken = true;
			if (document)
				buf_add(screen, document->data, document->len);
		} else if (document) {
			r = write_file(file, owner, output->append, document, diag);
		}
	}
	if (!screen_taken)
		buf_add(screen, text->data, text->len);
	return r;
}

int session_scripts_help(const struct plan *plan, const struct out_owner *owner, struct buf *out,
			 struct diag *diag)
{
	struct chosen chosen = {.selection = SCRIPT_SELECTION_INIT};
	struct buf text = BUF_INIT, xml = BUF_INIT;
	char scripts[4096] = "", libraries[4096] = "";
	int r;

	if (plan->scripts.folders_count) {
		snprintf(scripts, sizeof(scripts), "%s/scripts", plan->scripts.folders[0]);
		snprintf(libraries, sizeof(libraries), "%s/nselib", plan->scripts.folders[0]);
	}
	script_help_xml_begin(&xml, scripts, libraries);
	r = choose(&chosen, plan, diag);
	if (r == 0)
		r = describe(&chosen, &text, &xml, diag);
	script_help_xml_end(&xml);
	if (r == 0 && (!buf_ok(&text) || !buf_ok(&xml)))
		r = diag_set(diag, ERROR_MEMORY, "out of memory");
	if (r == 0)
		r = write_files(plan, owner, &text, &xml, out, diag);
	buf_release(&text);
	buf_release(&xml);
	release(&chosen);
	return r;
}

int session_scripts_update_db(const struct plan *plan, struct buf *out, struct diag *diag)
{
	char folder[4096];
	int r;

	if (!plan->scripts.datadir)
		return diag_set(diag, ERROR_USAGE,
				"--script-updatedb writes the list of the scripts in a folder of "
				"yours: name it with --datadir (our own scripts are compiled in)");
	snprintf(folder, sizeof(folder), "%s/scripts", plan->scripts.datadir);
	buf_add_str(out, "NSE: Updating rule database.\n");
	r = script_index_update_db(folder, diag);
	if (r == 0)
		buf_add_str(out, "NSE: Script Database updated successfully.\n");
	return r;
}
