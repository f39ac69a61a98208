/* dnsd: a DNS server for tests and benches. It answers from rules, loses and
 * delays what it is told to, misbehaves on request, and ends by itself.
 *
 *   dnsd [--listen ADDR] [--port N] [--pattern h%u.test=10.0.0.0]...
 *        [--name NAME=ADDR]... [--ptr ADDR=NAME]... [--loss PERCENT] [--seed N]
 *        [--delay MS] [--late MS] [--capacity N] [--seconds N]
 *
 * --pattern names addresses by number: h5.test is 10.0.0.5 and, as AAAA,
 * 2001:db8::a00:5; 10.0.0.5 is h5.test. Other names do not exist. A first label
 * changes how the rest of the name is answered:
 *
 *   servfail. refused. silent. nodata. garbage.   just that
 *   trunc.   cut short over UDP, whole over TCP    many.   40 addresses
 *   cname.   an alias, and what it leads to        alias.  the alias alone
 *   loop.    an alias of itself                    late.   after --late ms (1500)
 *   first.   the first time it is asked: nothing   nul.    (PTR) a NUL in the name
 *
 * With --capacity only N delayed replies are kept at a time, as forwarders do, and
 * what comes beyond is lost.
 *
 * "ready ADDR PORT" on stdout says when; the counters follow as JSON at the end
 * (SIGTERM, or after --seconds, 60). Port 0 lets the system choose. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RULES_MOST 64
#define BATCH      64
#define TCP_MOST   32
#define NAME_BYTES 256
#define UDP_BYTES  512
#define REPLY_MOST 4096
#define LATE_MOST  65536

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_PTR = 12, TYPE_AAAA = 28 };
enum { RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_REFUSED = 5 };

struct pattern {
	char before[NAME_BYTES], after[NAME_BYTES];
	uint32_t base;
};

struct pair {
	char name[NAME_BYTES];
	uint32_t addr;
};

struct waiting { /* a reply whose time has not come */
	struct sockaddr_storage to;
	socklen_t to_bytes;
	uint64_t due_ms;
	uint16_t bytes;
	uint8_t reply[UDP_BYTES];
};

struct fifo {
	struct waiting *ring;
	size_t head, count;
};

struct dnsd {
	struct pattern patterns[RULES_MOST];
	struct pair names[RULES_MOST], ptrs[RULES_MOST];
	size_t patterns_count, names_count, ptrs_count;
	const char *listen;
	unsigned port, delay_ms, late_ms, capacity, seconds;
	double loss_percent;
	uint64_t random;
	int udp, tcp;
	int streams[TCP_MOST];
	struct fifo delayed, late;
	char firsts[RULES_MOST][NAME_BYTES];
	size_t firsts_count;
	unsigned long long got_udp, got_tcp, lost, answered, nxdomain;
};

/* A question, taken apart. */
struct question {
	const uint8_t *bytes; /* the whole message */
	size_t question_bytes;
	char name[NAME_BYTES];
	uint16_t type;
};

struct reply {
	uint8_t bytes[REPLY_MOST];
	size_t count;
	unsigned answers;
	bool is_silent, is_late, is_cut;
};

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool is_lost(struct dnsd *dnsd)
{
	dnsd->random ^= dnsd->random << 13;
	dnsd->random ^= dnsd->random >> 7;
	dnsd->random ^= dnsd->random << 17;
	return (double)(dnsd->random >> 11) / (double)(1ULL << 53) * 100 < dnsd->loss_percent;
}

/* --- writing records --- */

static void put(struct reply *reply, const void *bytes, size_t count)
{
	if (reply->count + count > sizeof(reply->bytes))
		return;
	memcpy(reply->bytes + reply->count, bytes, count);
	reply->count += count;
}

static void put_u16(struct reply *reply, unsigned value)
{
	uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

	put(reply, bytes, 2);
}

static size_t name_encode(const char *name, uint8_t *wire)
{
	uint8_t *start = wire;
	size_t label;

	for (; *name; name += label + (name[label] == '.')) {
		label = strcspn(name, ".");
		*wire++ = (uint8_t)label;
		memcpy(wire, name, label);
		wire += label;
	}
	*wire++ = 0;
	return (size_t)(wire - start);
}

