/* The document of --script-help. */
#include "support.h"
#include "xml_check.h"

#include "report/format/script_help.h"

static void a_document_tells_folders_and_scripts(void **state)
{
	static const char *const categories[] = {"discovery", "a<b", NULL};
	const struct script_head full = {.categories = categories,
					 .description = "One & \"two\".\n"};
	const struct script_head none = {.categories = categories + 2};
	struct buf out = BUF_INIT;

	(void)state;
	script_help_xml_begin(&out, "/s/scripts/", "/s/nselib/");
	script_help_xml_add(&out, "/s/scripts/a.nse", &full);
	script_help_xml_add(&out, "./b.nse", &none);
	script_help_xml_end(&out);
	assert_string_equal(buf_str(&out),
			    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<!DOCTYPE nse-scripts>\n"
			    "<nse-scripts>\n"
			    "<directory name=\"scripts\" path=\"/s/scripts/\"></directory>\n"
			    "<directory name=\"nselib\" path=\"/s/nselib/\"></directory>\n"
			    "<script filename=\"/s/scripts/a.nse\">\n"
			    "<categories><category>discovery</category><category>a&lt;b</category>"
			    "</categories>\n"
			    "<description>One &amp; &quot;two&quot;.&#xa;</description>\n"
			    "</script>\n"
			    "<script filename=\"./b.nse\">\n"
			    "<categories></categories>\n"
			    "</script>\n"
			    "</nse-scripts>\n");
	assert_true(xml_is_well_formed(out.data, out.len, NULL));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_tells_folders_and_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
