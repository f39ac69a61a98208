/* A port that speaks ONC RPC is asked which program it is. For the service scan only. */
#ifndef PORTOLAN_DETECT_SERVICE_PORT_RPC_H
#define PORTOLAN_DETECT_SERVICE_PORT_RPC_H

#include "detect/service/port_scan.h"

/* False: no RPC, or it is not to be asked; else port_scan_rpc_done() follows, with
 * rpc_name set if it was found. */
bool port_rpc_start(struct port_scan *port, struct found *found);
void port_scan_rpc_done(struct port_scan *port);

#endif
