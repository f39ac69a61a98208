#include "api/routes.h"
#include "net/resolver.h"
#include "util/error.h"

#define WRITE_BYTES 16384

struct explainer {
	const struct plan *plan;
	const struct routes_sink *sink;
	struct loop *loop;
	struct resolver *resolver;
	struct addrset *excludes;
	struct router *router;
	struct port_list_request ports; /* host:ports lines must be understood */
	struct target_stream *stream;
	struct buf out;
	struct ip_addr found; /* --route-dst: what the name resolved to */
};

static void release(struct explainer *explainer)
{
	target_stream_free(explainer->stream);
	router_free(explainer->router);
	resolver_free(explainer->resolver);
	addrset_free(explainer->excludes);
	loop_free(explainer->loop);
	buf_release(&explainer->out);
}

static int open_router(struct explainer *explainer, struct diag *diag)
{
	const struct router_config config = {
		.interface = explainer->plan->source_interface,
		.source = explainer->plan->source_addr,
	};

	return router_new(&config, &explainer->router, diag);
}

static int open_resolver(struct explainer *explainer, struct diag *diag)
{
	const struct plan *plan = explainer->plan;
	struct resolver_config config = {
		.servers = plan->dns_servers,
		.servers_count = plan->dns_servers_count,
		.system_only = plan->system_dns,
		.interface = plan->source_interface,
		.seed = plan->seed,
	};

	if (!(explainer->loop = loop_uv_new()))
		return diag_set(diag, ERROR_MEMORY,
				"the event loop could not be made: out of memory or file "
				"descriptors");
	config.loop = explainer->loop;
	return resolver_cares_new(&config, &explainer->resolver, diag);
}

static int open_all(struct explainer *explainer, struct diag *diag)
{
	int r = open_router(explainer, diag);

	return r < 0 ? r : open_resolver(explainer, diag);
}

/* One line of --explain-route */

static const char *name_of(const struct explainer *explainer, unsigned index)
{
	const struct interface *at =
		interfaces_by_index(router_interfaces(explainer->router), index);

	return at ? at->name : "?";
}

static void add_mac(struct explainer *explainer, const struct ip_addr *to,
		    const struct route *route)
{
	const struct ip_addr *next = route->next_hop.family ? &route->next_hop : to;
	char text[MAC_TEXT_BYTES];
	struct mac_addr mac;

	if (router_neighbour(explainer->router, route->interface, next, &mac))
		buf_addf(&explainer->out, " mac %s", mac_format(&mac, text));
}

static void add_route(struct explainer *explainer, const struct ip_addr *to,
		      const struct route *route)
{
	char text[IP_TEXT_BYTES];
	struct buf *out = &explainer->out;

	buf_addf(out, " dev %s", name_of(explainer, route->interface));
	buf_addf(out, " src %s", route->source.family ? ip_format(&route->source, text) : "none");
	if (route->local)
		buf_add_str(out, " local");
	else if (route->next_hop.family)
		buf_addf(out, " via %s", ip_format(&route->next_hop, text));
	else
		buf_add_str(out, " on-link");
	buf_addf(out, " mtu %u", route->mtu);
	if (!route->local)
		add_mac(explainer, to, route);
}

static int add_line(struct explainer *explainer, const struct ip_addr *to, struct diag *diag)
{
	const struct route *route;
	char text[IP_TEXT_BYTES];
	int r = router_lookup(explainer->router, to, &route);

	ip_format(to, text);
	if (r < 0 && r != ERROR_NOT_FOUND)
		return diag_set(diag, r, "the kernel does not say which way %s is", text);
	buf_add_str(&explainer->out, text);
	if (r < 0)
		buf_addf(&explainer->out, " no route: %s", router_refusal(explainer->router, to));
	else
		add_route(explainer, to, route);
	buf_add_char(&explainer->out, '\n');
	return buf_ok(&explainer->out) ? 0 : diag_set(diag, ERROR_MEMORY, "out of memory");
}

/* All targets of --explain-route */

static void stop_waiting(void *self)
{
	struct explainer *explainer = self;

	loop_stop(explainer->loop);
}

static void pass_warning(void *self, const char *text)
{
	struct explainer *explainer = self;

	if (explainer->sink->warn)
		explainer->sink->warn(explainer->sink->self, text);
}

static int find_excludes(struct explainer *explainer, struct diag *diag)
{
	const struct target_config *targets = &explainer->plan->targets;

	if (!targets->excludes_count && !targets->exclude_files_count)
		return 0;
	return target_excludes(targets, explainer->loop, explainer->resolver, &explainer->excludes,
			       diag);
}