static void put_record(struct reply *reply, const char *owner, unsigned type, const void *data,
		       size_t data_bytes)
{
	static const uint8_t class_and_ttl[] = {0, 1, 0, 0, 0, 60};
	uint8_t wire[NAME_BYTES + 2];

	put(reply, wire, name_encode(owner, wire));
	put_u16(reply, type);
	put(reply, class_and_ttl, sizeof(class_and_ttl));
	put_u16(reply, (unsigned)data_bytes);
	put(reply, data, data_bytes);
	reply->answers++;
}

static void put_name_record(struct reply *reply, const char *owner, unsigned type, const char *name)
{
	uint8_t wire[NAME_BYTES + 2];

	put_record(reply, owner, type, wire, name_encode(name, wire));
}

static void put_addr(struct reply *reply, const char *owner, unsigned type, uint32_t addr)
{
	uint8_t data[16] = {0x20, 0x01, 0x0d, 0xb8};

	addr = htonl(addr);
	memcpy(data + 12, &addr, 4);
	if (type == TYPE_A)
		put_record(reply, owner, TYPE_A, data + 12, 4);
	else if (type == TYPE_AAAA)
		put_record(reply, owner, TYPE_AAAA, data, 16);
}

/* --- rules --- */

static bool number_of(const struct pattern *pattern, const char *name, uint32_t *ret_number)
{
	size_t before = strlen(pattern->before);
	char *end;

	if (strncasecmp(name, pattern->before, before) != 0 || name[before] < '0' ||
	    name[before] > '9')
		return false;
	*ret_number = (uint32_t)strtoul(name + before, &end, 10);
	return strcasecmp(end, pattern->after) == 0;
}

static bool forward(const struct dnsd *dnsd, const char *name, uint32_t *ret_addr)
{
	uint32_t number;
	size_t i;

	for (i = 0; i < dnsd->names_count; i++)
		if (strcasecmp(dnsd->names[i].name, name) == 0) {
			*ret_addr = dnsd->names[i].addr;
			return true;
		}
	for (i = 0; i < dnsd->patterns_count; i++)
		if (number_of(&dnsd->patterns[i], name, &number)) {
			*ret_addr = dnsd->patterns[i].base + number;
			return true;
		}
	return false;
}

static bool reverse(const struct dnsd *dnsd, uint32_t addr, char ret_name[NAME_BYTES])
{
	size_t i;

	for (i = 0; i < dnsd->ptrs_count; i++)
		if (dnsd->ptrs[i].addr == addr) {
			snprintf(ret_name, NAME_BYTES, "%s", dnsd->ptrs[i].name);
			return true;
		}
	for (i = 0; i < dnsd->patterns_count; i++) {
		const struct pattern *pattern = &dnsd->patterns[i];

		if (addr >= pattern->base && addr - pattern->base < 1u << 24) {
			snprintf(ret_name, NAME_BYTES, "%.100s%u%.100s", pattern->before,
				 addr - pattern->base, pattern->after);
			return true;
		}
	}
	return false;
}

static bool arpa_addr(const char *name, uint32_t *ret_addr)
{
	unsigned a, b, c, d;
	int used = 0;

	if (sscanf(name, "%3u.%3u.%3u.%3u.%n", &d, &c, &b, &a, &used) != 4 || !used ||
	    strcasecmp(name + used, "in-addr.arpa") != 0)
		return false;
	*ret_addr = a << 24 | b << 16 | c << 8 | d;
	return true;
}

/* --- answering --- */

static void set_rcode(struct reply *reply, unsigned rcode)
{
	reply->bytes[3] = (uint8_t)((reply->bytes[3] & 0xf0) | rcode);
}

static bool was_asked_before(struct dnsd *dnsd, const char *name)
{
	size_t i;

	for (i = 0; i < dnsd->firsts_count; i++)
		if (strcmp(dnsd->firsts[i], name) == 0)
			return true;
	if (dnsd->firsts_count < RULES_MOST)
		snprintf(dnsd->firsts[dnsd->firsts_count++], NAME_BYTES, "%s", name);
	return false;
}

static void answer_plain(struct dnsd *dnsd, const struct question *question, const char *name,
			 struct reply *reply)
{
	static const uint8_t with_nul[] = {3, 'a', 0, 'b', 4, 't', 'e', 's', 't', 0};
	char found[NAME_BYTES];
	uint32_t addr;

	if (arpa_addr(name, &addr) && reverse(dnsd, addr, found)) {
		if (question->type == TYPE_PTR && strncmp(found, "nul.", 4) == 0)
			put_record(reply, name, TYPE_PTR, with_nul, sizeof(with_nul));
		else if (question->type == TYPE_PTR)
			put_name_record(reply, name, TYPE_PTR, found);
	} else if (forward(dnsd, name, &addr)) {
		put_addr(reply, name, question->type, addr);
	} else {
		dnsd->nxdomain++;
		set_rcode(reply, RCODE_NXDOMAIN);
	}
}

