/* Samples: recorded responses, and what must come out of each. */
#include "signatures.h"

#include "util/text.h"

#include <stdio.h>
#include <string.h>

static const char *const field_names[MATCH_FIELDS] = {
	"product", "version", "info", "hostname", "ostype", "devicetype", "cpe", "cpe", "cpe"};

static bool add_to(const char **list, size_t *count, const char *value)
{
	if (*count == EXPECT_MAX)
		return false;
	list[(*count)++] = value;
	return true;
}

static bool set_probe(struct signatures *all, struct sample *sample, const char *value)
{
	enum transport transport = strncmp(value, "UDP ", 4) ? TRANSPORT_TCP : TRANSPORT_UDP;

	if (strncmp(value, "UDP ", 4) != 0 && strncmp(value, "TCP ", 4) != 0)
		return false;
	sample->probe = probe_db_find(all->db, transport, value + 4);
	return sample->probe;
}

static bool set_field(struct sample *sample, const char *key, const char *value)
{
	for (int i = 0; i < MATCH_CPE_A; i++)
		if (strcmp(key, field_names[i]) == 0) {
			sample->fields[i] = value;
			return true;
		}
	return false;
}

static bool set_key(struct signatures *all, struct sample *sample, const char *key, char *value)
{
	if (strcmp(key, "probe") == 0)
		return set_probe(all, sample, value);
	if (strcmp(key, "cpe") == 0)
		return add_to(sample->cpe, &sample->cpe_count, value);
	if (strcmp(key, "also") == 0) {
		char *blank = strchr(value, ' ');

		if (!blank || !blank[1])
			return false;
		*blank = '\0';
		return add_to(sample->also, &sample->also_count, value);
	}
	if (strcmp(key, "service") == 0)
		sample->service = value;
	else if (strcmp(key, "finding") == 0)
		sample->finding = value;
	else if (strcmp(key, "source") == 0)
		sample->source = value;
	else if (strcmp(key, "how") == 0)
		sample->how = value;
	else if (strcmp(key, "soft") == 0)
		sample->soft = strcmp(value, "yes") == 0;
	else if (strcmp(key, "tunnel") != 0)
		return set_field(sample, key, value);
	return true;
}

static void read_lines(struct signatures *all, struct sample *sample)
{
	char *line = (char *)sample->text.data, *next;
	unsigned number = 1;

	for (; line && *line; line = next, number++) {
		char *blank;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (!*line || *line == '#')
			continue;
		blank = strchr(line, ' ');
		if (blank)
			*blank = '\0';
		if (!blank || !set_key(all, sample, line, blank + 1))
			problem(all, sample->path, number,
				"\"%s %s\" is not known: probe TCP NAME (of a probe that is "
				"there), service, product, version, info, hostname, ostype, "
				"devicetype, cpe, finding, soft yes, tunnel, also SERVICE WHY, "
				"source, "
				"how",
				line, blank ? blank + 1 : "");
	}
}

static bool read_response(struct signatures *all, struct sample *sample)
{
	char path[600];
	size_t length = strlen(sample->path) - strlen(".expect");

	snprintf(path, sizeof(path), "%.*s.bin", (int)length, sample->path);
	if (read_file(path, &sample->response) && sample->response.len)
		return true;
	problem(all, sample->path, 0, "there is no response in %s", path);
	return false;
}

bool sample_read(struct signatures *all, const char *path, struct sample *ret_sample)
{
	size_t before = all->problems;

	*ret_sample = (struct sample){.response = BUF_INIT, .text = BUF_INIT};
	snprintf(ret_sample->path, sizeof(ret_sample->path), "%s", path);
	if (!read_file(path, &ret_sample->text)) {
		problem(all, path, 0, "cannot be read");
		return false;
	}
	read_lines(all, ret_sample);
	if (!ret_sample->probe || !ret_sample->service)
		problem(all, path, 0, "says no `probe` or no `service`");
	if (!ret_sample->how)
		problem(all, path, 0, "does not say `how` it was made");
	if (!ret_sample->source || (strcmp(ret_sample->source, "real") != 0 &&
				    strcmp(ret_sample->source, "document") != 0))
		problem(all, path, 0, "`source` is neither real nor document");
	return read_response(all, ret_sample) && ret_sample->probe && ret_sample->service &&
	       all->problems == before;
}

void sample_release(struct sample *sample)
{
	buf_release(&sample->response);
	buf_release(&sample->text);
}

static bool is_listed(const char *const *list, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], text) == 0)
			return true;
	return false;
}

