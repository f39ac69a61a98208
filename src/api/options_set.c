#include "api/settings.h"
#include "util/alloc.h"
#include "util/duration.h"
#include "util/error.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int text_list_add(struct text_list *list, const char *text)
{
	if (list->count == list->cap) {
		size_t cap = list->cap ? list->cap * 2 : 8;
		const char **items = alloc_resize(list->items, cap, sizeof(*items));

		if (!items)
			return ERROR_MEMORY;
		list->items = items;
		list->cap = cap;
	}
	list->items[list->count++] = text;
	return 0;
}

void text_list_release(struct text_list *list)
{
	alloc_free(list->items);
	*list = (struct text_list){0};
}

void settings_init(struct settings *settings)
{
	*settings = (struct settings){
		.table = portolan_options(),
		.random_count = NUMBER_UNSET,
		.top_ports = NUMBER_UNSET,
		.ttl = NUMBER_UNSET,
		.max_retries = NUMBER_UNSET,
		.seed = NUMBER_UNSET,
		.source_port = NUMBER_UNSET,
		.data_length = NUMBER_UNSET,
		.version_intensity = NUMBER_UNSET,
		.os_tries = NUMBER_UNSET,
		.os_probes = NUMBER_UNSET,
		.shards = 1,
		.shard = 1,
		.scan_flags = -1,
		.privileged = -1,
		.min_parallelism = NUMBER_UNSET,
		.max_parallelism = NUMBER_UNSET,
		.min_hostgroup = NUMBER_UNSET,
		.max_hostgroup = NUMBER_UNSET,
		.port_ratio = -1,
		.min_rate = -1,
		.max_rate = -1,
		.timing_level = 3,
	};
}

void settings_release(struct settings *settings)
{
	size_t i;

	for (i = 0; i < settings->split.count; i++)
		alloc_free((char *)settings->split.items[i]);
	for (i = 0; i < settings->base_paths_count; i++)
		alloc_free(settings->base_paths[i]);
	settings->base_paths_count = 0;
	text_list_release(&settings->split);
	text_list_release(&settings->operands);
	text_list_release(&settings->excludes);
	text_list_release(&settings->exclude_files);
	text_list_release(&settings->dns_servers);
	text_list_release(&settings->route_to);
	text_list_release(&settings->scripts);
	text_list_release(&settings->script_allow);
	text_list_release(&settings->script_limits);
	text_list_release(&settings->decoys);
	text_list_release(&settings->mmdbs);
}

void settings_warn(struct settings *settings, const char *format, ...)
{
	char text[512];
	va_list args;

	if (!settings->warn)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	settings->warn(settings->self, text);
}

int set_mark(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;

	settings->uses[row->mark]++;
	if (row->later && !settings->later)
		settings->later = row;
	return 0;
}

static int refuse_second(const struct option_row *row, struct diag *diag)
{
	char title[OPTION_TITLE_BYTES];

	return diag_set(diag, ERROR_EXISTS,
			"%s was given twice; give it once, with everything in one list",
			option_title(row, title));
}

int set_mark_once(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;

	if (settings->uses[row->mark])
		return refuse_second(row, diag);
	return set_mark(self, row, value, diag);
}

static void *field(void *settings, const struct option_row *row)
{
	return (char *)settings + row->offset;
}

int set_text(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	*(const char **)field(self, row) = value;
	return set_mark(self, row, value, diag);
}

int set_text_once(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	if (*(const char **)field(self, row))
		return refuse_second(row, diag);
	return set_text(self, row, value, diag);
}

int set_list(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	if (text_list_add(field(self, row), value) < 0)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	return set_mark(self, row, value, diag);
}

int set_split_list(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;
	char *copy = alloc_strdup(value), *item, *rest = copy;

	if (!copy || text_list_add(&settings->split, copy) < 0) {
		alloc_free(copy);
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	}
	while ((item = strsep(&rest, ", \t\r\n")))
		if (*item && text_list_add(field(self, row), item) < 0)
			return diag_set(diag, ERROR_MEMORY, "out of memory");
	return set_mark(self, row, value, diag);
}

int set_number(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	char title[OPTION_TITLE_BYTES], *end;
	long long number;

	errno = 0;
	number = strtoll(value, &end, 10);
	if (errno || end == value || *end || number < row->minimum || number > row->maximum) {
		if (row->maximum == INT64_MAX)
			return diag_set(diag, ERROR_RANGE,
					"%s takes a whole number from %lld up, not \"%.80s\"",
					option_title(row, title), (long long)row->minimum, value);
		return diag_set(diag, ERROR_RANGE,
				"%s takes a whole number from %lld to %lld, not \"%.80s\"",
				option_title(row, title), (long long)row->minimum,
				(long long)row->maximum, value);
	}
	*(int64_t *)field(self, row) = number;
	return set_mark(self, row, value, diag);
}

int set_rate(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	char title[OPTION_TITLE_BYTES], *end;
	double rate = strtod(value, &end);

	/* !(>) and not <=, so that NaN is refused as well. */
	if (end == value || *end || !(rate > 0) || !(rate <= 1e12))
		return diag_set(diag, ERROR_RANGE,
				"%s takes a number of packets a second above 0, not \"%.80s\"",
				option_title(row, title), value);
	*(double *)field(self, row) = rate;
	return set_mark(self, row, value, diag);
}

int set_time(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	char title[OPTION_TITLE_BYTES];
	struct time_setting time = {0, true};
	bool unit = false;

	option_title(row, title);
	if (duration_parse(value, &time.ns, &unit) < 0)
		return diag_set(diag, ERROR_SYNTAX,
				"%s takes a time such as 500ms, 30s, 5m or 1h, not \"%.80s\"",
				title, value);
	if (time.ns < (uint64_t)row->minimum)
		return diag_set(diag, ERROR_RANGE, "%s must be at least %gms, not \"%.80s\"", title,
				row->minimum < 1000000 ? 1.0 : (double)row->minimum / 1e6, value);
	/* Long ago a bare number meant milliseconds, and old scripts still say so. */
	if (!unit && row->maximum && time.ns >= (uint64_t)row->maximum * 1000000000u)
		return diag_set(
			diag, ERROR_RANGE,
			"%s %.40s would be %.40s seconds; write %.40sms for milliseconds, or "
			"%.40ss if you mean it",
			title, value, value, value, value);
	*(struct time_setting *)field(self, row) = time;
	return set_mark(self, row, value, diag);
}

int set_nothing(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	return set_mark(self, row, value, diag);
}
