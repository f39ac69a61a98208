#include "util/diag.h"

#include <stdarg.h>
#include <stdio.h>

static void diag_write(struct diag *diag, unsigned line, unsigned column, const char *format,
		       va_list args)
{
	if (!diag)
		return;
	diag->line = line;
	diag->column = column;
	vsnprintf(diag->text, sizeof(diag->text), format, args);
}

int diag_set(struct diag *diag, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	diag_write(diag, 0, 0, format, args);
	va_end(args);
	return error;
}

int diag_set_at(struct diag *diag, int error, unsigned line, unsigned column, const char *format,
		...)
{
	va_list args;

	va_start(args, format);
	diag_write(diag, line, column, format, args);
	va_end(args);
	return error;
}
