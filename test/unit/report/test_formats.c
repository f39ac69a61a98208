#include "support.h"
#include "xml_check.h"

#include "engine/technique.h"
#include "report/format.h"
#include "util/error.h"

#include <string.h>

/* A run of three hosts, as formats get it. */
struct sample {
	struct plan plan;
	struct port_rules ports;
	struct format_context context;
	struct port_report port[3];
	struct host_report up, down, late;
	struct format_totals totals;
};

static const struct ip_addr others[] = {{.bytes = {192, 0, 2, 7}, .family = IP_V4}};

static struct sample *sample_new(void)
{
	struct sample *sample = calloc(1, sizeof(*sample));

	assert_non_null(sample);
	sample->plan.command_line = "portolan -p 1-3 192.0.2.0/30";
	sample->plan.ports = &sample->ports;
	sample->plan.techniques[sample->plan.techniques_count++] = technique_by_name("tcp-connect");
	sample->plan.output.verbosity = 1;
	portset_add_range(&sample->ports.of[TRANSPORT_TCP], 1, 3);
	sample->context = (struct format_context){.plan = &sample->plan,
						  .program = "portolan",
						  .version = "0.1",
						  .url = "https://portolan.example/",
						  .start_s = 1700000000};
	sample->port[0] = (struct port_report){.number = 1, .verdict = {.state = PORT_OPEN}};
	sample->port[1] = (struct port_report){.number = 2, .verdict = {.state = PORT_CLOSED}};
	sample->port[2] = (struct port_report){.number = 3, .verdict = {.state = PORT_FILTERED}};
	sample->up = (struct host_report){.addr = ip_v4(0xc0000201),
					  .name = "typed",
					  .ptr = "ptr",
					  .others = others,
					  .others_count = 1,
					  .state = HOST_UP,
					  .ports_scanned = true,
					  .has_rtt = true,
					  .srtt_us = 1,
					  .ports = sample->port,
					  .ports_count = 3};
	sample->down = (struct host_report){.addr = ip_v4(0xc0000202), .state = HOST_DOWN};
	sample->late = (struct host_report){.addr = ip_v4(0xc0000203),
					    .state = HOST_UP,
					    .ports_scanned = true,
					    .timed_out = true};
	sample->totals = (struct format_totals){
		.end_s = 1700000001, .hosts_total = 3, .hosts_up = 2, .estimated_missed = 0.5};
	return sample;
}

static void play(struct sample *sample, struct format_writer *writer)
{
	const struct target target = {.addr = sample->up.addr, .name = (char *)"typed"};
	const struct observation skipped = {.kind = OBSERVED_TARGET_SKIPPED,
					    .skipped = {"no.such", "Failed to resolve."}},
				 begin = {.kind = OBSERVED_TASK_BEGIN,
					  .task = {.task = TASK_PING, .hosts = 3, .ports = 2}},
				 end = {.kind = OBSERVED_TASK_END,
					.wall_ns = 2 * NS_PER_S,
					.task = {.task = TASK_PING, .hosts = 3}},
				 open = {.kind = OBSERVED_PORT,
					 .target = &target,
					 .port = {.number = 1}};
	const struct format_progress progress = {
		.task = "Ping Scan", .percent = 50, .now_s = 0, .etc_s = 3725};
	const struct format_event events[] = {
		{.kind = FORMAT_BEGIN},
		{.kind = FORMAT_SKIPPED, .seen = &skipped},
		{.kind = FORMAT_WARNING, .text = "beware"},
		{.kind = FORMAT_TASK_BEGIN, .seen = &begin},
		{.kind = FORMAT_TASK_PROGRESS, .progress = &progress},
		{.kind = FORMAT_HINT, .host = &sample->up},
		{.kind = FORMAT_PORT, .seen = &open, .host = &sample->up},
		{.kind = FORMAT_TASK_END, .seen = &end},
		{.kind = FORMAT_HOST, .host = &sample->up},
		{.kind = FORMAT_HOST, .host = &sample->down},
		{.kind = FORMAT_HOST, .host = &sample->late},
		{.kind = FORMAT_END, .totals = &sample->totals},
	};
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		format_writer_event(writer, &events[i]);
}

static int write_all(struct sample *sample, const char *format, struct buf *text)
{
	struct format_writer *writer;
	struct out *out;
	int r;

	if ((r = out_open_buf(text, &out)) < 0 ||
	    (r = format_writer_new(format_by_name(format), &sample->context, out, &writer)) < 0)
		return r;
	play(sample, writer);
	return format_writer_free(writer, NULL);
}

