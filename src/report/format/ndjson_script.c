#include "report/format/ndjson_script.h"

#include "report/format/words_scripts.h"

static void add_text(struct json_writer *json, const char *key, const char *text)
{
	if (text)
		json_write_text(json, key, text);
}

static void add_place(struct json_writer *json, const struct script_place *place)
{
	json_write_word(json, "scope", script_scope_name(place->scope));
	if (place->scope != SCRIPT_PORT)
		return;
	json_write_word(json, "transport", transport_name(place->transport));
	json_write_uint(json, "port", place->number);
}

static const char *skip_digits(const char *text, bool *ok)
{
	const char *end = text;

	while (*end >= '0' && *end <= '9')
		end++;
	*ok &= end > text;
	return end;
}

/* Lua's numbers are JSON's, but for infinities and what is none. */
static bool is_json_number(const char *text)
{
	bool ok = true;

	if (*text == '-')
		text++;
	text = *text == '0' ? text + 1 : skip_digits(text, &ok);
	if (*text == '.')
		text = skip_digits(text + 1, &ok);
	if (*text == 'e') {
		text++;
		text = skip_digits(text + (*text == '-' || *text == '+'), &ok);
	}
	return ok && !*text;
}

static void add_scalar(struct json_writer *json, const struct script_node *node)
{
	const char *text = node->text ? node->text : "";

	if (node->kind == SCRIPT_BOOLEAN)
		json_write_bool(json, "value", text[0] == 't');
	else if (node->kind == SCRIPT_NUMBER && is_json_number(text))
		json_write_number(json, "value", text);
	else
		json_write_text(json, "value", text);
}

/* A table is a list of its entries, for keys may come twice and have an order; one of its
 * array has no "key". */
static void add_value(struct json_writer *json, const struct script_result *result)
{
	uint32_t open = 0; /* lists; the first is that of the value itself */

	if (!result->nodes_count)
		return;
	if (result->nodes[0].kind != SCRIPT_TABLE) {
		add_scalar(json, &result->nodes[0]);
		return;
	}
	json_write_array(json, "value");
	for (size_t i = 1; i < result->nodes_count; i++) {
		const struct script_node *node = &result->nodes[i];

		for (; open && open >= node->depth; open--) {
			json_write_array_end(json);
			json_write_object_end(json);
		}
		json_write_object(json, NULL);
		add_text(json, "key", node->key);
		if (node->kind == SCRIPT_TABLE) {
			json_write_array(json, "value");
			open = node->depth;
		} else {
			add_scalar(json, node);
			json_write_object_end(json);
		}
	}
	for (; open; open--) {
		json_write_array_end(json);
		json_write_object_end(json);
	}
	json_write_array_end(json);
}

void ndjson_add_script(struct json_writer *json, const struct script_place *place,
		       const struct script_result *result)
{
	add_place(json, place);
	json_write_text(json, "id", result->id ? result->id : "");
	json_write_text(json, "output", result->text ? result->text : "");
	add_value(json, result);
	if (result->cut)
		json_write_bool(json, "cut", true);
	add_text(json, "stopped", result->stopped);
	if (result->took_ns)
		json_write_uint(json, "took_us", result->took_ns / 1000);
}

void ndjson_add_finding(struct json_writer *json, const struct script_place *place,
			const struct script_finding *finding)
{
	add_place(json, place);
	json_write_text(json, "id", finding->id ? finding->id : "");
	json_write_word(json, "severity", finding_severity_name(finding->severity));
	add_text(json, "title", finding->title);
	add_text(json, "seen", finding->seen);
	add_text(json, "why", finding->why);
	add_text(json, "remedy", finding->remedy);
	if (finding->references_count) {
		json_write_array(json, "references");
		for (size_t i = 0; i < finding->references_count; i++)
			json_write_text(json, NULL, finding->references[i]);
		json_write_array_end(json);
	}
	json_write_uint(json, "confidence_percent", words_confidence_percent(finding));
	add_text(json, "source", finding->source);
}

void ndjson_add_scripts(struct json_writer *json, const struct scripts_report *scripts)
{
	if (scripts->scripts_count) {
		json_write_array(json, "scripts");
		for (size_t i = 0; i < scripts->scripts_count; i++) {
			json_write_object(json, NULL);
			ndjson_add_script(json, &scripts->scripts[i].place,
					  scripts->scripts[i].result);
			json_write_object_end(json);
		}
		json_write_array_end(json);
	}
	if (!scripts->findings_count)
		return;
	json_write_array(json, "findings");
	for (size_t i = 0; i < scripts->findings_count; i++) {
		json_write_object(json, NULL);
		ndjson_add_finding(json, &scripts->findings[i].place, scripts->findings[i].finding);
		json_write_object_end(json);
	}
	json_write_array_end(json);
}

void ndjson_add_findings_total(struct json_writer *json, const struct format_totals *totals)
{
	bool any = false;

	for (int i = 0; i < FINDING_SEVERITIES; i++)
		any |= totals->findings[i] != 0;
	if (!any)
		return;
	json_write_object(json, "findings");
	for (int i = FINDING_SEVERITIES - 1; i >= 0; i--)
		if (totals->findings[i])
			json_write_uint(json, finding_severity_name((enum finding_severity)i),
					totals->findings[i]);
	json_write_object_end(json);
}
