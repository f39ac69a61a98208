#include "tcp_probe.h"

#include <string.h>

/* A3 of os-detection.md. */
static const struct {
	uint8_t flags;
	uint16_t window, mss; /* 0: no such option */
} probes[TCP_PROBES] = {
	{TCP_SYN, 1, 1460},
	{TCP_SYN, 63, 1400},
	{TCP_SYN, 4, 640},
	{TCP_SYN, 4, 0},
	{TCP_SYN, 16, 536},
	{TCP_SYN, 512, 265},
	{TCP_SYN | TCP_ECE | TCP_CWR, 3, 1460},
	{0, 128, 265},
	{TCP_SYN | TCP_FIN | TCP_URG | TCP_PSH, 256, 265},
	{TCP_ACK, 1024, 265},
	{TCP_SYN, 31337, 265},
	{TCP_ACK, 32768, 265},
	{TCP_FIN | TCP_PSH | TCP_URG, 65535, 265},
};

/* Probes begin with one or two options before it, and have it once. */
static uint16_t mss_of(const struct tcp_header *tcp)
{
	static const uint8_t kind[] = {2, 4};
	const uint8_t *found = memmem(tcp->options, tcp->options_bytes, kind, sizeof(kind));

	if (!found || found + 4 > tcp->options + tcp->options_bytes)
		return 0;
	return (uint16_t)(found[2] << 8 | found[3]);
}

enum tcp_probe tcp_probe_of(const struct tcp_header *tcp)
{
	uint16_t mss = mss_of(tcp);
	size_t i;

	for (i = 0; i < TCP_PROBES; i++)
		if (probes[i].flags == tcp->flags && probes[i].window == tcp->window &&
		    probes[i].mss == mss)
			break;
	return (enum tcp_probe)i;
}
