/* What help, manual page and completions share. */
#ifndef PORTOLAN_API_OPTIONS_PRINT_H
#define PORTOLAN_API_OPTIONS_PRINT_H

#include "api/options.h"

/* "-v, --verbose[=level]", "-PS[ports]", "-oX <file>". */
#define OPTION_SYNOPSIS_BYTES 96
void option_synopsis(const struct option_row *row, char text[OPTION_SYNOPSIS_BYTES]);

/* Belongs under this heading, and is not an old spelling. */
bool option_is_shown(const struct option_row *row, unsigned group);

#endif
