/* signatures FOLDER [PROTOCOL...]
 * signatures --expect FOLDER TCP|UDP PROBE RESPONSE-FILE
 *
 * Checks the signatures of a folder like data/services/: how their patterns
 * are built, their templates, and that every sample of FOLDER/samples/ comes
 * out as it should and is taken for nothing else. Each finding must come out of one. With
 * protocols named, only problems of those files and samples are told; all are loaded all the same.
 * --expect prints what a response comes out as, to begin a .expect file with. */
#include "signatures.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counts {
	size_t files, samples, real;
};

/* "http" of "http.probe" and of ".../samples/http/nginx.expect". */
static void protocol_of(const char *file, char *ret_name, size_t size)
{
	const char *end = strrchr(file, '/'), *begin;

	if (end && strstr(file, ".expect")) {
		for (begin = end; begin > file && begin[-1] != '/'; begin--)
			;
		snprintf(ret_name, size, "%.*s", (int)(end - begin), begin);
		return;
	}
	begin = end ? end + 1 : file;
	snprintf(ret_name, size, "%.*s", (int)strcspn(begin, "."), begin);
}

static bool is_asked(const struct signatures *all, const char *file)
{
	char name[128];

	protocol_of(file, name, sizeof(name));
	for (int i = 0; i < all->only_count; i++)
		if (strcmp(all->only[i], name) == 0)
			return true;
	return !all->only_count;
}

void problem(struct signatures *all, const char *file, unsigned line, const char *format, ...)
{
	va_list args;

	if (!is_asked(all, file))
		return;
	all->problems++;
	printf("%s:", file);
	if (line)
		printf("%u:", line);
	printf(" ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

bool read_file(const char *path, struct buf *ret_bytes)
{
	FILE *file = fopen(path, "rb");
	size_t got;

	if (!file)
		return false;
	do {
		if (!buf_reserve(ret_bytes, 65536))
			break;
		got = fread(ret_bytes->data + ret_bytes->len, 1, 65536, file);
		ret_bytes->len += got;
	} while (got);
	fclose(file);
	return *buf_str(ret_bytes) || buf_ok(ret_bytes);
}

/* Calls for each file of the folder with this ending, in order of names. */
static void each_file(struct signatures *all, const char *folder, const char *ending,
		      void (*visit)(struct signatures *all, const char *path, void *self),
		      void *self)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort), i;
	char path[512];

	for (i = 0; i < count; i++) {
		size_t length = strlen(entries[i]->d_name), tail = strlen(ending);

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		if (*entries[i]->d_name != '.' && length > tail &&
		    strcmp(entries[i]->d_name + length - tail, ending) == 0)
			visit(all, path, self);
		free(entries[i]);
	}
	free(entries);
}

static void visit_sample(struct signatures *all, const char *path, void *self)
{
	struct counts *counts = self;
	struct sample sample;

	if (sample_read(all, path, &sample))
		check_sample(all, &sample);
	counts->samples++;
	counts->real += sample.source && strcmp(sample.source, "real") == 0;
	sample_release(&sample);
}

static void visit_response(struct signatures *all, const char *path, void *self)
{
	char expect[600];
	FILE *file;

	snprintf(expect, sizeof(expect), "%.*s.expect", (int)(strlen(path) - strlen(".bin")), path);
	file = fopen(expect, "rb");
	if (!file)
		problem(all, expect, 0, "is missing; its .bin is there");
	else
		fclose(file);
}

static bool excuses_itself(const char *path)
{
	struct buf text = BUF_INIT;
	bool excuse = read_file(path, &text) && strstr(buf_str(&text), "# no real sample: ");

	buf_release(&text);
	return excuse;
}

static void visit_signatures(struct signatures *all, const char *path, void *self)
{
	struct counts *counts = self, before = *counts;
	char name[128], samples[512];

	protocol_of(path, name, sizeof(name));
	snprintf(samples, sizeof(samples), "%s/samples/%s", all->folder, name);
	each_file(all, samples, ".bin", visit_response, NULL);
	each_file(all, samples, ".expect", visit_sample, counts);
	counts->files++;
	if (counts->real == before.real && !excuses_itself(path))
		problem(all, path, 0,
			"no real sample is in %s, and no line says why, as in `# no real sample: "
			"Debian has no such server`",
			samples);
}