static void answer_many(const struct question *question, struct reply *reply)
{
	uint32_t i;

	for (i = 0; i < 40; i++)
		put_addr(reply, question->name, question->type, 0x0a630000 + i);
}

/* Gives whether the first label asked for something special. */
static bool answer_special(struct dnsd *dnsd, const struct question *question, bool is_udp,
			   struct reply *reply)
{
	const char *name = question->name, *dot = strchr(name, '.');
	char label[NAME_BYTES];

	if (!dot)
		return false;
	snprintf(label, sizeof(label), "%.*s", (int)(dot - name), name);
	if (!strcmp(label, "servfail")) {
		set_rcode(reply, RCODE_SERVFAIL);
	} else if (!strcmp(label, "refused")) {
		set_rcode(reply, RCODE_REFUSED);
	} else if (!strcmp(label, "silent")) {
		reply->is_silent = true;
	} else if (!strcmp(label, "garbage")) {
		put(reply, "\xc0\xff\xff\xff\xff", 5);
		reply->answers = 3;
	} else if (!strcmp(label, "trunc")) {
		reply->is_cut = is_udp;
		answer_plain(dnsd, question, dot + 1, reply);
		if (!is_udp && reply->answers) { /* the same records under the asked name */
			reply->count = 12 + question->question_bytes;
			reply->answers = 0;
			uint32_t addr;

			if (forward(dnsd, dot + 1, &addr))
				put_addr(reply, name, question->type, addr);
		}
	} else if (!strcmp(label, "many")) {
		answer_many(question, reply);
	} else if (!strcmp(label, "cname")) {
		put_name_record(reply, name, TYPE_CNAME, dot + 1);
		answer_plain(dnsd, question, dot + 1, reply);
	} else if (!strcmp(label, "alias")) {
		put_name_record(reply, name, TYPE_CNAME, dot + 1);
	} else if (!strcmp(label, "loop")) {
		put_name_record(reply, name, TYPE_CNAME, name);
	} else if (!strcmp(label, "late") || !strcmp(label, "first")) {
		uint32_t addr;

		reply->is_late = label[0] == 'l';
		reply->is_silent = label[0] == 'f' && !was_asked_before(dnsd, name);
		if (forward(dnsd, dot + 1, &addr))
			put_addr(reply, name, question->type, addr);
	} else {
		return !strcmp(label, "nodata");
	}
	return true;
}

static bool question_parse(const uint8_t *bytes, size_t count, struct question *ret)
{
	size_t at = 12, length = 0, label;

	if (count < 17 || bytes[2] & 0x80 || bytes[4] || bytes[5] != 1)
		return false;
	while (at < count && (label = bytes[at]) != 0) {
		if (label > 63 || at + 1 + label >= count || length + label + 1 >= NAME_BYTES)
			return false;
		memcpy(ret->name + length, bytes + at + 1, label);
		length += label;
		ret->name[length++] = '.';
		at += 1 + label;
	}
	if (at + 5 > count)
		return false;
	ret->name[length ? length - 1 : 0] = '\0';
	ret->type = (uint16_t)(bytes[at + 1] << 8 | bytes[at + 2]);
	ret->bytes = bytes;
	ret->question_bytes = at + 5 - 12;
	return true;
}

static bool answer(struct dnsd *dnsd, const uint8_t *bytes, size_t count, bool is_udp,
		   struct reply *reply)
{
	struct question question;

	if (!question_parse(bytes, count, &question))
		return false;
	*reply = (struct reply){.count = 0};
	put(reply, bytes, 12 + question.question_bytes);
	reply->bytes[2] = (uint8_t)(0x84 | (bytes[2] & 1));
	reply->bytes[3] = 0x80;
	memset(reply->bytes + 6, 0, 6);
	if (!answer_special(dnsd, &question, is_udp, reply))
		answer_plain(dnsd, &question, question.name, reply);
	if (is_udp && (reply->count > UDP_BYTES || reply->is_cut)) {
		reply->count = 12 + question.question_bytes;
		reply->answers = 0;
		reply->bytes[2] |= 2;
	}
	reply->bytes[7] = (uint8_t)reply->answers;
	if (!reply->is_silent)
		dnsd->answered++;
	return !reply->is_silent;
}

