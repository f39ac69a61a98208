#include "engine/gate.h"

#include "util/error.h"

/* Where bytes do harm: printers print them (9100-9107), and controllers of machines
 * have been seen to stop at a probe for services. Connecting alone is harmless. */
static const struct {
	uint16_t first, last;
} never_write[] = {
	{102, 102},     /* S7 */
	{502, 502},     /* Modbus */
	{789, 789},     /* Red Lion Crimson */
	{1089, 1091},   /* Foundation Fieldbus */
	{1911, 1911},   /* Fox */
	{2404, 2404},   /* IEC 60870-5-104 */
	{2455, 2455},   /* CODESYS */
	{4840, 4840},   /* OPC UA */
	{4911, 4911},   /* Fox in TLS */
	{5006, 5007},   /* MELSEC */
	{9100, 9107},   /* printers */
	{9600, 9600},   /* FINS */
	{18245, 18246}, /* GE SRTP */
	{20000, 20000}, /* DNP3 */
	{20547, 20547}, /* ProConOS */
	{34962, 34964}, /* PROFINET */
	{44818, 44818}, /* EtherNet/IP */
};

bool gate_never_writes(const struct gate *gate, enum transport transport, uint16_t port)
{
	size_t i;

	if (transport != TRANSPORT_TCP || gate->all_ports)
		return false;
	for (i = 0; i < sizeof(never_write) / sizeof(never_write[0]); i++)
		if (port >= never_write[i].first && port <= never_write[i].last)
			return true;
	return false;
}

int gate_check(struct gate *gate, const struct ip_addr *to, enum transport transport, uint16_t port,
	       bool writes)
{
	if ((writes && gate_never_writes(gate, transport, port)) ||
	    (gate->excludes && addrset_has(gate->excludes, to))) {
		gate->refused++;
		return ERROR_EXCLUDED;
	}
	gate->passed++;
	return 0;
}
