/* police.bpf.c: RATE_PPS frames a second pass, BURST at once; the rest is lost. A
 * token bucket told by time: `full_ns` is when the bucket will be full again,
 * each frame moves it by what one token takes to grow. */
#include "link.bpf.h"

#define TOKEN_NS (1000000000ull / RATE_PPS)

struct bucket {
	struct bpf_spin_lock lock;
	__u64 full_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bucket);
} buckets SEC(".maps");

static __always_inline int passes(const struct frame *frame)
{
	__u32 key = 0;
	__u64 now_ns = bpf_ktime_get_ns();
	struct bucket *bucket = bpf_map_lookup_elem(&buckets, &key);
	int pass = 0;

	if (!bucket)
		return 0;
	bpf_spin_lock(&bucket->lock);
	if (bucket->full_ns < now_ns)
		bucket->full_ns = now_ns;
	if (bucket->full_ns + TOKEN_NS <= now_ns + BURST * TOKEN_NS) {
		bucket->full_ns += TOKEN_NS;
		pass = 1;
	}
	bpf_spin_unlock(&bucket->lock);
	return pass;
}