/* --- UDP --- */

static void fifo_add(struct fifo *fifo, const struct sockaddr_storage *to, socklen_t to_bytes,
		     const struct reply *reply, uint64_t due_ms)
{
	struct waiting *waiting = &fifo->ring[(fifo->head + fifo->count) % LATE_MOST];

	if (fifo->count == LATE_MOST)
		return;
	fifo->count++;
	waiting->to = *to;
	waiting->to_bytes = to_bytes;
	waiting->due_ms = due_ms;
	waiting->bytes = (uint16_t)reply->count;
	memcpy(waiting->reply, reply->bytes, reply->count);
}

static void fifo_send(struct dnsd *dnsd, struct fifo *fifo, uint64_t now)
{
	while (fifo->count && fifo->ring[fifo->head].due_ms <= now) {
		struct waiting *waiting = &fifo->ring[fifo->head];

		(void)!sendto(dnsd->udp, waiting->reply, waiting->bytes, 0,
			      (struct sockaddr *)&waiting->to, waiting->to_bytes);
		fifo->head = (fifo->head + 1) % LATE_MOST;
		fifo->count--;
	}
}

/* One batch of datagrams; the memory is the call's, and too large for a stack
 * in a thread, but this program has none. */
struct batch {
	struct mmsghdr in[BATCH], out[BATCH];
	struct iovec in_at[BATCH], out_at[BATCH];
	struct sockaddr_storage from[BATCH];
	uint8_t bytes[BATCH][UDP_BYTES];
	struct reply replies[BATCH];
};

static void batch_prepare(struct batch *batch)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		batch->in_at[i] = (struct iovec){batch->bytes[i], UDP_BYTES};
		batch->in[i].msg_hdr = (struct msghdr){.msg_name = &batch->from[i],
						       .msg_namelen = sizeof(batch->from[i]),
						       .msg_iov = &batch->in_at[i],
						       .msg_iovlen = 1};
	}
}

static void udp_serve(struct dnsd *dnsd, struct batch *batch)
{
	int got, i, out = 0;

	batch_prepare(batch);
	got = recvmmsg(dnsd->udp, batch->in, BATCH, MSG_DONTWAIT, NULL);
	for (i = 0; i < got; i++) {
		struct reply *reply = &batch->replies[i];
		socklen_t from_bytes = batch->in[i].msg_hdr.msg_namelen;

		dnsd->got_udp++;
		if (is_lost(dnsd) || dnsd->delayed.count >= dnsd->capacity) {
			dnsd->lost++;
			continue;
		}
		if (!answer(dnsd, batch->bytes[i], batch->in[i].msg_len, true, reply))
			continue;
		if (reply->is_late || dnsd->delay_ms) {
			struct fifo *fifo = reply->is_late ? &dnsd->late : &dnsd->delayed;

			fifo_add(fifo, &batch->from[i], from_bytes, reply,
				 now_ms() + (reply->is_late ? dnsd->late_ms : dnsd->delay_ms));
			continue;
		}
		batch->out_at[out] = (struct iovec){reply->bytes, reply->count};
		batch->out[out].msg_hdr = (struct msghdr){.msg_name = &batch->from[i],
							  .msg_namelen = from_bytes,
							  .msg_iov = &batch->out_at[out],
							  .msg_iovlen = 1};
		out++;
	}
	for (i = 0; i < out;) {
		int sent = sendmmsg(dnsd->udp, batch->out + i, (unsigned)(out - i), 0);

		if (sent <= 0)
			break;
		i += sent;
	}
}

/* --- TCP: one question at a time, small enough to be written at once --- */

static bool read_all(int fd, uint8_t *bytes, size_t count)
{
	ssize_t got;

	for (; count; bytes += got, count -= (size_t)got)
		if ((got = read(fd, bytes, count)) <= 0)
			return false;
	return true;
}

static bool stream_serve(struct dnsd *dnsd, int fd)
{
	static struct reply reply;
	uint8_t question[65536], head[2];
	size_t bytes;

	if (!read_all(fd, head, 2))
		return false;
	bytes = (size_t)head[0] << 8 | head[1];
	if (!read_all(fd, question, bytes))
		return false;
	dnsd->got_tcp++;
	if (!answer(dnsd, question, bytes, false, &reply))
		return true;
	head[0] = (uint8_t)(reply.count >> 8);
	head[1] = (uint8_t)reply.count;
	return write(fd, head, 2) == 2 && write(fd, reply.bytes, reply.count) >= 0;
}

