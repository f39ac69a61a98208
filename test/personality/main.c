/* personality: hosts that answer OS detection as reference prints describe them. Only for
 * a link of one's own, whose far end has no addresses, so that no kernel answers, too.
 *
 *   personality --interface NAME --db FILE --base ADDR [--first N] [--count N]
 *               [--open PORT[,PORT...]] [--drop K] [--packets N] [--seconds N]
 *   personality --interface NAME --replay FOLDER --base6 ADDR ...
 *
 * Address base + n answers as entry first + n of the file does: ARP, and IPv4. TCP port 22
 * is open, or those of --open; other ports are closed. Every K-th packet is not heard.
 * Address base6 + n answers with the packets of the n-th print (*.txt) of the folder.
 *
 * "ready N" (hosts) on stdout says when; counters follow as JSON at the end: on SIGTERM,
 * after --seconds (600), or when --packets answers are out. */
#include "crowd.h"

#include <err.h>
#include <getopt.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RECEIVE_BYTES (8 << 20)
#define PRINTS_BYTES  (16u << 20)
#define WAIT_MS       200
#define BATCH         64

struct settings {
	const char *db, *interface, *replay;
	uint64_t packets, seconds; /* most */
	struct crowd_config crowd;
};

static volatile sig_atomic_t stopping;

static void stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now); /* the clock of arrivals */
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* ------------------------------------------------- command line */

static uint64_t number_of(const char *text, uint64_t most)
{
	char *end;
	uint64_t number = strtoull(text, &end, 10);

	if (end == text || *end || number > most)
		errx(2, "%s is no number up to %llu", text, (unsigned long long)most);
	return number;
}

static void read_ports(char *text, struct personality_ports *ports)
{
	char *rest = NULL, *word = strtok_r(text, ",", &rest);

	for (; word; word = strtok_r(NULL, ",", &rest)) {
		if (ports->count == PERSONALITY_PORTS_MOST)
			errx(2, "more than %u ports", PERSONALITY_PORTS_MOST);
		ports->open[ports->count++] = (uint16_t)number_of(word, UINT16_MAX);
	}
}

static void read_option(int option, char *text, struct settings *settings)
{
	switch (option) {
	case 'd':
		settings->db = text;
		break;
	case 'i':
		settings->interface = text;
		break;
	case 'b':
		if (!ip_parse(text, &settings->crowd.base) || settings->crowd.base.family != IP_V4)
			errx(2, "%s is no IPv4 address", text);
		break;
	case 'r':
		settings->replay = text;
		break;
	case 'B':
		if (!ip_parse(text, &settings->crowd.base6) ||
		    settings->crowd.base6.family != IP_V6)
			errx(2, "%s is no IPv6 address", text);
		break;
	case 'f':
		settings->crowd.first = number_of(text, UINT32_MAX);
		break;
	case 'c':
		settings->crowd.count = number_of(text, UINT32_MAX);
		break;
	case 'o':
		read_ports(text, &settings->crowd.ports);
		break;
	case 'k':
		settings->crowd.drop = (unsigned)number_of(text, UINT32_MAX);
		break;
	case 'p':
		settings->packets = number_of(text, UINT64_MAX);
		break;
	case 's':
		settings->seconds = number_of(text, UINT32_MAX);
		break;
	default:
		errx(2, "see the head of test/personality/main.c");
	}
}

