/* A result and a finding with every field, for tests that compare what becomes of them. */
#ifndef PORTOLAN_TEST_SCRIPT_FIXTURE_H
#define PORTOLAN_TEST_SCRIPT_FIXTURE_H

#include "engine/script_result.h"

static const struct script_node fixture_nodes[] = {
	{.kind = SCRIPT_TABLE, .depth = 0},
	{.kind = SCRIPT_TEXT, .depth = 1, .text = "one\x01\xff"},
	{.kind = SCRIPT_TABLE, .depth = 1, .key = "sub"},
	{.kind = SCRIPT_NUMBER, .depth = 2, .text = "-1.5e+20"},
	{.kind = SCRIPT_NUMBER, .depth = 2, .key = "bad", .text = "-nan"},
	{.kind = SCRIPT_BOOLEAN, .depth = 1, .key = "ok", .text = "true"},
};

static const struct script_result fixture_script = {
	.id = "http-title",
	.text = "\n  one\n  sub: <b>",
	.nodes = fixture_nodes,
	.nodes_count = sizeof(fixture_nodes) / sizeof(*fixture_nodes),
	.cut = true,
	.stopped = "time limit 5 s",
	.took_ns = 5000001000,
};

static const char *const fixture_references[] = {"CWE-287", "https://example.org/?a=1&b=2"};

static const struct script_finding fixture_finding = {
	.id = "ftp-anonymous",
	.title = "FTP lets everybody in",
	.severity = FINDING_HIGH,
	.seen = "230 Login\r\nsuccessful.",
	.why = "Files may be read.",
	.remedy = "Turn anonymous login off.",
	.references = fixture_references,
	.references_count = 2,
	.confidence = 0.9,
	.source = "script ftp-anon",
};

#endif
