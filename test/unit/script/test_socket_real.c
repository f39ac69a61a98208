/* Sockets of scripts on 127.0.0.1: what only the kernel and real servers show. */
#include "machine_fixture.h"
#include "tls_identity.h"

#include "net/resolver.h"
#include "script/context.h"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#define LETTER_BYTES (12 * 1024 * 1024)

static struct world {
	struct fixture fixture;
	struct gate gate;
	struct flow_net *flows;
	struct resolver *resolver;
	struct resolver_sim_entry name;
	struct plan *plan;
	struct script_context context;
} world;

/* A server of one connection, in a thread. */
static struct server {
	pthread_t thread;
	int fd;
	uint16_t port;
	size_t heard;
	char server_name[64]; /* SNI */
} server;

static void reset_and_close(int fd)
{
	const struct linger reset = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static void server_start(void *(*serve)(void *self))
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof(address);

	server = (struct server){.fd = socket(AF_INET, SOCK_STREAM, 0)};
	assert_int_equal(bind(server.fd, (struct sockaddr *)&address, bytes), 0);
	assert_int_equal(listen(server.fd, 4), 0);
	assert_int_equal(getsockname(server.fd, (struct sockaddr *)&address, &bytes), 0);
	server.port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&server.thread, NULL, serve, NULL), 0);
}

static void server_end(void)
{
	pthread_join(server.thread, NULL);
	close(server.fd);
}

static void begin(void)
{
	static const struct script_machine_config plain;
	const struct script_limits limits = {.quota = {.memory_bytes = 64 << 20}};
	struct flow_socket_config config = {.gate = &world.gate};

	memset(&world, 0, sizeof(world));
	config.loop = loop_uv_new();
	assert_int_equal(fixture_open_on(&world.fixture, config.loop, &plain, &limits), 0);
	assert_int_equal(flow_socket_new(&config, &world.flows), 0);
	world.name =
		(struct resolver_sim_entry){.name = "server.test", .addr = ip_v4(INADDR_LOOPBACK)};
	assert_int_equal(resolver_sim_new(config.loop, &world.name, 1, &world.resolver), 0);
	world.plan = plan_new();
	world.context = (struct script_context){.plan = world.plan,
						.loop = config.loop,
						.flows = world.flows,
						.resolver = world.resolver,
						.gate = &world.gate};
	script_machine_set_context(world.fixture.machine, &world.context);
}

/* `s` is a TCP socket, `port` the server's. */
static void run(const char *body)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "local port, s = %u, nmap.new_socket() "
		 "local function show(...) local t = table.pack(...) for i = 1, t.n do "
		 "t[i] = tostring(t[i]) end return table.concat(t, ' ') end "
		 "local function open() return s:connect('127.0.0.1', port) end %s",
		 server.port, body);
	fixture_do(&world.fixture, text);
}

static void end(void)
{
	struct loop *loop = world.fixture.loop;

	assert_int_equal(flow_net_open_count(world.flows), 0);
	flow_net_free(world.flows);
	script_scheduler_free(world.fixture.scheduler);
	while (world.fixture.count)
		script_free(world.fixture.machine, world.fixture.scripts[--world.fixture.count]);
	script_machine_free(world.fixture.machine);
	resolver_free(world.resolver);
	plan_free(world.plan);
	loop_free(loop);
}

static void says(void *(*serve)(void *self), const char *body, const char *expected)
{
	char said[1024];

	begin();
	server_start(serve);
	run(body);
	server_end();
	snprintf(said, sizeof(said), "s: %s\n", expected);
	if (strcmp(world.fixture.said, said) != 0)
		fail_msg("said [%s] end %d [%s]", world.fixture.said, world.fixture.end,
			 world.fixture.text);
	end();
}

/* --- streams --- */

static void *reads_slowly(void *self)
{
	static char bytes[65536];
	int fd = accept(server.fd, NULL, NULL);
	ssize_t got;

	usleep(100000);
	while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		server.heard += (size_t)got;
	close(fd);
	return NULL;
}

static void a_long_letter_is_sent_whole(void **state)
{
	says(reads_slowly,
	     "open() local ok = s:send(('x'):rep(12 << 20)) s:close() return tostring(ok)", "true");
	assert_int_equal(server.heard, LETTER_BYTES);
}

static void *never_reads(void *self)
{
	int fd = accept(server.fd, NULL, NULL), more = accept(server.fd, NULL, NULL);

	close(more);
	close(fd);
	return NULL;
}

/* The second connection tells the server that it may go. */
static void what_cannot_be_sent_times_out(void **state)
{
	says(never_reads,
	     "open() s:set_timeout(200) local r = show(s:send(('x'):rep(12 << 20))) s:close() "
	     "open() return r",
	     "nil TIMEOUT");
}

