#include "api/learn.h"

#include "detect/service/draft.h"
#include "detect/service/probes.h"
#include "detect/service/submission.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_BYTES 600
#define NAME_BYTES 64
#define SAME_NAMES 99

struct learn {
	const struct learn_request *request;
	struct diag *diag;
	struct submission block;
	struct probe_db *db; /* for what probes send */
	char name[NAME_BYTES];
};

static int cannot(struct learn *learn, const char *doing, const char *path)
{
	if (errno == EEXIST)
		return diag_set(learn->diag, ERROR_EXISTS,
				"%s is there already, and nothing is overwritten; move it away, or "
				"name another folder with --output",
				path);
	return diag_set(learn->diag, ERROR_IO, "cannot %s %s: %s", doing, path, strerror(errno));
}

static int make_folder(struct learn *learn, const char *path)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return cannot(learn, "make the folder", path);
	return 0;
}

static int write_bytes(int fd, const uint8_t *bytes, size_t count)
{
	while (count) {
		ssize_t wrote = write(fd, bytes, count);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return -1;
		bytes += wrote;
		count -= (size_t)wrote;
	}
	return 0;
}

static int write_file(struct learn *learn, const char *path, const void *bytes, size_t count)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666), r;

	if (fd < 0)
		return cannot(learn, "write", path);
	r = write_bytes(fd, bytes, count);
	if ((close(fd) < 0) | (r < 0))
		return cannot(learn, "write", path);
	if (learn->request->wrote)
		learn->request->wrote(learn->request->self, path);
	return 0;
}

static const char *transport_word(const struct learn *learn)
{
	return learn->block.transport == TRANSPORT_TCP ? "TCP" : "UDP";
}

/* A name that may stand in a path and in a Probe line. */
static void clean_name(const char *name, char ret_clean[NAME_BYTES])
{
	size_t i;

	for (i = 0; i < NAME_BYTES - 1 && name[i]; i++) {
		bool fine = (name[i] >= '0' && name[i] <= '9') ||
			    (name[i] >= 'a' && name[i] <= 'z') ||
			    (name[i] >= 'A' && name[i] <= 'Z') ||
			    (i && (name[i] == '-' || name[i] == '_'));

		ret_clean[i] = fine ? name[i] : i ? '_' : 'x';
	}
	ret_clean[i] = '\0';
}

/* The line of the probe that was answered. What foreign probes send is not known here:
 * those lines are comments until a person fills them in. False: it is one of them. */
static bool add_probe(struct learn *learn, const char *name, struct buf *out)
{
	const struct service_probe *probe = probe_db_find(learn->db, learn->block.transport, name);
	bool null = learn->block.transport == TRANSPORT_TCP && strcmp(name, "NULL") == 0;

	buf_add_char(out, '\n');
	if (probe || null) {
		draft_probe(transport_word(learn), name, probe ? probe->bytes : NULL,
			    probe ? probe->bytes_count : 0, out);
		return true;
	}
	buf_addf(out,
		 "# What this probe sends is not known here: fill it in, and take the marks away.\n"
		 "# Probe %s %s q|...|\n# ",
		 transport_word(learn), name);
	return false;
}

static void add_how(const struct learn *learn, const struct submission_answer *answer,
		    struct buf *out)
{
	const struct submission *block = &learn->block;

	buf_addf(out, "how from the block of an unrecognised service, port %u, %u/%u, version ",
		 block->port, block->month, block->day);
	text_add_ascii(out, block->version, strlen(block->version));
	buf_add_str(out, " on ");
	text_add_ascii(out, block->platform, strlen(block->platform));
	if (answer->total_bytes > answer->bytes)
		buf_addf(out, "; cut after %zu of %zu bytes", answer->bytes, answer->total_bytes);
	buf_add_char(out, '\n');
}

static void add_expect(const struct learn *learn, const struct submission_answer *answer,
		       const char *probe, const struct draft *draft, struct buf *out)
{
	buf_addf(out, "probe %s %s\nservice %s\n", transport_word(learn), probe, learn->name);
	if (*draft->product)
		buf_addf(out, "product %s\n", draft->product);
	if (*draft->version)
		buf_addf(out, "version %s\n", draft->version);
	if (learn->block.tls)
		buf_add_str(out, "tunnel ssl\n");
	buf_add_str(out, "source real\n");
	add_how(learn, answer, out);
}

/* Both files of a sample, PROBE.bin and PROBE.expect; a probe that answered twice has
 * PROBE-2 as well. */
static int write_sample(struct learn *learn, const struct submission_answer *answer,
			const char *probe, unsigned nth, struct buf *expect)
{
	char path[PATH_BYTES], count[16] = "";
	int r;

	if (nth > 1)
		snprintf(count, sizeof(count), "-%u", nth);
	snprintf(path, sizeof(path), "%s/samples/%s/%s%s.bin", learn->request->folder, learn->name,
		 probe, count);
	if ((r = write_file(learn, path, answer->response, answer->bytes)) < 0)
		return r;
	snprintf(path, sizeof(path), "%s/samples/%s/%s%s.expect", learn->request->folder,
		 learn->name, probe, count);
	return write_file(learn, path, expect->data, expect->len);
}

static unsigned times_before(const struct submission *block, size_t place, const char *probe)
{
	char name[NAME_BYTES];
	unsigned count = 0;
	size_t i;

	for (i = 0; i < place; i++) {
		clean_name(block->answers[i].probe, name);
		count += block->answers[i].bytes && strcmp(name, probe) == 0;
	}
	return count;
}

