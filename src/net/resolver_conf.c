#include "net/resolver_conf.h"

#include "net/host_name.h"
#include "util/alloc.h"
#include "util/error.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#define DNS_PORT 53

#define SERVER_TEXT_BYTES     512
#define RESOLV_CONF_BYTES     65536
#define RESOLV_CONF_LINE_MOST 256

void dns_servers_release(struct dns_servers *servers)
{
	alloc_free(servers->list);
	*servers = (struct dns_servers){0};
}

static int server_append(struct dns_servers *servers, const struct ip_addr *addr, uint16_t port)
{
	size_t i;

	for (i = 0; i < servers->count; i++)
		if (ip_equal(&servers->list[i].addr, addr) && servers->list[i].port == port)
			return 0;
	if (servers->count == servers->cap) {
		size_t cap = servers->cap ? servers->cap * 2 : 4;
		struct dns_server *grown = alloc_resize(servers->list, cap, sizeof(*grown));

		if (!grown)
			return ERROR_MEMORY;
		servers->list = grown;
		servers->cap = cap;
	}
	servers->list[servers->count++] = (struct dns_server){*addr, port};
	return 0;
}

static bool port_parse(const char *text, uint16_t *ret_port)
{
	unsigned port = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' ||
		    (port = port * 10 + (unsigned)(*text - '0')) > 65535)
			return false;
	}
	*ret_port = (uint16_t)port;
	return port != 0;
}

/* Splits "host:port" and "[host]:port" in place; a bare IPv6 address has no
 * port. False when brackets or port are malformed. */
static bool host_and_port(char *text, char **ret_host, uint16_t *ret_port)
{
	char *colon = strchr(text, ':'), *close;

	*ret_host = text;
	*ret_port = DNS_PORT;
	if (*text == '[') {
		if (!(close = strchr(text, ']')))
			return false;
		*close = '\0';
		*ret_host = text + 1;
		return !close[1] || (close[1] == ':' && port_parse(close + 2, ret_port));
	}
	if (!colon || strchr(colon + 1, ':'))
		return true;
	*colon = '\0';
	return port_parse(colon + 1, ret_port);
}

static int name_add_system(struct dns_servers *servers, const char *name, uint16_t port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found = NULL;
	struct ip_addr addr;
	int r = getaddrinfo(name, NULL, &hints, &found);

	if (r != 0)
		return r == EAI_MEMORY ? ERROR_MEMORY : ERROR_NOT_FOUND;
	r = ERROR_NOT_FOUND;
	if (ip_from_sockaddr(found->ai_addr, &addr, NULL))
		r = server_append(servers, &addr, port);
	freeaddrinfo(found);
	return r;
}

static int name_add(struct dns_servers *servers, const char *name, uint16_t port,
		    const struct hosts *hosts)
{
	char normal[HOST_NAME_BYTES];
	const struct hosts_addr *known;
	int r = host_name_normalize(name, normal);

	if (r < 0)
		return r;
	if ((known = hosts_forward(hosts, normal)))
		return server_append(servers, &known->addr, port);
	return name_add_system(servers, normal, port);
}

int dns_servers_add(struct dns_servers *servers, const char *text, const struct hosts *hosts,
		    struct diag *diag)
{
	char copy[SERVER_TEXT_BYTES], *host;
	struct ip_addr addr;
	uint16_t port;
	int r;

	if (strlen(text) >= sizeof(copy))
		return diag_set(diag, ERROR_SYNTAX, "DNS server name is too long");
	memcpy(copy, text, strlen(text) + 1);
	if (!host_and_port(copy, &host, &port))
		return diag_set(diag, ERROR_SYNTAX,
				"DNS server \"%s\" is not understood: write ADDRESS, "
				"ADDRESS:PORT, [IPV6]:PORT or a host name",
				text);
	if (ip_parse(host, &addr))
		return server_append(servers, &addr, port);
	r = name_add(servers, host, port, hosts);
	if (r == ERROR_SYNTAX)
		return diag_set(diag, r, "DNS server \"%s\" is neither an address nor a host name",
				text);
	if (r == ERROR_NOT_FOUND)
		return diag_set(diag, r,
				"DNS server \"%s\" has no known address: give its address instead",
				text);
	return r;
}

static int line_parse(struct dns_servers *servers, const char *line, size_t length)
{
	char copy[RESOLV_CONF_LINE_MOST], word[RESOLV_CONF_LINE_MOST];
	struct ip_addr addr;

	if (length >= sizeof(copy))
		return 0;
	memcpy(copy, line, length);
	copy[length] = '\0';
	if (sscanf(copy, " nameserver %255s", word) != 1 || !ip_parse(word, &addr))
		return 0;
	return server_append(servers, &addr, DNS_PORT);
}

int dns_servers_parse_resolv_conf(struct dns_servers *servers, const char *text, size_t bytes)
{
	const char *end;
	size_t length;
	int r;

	while (bytes) {
		end = memchr(text, '\n', bytes);
		length = end ? (size_t)(end - text) : bytes;
		if ((r = line_parse(servers, text, length)) < 0)
			return r;
		length += end ? 1 : 0;
		text += length;
		bytes -= length;
	}
	return 0;
}

int dns_servers_load_resolv_conf(struct dns_servers *servers, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text;
	size_t bytes;
	int r;

	if (!file)
		return 0;
	if (!(text = alloc_zero(RESOLV_CONF_BYTES))) {
		fclose(file);
		return ERROR_MEMORY;
	}
	bytes = fread(text, 1, RESOLV_CONF_BYTES, file);
	fclose(file);
	r = dns_servers_parse_resolv_conf(servers, text, bytes);
	alloc_free(text);
	return r;
}
