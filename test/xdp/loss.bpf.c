/* loss.bpf.c: loses each frame with a probability of PARTS in 2^32. */
#include "link.bpf.h"

static __always_inline int passes(const struct frame *frame)
{
	return bpf_get_prandom_u32() >= PARTS;
}