static void stream_accept(struct dnsd *dnsd)
{
	struct timeval patience = {.tv_sec = 2};
	int fd = accept(dnsd->tcp, NULL, NULL), i;

	if (fd < 0)
		return;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	for (i = 0; i < TCP_MOST; i++)
		if (dnsd->streams[i] < 0) {
			dnsd->streams[i] = fd;
			return;
		}
	close(fd);
}

/* --- the loop --- */

static int wait_ms(const struct dnsd *dnsd, uint64_t end_ms)
{
	uint64_t now = now_ms(), next = end_ms;

	if (dnsd->delayed.count && dnsd->delayed.ring[dnsd->delayed.head].due_ms < next)
		next = dnsd->delayed.ring[dnsd->delayed.head].due_ms;
	if (dnsd->late.count && dnsd->late.ring[dnsd->late.head].due_ms < next)
		next = dnsd->late.ring[dnsd->late.head].due_ms;
	return next > now ? (int)(next - now) : 0;
}

static void serve(struct dnsd *dnsd)
{
	uint64_t end_ms = now_ms() + dnsd->seconds * 1000ULL;
	struct timespec patience;
	static struct batch batch;
	sigset_t none;
	struct pollfd fds[2 + TCP_MOST];
	int i;

	sigemptyset(&none);
	while (!stopping && now_ms() < end_ms) {
		fds[0] = (struct pollfd){.fd = dnsd->udp, .events = POLLIN};
		fds[1] = (struct pollfd){.fd = dnsd->tcp, .events = POLLIN};
		for (i = 0; i < TCP_MOST; i++)
			fds[2 + i] = (struct pollfd){.fd = dnsd->streams[i], .events = POLLIN};
		i = wait_ms(dnsd, end_ms);
		patience = (struct timespec){i / 1000, i % 1000 * 1000000L};
		i = ppoll(fds, 2 + TCP_MOST, &patience, &none);
		if (i < 0)
			continue; /* a signal */
		if (fds[0].revents)
			udp_serve(dnsd, &batch);
		if (fds[1].revents)
			stream_accept(dnsd);
		for (i = 0; i < TCP_MOST; i++)
			if (fds[2 + i].revents && !stream_serve(dnsd, dnsd->streams[i])) {
				close(dnsd->streams[i]);
				dnsd->streams[i] = -1;
			}
		fifo_send(dnsd, &dnsd->delayed, now_ms());
		fifo_send(dnsd, &dnsd->late, now_ms());
	}
}

/* --- setting up --- */

static _Noreturn void die(const char *what, const char *about)
{
	fprintf(stderr, "dnsd: %s: %s\n", what, about);
	exit(2);
}

static uint32_t addr_of(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		die("not an IPv4 address", text);
	return ntohl(addr.s_addr);
}

static void pattern_add(struct dnsd *dnsd, const char *rule)
{
	struct pattern *pattern = &dnsd->patterns[dnsd->patterns_count];
	const char *number = strstr(rule, "%u"), *equals = strchr(rule, '=');

	if (dnsd->patterns_count == RULES_MOST || !number || !equals || number > equals)
		die("bad or too many patterns", rule);
	snprintf(pattern->before, NAME_BYTES, "%.*s", (int)(number - rule), rule);
	snprintf(pattern->after, NAME_BYTES, "%.*s", (int)(equals - number - 2), number + 2);
	pattern->base = addr_of(equals + 1);
	dnsd->patterns_count++;
}

static void pair_add(struct pair *pairs, size_t *count, const char *rule, bool addr_first)
{
	const char *equals = strchr(rule, '=');
	char left[NAME_BYTES];

	if (*count == RULES_MOST || !equals || equals - rule >= NAME_BYTES)
		die("bad or too many rules", rule);
	snprintf(left, sizeof(left), "%.*s", (int)(equals - rule), rule);
	snprintf(pairs[*count].name, NAME_BYTES, "%s", addr_first ? equals + 1 : left);
	pairs[*count].addr = addr_of(addr_first ? left : equals + 1);
	++*count;
}

