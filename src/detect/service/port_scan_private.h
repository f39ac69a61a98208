/* What the parts of a port's scan (port_*.c) share. */
#ifndef PORTOLAN_DETECT_SERVICE_PORT_SCAN_PRIVATE_H
#define PORTOLAN_DETECT_SERVICE_PORT_SCAN_PRIVATE_H

#include "detect/service/service_scan_private.h"

static inline struct loop *port_loop(const struct port_scan *port)
{
	return port->scan->config.loop;
}

static inline bool port_in_best_manner(const struct port_scan *port)
{
	return probe_db_manner(port->scan->config.db) == MANNER_BEST;
}

static inline bool port_is_tcp(const struct port_scan *port)
{
	return port->port->transport == TRANSPORT_TCP;
}

/* port_scan.c. look() decides, in the loop's next turn. */
void port_look_soon(struct port_scan *port);
void port_set_timer(struct port_scan *port, struct timer *timer, void (*fire)(void *),
		    uint64_t after_ns);
/* From the first connection on: who waits for one is not late. */
void port_begin_deadline(struct port_scan *port);
/* All anew: in the clear, or inside TLS. */
void port_phase_begin(struct port_scan *port, bool tunnel);

/* port_outcome.c: takes in what is over. */
void port_collect(struct port_scan *port);
void port_take_outcome(struct port_scan *port, struct attempt *attempt);
/* Without news: the one at this place of the list, those that a softmatch made pointless, all. */
void port_drop_attempt(struct port_scan *port, struct attempt **at);
void port_drop_skipped(struct port_scan *port);
void port_drop_attempts(struct port_scan *port);
/* Opens nothing until it is kicked. */
void port_wait_for_room(struct port_scan *port);

/* port_decide.c. True: the port is through, and may be freed; or it begins anew. */
bool port_decide(struct port_scan *port);
/* Nothing is asked any longer: ends with the best there is. `incomplete`: there was more to ask. */
void port_end_here(struct port_scan *port, bool incomplete);
void port_end_with(struct port_scan *port, struct found *hard);
void port_end_excluded(struct port_scan *port);
void port_end_settling(struct port_scan *port);

/* port_speak.c: asks what is due; ends the port when there is nothing left. */
void port_go_on(struct port_scan *port);
void port_listener_connected(struct port_scan *port);
void port_spare_listener(struct port_scan *port);
bool port_is_one_by_one(const struct port_scan *port);

#endif
