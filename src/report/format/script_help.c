#include "report/format/script_help.h"

#include "report/format/xml_text.h"

static void add_folder(struct buf *out, const char *name, const char *path)
{
	buf_add_str(out, "<directory");
	xml_add_attribute(out, "name", name);
	xml_add_attribute(out, "path", path);
	buf_add_str(out, "></directory>\n");
}

void script_help_xml_begin(struct buf *out, const char *scripts, const char *libraries)
{
	buf_add_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE nse-scripts>\n"
			 "<nse-scripts>\n");
	add_folder(out, "scripts", scripts);
	add_folder(out, "nselib", libraries);
}

void script_help_xml_add(struct buf *out, const char *path, const struct script_head *head)
{
	const char *const *category;

	buf_add_str(out, "<script");
	xml_add_attribute(out, "filename", path);
	buf_add_str(out, ">\n<categories>");
	for (category = head->categories; *category; category++) {
		buf_add_str(out, "<category>");
		xml_add_text(out, *category);
		buf_add_str(out, "</category>");
	}
	buf_add_str(out, "</categories>\n");
	if (head->description) {
		buf_add_str(out, "<description>");
		xml_add_text(out, head->description);
		buf_add_str(out, "</description>\n");
	}
	buf_add_str(out, "</script>\n");
}

void script_help_xml_end(struct buf *out)
{
	buf_add_str(out, "</nse-scripts>\n");
}