static void option_take(struct dnsd *dnsd, const char *name, const char *value)
{
	if (!strcmp(name, "--pattern"))
		pattern_add(dnsd, value);
	else if (!strcmp(name, "--name"))
		pair_add(dnsd->names, &dnsd->names_count, value, false);
	else if (!strcmp(name, "--ptr"))
		pair_add(dnsd->ptrs, &dnsd->ptrs_count, value, true);
	else if (!strcmp(name, "--listen"))
		dnsd->listen = value;
	else if (!strcmp(name, "--port"))
		dnsd->port = (unsigned)strtoul(value, NULL, 10);
	else if (!strcmp(name, "--loss"))
		dnsd->loss_percent = strtod(value, NULL);
	else if (!strcmp(name, "--seed"))
		dnsd->random ^= strtoull(value, NULL, 10) * 0x9e3779b97f4a7c15ULL;
	else if (!strcmp(name, "--delay"))
		dnsd->delay_ms = (unsigned)strtoul(value, NULL, 10);
	else if (!strcmp(name, "--late"))
		dnsd->late_ms = (unsigned)strtoul(value, NULL, 10);
	else if (!strcmp(name, "--capacity"))
		dnsd->capacity = (unsigned)strtoul(value, NULL, 10);
	else if (!strcmp(name, "--seconds"))
		dnsd->seconds = (unsigned)strtoul(value, NULL, 10);
	else
		die("unknown option", name);
}

static socklen_t sockaddr_of(const struct dnsd *dnsd, struct sockaddr_storage *ret_at)
{
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret_at;
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret_at;

	memset(ret_at, 0, sizeof(*ret_at));
	if (strchr(dnsd->listen, ':')) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)dnsd->port);
		if (inet_pton(AF_INET6, dnsd->listen, &v6->sin6_addr) != 1)
			die("not an address", dnsd->listen);
		return sizeof(*v6);
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)dnsd->port);
	v4->sin_addr.s_addr = htonl(addr_of(dnsd->listen));
	return sizeof(*v4);
}

/* UDP takes the port the system gives; TCP follows, and may find it taken. */
static bool sockets_open(struct dnsd *dnsd)
{
	int one = 1, megabytes = 4 << 20;
	struct sockaddr_storage at;
	socklen_t at_bytes = sockaddr_of(dnsd, &at);

	dnsd->udp = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	dnsd->tcp = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(dnsd->udp, SOL_SOCKET, SO_RCVBUF, &megabytes, sizeof(megabytes));
	setsockopt(dnsd->tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(dnsd->udp, (struct sockaddr *)&at, at_bytes) < 0)
		die("cannot bind", strerror(errno));
	getsockname(dnsd->udp, (struct sockaddr *)&at, &at_bytes);
	if (bind(dnsd->tcp, (struct sockaddr *)&at, at_bytes) == 0 && listen(dnsd->tcp, 64) == 0) {
		dnsd->port = ntohs(((struct sockaddr_in *)&at)->sin_port);
		return true;
	}
	close(dnsd->udp);
	close(dnsd->tcp);
	return false;
}

static void fifo_new(struct fifo *fifo)
{
	fifo->ring = calloc(LATE_MOST, sizeof(*fifo->ring));
	if (!fifo->ring)
		die("out of memory", "replies");
}

/* SIGTERM comes only while ppoll() waits, so none is missed. */
static void signals_set_up(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	signal(SIGTERM, stop);
	signal(SIGINT, stop);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	static struct dnsd dnsd = {.listen = "127.0.0.1",
				   .late_ms = 1500,
				   .capacity = LATE_MOST,
				   .seconds = 60,
				   .random = 0x2545f4914f6cdd1dULL};
	int i, tries = 20;

	for (i = 1; i + 1 < argc; i += 2)
		option_take(&dnsd, argv[i], argv[i + 1]);
	if (i < argc)
		die("needs a value", argv[i]);
	signals_set_up();
	prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that dies leaves nothing behind */
	memset(dnsd.streams, -1, sizeof(dnsd.streams));
	fifo_new(&dnsd.delayed);
	fifo_new(&dnsd.late);
	while (!sockets_open(&dnsd))
		if (!--tries)
			die("cannot listen", dnsd.listen);
	printf("ready %s %u\n", dnsd.listen, dnsd.port);
	fflush(stdout);
	serve(&dnsd);
	printf("{\"udp\": %llu, \"tcp\": %llu, \"lost\": %llu, \"answered\": %llu, \"nxdomain\": "
	       "%llu}\n",
	       dnsd.got_udp, dnsd.got_tcp, dnsd.lost, dnsd.answered, dnsd.nxdomain);
	free(dnsd.delayed.ring);
	free(dnsd.late.ring);
	return 0;
}
