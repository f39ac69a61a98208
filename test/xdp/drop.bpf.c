/* drop.bpf.c: nothing comes through. */
#include "link.bpf.h"

static __always_inline int passes(const struct frame *frame)
{
	return 0;
}