static int learn_answer(struct learn *learn, size_t place, struct buf *signatures)
{
	const struct submission_answer *answer = &learn->block.answers[place];
	struct buf expect = BUF_INIT;
	struct draft draft;
	char probe[NAME_BYTES];
	int r = ERROR_MEMORY;

	clean_name(answer->probe, probe);
	(void)add_probe(learn, probe, signatures);
	draft_match(learn->name, answer->response, answer->bytes, signatures, &draft);
	add_expect(learn, answer, probe, &draft, &expect);
	if (buf_ok(signatures) && buf_ok(&expect))
		r = write_sample(learn, answer, probe,
				 times_before(&learn->block, place, probe) + 1, &expect);
	buf_release(&expect);
	return r;
}

static void open_signatures(const struct learn *learn, struct buf *out)
{
	buf_addf(out,
		 "# %s: a draft that `portolan learn` made of a submission block. To be mended:\n"
		 "# the service's name, the product, and how much of each pattern is the service\n"
		 "# and not this one host. Then: tools/check-services %s\n",
		 learn->name, learn->request->folder);
}

static int write_signatures(struct learn *learn, const char *path)
{
	struct buf signatures = BUF_INIT;
	size_t i;
	int r = 0;

	open_signatures(learn, &signatures);
	for (i = 0; r == 0 && i < learn->block.answers_count; i++)
		if (learn->block.answers[i].bytes)
			r = learn_answer(learn, i, &signatures);
	if (r == 0)
		r = buf_ok(&signatures) ? write_file(learn, path, signatures.data, signatures.len)
					: ERROR_MEMORY;
	buf_release(&signatures);
	return r;
}

/* The samples' folder must be new, and the .probe file, too. */
static int claim_name(struct learn *learn, char ret_path[PATH_BYTES])
{
	char samples[PATH_BYTES];

	snprintf(ret_path, PATH_BYTES, "%s/%s.probe", learn->request->folder, learn->name);
	snprintf(samples, sizeof(samples), "%s/samples/%s", learn->request->folder, learn->name);
	if (access(ret_path, F_OK) == 0) {
		errno = EEXIST;
		return cannot(learn, "write", ret_path);
	}
	return mkdir(samples, 0777) < 0 ? cannot(learn, "make the folder", samples) : 0;
}

static bool has_answers(const struct submission *block)
{
	size_t i;

	for (i = 0; i < block->answers_count; i++)
		if (block->answers[i].bytes)
			return true;
	return false;
}

/* `same` blocks of this port came before in the text. */
static int learn_block(struct learn *learn, unsigned same)
{
	char path[PATH_BYTES];
	int r;

	if (learn->block.transport != TRANSPORT_TCP && learn->block.transport != TRANSPORT_UDP)
		return diag_set(
			learn->diag, ERROR_UNSUPPORTED,
			"the block of SCTP port %u: there are no signatures for SCTP; leave "
			"it out",
			learn->block.port);
	if (!has_answers(&learn->block))
		return diag_set(learn->diag, ERROR_SYNTAX,
				"the block of port %u holds no response, so nothing can be learnt",
				learn->block.port);
	snprintf(learn->name, sizeof(learn->name), "%s-%u",
		 learn->block.transport == TRANSPORT_TCP ? "tcp" : "udp", learn->block.port);
	if (same)
		snprintf(learn->name + strlen(learn->name), 8, "-%u", same + 1);
	if ((r = claim_name(learn, path)) < 0)
		return r;
	return write_signatures(learn, path);
}

/* How many blocks of each port have come. */
struct ports_seen {
	uint32_t key[SAME_NAMES];
	size_t count;
};

static unsigned count_same(struct ports_seen *seen, const struct submission *block)
{
	uint32_t key = (uint32_t)block->transport << 16 | block->port;
	unsigned same = 0;
	size_t i;

	for (i = 0; i < seen->count; i++)
		same += seen->key[i] == key;
	if (seen->count < SAME_NAMES)
		seen->key[seen->count++] = key;
	return same;
}

static int learn_all(struct learn *learn, struct arena *arena, size_t *ret_blocks)
{
	const char *text = learn->request->text;
	size_t left = learn->request->bytes, taken = 0;
	struct ports_seen seen = {.count = 0};
	int r;

	for (;; text += taken, left -= taken) {
		r = submission_parse(arena, text, left, &learn->block, &taken, learn->diag);
		if (r < 0)
			return r == ERROR_NOT_FOUND && *ret_blocks ? 0 : r;
		if (seen.count == SAME_NAMES)
			return diag_set(learn->diag, ERROR_LIMIT,
					"more than %d blocks; learn from them in parts",
					SAME_NAMES);
		if ((r = learn_block(learn, count_same(&seen, &learn->block))) < 0)
			return r;
		++*ret_blocks;
	}
}

int learn_blocks(const struct learn_request *request, size_t *ret_blocks, struct diag *diag)
{
	struct learn learn = {.request = request, .diag = diag};
	struct arena arena = ARENA_INIT;
	char samples[PATH_BYTES];
	int r;

	*ret_blocks = 0;
	if (strlen(request->folder) > PATH_BYTES / 2)
		return diag_set(diag, ERROR_LIMIT, "the folder's name is too long");
	snprintf(samples, sizeof(samples), "%s/samples", request->folder);
	if ((r = make_folder(&learn, request->folder)) == 0 &&
	    (r = make_folder(&learn, samples)) == 0 && (r = probe_db_builtin(&learn.db)) == 0)
		r = learn_all(&learn, &arena, ret_blocks);
	probe_db_free(learn.db);
	arena_release(&arena);
	return r == ERROR_MEMORY ? diag_set(diag, r, "out of memory") : r;
}
