/* The library libssh2 against servers that refuse, lie, hang up and say nothing, in a simulated
 * network. What it does with servers that mean it: test/lab/test_scripts_ssh.py. */
#include "socket_fixture.h"

#include "util/alloc.h"

#define PRELUDE                                                                                    \
	"local ssh = libssh2 local function open(port) return ssh.session_open('10.0.0.1', port) " \
	"end local function why(...) local t = table.pack(pcall(...)) "                            \
	"return tostring(t[1]) .. ':' .. tostring(t[2]) end "

static struct socket_world world;

/* --- servers --- */

enum ssh_place {
	SSH_BEGINS = 30, /* its name and what it can, then nothing more */
	SSH_HANGS_UP,    /* the same, and hangs up */
	SSH_LIES,        /* keys that are none */
	SSH_GARBAGE,     /* its name, then noise */
	SSH_LONG,        /* a packet of 4 GB begins */
	SSH_DRIPS,       /* SSH_LIES, byte after byte */
	SSH_BEGINS_DH,   /* as SSH_BEGINS, with other exchanges of keys */
	SSH_BEGINS_EC,
	SSH_BABBLES, /* messages that nobody asked for, for ever */
};

struct ssh_stream {
	char bytes[4096];
	size_t count;
};

static struct ssh_stream begins, begins_dh, begins_ec, lies, garbage, too_long, babble;
static struct flow_sim_port ssh_ports[24];

static void say(struct ssh_stream *stream, const void *bytes, size_t count)
{
	assert_true(count <= sizeof(stream->bytes) - stream->count);
	memcpy(stream->bytes + stream->count, bytes, count);
	stream->count += count;
}

static void say_number(struct ssh_stream *stream, size_t number)
{
	const uint8_t bytes[4] = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
				  (uint8_t)(number >> 8), (uint8_t)number};

	say(stream, bytes, 4);
}

static void say_string(struct ssh_stream *stream, const void *bytes, size_t count)
{
	say_number(stream, count);
	say(stream, bytes, count);
}

/* RFC 4253, 6. */
static void say_packet(struct ssh_stream *stream, const struct ssh_stream *payload)
{
	static const char padding[16];
	size_t padded = 8 - (payload->count + 5) % 8;

	if (padded < 4)
		padded += 8;
	say_number(stream, payload->count + 1 + padded);
	say(stream, &(char){(char)padded}, 1);
	say(stream, payload->bytes, payload->count);
	say(stream, padding, padded);
}

/* RFC 4253, 7.1. */
static void say_methods(struct ssh_stream *stream, const char *kex)
{
	const char *const lists[] = {
		kex,    "ssh-ed25519", "aes128-ctr", "aes128-ctr", "hmac-sha2-256", "hmac-sha2-256",
		"none", "none",        "",           "",
	};
	struct ssh_stream payload = {.bytes = {20}, .count = 17};
	size_t at;

	for (at = 0; at < sizeof(lists) / sizeof(lists[0]); at++)
		say_string(&payload, lists[at], strlen(lists[at]));
	say(&payload, "\0\0\0\0\0", 5);
	say_packet(stream, &payload);
}

/* RFC 5656, 4: the host key is too short. (Of one that is right in form, with a signature that is
 * not, libssh2 1.10 forgets to free what OpenSSL made of it.) */
static void say_false_keys(struct ssh_stream *stream)
{
	struct ssh_stream payload = {.bytes = {31}, .count = 1}, key = {.count = 0},
			  signature = {.count = 0};
	char noise[64];

	memset(noise, 9, sizeof(noise));
	say_string(&key, "ssh-ed25519", 11);
	say_string(&key, noise, 31);
	say_string(&signature, "ssh-ed25519", 11);
	say_string(&signature, noise, 64);
	say_string(&payload, key.bytes, key.count);
	say_string(&payload, noise, 32);
	say_string(&payload, signature.bytes, signature.count);
	say_packet(stream, &payload);
}

