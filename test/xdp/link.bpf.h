/* link.bpf.h: what the XDP programs of the lab share: reading headers, counting,
 * and the rule that address resolution passes. A program is one verdict on a
 * frame that a link receives; test/lab/xdp.py compiles it with its parameters
 * (-DNAME=value), attaches it and reads the counters. */
#pragma once

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ND_FIRST           133 /* router solicitation */
#define ND_LAST            137 /* redirect */
#define IP_FRAGMENT_OFFSET 0x1fff

enum { COUNT_PASSED, COUNT_DROPPED, COUNTS };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, COUNTS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/* One frame, as far as a verdict needs it. `transport` is NULL where there is
 * none to see: another EtherType, a later fragment, a header cut short. */
struct frame {
	void *end;
	__u16 ether_type;
	__u8 protocol;
	void *transport;
};

static __always_inline void frame_read_ip4(struct frame *frame, struct iphdr *ip)
{
	if ((void *)(ip + 1) > frame->end)
		return;
	frame->protocol = ip->protocol;
	if (!(ip->frag_off & bpf_htons(IP_FRAGMENT_OFFSET)))
		frame->transport = (void *)ip + ip->ihl * 4;
}

/* Extension headers are not followed: what comes behind them has no transport. */
static __always_inline void frame_read_ip6(struct frame *frame, struct ipv6hdr *ip)
{
	if ((void *)(ip + 1) > frame->end)
		return;
	frame->protocol = ip->nexthdr;
	frame->transport = ip + 1;
}

static __always_inline struct frame frame_read(struct xdp_md *context)
{
	struct frame frame = {.end = (void *)(long)context->data_end};
	struct ethhdr *ethernet = (void *)(long)context->data;

	if ((void *)(ethernet + 1) > frame.end)
		return frame;
	frame.ether_type = bpf_ntohs(ethernet->h_proto);
	if (frame.ether_type == ETH_P_IP)
		frame_read_ip4(&frame, (void *)(ethernet + 1));
	else if (frame.ether_type == ETH_P_IPV6)
		frame_read_ip6(&frame, (void *)(ethernet + 1));
	return frame;
}

/* ARP and neighbour discovery: without them nothing is sent at all, and whoever
 * wants to know about lost probes does not want to wait for the kernel's retries. */
static __always_inline int frame_resolves(const struct frame *frame)
{
	const __u8 *type = frame->transport;

	if (frame->ether_type == ETH_P_ARP)
		return 1;
	return frame->ether_type == ETH_P_IPV6 && frame->protocol == IPPROTO_ICMPV6 && type &&
	       (void *)(type + 1) <= frame->end && *type >= ND_FIRST && *type <= ND_LAST;
}

static __always_inline int counted(int verdict)
{
	__u32 key = verdict == XDP_PASS ? COUNT_PASSED : COUNT_DROPPED;
	__u64 *count = bpf_map_lookup_elem(&counters, &key);

	if (count)
		__sync_fetch_and_add(count, 1);
	return verdict;
}

/* What a program file defines: whether this frame, no address resolution, passes. */
static __always_inline int passes(const struct frame *frame);

SEC("xdp")
int judge(struct xdp_md *context)
{
	struct frame frame = frame_read(context);

	if (frame_resolves(&frame))
		return XDP_PASS;
	return counted(passes(&frame) ? XDP_PASS : XDP_DROP);
}

/* Helpers such as bpf_spin_lock ask for a licence that the kernel knows. */
char _license[] SEC("license") = "Dual BSD/GPL";