static void compare_field(struct signatures *all, const struct sample *sample,
			  const struct match_result *found, int field)
{
	const char *wanted = sample->fields[field] ? sample->fields[field] : "";
	const char *got = found->fields[field] ? found->fields[field] : "";

	if (strcmp(wanted, got) != 0)
		problem(all, sample->path, 0, "%s should be \"%s\" and is \"%s\" (%s:%u)",
			field_names[field], wanted, got, probe_db_file(all->db, found->line->file),
			found->line->line);
}

static void compare_cpes(struct signatures *all, const struct sample *sample,
			 const struct match_result *found)
{
	size_t count = 0, i;

	for (i = MATCH_CPE_A; i <= MATCH_CPE_O; i++) {
		const char *cpe = found->fields[i];

		if (!cpe || !*cpe)
			continue;
		count++;
		if (!is_listed(sample->cpe, sample->cpe_count, cpe))
			problem(all, sample->path, 0, "cpe \"%s\" is not expected (%s:%u)", cpe,
				probe_db_file(all->db, found->line->file), found->line->line);
	}
	if (count < sample->cpe_count)
		problem(all, sample->path, 0, "%zu CPEs are expected, %zu came", sample->cpe_count,
			count);
}

static void compare_finding(struct signatures *all, const struct sample *sample,
			    const struct match_line *line)
{
	const char *wanted = sample->finding ? sample->finding : "";
	const char *got = line->finding ? line->finding->id : "";

	if (strcmp(wanted, got) != 0)
		problem(all, sample->path, 0, "finding should be \"%s\" and is \"%s\" (%s:%u)",
			wanted, got, probe_db_file(all->db, line->file), line->line);
}

static void compare(struct signatures *all, const struct sample *sample,
		    const struct match_result *found)
{
	const struct match_line *line = found->line;

	all->seen[line->id] = true;
	if (strcmp(line->service, sample->service) != 0 || line->soft != sample->soft)
		problem(all, sample->path, 0, "is taken for %s%s, not for %s%s (%s:%u)",
			line->soft ? "soft " : "", line->service, sample->soft ? "soft " : "",
			sample->service, probe_db_file(all->db, line->file), line->line);
	for (int i = 0; i < MATCH_CPE_A; i++)
		compare_field(all, sample, found, i);
	compare_cpes(all, sample, found);
	compare_finding(all, sample, line);
}

/* Hard lines of other services, of any probe, must not match. */
static void check_strangers(struct signatures *all, const struct sample *sample)
{
	bool used[EXPECT_MAX] = {false};
	size_t i, j, k;

	for (i = 0; i < probe_db_probes(all->db); i++) {
		const struct service_probe *probe = probe_db_probe(all->db, i);

		for (j = 0; probe->transport == sample->probe->transport && j < probe->lines_count;
		     j++) {
			const struct match_line *line = &probe->lines[j];
			struct match_result found;

			if (line->soft || strcmp(line->service, sample->service) == 0 ||
			    !matcher_try(all->matcher, line, sample->response.data,
					 sample->response.len, &found))
				continue;
			for (k = 0; k < sample->also_count; k++)
				used[k] |= strcmp(sample->also[k], line->service) == 0;
			if (!is_listed(sample->also, sample->also_count, line->service))
				problem(all, sample->path, 0,
					"the line %s:%u (%s, of probe %s) matches as well: make "
					"it narrower, or write `also %s WHY`",
					probe_db_file(all->db, line->file), line->line,
					line->service, probe->name, line->service);
		}
	}
	for (k = 0; k < sample->also_count; k++)
		if (!used[k])
			problem(all, sample->path, 0, "`also %s` is no longer true: take it out",
				sample->also[k]);
}

void check_sample(struct signatures *all, const struct sample *sample)
{
	struct match_result found;

	if (matcher_match(all->matcher, sample->probe, sample->response.data, sample->response.len,
			  false, &found))
		compare(all, sample, &found);
	else
		problem(all, sample->path, 0, "nothing matches; %s should", sample->service);
	check_strangers(all, sample);
}

void print_expect(struct signatures *all, const struct service_probe *probe,
		  const struct buf *response)
{
	struct match_result found;

	printf("probe %s %s\n", probe->transport == TRANSPORT_TCP ? "TCP" : "UDP", probe->name);
	if (!matcher_match(all->matcher, probe, response->data, response->len, false, &found)) {
		printf("# nothing matches\n");
		return;
	}
	printf("service %s\n", found.line->service);
	for (int i = 0; i < MATCH_FIELDS; i++)
		if (found.fields[i] && *found.fields[i])
			printf("%s %s\n", field_names[i], found.fields[i]);
	if (found.line->finding)
		printf("finding %s\n", found.line->finding->id);
	if (found.line->soft)
		printf("soft yes\n");
	printf("# by %s:%u, lines of probe %s\n", probe_db_file(all->db, found.line->file),
	       found.line->line, found.with->name);
}
