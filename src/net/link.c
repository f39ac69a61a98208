#include "net/link.h"

int link_send(struct link *link, const struct link_frame *frames, size_t count)
{
	return count ? link->ops->send(link, frames, count) : 0;
}

size_t link_poll(struct link *link, size_t most)
{
	return link->ops->poll(link, most);
}

enum link_layer link_layer(const struct link *link)
{
	return link->layer;
}

unsigned link_interface(const struct link *link)
{
	return link->interface;
}

unsigned link_mtu(const struct link *link)
{
	return link->mtu;
}

int link_filter(struct link *link, uint16_t first_port, uint16_t last_port, bool all_protocols)
{
	return link->ops->filter(link, first_port, last_port, all_protocols);
}

void link_stats(const struct link *link, struct link_stats *ret_stats)
{
	link->ops->stats(link, ret_stats);
}

void link_free(struct link *link)
{
	if (link)
		link->ops->free(link);
}