static void *pours(void *self)
{
	static char bytes[65536];
	int fd = accept(server.fd, NULL, NULL);

	while (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) > 0)
		server.heard += sizeof(bytes);
	close(fd);
	return NULL;
}

/* It pours into the kernel's buffers, and then has to wait. */
static void a_fast_server_fills_no_memory(void **state)
{
	says(pours,
	     "open() nmap.socket.sleep(0.3) local before = collectgarbage('count') "
	     "local _, d = s:receive() local size = #d s:close() "
	     "return show(before < 2000, size > 16384, size < 0x8ffff + 65536)",
	     "true true true");
	assert_true(server.heard < 64 * 1024 * 1024);
}

static void *talks_and_resets(void *self)
{
	int fd = accept(server.fd, NULL, NULL);

	(void)!send(fd, "bye", 3, MSG_NOSIGNAL);
	usleep(50000);
	reset_and_close(fd);
	return NULL;
}

static void a_reset_is_an_error_of_both_directions(void **state)
{
	says(talks_and_resets,
	     "open() local d = show(s:receive()) nmap.socket.sleep(0.3) "
	     "return d .. show(s:send('x')) .. show(s:receive())",
	     "true byenil ERRORnil ERROR");
	says(talks_and_resets,
	     "open() local d = show(s:receive()) return d .. show(s:receive()) .. "
	     "show(s:send('x'))",
	     "true byenil ERRORnil ERROR");
}

static void *greets(void *self)
{
	int fd = accept(server.fd, NULL, NULL);

	(void)!send(fd, "hello", 5, MSG_NOSIGNAL);
	close(fd);
	return NULL;
}

/* What is there already is there without waiting. */
static void a_timeout_of_zero_takes_what_is_there(void **state)
{
	says(greets,
	     "open() nmap.socket.sleep(0.2) s:set_timeout(0) "
	     "return show(s:receive()) .. show(s:receive())",
	     "true hellonil EOF");
}

/* --- STARTTLS --- */

static SSL *accept_tls(int fd)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	BIO *certificate = BIO_new_mem_buf(tls_identity_certificate, -1);
	BIO *key = BIO_new_mem_buf(tls_identity_key, -1);
	X509 *x509 = PEM_read_bio_X509(certificate, NULL, NULL, NULL);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
	SSL *ssl;

	SSL_CTX_use_certificate(context, x509);
	SSL_CTX_use_PrivateKey(context, pkey);
	ssl = SSL_new(context);
	SSL_set_fd(ssl, fd);
	X509_free(x509);
	EVP_PKEY_free(pkey);
	BIO_free(certificate);
	BIO_free(key);
	SSL_CTX_free(context);
	return ssl;
}

