/* The parts of settings_check(), a file each. */
#ifndef PORTOLAN_API_PLAN_CHECK_H
#define PORTOLAN_API_PLAN_CHECK_H

#include "api/settings.h"

/* Was one of these marks used? The list has `most` places and may end early, with 0. */
bool check_used_any(const struct settings *settings, const uint16_t *list, size_t most);
/* Adds ", " and the title of the first row with this mark to a text of `bytes`. */
void check_add_title(const struct settings *settings, unsigned use, char *text, size_t bytes);

/* plan_check_raw.c */
int check_raw_packets(struct settings *settings, struct diag *diag);
void warn_of_raw_packets(struct settings *settings);

#endif
