/* Inside net/: what the links take out of the sockets opened with privileges. */
#ifndef PORTOLAN_NET_LINK_SOCKETS_H
#define PORTOLAN_NET_LINK_SOCKETS_H

#include "net/link.h"

/* An AF_PACKET, SOCK_RAW socket that hears nothing yet; the caller's to close.
 * ERROR_LIMIT with words: all are taken, and no more can be opened. */
int link_sockets_take_packet(struct link_sockets *sockets, int *ret_fd, struct diag *diag);
/* One that was taken comes back; it may hear nothing any more (capture.c sees to it). */
void link_sockets_give_packet(struct link_sockets *sockets, int fd);
/* A raw socket that sends packets with their IP header; the caller's to close
 * (it shares its send buffer with its siblings). ERROR_UNSUPPORTED: the machine
 * has no such family. */
int link_sockets_dup_raw(const struct link_sockets *sockets, enum ip_family family, int *ret_fd);
/* An AF_XDP socket, the caller's to close. ERROR_UNSUPPORTED, ERROR_LIMIT. */
int link_sockets_take_xdp(struct link_sockets *sockets, int *ret_fd);

#endif
