/* The person at the terminal: single keys in, a progress line out. Does
 * nothing where there is no terminal, and leaves it as it was found. */
#ifndef PORTOLAN_CLI_TERMINAL_H
#define PORTOLAN_CLI_TERMINAL_H

#include "engine/run.h"
#include "util/loop.h"

#include <stdbool.h>

struct terminal {
	bool progress; /* standard error is a terminal: the progress line is wanted */
	bool line_shown;
	int keys_fd; /* /dev/tty, or -1 */
	struct watch watch;
	struct loop *loop;
	void (*key)(void *self, char key);
	void *self;
};

/* keys: whether single keys are wanted (--noninteractive is not given). */
void terminal_open(struct terminal *terminal, struct loop *loop, bool keys,
		   void (*key)(void *self, char key), void *self);
void terminal_close(struct terminal *terminal); /* fine to call again */

/* Draws the progress line, or takes it away. */
void terminal_show_progress(struct terminal *terminal, const struct run_progress *progress);
void terminal_clear_line(struct terminal *terminal);

/* The text of the progress line, at most `width` columns. */
void progress_text(const struct run_progress *progress, unsigned width, char *text, size_t size);

/* Puts the terminal back as it was; for signal handlers. */
void terminal_restore_now(void);

#endif
