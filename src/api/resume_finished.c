/* Which hosts a log has finished, in its three formats. One pass, no memory
 * but the set; a text that is not an address is passed over. */
#include "api/resume.h"
#include "util/error.h"

#include <string.h>

/* A piece of the log: [at, end). */
struct span {
	const char *at, *end;
};

static bool starts(struct span text, const char *with)
{
	size_t bytes = strlen(with);

	return (size_t)(text.end - text.at) >= bytes && !memcmp(text.at, with, bytes);
}

static const char *find(struct span text, const char *what)
{
	return text.at < text.end
		       ? memmem(text.at, (size_t)(text.end - text.at), what, strlen(what))
		       : NULL;
}

/* The next line, without its LF; false at the end. *ret_whole: it has one. */
static bool next_line(struct span *text, struct span *ret_line, bool *ret_whole)
{
	const char *end;

	if (text->at >= text->end)
		return false;
	end = memchr(text->at, '\n', (size_t)(text->end - text->at));
	*ret_whole = end != NULL;
	*ret_line = (struct span){text->at, end ? end : text->end};
	text->at = end ? end + 1 : text->end;
	return true;
}

static bool to_address(struct span text, struct ip_addr *ret_addr)
{
	size_t bytes = (size_t)(text.end - text.at);
	char copy[IP_TEXT_BYTES];

	if (!bytes || bytes >= sizeof(copy))
		return false;
	memcpy(copy, text.at, bytes);
	copy[bytes] = 0;
	return ip_parse(copy, ret_addr);
}

/* ---- normal ---- */

/* "name (addr)", "addr", both perhaps with " [host down...]" behind. The
 * address in brackets is the last: a name cannot hold any, but who knows. */
static bool heading_address(struct span line, struct ip_addr *ret_addr)
{
	static const char words[] = "Nmap scan report for ";
	struct span rest = {line.at + sizeof(words) - 1, line.end};
	const char *down, *open, *close;

	if (!starts(line, words))
		return false;
	if ((down = find(rest, " [host down")))
		rest.end = down;
	open = memrchr(rest.at, '(', (size_t)(rest.end - rest.at));
	close = memrchr(rest.at, ')', (size_t)(rest.end - rest.at));
	if (open && close && open < close)
		return to_address((struct span){open + 1, close}, ret_addr);
	if ((close = memchr(rest.at, ' ', (size_t)(rest.end - rest.at))))
		rest.end = close;
	return to_address(rest, ret_addr);
}

/* What has been seen of the block being read. */
struct block {
	struct ip_addr addr; /* IP_NONE: between blocks */
	bool down, skipped;
	bool ports;      /* a line that only port scans have */
	bool blank_last; /* the latest line was empty */
};

/* `last`: nothing comes behind it, so only what it says tells whether it is whole. */
static int end_block(struct block *block, bool last, bool scans_ports, struct addrset *done)
{
	bool whole = !last || !scans_ports || block->down || block->skipped ||
		     (block->ports && block->blank_last);
	struct ip_addr addr = block->addr;

	block->addr = (struct ip_addr){0};
	return addr.family && whole ? addrset_add(done, &addr) : 0;
}

static int finished_normal(struct span text, bool scans_ports, struct addrset *done)
{
	struct block block = {0};
	struct span line;
	bool whole_line;
	int r = 0;

	/* A line without its end was being written: as if it were not there. */
	while (r == 0 && next_line(&text, &line, &whole_line) && whole_line) {
		struct ip_addr addr;
		bool heading = heading_address(line, &addr);

		if (heading || starts(line, "Incomplete scan report for ") ||
		    starts(line, "# Nmap done"))
			r = end_block(&block, false, scans_ports, done);
		/* Here the log was gone on with before: the block may have been cut. */
		else if (find(line, " scan initiated ") && find(line, " as: "))
			r = end_block(&block, true, scans_ports, done);
		if (heading)
			block = (struct block){.addr = addr, .down = find(line, "[host down")};
		block.skipped = block.skipped || starts(line, "Skipping host ");
		block.ports = block.ports || starts(line, "PORT ") || starts(line, "PROTOCOL ") ||
			      starts(line, "Not shown: ") || starts(line, "All ");
		block.blank_last = line.at == line.end;
	}
	return r == 0 ? end_block(&block, true, scans_ports, done) : r;
}

/* ---- grepable ---- */

static int finished_grepable(struct span text, bool scans_ports, struct addrset *done)
{
	struct span line;
	bool whole_line;
	int r = 0;

	while (r == 0 && next_line(&text, &line, &whole_line)) {
		struct span addr_text = {line.at + 6, line.end};
		struct ip_addr addr;
		const char *space;

		if (!whole_line || !starts(line, "Host: "))
			continue;
		/* An up host of a port scan has a second line, with its ports. */
		if (scans_ports && find(line, "\tStatus: Up"))
			continue;
		if ((space = find(addr_text, " ")))
			addr_text.end = space;
		if (to_address(addr_text, &addr))
			r = addrset_add(done, &addr);
	}
	return r;
}

/* ---- XML ---- */

/* The first IP address element of a host, as both programs write it: addr,
 * then addrtype, on a line of its own. That of a host which was not through
 * stands behind other things (format/xml_host.c). */
static bool element_address(struct span host, struct ip_addr *ret_addr)
{
	static const char words[] = "\n<address addr=\"";
	const char *at;

	while ((at = find(host, words))) {
		struct span value = {at + sizeof(words) - 1, host.end};
		const char *quote = find(value, "\"");

		if (!quote)
			return false;
		host.at = quote;
		value.end = quote;
		if ((starts(host, "\" addrtype=\"ipv4\"") ||
		     starts(host, "\" addrtype=\"ipv6\"")) &&
		    to_address(value, ret_addr))
			return true;
	}
	return false;
}

/* The next <host> element's begin. <hosthint> and <hostnames> are others; no
 * text holds a bare '<', so tags can be looked for. */
static const char *find_host(struct span text)
{
	const char *at;

	while ((at = find(text, "<host")) && text.end - at > 5) {
		if (at[5] == ' ' || at[5] == '>')
			return at;
		text.at = at + 5;
	}
	return NULL;
}

static int finished_xml(struct span text, struct addrset *done)
{
	const char *at = find_host(text), *next, *end;
	int r = 0;

	for (; r == 0 && at; at = next) {
		struct span host = {at + 5, text.end};
		struct ip_addr addr;

		next = find_host(host);
		if (next)
			host.end = next;
		/* Without its end it was cut, and the log gone on with behind it. */
		if (!(end = find(host, "</host>")))
			continue;
		host.end = end;
		if (element_address(host, &addr))
			r = addrset_add(done, &addr);
	}
	return r;
}

int resume_finished(const char *text, size_t bytes, bool scans_ports, struct addrset *done)
{
	struct span all = {text, text + bytes};
	int r;

	if (find(all, "<nmaprun"))
		return finished_xml(all, done);
	r = finished_normal(all, scans_ports, done);
	return r == 0 ? finished_grepable(all, scans_ports, done) : r;
}
