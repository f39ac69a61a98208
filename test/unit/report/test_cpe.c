/* The rules are those of NISTIR 7695: URIs are unbound as in 6.1.3, formatted
 * strings bound as in 6.2.2. The longer names are of the kinds its examples have. */
#include "support.h"

#include "report/cpe.h"

#include <string.h>

static void assert_binds(const char *uri, const char *expected)
{
	struct buf out = BUF_INIT;

	buf_add_str(&out, "before ");
	if (cpe_add_formatted(&out, uri) != (expected != NULL))
		fail_msg("%s: %s", uri, buf_str(&out));
	if (expected && strcmp(buf_str(&out) + 7, expected) != 0)
		fail_msg("%s:\n%s, not\n%s", uri, buf_str(&out) + 7, expected);
	if (!expected)
		assert_string_equal(buf_str(&out), "before ");
	buf_release(&out);
}

static void components_become_attributes(void **state)
{
	assert_binds("cpe:/a:openbsd:openssh:9.2p1",
		     "cpe:2.3:a:openbsd:openssh:9.2p1:*:*:*:*:*:*:*");
	assert_binds("cpe:/o:linux:linux_kernel:5", "cpe:2.3:o:linux:linux_kernel:5:*:*:*:*:*:*:*");
	assert_binds("cpe:/h:cisco", "cpe:2.3:h:cisco:*:*:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:p:1.0:u1:ed:en-us", "cpe:2.3:a:v:p:1.0:u1:ed:en-us:*:*:*:*");
}

static void any_and_na_are_told_apart(void **state)
{
	assert_binds("cpe:/a:v::1:-", "cpe:2.3:a:v:*:1:-:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:%2d", "cpe:2.3:a:v:\\-:*:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:a-b", "cpe:2.3:a:v:a-b:*:*:*:*:*:*:*:*");
}

static void punctuation_is_escaped_but_for_three(void **state)
{
	assert_binds("cpe:/a:foo%5cbar:big%24money_2010%07",
		     NULL); /* %07 is no character that a name may have */
	assert_binds("cpe:/a:foo%5cbar:big%24money_2010",
		     "cpe:2.3:a:foo\\\\bar:big\\$money_2010:*:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:c%2b%2b:1.0", "cpe:2.3:a:v:c\\+\\+:1.0:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:c++", "cpe:2.3:a:v:c\\+\\+:*:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:a%3ab%3Ac", "cpe:2.3:a:v:a\\:b\\:c:*:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:a~b*?", "cpe:2.3:a:v:a\\~b\\*\\?:*:*:*:*:*:*:*:*");
}

static void wildcards_are_bare_and_at_the_ends(void **state)
{
	assert_binds("cpe:/a:v:p:8.%02", "cpe:2.3:a:v:p:8.*:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:p:%018.%01%01", "cpe:2.3:a:v:p:?8.??:*:*:*:*:*:*:*");
	assert_binds("cpe:/a:v:p:8%02.1", NULL);
}

static void a_packed_edition_is_unpacked(void **state)
{
	assert_binds("cpe:/a:hp:insight:7.4.0.1570:-:~~online~win2003~x64~",
		     "cpe:2.3:a:hp:insight:7.4.0.1570:-:*:*:online:win2003:x64:*");
	assert_binds("cpe:/a:v:p:1::~e~s~t~h~o:de", "cpe:2.3:a:v:p:1:*:e:de:s:t:h:o");
	assert_binds("cpe:/a:v:p:1::~e~s~t~h~o~more", NULL);
}

static void letters_are_small(void **state)
{
	assert_binds("cpe:/A:Vendor:Some_Product:%41",
		     "cpe:2.3:a:vendor:some_product:a:*:*:*:*:*:*:*");
}

static void what_is_no_name_is_refused(void **state)
{
	assert_binds("", NULL);
	assert_binds("cpe:/", NULL);
	assert_binds("cpe:/x:v:p", NULL);
	assert_binds("cpe:2.3:a:v:p:*:*:*:*:*:*:*:*", NULL);
	assert_binds("cpe:/a:v:p:1:2:3:4:5", NULL);
	assert_binds("cpe:/a:v:p q", NULL);
	assert_binds("cpe:/a:v:p\xc3\xa9", NULL);
	assert_binds("cpe:/a:v:%", NULL);
	assert_binds("cpe:/a:v:%4", NULL);
	assert_binds("cpe:/a:v:%4:x", NULL);
	assert_binds("cpe:/a:v:%g1", NULL);
	assert_binds("cpe:/a:v:%00", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(components_become_attributes),
		cmocka_unit_test(any_and_na_are_told_apart),
		cmocka_unit_test(punctuation_is_escaped_but_for_three),
		cmocka_unit_test(wildcards_are_bare_and_at_the_ends),
		cmocka_unit_test(a_packed_edition_is_unpacked),
		cmocka_unit_test(letters_are_small),
		cmocka_unit_test(what_is_no_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