/* Samples whose protocol has no file would never be looked at. */
static void visit_samples_folder(struct signatures *all, const char *path, void *self)
{
	const char *name = strrchr(path, '/') + 1;
	char wanted[512];
	FILE *file;

	snprintf(wanted, sizeof(wanted), "%s/%s.probe", all->folder, name);
	file = fopen(wanted, "rb");
	if (!file)
		problem(all, wanted, 0, "is missing; %s is there", path);
	else
		fclose(file);
}

/* What is said to be wrong must have been seen once, at least. */
static void check_findings(struct signatures *all)
{
	size_t i, j, lines = probe_db_lines(all->db);

	for (i = 0; i < lines; i++) {
		const struct match_line *line = probe_db_line(all->db, i);

		for (j = 0; line->finding && j < lines; j++)
			if (all->seen[j] && probe_db_line(all->db, j)->finding == line->finding)
				break;
		if (line->finding && j == lines)
			problem(all, probe_db_file(all->db, line->file), line->line,
				"no sample shows the finding %s", line->finding->id);
	}
}

static int check(struct signatures *all)
{
	struct counts counts = {0};
	size_t i, seen = 0, lines = probe_db_lines(all->db);
	char samples[512];

	all->seen = calloc(lines + 1, sizeof(*all->seen));
	if (!all->seen)
		return 2;
	check_lines(all);
	snprintf(samples, sizeof(samples), "%s/samples", all->folder);
	each_file(all, samples, "", visit_samples_folder, NULL);
	each_file(all, all->folder, ".probe", visit_signatures, &counts);
	if (!all->only_count)
		check_findings(all);
	for (i = 0; i < lines; i++)
		seen += all->seen[i];
	printf("signatures: %zu files, %zu probes, %zu lines (%zu of them seen in a sample), "
	       "%zu samples (%zu real), %zu problems\n",
	       counts.files, probe_db_probes(all->db), lines, seen, counts.samples, counts.real,
	       all->problems);
	free(all->seen);
	return all->problems ? 1 : 0;
}

static int expect(struct signatures *all, char **args)
{
	enum transport transport = strcmp(args[0], "UDP") ? TRANSPORT_TCP : TRANSPORT_UDP;
	const struct service_probe *probe = probe_db_find(all->db, transport, args[1]);
	struct buf response = BUF_INIT;
	int status = 2;

	if (!probe)
		fprintf(stderr, "signatures: there is no probe %s %s\n", args[0], args[1]);
	else if (!read_file(args[2], &response))
		fprintf(stderr, "signatures: cannot read %s\n", args[2]);
	else
		status = 0;
	if (!status)
		print_expect(all, probe, &response);
	buf_release(&response);
	return status;
}

static int load(struct signatures *all)
{
	struct diag diag = {0};

	if (probe_db_load(all->folder, &all->db, &diag)) {
		printf("%s\n", diag.text);
		return 1;
	}
	if (matcher_new(all->db, NULL, NULL, &all->matcher)) {
		fprintf(stderr, "signatures: out of memory\n");
		return 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct signatures all = {0};
	bool expects = argc > 1 && strcmp(argv[1], "--expect") == 0;
	int status;

	if (argc < 2 || (expects && argc != 6) || (!expects && *argv[1] == '-')) {
		fprintf(stderr, "signatures FOLDER [PROTOCOL...]\n"
				"signatures --expect FOLDER TCP|UDP PROBE RESPONSE-FILE\n");
		return 2;
	}
	all.folder = argv[expects ? 2 : 1];
	all.only = argv + 2;
	all.only_count = expects ? 0 : argc - 2;
	if ((status = load(&all)) == 0)
		status = expects ? expect(&all, argv + 3) : check(&all);
	matcher_free(all.matcher);
	probe_db_free(all.db);
	return status;
}
