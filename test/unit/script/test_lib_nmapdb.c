/* nmapdb: names of ports, protocols and vendors. */
#include "lua_snippets.h"
#include "support.h"

#include "detect/vendor/vendors.h"
#include "net/services.h"
#include "script/lib_nmapdb.h"

#include <string.h>

static struct snippet_memory memory;
static lua_State *lua;
static struct services *services;
static struct vendors *vendors;
static struct lib_nmapdb_tables tables;

static int open_state(void **state)
{
	static const char names[] = "first 7/tcp\nsecond 7/udp\nthird 7/sctp\nlast 65535/tcp\n";
	static const char makers[] = "00A0C9 Old Cards\n00A0C91 Newer Cards\n";
	struct diag diag = {0};

	lua = snippet_state(&memory);
	assert_int_equal(services_parse(names, strlen(names), &services, &diag), 0);
	assert_int_equal(vendors_parse(makers, strlen(makers), &vendors, &diag), 0);
	tables = (struct lib_nmapdb_tables){services, vendors};
	lib_nmapdb_set_tables(lua, &tables);
	return 0;
}

static int close_state(void **state)
{
	lua_close(lua);
	services_free(services);
	vendors_free(vendors);
	return memory.bytes ? -1 : 0;
}

static void ports_have_names(void **state)
{
	snippet_run(lua, "local f = nmapdb.getservbyport\n"
			 "same({f(7, 'tcp'), f(7, 'udp'), f(7, 'sctp'), f(65535, 'tcp')},\n"
			 "  {'first', 'second', 'third', 'last'})\n"
			 "same(table.pack(f(8, 'tcp')), {n = 1, nil}) same(f(0, 'tcp'), nil)\n"
			 "raises('Port number out of range', f, 65536, 'tcp')\n"
			 "raises('Port number out of range', f, -1, 'tcp')\n"
			 "raises('Port number out of range', f, (1 << 32) + 7, 'tcp')\n"
			 "raises(\"bad argument #2 to 'getservbyport' (invalid option 'icmp')\",\n"
			 "  function() nmapdb.getservbyport(7, 'icmp') end)\n"
			 "assert(not pcall(f, 7))\n");
}

static void protocols_have_names(void **state)
{
	snippet_run(
		lua,
		"same({nmapdb.getprotbynum(1), nmapdb.getprotbynum(6)}, {'icmp', 'tcp'})\n"
		"same({nmapdb.getprotbyname('udp'), nmapdb.getprotbyname('TCP')}, {17, 6})\n"
		"same(math.type(nmapdb.getprotbyname('udp')), 'integer')\n"
		"same(table.pack(nmapdb.getprotbynum(256)), {n = 1, nil})\n"
		"same(nmapdb.getprotbynum(-1), nil) same(nmapdb.getprotbynum((1 << 32) + 6), nil)\n"
		"same(table.pack(nmapdb.getprotbyname('none such')), {n = 1, nil})\n");
}

static void vendors_are_found_by_bytes_or_digits(void **state)
{
	snippet_run(lua, "local f = nmapdb.mac2corp\n"
			 "for _, mac in ipairs { '\\0\\xa0\\xc9\\0\\0\\1', '00a0c9000001', "
			 "'00:A0:C9:00:00:01' } do\n"
			 "  same(f(mac), 'Old Cards')\n"
			 "end\n"
			 "same(f('00a0c9100001'), 'Newer Cards')\n"
			 "same(table.pack(f('ffffffffffff')), {n = 1, nil})\n"
			 "local text = 'Expected a 6-byte MAC address'\n"
			 "for _, mac in ipairs { '', '12345', '1234567', '00a0c900000', "
			 "'00a0c90000012', 'zz:A0:C9:00:00:01',\n"
			 "  '00-A0-C9-00-00-01', '00a0c9000001\\0', '00:A0:C9:00:00:01:' } do "
			 "raises(text, f, mac) end\n");
}

static void without_tables_nothing_has_a_name_but_vendors(void **state)
{
	lib_nmapdb_set_tables(lua, NULL);
	snippet_run(lua,
		    "same(nmapdb.getservbyport(7, 'tcp'), nil) same(nmapdb.getprotbynum(6), nil)\n"
		    "same(nmapdb.getprotbyname('tcp'), nil)\n"
		    "assert(nmapdb.mac2corp('00000c000000') ~= 'Old Cards')\n");
}

static void short_memory_is_an_error(void **state)
{
	snippet_run_short_of_memory(
		"pcall(nmapdb.mac2corp, '1') local ok, e = pcall(nmapdb.mac2corp, 'x')\n"
		"nmapdb.mac2corp('00000c000000') return e:find('Expected') ~= nil");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ports_have_names, open_state, close_state),
		cmocka_unit_test_setup_teardown(protocols_have_names, open_state, close_state),
		cmocka_unit_test_setup_teardown(vendors_are_found_by_bytes_or_digits, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(without_tables_nothing_has_a_name_but_vendors,
						open_state, close_state),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
