#include "support.h"

#include "report/packet_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "test/golden/packet-trace.tsv"

enum column { DIRECTION, BEGINS, BYTES, LINE, WHY, COLUMNS };

static size_t unhex(const char *hex, uint8_t *bytes, size_t room)
{
	size_t count = 0;
	unsigned byte;

	for (; *hex && sscanf(hex, "%2x", &byte) == 1; hex += 2) {
		assert_true(count < room);
		bytes[count++] = (uint8_t)byte;
	}
	return count;
}

static size_t check(char *columns[COLUMNS], const struct services *services)
{
	bool sent = !strcmp(columns[DIRECTION], "SENT");
	char text[2048], wanted[2048];
	uint8_t bytes[2048];
	const struct packet_trace trace = {
		.sent = sent,
		.at_s = 1.01504,
		.ethernet = !strcmp(columns[BEGINS], "frame"),
		.bytes = bytes,
		.count = unhex(columns[BYTES], bytes, sizeof(bytes)),
		.services = services,
	};
	size_t length = packet_text(&trace, text, sizeof(text));

	snprintf(wanted, sizeof(wanted), "%s (1.0150s) %s", columns[DIRECTION], columns[LINE]);
	assert_int_equal(length, strlen(text));
	if (!strcmp(text, wanted))
		return 0;
	print_message("is     %s\nwanted %s\n", text, wanted);
	return 1;
}

static void packets_are_shown_as_nmap_does(void **state)
{
	char *golden = support_read_file(GOLDEN, NULL), *rest = golden, *line;
	struct services *services = NULL;
	size_t rows = 0, wrong = 0, i;

	assert_int_equal(services_builtin(&services), 0);
	while ((line = strsep(&rest, "\n")) && (rest || *line)) {
		char *columns[COLUMNS];

		if (*line == '#')
			continue;
		for (i = 0; i < COLUMNS; i++) {
			columns[i] = strsep(&line, "\t");
			assert_non_null(columns[i]);
		}
		wrong += check(columns, services);
		rows++;
	}
	assert_true(rows > 150);
	assert_int_equal(wrong, 0);
	services_free(services);
	free(golden);
}

static const char *text_of(const void *bytes, size_t count, bool ethernet, char text[512])
{
	const struct packet_trace trace = {.ethernet = ethernet, .bytes = bytes, .count = count};

	packet_text(&trace, text, 512);
	return text;
}

static void what_is_no_packet_is_said_to_be_none(void **state)
{
	char text[512];

	assert_string_equal(text_of("", 0, false, text),
			    "RCVD (0.0000s) 0 bytes that are no IP packet");
	assert_string_equal(text_of("abc", 3, true, text), "RCVD (0.0000s) a frame of 3 bytes");
	assert_string_equal(text_of("aaaaaabbbbbb\x08\x06zz", 16, true, text),
			    "RCVD (0.0000s) ARP (2 bytes, not understood)");
}

static void names_of_protocols_need_a_table(void **state)
{
	static const uint8_t gre[20] = {0x45, 0, 0,  20, 0, 7, 0,  0, 64, 47,
					0,    0, 10, 0,  0, 1, 10, 0, 0,  2};
	char text[512];

	assert_string_equal(
		text_of(gre, sizeof(gre), false, text),
		"RCVD (0.0000s) unknown (47) 10.0.0.1 > 10.0.0.2: ttl=64 id=7 iplen=20 ");
}

static void a_line_ends_where_its_room_does(void **state)
{
	static const uint8_t gre[20] = {0x45, 0, 0,  20, 0, 7, 0,  0, 64, 47,
					0,    0, 10, 0,  0, 1, 10, 0, 0,  2};
	const struct packet_trace trace = {.bytes = gre, .count = sizeof(gre)};
	char whole[512], *text;
	size_t length = packet_text(&trace, whole, sizeof(whole)), room;

	assert_int_equal(packet_text(&trace, NULL, 0), 0);
	for (room = 1; room <= length + 2; room++) {
		text = malloc(room); /* its ends are watched */
		assert_non_null(text);
		assert_int_equal(packet_text(&trace, text, room),
				 room > length ? length : room - 1);
		assert_memory_equal(text, whole, room > length ? length : room - 1);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_shown_as_nmap_does),
		cmocka_unit_test(what_is_no_packet_is_said_to_be_none),
		cmocka_unit_test(names_of_protocols_need_a_table),
		cmocka_unit_test(a_line_ends_where_its_room_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