static int open_stream(struct explainer *explainer, struct diag *diag)
{
	const struct target_stream_config config = {
		.targets = &explainer->plan->targets,
		.excludes = explainer->excludes,
		.resolver = explainer->resolver,
		.ports = &explainer->ports,
		.seed = explainer->plan->seed,
		.loop = explainer->loop,
		.wake = stop_waiting,
		.warn = pass_warning,
		.self = explainer,
	};

	return target_stream_new(&config, &explainer->stream, diag);
}

static int write_out(struct explainer *explainer, size_t at_least)
{
	struct buf *out = &explainer->out;
	int r = 0;

	if (out->len > at_least) {
		r = explainer->sink->write(explainer->sink->self, out->data, out->len);
		buf_clear(out);
	}
	return r;
}

/* One step of the stream; *ret_more is false at its end. */
static int explain_next(struct explainer *explainer, bool *ret_more, struct diag *diag)
{
	struct target_skipped skipped;
	struct target *target;
	int r;

	switch (target_stream_next(explainer->stream, &target, &skipped)) {
	case TARGET_READY:
		r = add_line(explainer, &target->addr, diag);
		target_unref(target);
		return r < 0 ? r : write_out(explainer, WRITE_BYTES);
	case TARGET_BAD:
		pass_warning(explainer, skipped.why);
		return 0;
	case TARGET_WAIT:
		r = write_out(explainer, 0);
		return r < 0 ? r : loop_run(explainer->loop);
	default:
		*ret_more = false;
		r = target_stream_error(explainer->stream, diag);
		return r < 0 ? r : write_out(explainer, 0);
	}
}

int routes_explain(const struct plan *plan, const struct routes_sink *sink, struct diag *diag)
{
	struct explainer explainer = {
		.plan = plan,
		.sink = sink,
		.ports = {.services = plan->services,
			  .transports = (1u << TRANSPORTS) - 1,
			  .prefixes = true},
	};
	bool more = true;
	int r;

	if ((r = open_all(&explainer, diag)) == 0 && (r = find_excludes(&explainer, diag)) == 0)
		r = open_stream(&explainer, diag);
	while (r == 0 && more)
		r = explain_next(&explainer, &more, diag);
	release(&explainer);
	return r;
}

/* --route-dst */

static void take_answer(void *self, const struct resolver_answer *answer)
{
	struct explainer *explainer = self;

	if (!answer->error && answer->addrs_count)
		explainer->found = answer->addrs[0];
	loop_stop(explainer->loop);
}

static int resolve(struct explainer *explainer, const char *name, struct ip_addr *ret_addr,
		   struct diag *diag)
{
	int r;

	if (ip_parse(name, ret_addr))
		return 0;
	explainer->found = (struct ip_addr){0};
	r = resolver_forward(explainer->resolver, name, explainer->plan->targets.families,
			     take_answer, explainer, NULL);
	if (r == 0)
		r = loop_run(explainer->loop);
	if (r < 0 || !explainer->found.family)
		return diag_set(diag, ERROR_NOT_FOUND, "--route-dst: cannot resolve \"%.200s\"",
				name);
	*ret_addr = explainer->found;
	return 0;
}

static int add_way(struct explainer *explainer, const char *name, struct diag *diag)
{
	char text[IP_TEXT_BYTES], other[IP_TEXT_BYTES];
	const struct route *route;
	struct ip_addr to;
	const char *device;
	int r = resolve(explainer, name, &to, diag);

	if (r < 0)
		return r;
	buf_addf(&explainer->out, "%s\n", ip_format(&to, text));
	r = router_lookup(explainer->router, &to, &route);
	if (r < 0) {
		buf_addf(&explainer->out, "Can't route %s (%s).\n", name, text);
		return 0;
	}
	device = name_of(explainer, route->interface);
	buf_addf(&explainer->out, "%s %s srcaddr %s ", device, device,
		 route->source.family ? ip_format(&route->source, other) : "none");
	if (route->next_hop.family)
		buf_addf(&explainer->out, "nexthop %s\n", ip_format(&route->next_hop, other));
	else
		buf_add_str(&explainer->out, "direct\n");
	return 0;
}

int routes_print_ways(const struct plan *plan, struct buf *out, struct diag *diag)
{
	struct explainer explainer = {.plan = plan};
	size_t i;
	int r = open_all(&explainer, diag);

	for (i = 0; r == 0 && i < plan->route_to_count; i++)
		r = add_way(&explainer, plan->route_to[i], diag);
	if (r == 0)
		buf_add(out, explainer.out.data, explainer.out.len);
	release(&explainer);
	return r;
}