static void read_settings(int argc, char **argv, struct settings *settings)
{
	static const struct option options[] = {
		{"db", 1, NULL, 'd'},     {"interface", 1, NULL, 'i'}, {"base", 1, NULL, 'b'},
		{"first", 1, NULL, 'f'},  {"count", 1, NULL, 'c'},     {"open", 1, NULL, 'o'},
		{"drop", 1, NULL, 'k'},   {"packets", 1, NULL, 'p'},   {"seconds", 1, NULL, 's'},
		{"replay", 1, NULL, 'r'}, {"base6", 1, NULL, 'B'},     {NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		read_option(option, optarg, settings);
	if (!settings->interface || (!settings->db && !settings->replay) ||
	    !settings->db != !settings->crowd.base.family ||
	    !settings->replay != !settings->crowd.base6.family)
		errx(2, "--interface is needed, and --db with --base or --replay with --base6");
	if (!settings->crowd.ports.count)
		settings->crowd.ports = (struct personality_ports){.open = {22}, .count = 1};
}

static struct crowd *make_crowd(const struct settings *settings)
{
	struct crowd_config config = settings->crowd;
	struct crowd *crowd = NULL;
	struct text_files prints = {0};
	struct os_db *db = NULL;
	struct diag diag = {0};

	if (settings->db && os_db_load(settings->db, NULL, NULL, &db, &diag) < 0)
		errx(1, "%s", diag.text);
	if (settings->replay &&
	    text_files_read(settings->replay, ".txt", PRINTS_BYTES, &prints, &diag) < 0)
		errx(1, "%s", diag.text);
	config.db = db;
	config.prints = settings->replay ? &prints : NULL;
	if (crowd_new(&config, &crowd, &diag) < 0)
		errx(1, "no such entries, or a print with a mistake: %s", diag.text);
	os_db_free(db);
	text_files_release(&prints);
	return crowd;
}

/* ------------------------------------------------- the link */

static int open_link(const char *interface)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)if_nametoindex(interface),
	};
	int bytes = RECEIVE_BYTES, yes = 1, link = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (!at.sll_ifindex)
		err(1, "%s", interface);
	if (link < 0)
		err(1, "packet socket");
	(void)setsockopt(link, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	(void)setsockopt(link, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes));
	if (bind(link, (struct sockaddr *)&at, sizeof(at)) < 0)
		err(1, "%s", interface);
	return link;
}

/* When the kernel got the frame: rates that are told by initial sequence numbers are off by
 * what this program takes to wake up. */
static uint64_t arrival_ns(struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);
	struct timespec at;

	for (; control; control = CMSG_NXTHDR(message, control))
		if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&at, CMSG_DATA(control), sizeof(at));
			return (uint64_t)at.tv_sec * 1000000000 + (uint64_t)at.tv_nsec;
		}
	return now_ns();
}

/* One frame; false: there is none just now. An answer that does not fit the link, or finds it
 * full, is lost as answers are. */
static bool answer_one(int link, struct crowd *crowd)
{
	static uint8_t frame[CROWD_FRAME_BYTES], out[CROWD_FRAME_BYTES];
	_Alignas(struct cmsghdr) char control[128];
	struct sockaddr_ll from;
	struct iovec where = {frame, sizeof(frame)};
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &where,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(link, &message, MSG_DONTWAIT);
	size_t count;

	if (got <= 0)
		return false;
	if (from.sll_pkttype == PACKET_OUTGOING)
		return true;
	count = crowd_answer(crowd, frame, (size_t)got, arrival_ns(&message), out);
	if (count)
		(void)send(link, out, count, 0);
	return true;
}

static void answer_all(const struct settings *settings, int link, struct crowd *crowd)
{
	uint64_t end_ns = now_ns() + settings->seconds * 1000000000;
	struct pollfd wait = {.fd = link, .events = POLLIN};
	int i;

	while (!stopping && now_ns() < end_ns && crowd_counts(crowd).answered < settings->packets) {
		if (poll(&wait, 1, WAIT_MS) <= 0)
			continue;
		if (wait.revents & (POLLERR | POLLNVAL))
			break; /* the interface is gone */
		for (i = 0; i < BATCH && answer_one(link, crowd); i++)
			;
	}
}

static void say_counts(struct crowd_counts counts)
{
	printf("{\"heard\": %llu, \"dropped\": %llu, \"answered\": %llu}\n",
	       (unsigned long long)counts.heard, (unsigned long long)counts.dropped,
	       (unsigned long long)counts.answered);
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.packets = UINT64_MAX,
		.seconds = 600,
		.crowd.count = SIZE_MAX,
	};
	struct crowd *crowd;
	int link;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGTERM, stop);
	(void)signal(SIGINT, stop);
	read_settings(argc, argv, &settings);
	crowd = make_crowd(&settings);
	link = open_link(settings.interface);
	printf("ready %zu\n", crowd_hosts(crowd));
	(void)fflush(stdout);
	answer_all(&settings, link, crowd);
	say_counts(crowd_counts(crowd));
	(void)close(link);
	crowd_free(crowd);
	return 0;
}