/* What is repeated begins with the name, which the last packet takes in. */
static void make_streams(void)
{
	static const char name[] = "SSH-2.0-test\r\n", noise[] = "\0\0\0\x0c\x04noise of a server";
	struct ssh_stream early = {.bytes = {99}, .count = 1}, all[4] = {{.count = 0}};
	size_t at;

	for (at = 0; at < 4; at++)
		say(&all[at], name, sizeof(name) - 1);
	begins = all[0];
	begins_dh = begins_ec = begins;
	say_methods(&begins, "curve25519-sha256");
	say_methods(&begins_dh, "diffie-hellman-group14-sha256");
	say_methods(&begins_ec, "ecdh-sha2-nistp256");
	lies = begins;
	say_false_keys(&lies);
	garbage = all[1];
	say(&garbage, noise, sizeof(noise));
	too_long = all[2];
	say(&too_long, "\xff\xff\xff\xff\x04\x14", 6);
	babble = all[3];
	say_string(&early, noise, sizeof(noise));
	for (at = 0; at < 40; at++)
		say_packet(&babble, &early);
	say(&babble, "\0\0\0\x14\x04\x63then", 10);
}

static void make_ports(void)
{
	const struct flow_sim_port made[] = {
		{SOCKET_AT(SSH_BEGINS), .banner = begins.bytes, .banner_bytes = begins.count},
		{SOCKET_AT(SSH_BEGINS_DH), .banner = begins_dh.bytes,
		 .banner_bytes = begins_dh.count},
		{SOCKET_AT(SSH_BEGINS_EC), .banner = begins_ec.bytes,
		 .banner_bytes = begins_ec.count},
		{SOCKET_AT(SSH_HANGS_UP), .banner = begins.bytes, .banner_bytes = begins.count,
		 .closes = true},
		{SOCKET_AT(SSH_LIES), .banner = lies.bytes, .banner_bytes = lies.count},
		{SOCKET_AT(SSH_GARBAGE), .banner = garbage.bytes, .banner_bytes = garbage.count},
		{SOCKET_AT(SSH_LONG), .banner = too_long.bytes, .banner_bytes = too_long.count},
		{SOCKET_AT(SSH_DRIPS), .banner = lies.bytes, .banner_bytes = lies.count,
		 .drip_ns = NS_PER_MS},
		{SOCKET_AT(SSH_BABBLES), .banner = babble.bytes, .banner_bytes = babble.count,
		 .endless = true},
		{SOCKET_AT(GREETS), .banner = "hello\nworld", .closes = true},
		{SOCKET_AT(MUTE)},
		{SOCKET_AT(RESETS), .reset_on_data = true},
		{SOCKET_AT(POURS), .banner = socket_steps, .banner_bytes = sizeof(socket_steps),
		 .endless = true},
		{SOCKET_AT(SILENT), .connect = FLOW_END_DEADLINE},
		{SOCKET_AT(PRINTER), .banner = begins.bytes, .banner_bytes = begins.count},
	};

	memcpy(ssh_ports, made, sizeof(made));
	world.host.ports = ssh_ports;
	world.host.ports_count = sizeof(made) / sizeof(made[0]);
}

/* --- the world --- */

static int begin_quietly(void)
{
	int r = socket_world_open(&world);

	make_ports();
	return r;
}

static void begin(void)
{
	assert_int_equal(begin_quietly(), 0);
}

static void end(void)
{
	socket_world_close(&world);
}

static void run(const char *body)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s%s", PRELUDE, body);
	fixture_do(&world.fixture, text);
}

static void says(const char *body, const char *text)
{
	char wanted[1024];

	begin();
	run(body);
	snprintf(wanted, sizeof(wanted), "s: %s\n", text);
	if (strcmp(world.fixture.said, wanted) != 0)
		fail_msg("%s\nsaid [%s] end %d [%s]", body, world.fixture.said, world.fixture.end,
			 world.fixture.text);
	end();
}

static int set_up(void **state)
{
	make_streams();
	return 0;
}

/* --- opening --- */

static void the_library_is_whole_and_global(void **state)
{
	says("local names = {} for name in pairs(ssh) do names[#names + 1] = name end "
	     "table.sort(names) assert(ssh == require 'libssh2') return table.concat(names, ' ')",
	     "channel_close channel_eof channel_exec channel_read channel_read_stderr "
	     "channel_request channel_request_pty_ex channel_send_eof channel_shell channel_write "
	     "hostkey_hash open_channel publickey_canauth read_publickey session_close "
	     "session_open set_timeout userauth_banner userauth_keyboard_interactive "
	     "userauth_list userauth_password userauth_publickey userauth_publickey_frommemory");
}