static void *starts_tls(void *self)
{
	static char large[100000];
	int fd = accept(server.fd, NULL, NULL);
	char heard[16] = "";
	SSL *ssl = accept_tls(fd);

	memset(large, 'l', sizeof(large));
	(void)!send(fd, "220 ready\r\n", 11, MSG_NOSIGNAL);
	if (recv(fd, heard, sizeof(heard) - 1, 0) == 8 &&
	    send(fd, "220 go on\r\n", 11, MSG_NOSIGNAL) == 11 && SSL_accept(ssl) == 1 &&
	    SSL_read(ssl, heard, sizeof(heard)) == 4) {
		SSL_write(ssl, large, sizeof(large));
		SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	close(fd);
	return NULL;
}

static void starttls(void **state)
{
	says(starts_tls,
	     "open() s:receive_lines(1) s:send('STARTTLS') s:receive_lines(1) "
	     "local r = show(s:reconnect_ssl()) s:send('EHLO') "
	     "local _, d = s:receive_bytes(100000) return r .. #d .. show(s:receive()) .. "
	     "s:get_ssl_certificate().subject.commonName",
	     "true100000nil EOFwww.lab.test");
}

static void *speaks_tls(void *self)
{
	int fd = accept(server.fd, NULL, NULL);
	SSL *ssl = accept_tls(fd);
	const char *name;

	if (SSL_accept(ssl) == 1) {
		name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
		snprintf(server.server_name, sizeof(server.server_name), "%s",
			 name ? name : "none");
		SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	close(fd);
	return NULL;
}

static void servers_are_asked_by_their_names(void **state)
{
	static const struct {
		const char *host, *name;
	} rows[] = {
		{"'127.0.0.1'", "none"},
		{"'server.test'", "server.test"},
		{"{ip = '127.0.0.1'}", "none"},
		{"{ip = '127.0.0.1', targetname = 'www.lab.test'}", "www.lab.test"},
		{"{targetname = 'server.test'}", "server.test"},
	};
	char body[256];
	size_t at;

	for (at = 0; at < sizeof(rows) / sizeof(rows[0]); at++) {
		snprintf(
			body, sizeof(body),
			"local r = show(s:connect(%s, port, 'ssl')) s:receive() s:close() return r",
			rows[at].host);
		says(speaks_tls, body, "true");
		assert_string_equal(server.server_name, rows[at].name);
		snprintf(body, sizeof(body),
			 "s:connect(%s, port) local r = show(s:reconnect_ssl()) s:receive() "
			 "s:close() return r",
			 rows[at].host);
		says(speaks_tls, body, "true");
		assert_string_equal(server.server_name, rows[at].name);
	}
}

/* --- datagrams --- */

static char traced[4096];

static void trace(void *self, const char *line)
{
	size_t at = strlen(traced);

	snprintf(traced + at, sizeof(traced) - at, "%s\n", line);
}

static void two_sockets_speak_without_a_connection(void **state)
{
	traced[0] = '\0';
	begin();
	world.context.trace = trace;
	run("local a, b = nmap.new_socket('udp'), nmap.new_socket('udp') "
	    "a:bind('127.0.0.1', 0) b:bind('127.0.0.1', 0) "
	    "local r = show(a:receive()) .. ',' .. show(a:sendto('127.0.0.1', 9, 'open')) "
	    "local _, _, pa = a:get_info() "
	    "r = r .. ',' .. show(b:sendto({ip = '127.0.0.1'}, {number = pa}, 'ask')) "
	    "local _, _, pb = b:get_info() r = r .. ',' .. show(a:receive()) "
	    "local _, la, _, from, port = a:get_info() "
	    "r = r .. ',' .. la .. show(from, port == pb) a:sendto(from, port, 'answer') "
	    "r = r .. ',' .. show(b:receive()) .. ',' .. show(b:send('x')) "
	    "b:set_timeout(50) r = r .. ',' .. show(b:receive()) .. ',' .. show(b:close()) .. ',' "
	    ".. show(b:receive()) return r .. ('\\nUDP 127.0.0.1:%d < 127.0.0.1:%d | ask'):format("
	    "pa, pb)");
	assert_non_null(strstr(world.fixture.said,
			       "s: false socket must be connected,true,true,true ask,127.0.0.1"
			       "127.0.0.1 true,true answer,nil ERROR,nil TIMEOUT,true,"
			       "false socket must be connected\nUDP"));
	assert_non_null(strstr(traced, strstr(world.fixture.said, "UDP")));
	end();
}

static void broadcasts_may_be_sent(void **state)
{
	begin();
	run("local a, b = nmap.new_socket('udp'), nmap.new_socket('udp') "
	    "a:sendto('127.0.0.1', 9, '') local _, _, pa = a:get_info() "
	    "local r = show(b:sendto('127.255.255.255', pa, 'all')) "
	    "return r .. ' ' .. show(a:receive())");
	assert_string_equal(world.fixture.said, "s: true true all\n");
	end();
}

static void refused_datagrams_are_errors_and_no_end(void **state)
{
	begin();
	run("local a, b = nmap.new_socket('udp'), nmap.new_socket('udp') "
	    "a:bind('127.0.0.1', 0) a:sendto('127.0.0.1', 9, '') local _, _, pa = a:get_info() "
	    "a:close() b:connect('127.0.0.1', pa) local r = show(b:send('x')) .. "
	    "show(b:receive()) a:bind('127.0.0.1', pa) a:sendto('127.0.0.1', 9, '') "
	    "r = r .. show(b:send('again')) return r .. show(a:receive())");
	assert_string_equal(world.fixture.said, "s: truenil ERRORtruetrue again\n");
	end();
}

static void a_source_that_is_not_ours_fails(void **state)
{
	begin();
	run("local a = nmap.new_socket('udp') a:bind('192.0.2.1', 0) "
	    "return show(a:sendto('127.0.0.1', 9, 'x'))");
	assert_non_null(strstr(world.fixture.said, "s: nil ERROR\n"));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_letter_is_sent_whole),
		cmocka_unit_test(what_cannot_be_sent_times_out),
		cmocka_unit_test(a_fast_server_fills_no_memory),
		cmocka_unit_test(a_reset_is_an_error_of_both_directions),
		cmocka_unit_test(a_timeout_of_zero_takes_what_is_there),
		cmocka_unit_test(starttls),
		cmocka_unit_test(servers_are_asked_by_their_names),
		cmocka_unit_test(two_sockets_speak_without_a_connection),
		cmocka_unit_test(broadcasts_may_be_sent),
		cmocka_unit_test(refused_datagrams_are_errors_and_no_end),
		cmocka_unit_test(a_source_that_is_not_ours_fails),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
