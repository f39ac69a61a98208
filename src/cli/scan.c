/* Runs one scan for the person at the terminal: signals, keys, progress. */
#include "api/options.h"
#include "api/session.h"
#include "api/session_scripts.h"
#include "cli/cli.h"
#include "cli/terminal.h"
#include "util/confine.h"
#include "util/error.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* A progress line that comes and goes within a second only flickers. */
#define PROGRESS_AFTER_NS NS_PER_S
/* Lines of scripts that run, when somebody asks. */
#define SCRIPTS_SHOWN 20u

struct scan {
	struct session *session;
	struct terminal terminal;
};

/* ---- signals ---- */

/* What a handler needs: the session to stop, and which signal asked. */
static struct session *volatile signal_session;
static volatile sig_atomic_t signal_seen;

/* The first signal ends the scan in order, a second one at once. */
static void on_signal(int signal_number)
{
	if (signal_seen || !signal_session) {
		terminal_restore_now();
		signal(signal_number, SIG_DFL);
		raise(signal_number);
		return;
	}
	signal_seen = signal_number;
	session_cancel(signal_session);
}

static const int caught[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};

static void catch_signals(struct session *session)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NODEFER};
	struct sigaction old;
	size_t i;

	signal_session = session;
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		/* nohup's wish is respected. */
		if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
}

static void release_signals(void)
{
	signal_session = NULL;
	if (signal_seen) {
		signal(signal_seen, SIG_DFL);
		raise(signal_seen);
	}
}

/* ---- what the session tells ---- */

static void on_tick(void *self, struct session *session)
{
	struct scan *scan = self;
	struct run_progress progress;

	if (!scan->terminal.progress)
		return;
	session_progress(session, &progress);
	if (progress.now_ns - progress.start_ns > PROGRESS_AFTER_NS)
		terminal_show_progress(&scan->terminal, &progress);
}

static void on_screen(void *self)
{
	struct scan *scan = self;

	terminal_clear_line(&scan->terminal);
}

static void on_warning(void *self, const char *text)
{
	struct scan *scan = self;

	terminal_clear_line(&scan->terminal);
	fprintf(stderr, "%s\n", text);
}

/* ---- keys (features.md MI-04) ---- */

static void key_help(void)
{
	fputs("Keys while running:\n"
	      "  v/V  more/less verbose\n"
	      "  d/D  more/less debugging\n"
	      "  p/P  packet trace on/off\n"
	      "  ?    this help\n"
	      "  any other key: where the scan is\n",
	      stdout);
}

static void key_level(struct session *session, char key)
{
	bool up = key == 'v' || key == 'd';

	if (key == 'v' || key == 'V') {
		session_add_verbosity(session, up ? 1 : -1, 0);
		printf("Verbosity %s to %d.\n", up ? "Increased" : "Decreased",
		       session_verbosity(session));
	} else {
		session_add_verbosity(session, 0, up ? 1 : -1);
		printf("Debugging %s to %d.\n", up ? "Increased" : "Decreased",
		       session_debugging(session));
	}
}

/* ---- what scripts are at ---- */

static bool show_script(void *self, const char *id, const struct target *target, uint16_t port,
			uint64_t age_ns)
{
	unsigned *shown = self;
	char addr[IP_TEXT_BYTES] = "the whole scan";

	if (++*shown > SCRIPTS_SHOWN)
		return true;
	if (target)
		ip_format(&target->addr, addr);
	printf("NSE: %s on %s", id, addr);
	if (port)
		printf(" port %u", port);
	printf(", for %.1fs\n", (double)age_ns / (double)NS_PER_S);
	return true;
}

static void key_scripts(struct session *session)
{
	unsigned shown = 0;

	session_each_script(session, show_script, &shown);
	if (shown > SCRIPTS_SHOWN)
		printf("NSE: and %u more\n", shown - SCRIPTS_SHOWN);
}

static void on_key(void *self, char key)
{
	struct scan *scan = self;

	terminal_clear_line(&scan->terminal);
	switch (key) {
	case 'v':
	case 'V':
	case 'd':
	case 'D':
		key_level(scan->session, key);
		break;
	case 'p':
	case 'P':
		session_set_trace(scan->session, key == 'p');
		printf("Packet Tracing %s.\n", key == 'p' ? "enabled" : "disabled");
		break;
	case '?':
		key_help();
		break;
	default:
		session_report_progress(scan->session);
		key_scripts(scan->session);
		break;
	}
	fflush(stdout);
}

/* ---- the scan ---- */

static int run(struct scan *scan, const struct plan *plan)
{
	struct diag diag = {0};
	int r;

	terminal_open(&scan->terminal, session_loop(scan->session), !plan->output.noninteractive,
		      on_key, scan);
	catch_signals(scan->session);
	r = session_run(scan->session, &diag);
	terminal_close(&scan->terminal);
	if (r < 0 && r != ERROR_CANCELLED)
		cli_complain(&diag, true);
	return r < 0 ? EXIT_FATAL : 0;
}

/* An ordinary user does not expect raw packets; a root that is short of them (in a
 * container, say) does. */
static void tell_lame_root(const struct plan *plan)
{
	if (!plan->privileged && !plan->list_only && geteuid() == 0 && !privileges_have_raw())
		fputs("Warning: this root has no CAP_NET_RAW, so hosts and ports are asked by "
		      "connecting only (-sT), without ICMP, ARP and UDP.\n",
		      stderr);
}

int cli_script_help(const struct plan *plan)
{
	const struct out_owner owner = cli_owner();
	struct buf text = BUF_INIT;
	struct diag diag = {0};
	int r = plan->scripts.update_db ? session_scripts_update_db(plan, &text, &diag)
					: session_scripts_help(plan, &owner, &text, &diag);

	if (r == 0)
		return cli_print(&text, 0);
	buf_release(&text);
	cli_complain(&diag, true);
	return EXIT_FATAL;
}

int cli_scan(const struct plan *plan, const char *title)
{
	struct scan scan = {0};
	const struct session_config config = {
		.plan = plan,
		.program_title = title,
		.screen_fd = STDOUT_FILENO,
		.colour = cli_colours(STDOUT_FILENO),
		.terminal = isatty(STDOUT_FILENO) == 1,
		.owner = cli_owner(),
		.confine = true,
		.tick = on_tick,
		.before_screen = on_screen,
		.warn = on_warning,
		.self = &scan,
	};
	struct diag diag = {0};
	int status;

	if (plan->dry_run || plan->explain) {
		struct buf text = BUF_INIT;
		int r = session_explain(plan, &text, &diag);

		if (r < 0) {
			cli_complain(&diag, true);
			return EXIT_FATAL;
		}
		status = cli_print(&text, 0);
		if (plan->dry_run || status)
			return status;
	}
	tell_lame_root(plan);
	scan.terminal.keys_fd = -1;
	if (session_new(&config, &scan.session, &diag) < 0) {
		cli_complain(&diag, true);
		return EXIT_FATAL;
	}
	status = run(&scan, plan);
	/* Handlers may still fire: they must not meet a freed session. */
	signal_session = NULL;
	session_free(scan.session);
	release_signals();
	return status;
}