static void wrong_arguments_raise(void **state)
{
	says("return why(ssh.session_open)",
	     "false:bad argument #2 to 'libssh2.session_open' (number expected, got no value)");
	says("return why(ssh.session_open, '10.0.0.1', 'x')",
	     "false:bad argument #2 to 'libssh2.session_open' (number expected, got string)");
	says("return why(ssh.session_open, {}, 22)",
	     "false:host table lacks 'ip' or 'targetname' fields");
	says("local bad = 0 for name, f in pairs(ssh) do for _, v in ipairs {5, 'x', {}, "
	     "io.stdout or print} do if name ~= 'read_publickey' and not pcall(f, v, v, v, v, v) "
	     "then bad = bad + 1 end end end return bad",
	     "88");
}

static void a_connection_that_fails_raises_the_sockets_text(void **state)
{
	says("return why(open, 50)", "false:ERROR");
	says("local t = nmap.clock() return why(open, 99) .. ' ' .. nmap.clock() - t",
	     "false:TIMEOUT 30.0");
	says("return why(ssh.session_open, 'nowhere.test', 22)", "false:Name or service not known");
	says("return why(ssh.session_open, {ip = '10.0.0.1'}, 2) .. why(open, '50')",
	     "false:ERRORfalse:ERROR");
}

static void a_server_that_says_nothing_is_waited_for(void **state)
{
	says("local t = nmap.clock() return why(open, 4) .. ' ' .. nmap.clock() - t",
	     "false:TIMEOUT 30.02");
	says("return why(open, 30) .. why(open, 36) .. why(open, 37)",
	     "false:TIMEOUTfalse:TIMEOUTfalse:TIMEOUT");
}

static void a_server_that_hangs_up_is_told(void **state)
{
	says("return why(open, 1)", "false:EOF");
	says("return why(open, 31)", "false:EOF");
	says("return why(open, 5)", "false:ERROR");
}

static void a_server_that_talks_nonsense_is_left(void **state)
{
	static const char text[] = "false:Unable to complete libssh2 handshake.";

	says("return why(ssh.session_open, '10.0.0.1', 32)", text);
	says("return why(ssh.session_open, '10.0.0.1', 34)", text);
	says("return why(ssh.session_open, '10.0.0.1', 35)", text);
	says("local r = why(ssh.session_open, '10.0.0.1', 33) "
	     "return r == 'false:TIMEOUT' or r:find('handshake') ~= nil",
	     "true");
}

/* libssh2 keeps what it did not ask for. */
static void a_server_that_never_ends_is_stopped_by_the_quota(void **state)
{
	begin();
	world.plan->scripts.bytes_in = 1 << 20;
	run("while true do pcall(open, 38) end");
	assert_int_equal(world.fixture.end, SCRIPT_STOPPED);
	assert_string_equal(world.fixture.text, "stopped: byte limit 1 MB");
	end();
	begin();
	world.plan->scripts.bytes_in = 1 << 20;
	run("while true do pcall(open, 7) end");
	assert_int_equal(world.fixture.end, SCRIPT_STOPPED);
	end();
}

static void the_gate_holds_for_it_too(void **state)
{
	begin();
	run("return why(open, 9100)");
	assert_string_equal(world.fixture.said, "s: false:ERROR\n");
	end();
}

/* Somebody who waits for a place gets it. */
static void what_is_not_opened_leaves_nothing_open(void **state)
{
	static const int ports[] = {4, 30, 31, 32, 50};
	char body[512];
	size_t at;

	for (at = 0; at < sizeof(ports) / sizeof(ports[0]); at++) {
		begin();
		world.plan->timing.max_parallelism = 1;
		snprintf(body, sizeof(body),
			 "local ok collectgarbage('stop') pcall(open, %d) "
			 "require('stdnse').new_thread(function() "
			 "ok = nmap.new_socket():connect('10.0.0.1', 4) end) "
			 "nmap.socket.sleep(1) return tostring(ok)",
			 ports[at]);
		run(body);
		assert_string_equal(world.fixture.said, "s: true\n");
		end();
	}
}

