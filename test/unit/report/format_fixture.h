/* One small scan with every kind of fact and hostile names, played into a
 * format. Included by each test program; not a library. */
#ifndef PORTOLAN_TEST_FORMAT_FIXTURE_H
#define PORTOLAN_TEST_FORMAT_FIXTURE_H

#include "support.h"

#include "engine/technique.h"
#include "report/format.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/loop.h"

#include <stdlib.h>
#include <string.h>

#define FIXTURE_START_S 1700000000
#define HOSTILE_NAME    "=cmd|'/C calc'!A0,\"\x1b]0;pwned\x07\xff\xe2\x80\xae"

static const struct scan_technique fixture_technique = {
	.name = "tcp-connect", .letter = 'T', .scaninfo = "connect", .transport = TRANSPORT_TCP};

struct fixture {
	struct plan plan;
	struct port_rules ports;
	struct format_context context;
	struct buf out;
	struct format_writer *writer;
};

/* Everything but the ports is set in fixture->plan. ERROR_MEMORY. */
static inline int fixture_begin(struct fixture *fixture, const struct report_format *format)
{
	struct out *out = NULL;
	int r;

	memset(fixture, 0, sizeof(*fixture));
	fixture->plan.program = "portolan";
	fixture->plan.command_line = "portolan -p 20-25,80 \"odd \\\"name\\\"\" 192.0.2.0/24";
	fixture->plan.port_scan = true;
	fixture->plan.techniques[0] = &fixture_technique;
	fixture->plan.techniques_count = 1;
	fixture->plan.ports = &fixture->ports;
	portset_add_range(&fixture->ports.of[TRANSPORT_TCP], 20, 25);
	portset_add(&fixture->ports.of[TRANSPORT_TCP], 80);
	fixture->context = (struct format_context){.plan = &fixture->plan,
						   .program = "portolan",
						   .version = "0.1.0",
						   .url = "https://portolan.example/",
						   .start_s = FIXTURE_START_S};
	if ((r = out_open_buf(&fixture->out, &out)) < 0)
		return r;
	return format_writer_new(format, &fixture->context, out, &fixture->writer);
}

static inline int fixture_end(struct fixture *fixture)
{
	int r = format_writer_free(fixture->writer, NULL);

	fixture->writer = NULL;
	return r;
}

static inline void fixture_release(struct fixture *fixture)
{
	buf_release(&fixture->out);
}

static inline struct port_report fixture_port(uint16_t number, enum port_state state,
					      enum reason reason)
{
	struct port_report port = {.number = number, .transport = TRANSPORT_TCP};

	port.verdict.state = (uint8_t)state;
	port.verdict.reason = (uint8_t)reason;
	if (state == PORT_OPEN) {
		port.verdict.rtt_us = 321;
		port.verdict.attempt = 1;
	}
	return port;
}

static inline void fixture_play_run(struct fixture *fixture, const char *name)
{
	struct ip_addr others[2] = {ip_v4(0xc0000263),
				    {.family = IP_V6, .bytes = {0x20, 1, 0xd, 0xb8}}};
	struct port_report ports[7];
	struct target target = {
		.index = 3, .addr = ip_v4(0xc0000203), .name = (char *)(uintptr_t)name};
	struct observation seen = {.wall_ns = FIXTURE_START_S * NS_PER_S + 5 * NS_PER_MS};
	struct host_report host = {.index = 3,
				   .addr = target.addr,
				   .name = name,
				   .ptr = name,
				   .others = others,
				   .others_count = 2,
				   .state = HOST_UP,
				   .reason = REASON_SYN_ACK,
				   .reason_ttl = 64,
				   .ports_scanned = true,
				   .start_s = FIXTURE_START_S + 1,
				   .end_s = FIXTURE_START_S + 2,
				   .has_rtt = true,
				   .srtt_us = 1500,
				   .rttvar_us = 100,
				   .timeout_us = 100000,
				   .ports = ports,
				   .ports_count = 7};
	struct format_totals totals = {.outcome = RUN_FAILED,
				       .why = name,
				       .end_s = FIXTURE_START_S + 3,
				       .elapsed_s = 3.25,
				       .hosts_total = 256,
				       .hosts_up = 1,
				       .probes_sent = 99,
				       .estimated_missed = 0.0002};

	for (uint16_t i = 0; i < 6; i++)
		ports[i] = fixture_port((uint16_t)(20 + i), PORT_CLOSED, REASON_CONN_REFUSED);
	ports[2] = fixture_port(22, PORT_OPEN, REASON_SYN_ACK);
	ports[6] = fixture_port(80, PORT_FILTERED, REASON_ADMIN_PROHIBITED);
	ports[6].verdict.from = others[0];
	ports[6].verdict.ttl = 63;
	format_writer_event(fixture->writer, &(struct format_event){.kind = FORMAT_BEGIN});
	seen.kind = OBSERVED_TARGET_SKIPPED;
	seen.skipped.expression = name;
	seen.skipped.why = "Failed to resolve it.";
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_SKIPPED, .seen = &seen});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HINT, .host = &host});
	seen = (struct observation){
		.kind = OBSERVED_PORT, .wall_ns = seen.wall_ns, .target = &target};
	seen.port.transport = TRANSPORT_TCP;
	seen.port.number = 22;
	seen.port.verdict = ports[2].verdict;
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_PORT, .seen = &seen});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_WARNING, .text = name});
	host = (struct host_report){.index = 4,
				    .addr = ip_v4(0xc0000204),
				    .state = HOST_DOWN,
				    .reason = REASON_NO_RESPONSE};
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_END, .totals = &totals});
}

#endif