/* The text a format makes of the sample; release it. */
static struct buf text_of(struct sample *sample, const char *format)
{
	struct buf text = BUF_INIT;

	assert_int_equal(write_all(sample, format, &text), 0);
	buf_str(&text);
	return text;
}

static void formats_have_names_of_their_own(void **state)
{
	const struct report_format *const *formats;
	size_t count, i, j;

	formats = format_all(&count);
	assert_true(count >= 4);
	for (i = 0; i < count; i++) {
		assert_ptr_equal(format_by_name(formats[i]->name), formats[i]);
		assert_non_null(formats[i]->help);
		for (j = 0; j < i; j++) {
			assert_string_not_equal(formats[i]->name, formats[j]->name);
			if (formats[i]->option && formats[j]->option)
				assert_string_not_equal(formats[i]->option, formats[j]->option);
		}
	}
	assert_null(format_by_name("nonsense"));
}

struct one_format {
	struct sample *sample;
	const char *name;
};

static int allocate(void *self)
{
	struct one_format *one = self;
	struct buf text = BUF_INIT;
	int r = write_all(one->sample, one->name, &text);

	buf_release(&text);
	return r;
}

static void memory_may_be_short_in_every_format(void **state)
{
	struct sample *sample = sample_new();
	const struct report_format *const *formats;
	size_t count, i;

	formats = format_all(&count);
	for (i = 0; i < count; i++) {
		struct one_format one = {sample, formats[i]->name};

		sample->context.screen = !sample->context.screen;
		support_each_allocation_fails(allocate, &one, 500);
	}
	free(sample);
}

static void a_format_writes_the_same_twice(void **state)
{
	struct sample *sample = sample_new();
	const struct report_format *const *formats;
	size_t count, i;

	formats = format_all(&count);
	for (i = 0; i < count; i++) {
		struct buf one = text_of(sample, formats[i]->name),
			   two = text_of(sample, formats[i]->name);

		assert_string_equal(buf_str(&one), buf_str(&two));
		assert_true(one.len > 100);
		buf_release(&one);
		buf_release(&two);
	}
	free(sample);
}

static void xml_is_whole_with_every_event(void **state)
{
	struct sample *sample = sample_new();
	struct buf text = text_of(sample, "xml");

	assert_true(xml_is_well_formed(text.data, text.len, NULL));
	assert_non_null(strstr(buf_str(&text), "<target specification=\"no.such\" "
					       "status=\"skipped\" reason=\"invalid\"/>\n"));
	assert_non_null(strstr(buf_str(&text),
			       "<taskprogress task=\"Ping Scan\" time=\"0\" percent=\"50.00\" "
			       "remaining=\"3725\" etc=\"3725\"/>\n"));
	buf_release(&text);
	sample->context.resumed = true;
	text = text_of(sample, "xml");
	assert_memory_equal(text.data, "<target ", 8);
	buf_release(&text);
	free(sample);
}

static void colours_are_for_the_screen_alone(void **state)
{
	struct sample *sample = sample_new();
	struct buf text;

	sample->context.colour = true;
	text = text_of(sample, "normal");
	assert_null(strchr(buf_str(&text), '\033'));
	buf_release(&text);
	sample->context.screen = true;
	text = text_of(sample, "normal");
	assert_non_null(strstr(buf_str(&text), "1/tcp \033[32mopen\033[0m     unknown\n"));
	buf_release(&text);
	text = text_of(sample, "skiddie");
	assert_null(strchr(buf_str(&text), '\033'));
	buf_release(&text);
	free(sample);
}

static void progress_lines_are_for_the_screen_alone(void **state)
{
	static const char *const lines[] = {
		"Scanning 3 hosts [2 ports/host]\n",
		"Discovered open port 1/tcp on 192.0.2.1\n",
		"Ping Scan Timing: About 50.00% done; ETC: 01:02 (1:02:05 remaining)\n",
		"Completed Ping Scan at 00:00, 2.00s elapsed (3 total hosts)\n",
	};
	struct sample *sample = sample_new();
	struct buf file = text_of(sample, "normal"), screen, quiet;
	size_t i;

	sample->context.screen = true;
	screen = text_of(sample, "normal");
	sample->plan.output.verbosity = 0;
	quiet = text_of(sample, "normal");
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_null(strstr(buf_str(&file), lines[i]));
		assert_non_null(strstr(buf_str(&screen), lines[i]));
		/* Timing lines come when they are asked for. */
		assert_true(i == 2 || !strstr(buf_str(&quiet), lines[i]));
	}
	assert_non_null(strstr(buf_str(&file), "\nbeware\n"));
	assert_non_null(strstr(buf_str(&file), "\nFailed to resolve.\n"));
	assert_null(strstr(buf_str(&screen), "beware"));
	buf_release(&file);
	buf_release(&screen);
	buf_release(&quiet);
	free(sample);
}

