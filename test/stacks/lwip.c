/* A host whose TCP/IP stack is lwIP (Debian's liblwip): lwip PORT ADDRESS MASK ADDRESS6
 * has that port open on a tap device. The device's name is in PRECONFIGURED_TAPIF, where
 * the library's own driver looks for it. Compiled by test/lab/stacks.py. */
#include "lwip/ip6_addr.h"
#include "lwip/netif.h"
#include "lwip/tcp.h"
#include "lwip/tcpip.h"
#include "netif/tapif.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

/* Whoever connects may stay; a scan does not. */
static err_t accepted(void *self, struct tcp_pcb *connection, err_t status)
{
	(void)self;
	(void)connection;
	return status;
}

static void set_address6(struct netif *card, const ip6_addr_t *address)
{
	s8_t place = 0;

	/* The driver does not say so, and without it no solicitation is heard. */
	card->flags |= NETIF_FLAG_MLD6;
	netif_create_ip6_linklocal_address(card, 1);
	netif_ip6_addr_set_state(card, 0, IP6_ADDR_PREFERRED);
	if (netif_add_ip6_address(card, address, &place) == ERR_OK)
		netif_ip6_addr_set_state(card, place, IP6_ADDR_PREFERRED);
}

static int listen_on(u16_t port)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

	if (!pcb || tcp_bind(pcb, IP_ANY_TYPE, port) != ERR_OK || !(pcb = tcp_listen(pcb)))
		return -1;
	tcp_accept(pcb, accepted);
	return 0;
}

static int bring_up(char **argv)
{
	static struct netif card;
	ip4_addr_t address, mask, gateway = {0};
	ip6_addr_t address6;

	if (!ip4addr_aton(argv[2], &address) || !ip4addr_aton(argv[3], &mask) ||
	    !ip6addr_aton(argv[4], &address6) ||
	    !netif_add(&card, &address, &mask, &gateway, NULL, tapif_init, tcpip_input))
		return -1;
	netif_set_default(&card);
	netif_set_link_up(&card);
	netif_set_up(&card);
	set_address6(&card, &address6);
	return listen_on((u16_t)atoi(argv[1]));
}

static void started(void *semaphore)
{
	sem_post(semaphore);
}

int main(int argc, char **argv)
{
	sem_t ready;
	int failed;

	if (argc != 5 || sem_init(&ready, 0, 0) != 0)
		return 2;
	tcpip_init(started, &ready);
	sem_wait(&ready);
	LOCK_TCPIP_CORE();
	failed = bring_up(argv);
	UNLOCK_TCPIP_CORE();
	if (failed)
		return 1;
	for (;;)
		sem_wait(&ready);
}
