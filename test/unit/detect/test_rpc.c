/* RPC programs: their names, the calls that tell them apart, and a whole grind on a
 * simulated network. */
#include "service_world.h"

#include "detect/service/rpc_grind.h"
#include "util/error.h"

#include <string.h>

static void both_orders_of_a_line_are_read(void **state)
{
	static const char text[] =
		"# names\n100003\tnfs\tnfsprog\nmountd 100005 mount showmount\n\n"
		"nonsense\n7 a\xa1\n8 \x01\n99999999999 big\nx y\n100000 portmapper # 2\n";
	struct rpc_programs *programs = NULL;

	(void)state;
	assert_int_equal(rpc_programs_parse(text, sizeof(text) - 1, &programs), 0);
	assert_int_equal(rpc_programs_count(programs), 3);
	assert_int_equal(rpc_programs_at(programs, 0)->number, 100003);
	assert_string_equal(rpc_programs_at(programs, 0)->name, "nfs");
	assert_int_equal(rpc_programs_at(programs, 1)->number, 100005);
	assert_string_equal(rpc_programs_at(programs, 1)->name, "mountd");
	assert_string_equal(rpc_programs_at(programs, 2)->name, "portmapper");
	rpc_programs_free(programs);
}

static void the_compiled_in_names_are_many_and_unique(void **state)
{
	struct rpc_programs *programs = NULL;
	size_t i, j;

	(void)state;
	assert_int_equal(rpc_programs_builtin(&programs), 0);
	assert_true(rpc_programs_count(programs) >= 100);
	for (i = 0; i < rpc_programs_count(programs); i++)
		for (j = 0; j < i; j++)
			assert_int_not_equal(rpc_programs_at(programs, i)->number,
					     rpc_programs_at(programs, j)->number);
	rpc_programs_free(programs);
}

static int parse_names(void *self)
{
	struct rpc_programs *programs = NULL;
	int r = rpc_programs_parse(self, strlen(self), &programs);

	rpc_programs_free(programs);
	return r;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	support_each_allocation_fails(parse_names, "1 a\n2 b\n3 c\n", 50);
}

#define ACCEPTED "\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0"

static void a_reply_tells_the_versions(void **state)
{
	static const char mismatch[] = "abcd" ACCEPTED "\0\0\0\2\0\0\0\2\0\0\0\4";
	struct rpc_reply reply;
	size_t bytes;

	(void)state;
	assert_true(rpc_reply_parse((const uint8_t *)mismatch, 32, &reply));
	assert_int_equal(reply.xid, 0x61626364);
	assert_int_equal(reply.state, 2);
	assert_int_equal(reply.low, 2);
	assert_int_equal(reply.high, 4);
	for (bytes = 0; bytes < 32; bytes++)
		assert_false(rpc_reply_parse((const uint8_t *)mismatch, bytes, &reply));
}

static void what_is_no_accepted_reply_is_none(void **state)
{
	static const char call[] = "abcd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1";
	static const char denied[] = "abcd\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1";
	static const char huge_verf[] = "abcd\0\0\0\1\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\1";
	static const char backwards[] = "abcd" ACCEPTED "\0\0\0\2\0\0\0\4\0\0\0\2";
	struct rpc_reply reply;

	(void)state;
	assert_false(rpc_reply_parse((const uint8_t *)call, sizeof(call) - 1, &reply));
	assert_false(rpc_reply_parse((const uint8_t *)denied, sizeof(denied) - 1, &reply));
	assert_false(rpc_reply_parse((const uint8_t *)huge_verf, sizeof(huge_verf) - 1, &reply));
	assert_false(rpc_reply_parse((const uint8_t *)backwards, sizeof(backwards) - 1, &reply));
}

#define RPC_SIGNATURES                                     \
	"Probe TCP NULL q||\ntotalwaitms 6000\n"           \
	"Probe TCP Check q|RPC?|\nrarity 1\nports 2049\n"  \
	"match rpcbind m|^RPC!|\n"                         \
	"Probe UDP UCheck q|RPC?|\nrarity 1\nports 2049\n" \
	"match rpcbind m|^RPC!|\n"

#define REPLY_TO(mark, n, rest) mark "\x50\x54\0" n ACCEPTED rest

/* A server of program 7: to the calls of the others it says that it has them not. */
static const struct flow_sim_reply stream[] = {
	{.begins = "RPC?", .send = "RPC!"},
	{.send = REPLY_TO("\x80\0\0\x18", "\0", "\0\0\0\1")
		 REPLY_TO("\x80\0\0\x20", "\1", "\0\0\0\2\0\0\0\3\0\0\0\4"),
	 .send_bytes = 28 + 36},
};

static void a_port_of_a_program_is_named_by_it(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 2049, .last = 2049, .replies = stream, .replies_count = 2},
	};
	static const char names[] = "6 six\n7 seven\n8 eight\n";
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_BEST, RPC_SIGNATURES, servers, 1, 1);
	assert_int_equal(rpc_programs_parse(names, sizeof(names) - 1, &world.programs), 0);
	service_world_port(&world, TRANSPORT_TCP, 2049, PORT_OPEN);
	service_world_run(&world);
	assert_string_equal(world.facts[0].name, "seven");
	assert_string_equal(world.facts[0].version, "3-4");
	assert_string_equal(world.facts[0].extrainfo, "RPC #7");
	service_world_release(&world);
}

static void a_port_of_no_known_program_keeps_its_name(void **state)
{
	static const struct flow_sim_reply none[] = {{.begins = "RPC?", .send = "RPC!"}};
	static const struct flow_sim_port servers[] = {
		{.first = 2049, .last = 2049, .replies = none, .replies_count = 1},
		{.first = 2049,
		 .last = 2049,
		 .transport = TRANSPORT_UDP,
		 .replies = none,
		 .replies_count = 1},
	};
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_BEST, RPC_SIGNATURES, servers, 2, 1);
	assert_int_equal(rpc_programs_builtin(&world.programs), 0);
	service_world_port(&world, TRANSPORT_TCP, 2049, PORT_OPEN);
	service_world_run(&world);
	assert_string_equal(world.facts[0].name, "rpcbind");
	assert_true(world.facts[0].at_ns < 25 * NS_PER_S);
	service_world_release(&world);

	service_world_init(&world, MANNER_BEST, RPC_SIGNATURES, servers, 2, 1);
	assert_int_equal(rpc_programs_builtin(&world.programs), 0);
	service_world_port(&world, TRANSPORT_UDP, 2049, PORT_OPEN);
	service_world_run(&world);
	assert_string_equal(world.facts[0].name, "rpcbind");
	assert_true(world.facts[0].at_ns < 5 * NS_PER_S);
	service_world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_orders_of_a_line_are_read),
		cmocka_unit_test(the_compiled_in_names_are_many_and_unique),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(a_reply_tells_the_versions),
		cmocka_unit_test(what_is_no_accepted_reply_is_none),
		cmocka_unit_test(a_port_of_a_program_is_named_by_it),
		cmocka_unit_test(a_port_of_no_known_program_keeps_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