static void runtime_keys_change_what_is_shown(void **state)
{
	struct sample *sample = sample_new();
	int verbosity = 0, debugging = 0;
	struct buf text;

	sample->context.verbosity_now = &verbosity;
	sample->context.debugging_now = &debugging;
	text = text_of(sample, "normal");
	assert_null(strstr(buf_str(&text), "[host down]"));
	buf_release(&text);
	verbosity = 2;
	text = text_of(sample, "normal");
	assert_non_null(strstr(buf_str(&text), "[host down, received reset]"));
	buf_release(&text);
	free(sample);
}

static void data_folders_are_named_with_v(void **state)
{
	struct sample *sample = sample_new();
	struct buf text;

	sample->context.data_folder = "/usr/share/x";
	text = text_of(sample, "normal");
	assert_non_null(strstr(buf_str(&text), "\nRead data files from: /usr/share/x\n"));
	buf_release(&text);
	free(sample);
}

static void skid_text_is_the_screen_in_other_letters(void **state)
{
	struct sample *sample = sample_new();
	struct buf skid = text_of(sample, "skiddie"), screen;
	size_t i, changed = 0;

	sample->context.screen = true;
	screen = text_of(sample, "normal");
	assert_int_equal(skid.len, screen.len);
	for (i = 0; i < skid.len; i++) {
		changed += skid.data[i] != screen.data[i];
		if (strchr("0123456789 \n.:/", screen.data[i]))
			assert_int_equal(skid.data[i], screen.data[i]);
	}
	assert_true(changed > skid.len / 10);
	buf_release(&skid);
	buf_release(&screen);
	free(sample);
}

static void protocol_scans_have_their_own_words(void **state)
{
	static const struct scan_technique technique = {
		.name = "ip-protocol", .scaninfo = "ipproto", .transport = TRANSPORT_IP};
	struct sample *sample = sample_new();
	struct buf text;
	size_t i;

	memset(&sample->ports, 0, sizeof(sample->ports));
	portset_add_range(&sample->ports.of[TRANSPORT_IP], 1, 3);
	sample->plan.techniques[0] = &technique;
	for (i = 0; i < 3; i++)
		sample->port[i].transport = TRANSPORT_IP;
	text = text_of(sample, "normal");
	assert_non_null(strstr(buf_str(&text), "\nPROTOCOL STATE    SERVICE\n"
					       "1        open     unknown\n"));
	buf_release(&text);
	text = text_of(sample, "grepable");
	assert_non_null(strstr(buf_str(&text), "PROTOCOLS(3;1-3)\n"));
	assert_non_null(
		strstr(buf_str(&text), "\tProtocols: 1/open//, 2/closed//, 3/filtered//\n"));
	buf_release(&text);
	sample->plan.output.open_only = true;
	text = text_of(sample, "xml");
	assert_non_null(strstr(buf_str(&text), "<scaninfo type=\"ipproto\" protocol=\"ip\" "
					       "numservices=\"3\" services=\"1-3\"/>\n"));
	assert_non_null(strstr(buf_str(&text), "count=\"1\" proto=\"n/a\" ports=\"2\"/>\n"));
	buf_release(&text);
	text = text_of(sample, "normal");
	assert_non_null(strstr(buf_str(&text), "Not shown: 1 closed n/a protocol (reset), "
					       "1 filtered n/a protocol (reset)\n"));
	buf_release(&text);
	free(sample);
}

static int use_utc(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_have_names_of_their_own),
		cmocka_unit_test(memory_may_be_short_in_every_format),
		cmocka_unit_test(a_format_writes_the_same_twice),
		cmocka_unit_test(xml_is_whole_with_every_event),
		cmocka_unit_test(colours_are_for_the_screen_alone),
		cmocka_unit_test(progress_lines_are_for_the_screen_alone),
		cmocka_unit_test(runtime_keys_change_what_is_shown),
		cmocka_unit_test(data_folders_are_named_with_v),
		cmocka_unit_test(skid_text_is_the_screen_in_other_letters),
		cmocka_unit_test(protocol_scans_have_their_own_words),
	};

	return cmocka_run_group_tests(tests, use_utc, NULL);
}
