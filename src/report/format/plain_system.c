/* Which system a host runs, in Nmap's lines and one of our own. */
#include "report/format/plain.h"

#include "report/format/words.h"
#include "report/format/words_system.h"

#define SECONDS_A_DAY 86400.0
#define GUESSES_SHOWN 5
#define GUESS_WORTH   0.25 /* of the likeliest: below it is hardly more than what is usual */

static void add_text(const struct plain *plain, const char *text)
{
	words_add_clean(plain->out, text, plain->terminal);
}

static void add_list(const struct plain *plain, const char *label, const char *const *texts,
		     size_t count, const char *between)
{
	if (!count)
		return;
	buf_add_str(plain->out, label);
	for (size_t i = 0; i < count; i++) {
		buf_add_str(plain->out, i ? between : "");
		add_text(plain, texts[i]);
	}
	buf_add_char(plain->out, '\n');
}

static void add_running(const struct plain *plain, const struct system_facts *facts)
{
	if (!facts->running_count)
		return;
	buf_add_str(plain->out, facts->perfect_count ? "Running: " : "Running (JUST GUESSING): ");
	for (size_t i = 0; i < facts->running_count; i++) {
		buf_add_str(plain->out, i ? ", " : "");
		add_text(plain, facts->running[i].name);
		if (!facts->running[i].certain)
			buf_addf(plain->out, " (%u%%)", facts->running[i].percent);
	}
	buf_add_char(plain->out, '\n');
}

static void add_warnings(const struct plain *plain, const struct system_facts *facts)
{
	if (facts->incomplete)
		buf_add_str(plain->out, "OS detection did not finish: what it says rests on a part "
					"of its probes\n");
	if (facts->unreliable && words_matches(plain->context, facts) != WORDS_TOO_MANY)
		buf_add_str(plain->out, "Warning: OSScan results may be unreliable: no pair of an "
					"open and a closed TCP port was found\n");
}

static void add_matches(const struct plain *plain, const struct system_facts *facts,
			const char *label)
{
	size_t count = words_matches_shown(plain->context, facts);

	for (size_t i = 0; i < count; i++) {
		buf_add_str(plain->out, i ? ", " : label);
		add_text(plain, facts->matches[i].name);
		if (!facts->matches[i].perfect)
			buf_addf(plain->out, " (%u%%)", facts->matches[i].accuracy);
	}
	if (count)
		buf_add_char(plain->out, '\n');
}

static void add_unfit(const struct plain *plain, const struct system_facts *facts)
{
	if (!facts->unfit)
		return;
	buf_add_str(plain->out, "OS fingerprint not ideal because: ");
	add_text(plain, facts->unfit);
	buf_add_char(plain->out, '\n');
}

/* What people look for in these is the beginning. */
static void add_none(const struct plain *plain, const struct host_report *host, const char *what,
		     const char *unfit)
{
	const char *more = "";

	if (host->system->unfit)
		more = unfit;
	else if (words_has_print(plain->context, host))
		more = " (who knows what runs on it can make an entry of the print below).";
	buf_addf(plain->out, "%s%s\n", what, more);
}

static void add_details(const struct plain *plain, const struct host_report *host)
{
	const struct system_facts *facts = host->system;

	switch (words_matches(plain->context, facts)) {
	case WORDS_PERFECT:
		add_matches(plain, facts, "OS details: ");
		break;
	case WORDS_NEAR:
		if (words_shows_prints(plain->context))
			add_unfit(plain, facts);
		if (facts->guessing)
			add_matches(plain, facts, "Aggressive OS guesses: ");
		add_none(plain, host, "No exact OS matches for host",
			 " (the conditions for a print were not ideal).");
		break;
	case WORDS_NONE:
		add_unfit(plain, facts);
		add_none(plain, host, "No OS matches for host", "");
		break;
	case WORDS_TOO_MANY:
		buf_add_str(plain->out, "Too many fingerprints match this host to give specific OS "
					"details\n");
		break;
	}
}

/* All evidence together, where the print alone does not settle it. */
static void add_guesses(const struct plain *plain, const struct system_facts *facts)
{
	size_t shown = 0;

	if (!facts->own_data || facts->perfect_count == 1 || !facts->guesses_count ||
	    facts->guesses[0].probability < GUESS_WORTH)
		return;
	for (size_t i = 0; i < facts->guesses_count && shown < GUESSES_SHOWN; i++) {
		unsigned percent = words_percent(facts->guesses[i].probability);

		if (!percent)
			continue;
		buf_add_str(plain->out, shown++ ? ", " : "OS guess (all evidence): ");
		add_text(plain, facts->guesses[i].name);
		buf_addf(plain->out, " (%u%%)", percent);
	}
	if (shown)
		buf_add_char(plain->out, '\n');
}

static void add_print(const struct plain *plain, const struct host_report *host)
{
	if (!words_has_print(plain->context, host))
		return;
	/* What is between this and the prints of services is kept along with them. */
	if (plain->state->exact_end <= plain->state->exact_begin)
		plain->state->exact_begin = plain->out->len;
	buf_add_str(plain->out, "TCP/IP fingerprint:\n");
	words_add_print(plain->out, host);
	buf_add_char(plain->out, '\n');
	plain->state->exact_end = plain->out->len;
}

static void add_uptime(const struct plain *plain, const struct system_facts *facts)
{
	buf_addf(plain->out, "Uptime guess: %.3f days (since ", facts->uptime_s / SECONDS_A_DAY);
	words_add_ctime(plain->out, facts->boot_s);
	buf_add_str(plain->out, ")\n");
}

static void add_sequences(const struct plain *plain, const struct system_facts *facts)
{
	if (facts->has_index && facts->difficulty) {
		buf_addf(plain->out, "TCP Sequence Prediction: Difficulty=%u (", facts->index);
		add_text(plain, facts->difficulty);
		buf_add_str(plain->out, ")\n");
	}
	if (facts->ipid_class) {
		buf_add_str(plain->out, "IP ID Sequence Generation: ");
		add_text(plain, facts->ipid_class);
		buf_add_char(plain->out, '\n');
	}
}

void plain_add_system(const struct plain *plain, const struct host_report *host)
{
	bool verbose = format_verbosity(plain->context) >= 1;
	const struct system_facts *facts = host->system;
	int32_t hops;

	if (facts) {
		add_warnings(plain, facts);
		add_list(plain, "Device type: ", facts->types, facts->types_count, "|");
		add_running(plain, facts);
		add_list(plain, "OS CPE: ", facts->cpes, facts->cpes_count, " ");
		add_details(plain, host);
		add_guesses(plain, facts);
		add_print(plain, host);
	}
	if (facts && verbose && facts->has_uptime)
		add_uptime(plain, facts);
	if (facts && words_distance(host, &hops))
		buf_addf(plain->out, "Network Distance: %d hop%s\n", hops, hops == 1 ? "" : "s");
	if (facts && verbose)
		add_sequences(plain, facts);
}
