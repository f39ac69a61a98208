/* What packets look like and where they leave: features.md section 9. What a
 * socket can do works; the rest comes with raw packets. */
#include "api/settings.h"
#include "util/error.h"

#define RAW     "raw packets"
#define PROXIES "service detection and scripts"

static int set_source_addr(void *self, const struct option_row *row, const char *value,
			   struct diag *diag)
{
	struct settings *settings = self;

	if (settings->source_addr)
		return diag_set(diag, ERROR_EXISTS,
				"-S was given twice; a scan has one source address");
	settings->source_addr = value;
	return set_mark(self, row, value, diag);
}

static int set_payload(void *self, const struct option_row *row, const char *value,
		       struct diag *diag)
{
	struct settings *settings = self;

	if (settings->uses[USE_PAYLOAD])
		return diag_set(diag, ERROR_EXISTS,
				"only one of --data, --data-string and --data-length may be given, "
				"once");
	if (row->maximum)
		return set_number(self, row, value, diag);
	return set_mark(self, row, value, diag);
}

static int set_mtu(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;
	int r = set_number(self, row, value, diag);

	if (r < 0)
		return r;
	if (settings->scratch % 8)
		return diag_set(diag, ERROR_RANGE, "--mtu takes a multiple of 8, not \"%.40s\"",
				value);
	return 0;
}

#define NAME(text, what)         .name = text, .group = GROUP_EVASION, .help = what
#define VALUE(text, names, what) NAME(text, what), .value = OPTION_REQUIRED, .value_name = names
#define LATER                    .set = set_nothing, .later = RAW

static const struct option_row rows[] = {
	{.letter = 'S',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_EVASION,
	 .value_name = "<address>",
	 .help = "connect from this address of ours",
	 .set = set_source_addr},
	{.letter = 'e',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_EVASION,
	 .value_name = "<interface>",
	 .help = "send through this interface",
	 .set = set_text,
	 .offset = offsetof(struct settings, source_interface)},
	{.name = "ttl",
	 .value = OPTION_REQUIRED,
	 .group = GROUP_EVASION,
	 .value_name = "<0-255>",
	 .help = "time to live of what is sent",
	 .set = set_number,
	 .offset = offsetof(struct settings, ttl),
	 .maximum = 255},
	{VALUE("source-port", "<port>", "send from this port"), .letter = 'g', .set = set_number,
	 .offset = offsetof(struct settings, scratch), .maximum = 65535, .mark = USE_SOURCE_PORT,
	 .later = RAW},
	{.letter = 'f',
	 .group = GROUP_EVASION,
	 .help = "send packets in fragments of 8 bytes (-ff 16)",
	 .set = set_mark,
	 .mark = USE_FRAGMENT,
	 .later = RAW},
	{NAME("ff", "as -f -f"), .hidden = true, .set = set_mark, .mark = USE_FRAGMENT,
	 .later = RAW},
	{VALUE("mtu", "<bytes>", "send packets in fragments of this size"), .set = set_mtu,
	 .offset = offsetof(struct settings, scratch), .minimum = 8, .maximum = 65528,
	 .mark = USE_FRAGMENT, .later = RAW},
	{.letter = 'D',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_EVASION,
	 .value_name = "<decoy,...>",
	 .help = "send each probe from these addresses as well",
	 .set = set_mark,
	 .mark = USE_DECOYS,
	 .later = RAW},
	{VALUE("data", "<hex>", "add these bytes to packets"), .set = set_payload,
	 .mark = USE_PAYLOAD, .later = RAW},
	{VALUE("data-string", "<text>", "add this text to packets"), .set = set_payload,
	 .mark = USE_PAYLOAD, .later = RAW},
	{VALUE("data-length", "<n>", "add so many random bytes to packets"), .set = set_payload,
	 .offset = offsetof(struct settings, scratch), .maximum = 65435, .mark = USE_PAYLOAD,
	 .later = RAW},
	{VALUE("ip-options", "<options>", "send with these IP options"), LATER},
	{VALUE("spoof-mac", "<mac>", "send from this hardware address"), LATER},
	{NAME("badsum", "send wrong checksums"), LATER},
	{NAME("adler32", "the old checksum for SCTP"), .hidden = true, LATER},
	{NAME("send-eth", "send Ethernet frames"), LATER},
	{NAME("send-ip", "send IP packets, no frames"), LATER},
	{VALUE("proxies", "<url,...>", "connect through these proxies"), .set = set_nothing,
	 .later = PROXIES},
	{VALUE("proxy", "<url,...>", "old spelling of --proxies"), .hidden = true,
	 .set = set_nothing, .later = PROXIES},
};

const struct option_table options_evasion = {rows, sizeof(rows) / sizeof(rows[0]), &options_output};
