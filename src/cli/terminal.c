#include "cli/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* A process has one terminal, and a signal handler must be able to restore
 * it: the one piece of global state. */
static struct {
	volatile sig_atomic_t changed;
	int fd;
	struct termios found;
} tty;

void terminal_restore_now(void)
{
	if (tty.changed) {
		tty.changed = 0;
		tcsetattr(tty.fd, TCSANOW, &tty.found);
	}
}

/* Keys come one by one and unechoed; signals and output stay as they are. */
static bool make_raw(int fd)
{
	struct termios raw;

	if (tcgetattr(fd, &tty.found) != 0)
		return false;
	raw = tty.found;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tty.fd = fd;
	tty.changed = 1;
	if (tcsetattr(fd, TCSANOW, &raw) == 0)
		return true;
	tty.changed = 0;
	return false;
}

static void keys_ready(void *self, int events)
{
	struct terminal *terminal = self;
	char keys[32];
	ssize_t count = read(terminal->keys_fd, keys, sizeof(keys)), i;

	(void)events;
	if (count == 0) {
		loop_unwatch(terminal->loop, &terminal->watch);
		return;
	}
	for (i = 0; i < count; i++)
		terminal->key(terminal->self, keys[i]);
}

/* Only for the foreground: a background job must not fight for the terminal. */
static bool is_foreground(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}

static void open_keys(struct terminal *terminal)
{
	int fd = open("/dev/tty", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return;
	if (!is_foreground(fd) || !make_raw(fd)) {
		close(fd);
		return;
	}
	terminal->watch = (struct watch){.ready = keys_ready, .self = terminal};
	if (loop_watch(terminal->loop, &terminal->watch, fd, WATCH_READ | WATCH_BACKGROUND) < 0) {
		terminal_restore_now();
		close(fd);
		return;
	}
	terminal->keys_fd = fd;
}

void terminal_open(struct terminal *terminal, struct loop *loop, bool keys,
		   void (*key)(void *self, char key), void *self)
{
	const char *term = getenv("TERM");

	*terminal = (struct terminal){.keys_fd = -1, .loop = loop, .key = key, .self = self};
	terminal->progress = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
	if (keys && isatty(STDIN_FILENO))
		open_keys(terminal);
}

void terminal_close(struct terminal *terminal)
{
	terminal_clear_line(terminal);
	terminal->progress = false;
	if (terminal->keys_fd < 0)
		return;
	loop_unwatch(terminal->loop, &terminal->watch);
	terminal_restore_now();
	close(terminal->keys_fd);
	terminal->keys_fd = -1;
}

void terminal_clear_line(struct terminal *terminal)
{
	if (!terminal->line_shown)
		return;
	terminal->line_shown = false;
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

static unsigned width_of(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
		return 79;
	return size.ws_col - 1u;
}

void terminal_show_progress(struct terminal *terminal, const struct run_progress *progress)
{
	char text[256];

	if (!terminal->progress)
		return;
	progress_text(progress, width_of(STDERR_FILENO), text, sizeof(text));
	fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
	terminal->line_shown = true;
}