/* A thread in the middle of a handshake goes; so does one that only looks on. */
static void a_session_ends_with_its_thread(void **state)
{
	begin();
	run("local start = require('stdnse').new_thread for _, port in ipairs {4, 30, 36, 37} do "
	    "start(open, port) end "
	    "nmap.socket.sleep(1) return 'over'");
	assert_string_equal(world.fixture.said, "s: over\n");
	assert_int_equal(flow_net_open_count(world.flows), 0);
	end();
	begin();
	world.plan->scripts.bytes_out = 100;
	run("open(30)");
	assert_int_equal(world.fixture.end, SCRIPT_STOPPED);
	assert_int_equal(flow_net_open_count(world.flows), 0);
	end();
}

/* --- keys --- */

static const char *readable;

static bool may_read(void *self, const char *path)
{
	return readable && !strcmp(path, readable);
}

static void read_key(const char *file, const char *granted, const char *wanted)
{
	struct script_machine_config config = {.may_read = may_read};
	struct fixture fixture;
	char path[64], text[512];
	const struct script_limits limits = {.quota = {.memory_bytes = 16 << 20}};
	FILE *stream;

	snprintf(path, sizeof(path), "/tmp/portolan-key-%d", (int)getpid());
	stream = fopen(path, "w");
	assert_non_null(stream);
	fputs(file, stream);
	fclose(stream);
	readable = granted ? path : NULL;
	assert_int_equal(fixture_open(&fixture, &config, &limits), 0);
	snprintf(text, sizeof(text), "%sreturn why(libssh2.read_publickey, '%s')", PRELUDE, path);
	fixture_do(&fixture, text);
	remove(path);
	assert_string_equal(fixture.said, wanted);
	fixture_close(&fixture);
}

static void a_public_key_is_read_where_files_may_be(void **state)
{
	read_key("ssh-x YWJjZA== me@here\n", "yes", "s: true:abcd\n");
	read_key("ssh-x YWJj\n", "yes", "s: true:abc\n");
	read_key("oneword\n", "yes", "s: true:\n");
	read_key("", "yes", "s: true:\n");
	read_key("ssh-x @@@@ me\n", "yes", "s: false:Error reading file\n");
	read_key("ssh-x YWJjZA== me@here\n", NULL, "s: false:Error reading file\n");
}

/* --- memory --- */

static const char everything[] =
	PRELUDE "local a, b, c = why(open, 35), why(open, 31), why(open, 50) "
		"return a .. ' ' .. b .. ' ' .. c";

/* Each allocation fails once: nothing leaks, whatever becomes of the script. */
static void without_memory_scripts_end(void **state)
{
	struct script_group *group;
	bool hit = true;
	long nth;

	for (nth = 0; hit; nth++) {
		begin();
		fixture_action(&world.fixture, "s.nse", everything);
		group = fixture_group(&world.fixture, SCRIPT_PRERULE, NULL);
		fixture_add(group, world.fixture.scripts[0], NULL);
		script_group_start(group);
		alloc_fault_after(nth);
		loop_run(world.fixture.loop);
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		assert_int_equal(world.fixture.ended, world.fixture.started);
		end();
	}
	assert_true(nth > 100);
}

static void what_libssh2_keeps_is_the_instances_memory(void **state)
{
	says("return why(ssh.session_open, '10.0.0.1', 38)", "false:not enough memory");
	begin();
	run("ssh.session_open('10.0.0.1', 38)");
	assert_string_equal(world.fixture.text, "stopped: memory limit 16 MB");
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_library_is_whole_and_global),
		cmocka_unit_test(wrong_arguments_raise),
		cmocka_unit_test(a_connection_that_fails_raises_the_sockets_text),
		cmocka_unit_test(a_server_that_says_nothing_is_waited_for),
		cmocka_unit_test(a_server_that_hangs_up_is_told),
		cmocka_unit_test(a_server_that_talks_nonsense_is_left),
		cmocka_unit_test(a_server_that_never_ends_is_stopped_by_the_quota),
		cmocka_unit_test(the_gate_holds_for_it_too),
		cmocka_unit_test(what_is_not_opened_leaves_nothing_open),
		cmocka_unit_test(a_session_ends_with_its_thread),
		cmocka_unit_test(a_public_key_is_read_where_files_may_be),
		cmocka_unit_test(without_memory_scripts_end),
		cmocka_unit_test(what_libssh2_keeps_is_the_instances_memory),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
