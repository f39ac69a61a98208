/* What packets look like and where they leave: features.md section 9. */
#include "api/settings.h"
#include "util/error.h"

#include <string.h>

#define PROXIES "connections through other machines"

/* The most that a fragment's length field counts in eights. */
#define FRAGMENT_MAX 65528

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

/* Unlike other lists, an empty place in it is a slip. */
static int set_decoys(void *self, const struct option_row *row, const char *value,
		      struct diag *diag)
{
	size_t bytes = strlen(value);

	if (!bytes || value[0] == ',' || value[bytes - 1] == ',' || strstr(value, ",,"))
		return diag_set(diag, ERROR_SYNTAX,
				"-D takes a list of addresses, ME and RND:<n> with commas between, "
				"not \"%.80s\"",
				value);
	return set_split_list(self, row, value, diag);
}

/* One of three, once. */
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
	settings->data_is_hex = !strcmp(row->name, "data");
	return set_text(self, row, value, diag);
}

static int set_mtu(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;
	int r = set_number(self, row, value, diag);

	if (r < 0)
		return r;
	if (settings->fragment_bytes % 8)
		return diag_set(diag, ERROR_RANGE, "--mtu takes a multiple of 8, not \"%.40s\"",
				value);
	return 0;
}

/* -f and --ff add up. */
static int add_fragment(void *self, const struct option_row *row, const char *value,
			struct diag *diag)
{
	struct settings *settings = self;

	settings->fragment_bytes += row->minimum;
	if (settings->fragment_bytes > FRAGMENT_MAX)
		settings->fragment_bytes = FRAGMENT_MAX;
	return set_mark(self, row, value, diag);
}

/* The last of --send-eth, --send-ip and --send-xdp counts. */
static int set_layer(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	struct settings *settings = self;

	settings->layer = (enum plan_layer)row->minimum;
	return set_mark(self, row, value, diag);
}

#define NAME(text, what)         .name = text, .group = GROUP_EVASION, .help = what
#define VALUE(text, names, what) NAME(text, what), .value = OPTION_REQUIRED, .value_name = names
#define MARK(use)                .set = set_mark, .mark = use
#define AT(member)               offsetof(struct settings, member)

static const struct option_row rows[] = {
	{.letter = 'S',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_EVASION,
	 .value_name = "<address>",
	 .help = "send from this address",
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
	 .offset = AT(source_port), .maximum = 65535, .mark = USE_SOURCE_PORT},
	{.letter = 'f',
	 .group = GROUP_EVASION,
	 .help = "send packets in fragments of 8 bytes (-ff 16)",
	 .set = add_fragment,
	 .minimum = 8,
	 .mark = USE_FRAGMENT},
	{NAME("ff", "as -f -f"), .hidden = true, .set = add_fragment, .minimum = 16,
	 .mark = USE_FRAGMENT},
	{VALUE("mtu", "<bytes>", "send packets in fragments of this size"), .set = set_mtu,
	 .offset = AT(fragment_bytes), .minimum = 8, .maximum = FRAGMENT_MAX, .mark = USE_FRAGMENT},
	{.letter = 'D',
	 .value = OPTION_REQUIRED,
	 .group = GROUP_EVASION,
	 .value_name = "<decoy,...>",
	 .help = "send each probe from these as well; ME is us, RND[:n] random",
	 .set = set_decoys,
	 .offset = AT(decoys),
	 .mark = USE_DECOYS},
	{VALUE("data", "<hex>", "add these bytes to packets"), .set = set_payload,
	 .offset = AT(data), .mark = USE_PAYLOAD},
	{VALUE("data-string", "<text>", "add this text to packets"), .set = set_payload,
	 .offset = AT(data), .mark = USE_PAYLOAD},
	{VALUE("data-length", "<n>", "add so many random bytes to packets"), .set = set_payload,
	 .offset = AT(data_length), .maximum = PAYLOAD_MAX, .mark = USE_PAYLOAD},
	{VALUE("ip-options", "<options>",
	       "send with these IP options: R, T, U, L <hops>, S <hops>, bytes"),
	 .set = set_text, .offset = AT(ip_options), .mark = USE_IP_OPTIONS},
	{VALUE("spoof-mac", "<mac>",
	       "send from this hardware address; 0 any, how it begins, or a vendor"),
	 .set = set_text, .offset = AT(spoof_mac), .mark = USE_SPOOF_MAC},
	{NAME("badsum", "send wrong checksums"), MARK(USE_BAD_SUM)},
	{NAME("adler32", "the old checksum for SCTP"), .hidden = true, MARK(USE_ADLER32)},
	{NAME("send-eth", "send Ethernet frames"), .set = set_layer, .minimum = LAYER_ETHERNET,
	 .mark = USE_LAYER},
	{NAME("send-ip", "send IP packets, no frames"), .set = set_layer, .minimum = LAYER_IP,
	 .mark = USE_LAYER},
	{NAME("send-xdp", "send Ethernet frames by AF_XDP"), .own = true, .set = set_layer,
	 .minimum = LAYER_XDP, .mark = USE_LAYER},
	{VALUE("pcap", "<file>", "keep the raw packets, sent and received, in this file"),
	 .own = true, .set = set_text_once, .offset = AT(pcap), .mark = USE_PCAP},
	{VALUE("proxies", "<url,...>", "connect through these proxies"), .set = set_nothing,
	 .later = PROXIES},
	{VALUE("proxy", "<url,...>", "old spelling of --proxies"), .hidden = true,
	 .set = set_nothing, .later = PROXIES},
};

const struct option_table options_evasion = {rows, sizeof(rows) / sizeof(rows[0]), &options_output};
