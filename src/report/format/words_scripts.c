#include "report/format/words_scripts.h"

#include "util/text.h"

#include <string.h>

/* The first that is not before the place: they are in order. */
static size_t lower_bound(const struct scripts_report *scripts, const struct script_place *place)
{
	size_t first = 0, end = scripts->scripts_count;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (script_place_compare(&scripts->scripts[middle].place, place) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

const struct script_report *words_scripts_of(const struct scripts_report *scripts,
					     enum script_scope scope, enum transport transport,
					     uint16_t number, size_t *ret_count)
{
	const struct script_place place = {scope, transport, number};
	size_t first = lower_bound(scripts, &place), next = first;

	while (next < scripts->scripts_count &&
	       !script_place_compare(&scripts->scripts[next].place, &place))
		next++;
	*ret_count = next - first;
	return next == first ? NULL : scripts->scripts + first;
}

void words_add_script_text(struct buf *out, const struct script_result *result)
{
	bool has_text = result->text && *result->text;

	if (has_text)
		buf_add_str(out, result->text);
	if (!result->stopped)
		return;
	buf_add_str(out, has_text ? "\nstopped: " : "stopped: ");
	buf_add_str(out, result->stopped);
}

void words_add_line(struct buf *out, const char *text)
{
	for (size_t bytes; text && *text; text += bytes) {
		bytes = strcspn(text, "\t\n");
		text_add_ascii(out, text, bytes);
		if (text[bytes])
			buf_add_str(out, text[bytes] == '\t' ? "\\x09" : "\\x0A"), bytes++;
	}
}

void words_add_script(struct buf *out, const struct script_result *result)
{
	struct buf text = BUF_INIT, safe = BUF_INIT;
	const char *line, *end;
	bool shown;

	words_add_script_text(&text, result);
	text_add_ascii(&safe, text.data, text.len);
	if (!buf_ok(&text) || !buf_ok(&safe))
		out->failed = true;
	shown = safe.len > 0;
	if (shown && safe.data[safe.len - 1] == '\n')
		buf_cut(&safe, safe.len - 1);
	line = shown ? buf_str(&safe) : NULL;
	for (bool first = true; line; line = end ? end + 1 : NULL, first = false) {
		end = strchr(line, '\n');
		buf_add_str(out, end ? "| " : "|_");
		if (first) {
			words_add_line(out, result->id);
			buf_add_str(out, ": ");
		}
		buf_add(out, line, end ? (size_t)(end - line) : strlen(line));
		buf_add_char(out, '\n');
	}
	buf_release(&text);
	buf_release(&safe);
}

const char *words_place(const struct script_place *place, char text[16])
{
	if (place->scope == SCRIPT_PORT)
		snprintf(text, 16, "%u/%s", place->number, transport_name(place->transport));
	else
		text[0] = '\0';
	return text;
}

void words_add_references(struct buf *out, const struct script_finding *finding)
{
	for (size_t i = 0; i < finding->references_count; i++) {
		buf_add_str(out, i ? ", " : "");
		words_add_line(out, finding->references[i]);
	}
}

unsigned words_confidence_percent(const struct script_finding *finding)
{
	if (!(finding->confidence > 0))
		return 0;
	return finding->confidence < 1 ? (unsigned)(finding->confidence * 100 + 0.5) : 100;
}

bool words_add_findings_total(struct buf *out, const struct format_totals *totals)
{
	bool any = false;

	for (int i = FINDING_SEVERITIES - 1; i >= 0; i--) {
		if (!totals->findings[i])
			continue;
		buf_addf(out, "%s%llu %s", any ? ", " : "", (unsigned long long)totals->findings[i],
			 finding_severity_name((enum finding_severity)i));
		any = true;
	}
	return any;
}

bool words_is_scripted(const struct host_report *host)
{
	return host->state == HOST_UP && !host->list_only && !host->timed_out &&
	       (host->scripts.scripts_count || host->scripts.findings_count);
}
