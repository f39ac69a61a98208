#include "api/session_services.h"

#include "engine/flow_tls.h"
#include "util/error.h"

#include <portolan_config.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

static void trace(void *self, const char *line)
{
	struct session_services *services = self;

	if (!services->screen)
		return;
	out_write(services->screen, line, strlen(line));
	out_write(services->screen, "\n", 1);
}

static void warn(void *self, const char *text)
{
	struct session_services *services = self;

	if (services->warn)
		services->warn(services->self, text);
}

static int load(struct session_services *services, const struct plan *plan, struct diag *diag)
{
	int r;

	if (plan->version.probes_path)
		return probe_db_load(plan->version.probes_path, &services->db, diag);
	r = probe_db_builtin(&services->db);
	return r < 0 ? diag_set(diag, r, "the built-in signatures: %s", error_text(r)) : 0;
}

/* With Nmap's signatures go Nmap's names of RPC programs, when they lie beside them. */
static int load_programs(struct session_services *services, const struct plan *plan)
{
	static const char signatures[] = "nmap-service-probes", names[] = "nmap-rpc";
	const char *path = plan->version.probes_path ? plan->version.probes_path : "";
	size_t bytes = strlen(path), stem = sizeof(signatures) - 1;
	char beside[PATH_MAX];

	if (bytes >= stem && !strcmp(path + bytes - stem, signatures) &&
	    snprintf(beside, sizeof(beside), "%.*s%s", (int)(bytes - stem), path, names) <
		    (int)sizeof(beside) &&
	    rpc_programs_load(beside, &services->programs, NULL) == 0)
		return 0;
	return rpc_programs_builtin(&services->programs);
}

int session_services_open(struct session_services *services, const struct plan *plan,
			  struct loop *loop, struct flow_net *flows, struct diag *diag)
{
	struct service_scan_config config = {
		.plan = plan,
		.loop = loop,
		.flows = flows,
		.version = PORTOLAN_VERSION,
		.platform = PORTOLAN_PLATFORM,
		.trace = plan->version.trace ? trace : NULL,
		.self = services,
	};
	int r;

	if (!plan->version.wanted || !plan->port_scan)
		return 0;
	/* Before privileges are given up: it reads no file of OpenSSL's afterwards. */
	flow_tls_prepare();
	if ((r = load(services, plan, diag)) < 0)
		return r;
	r = matcher_new(services->db, warn, services, &services->matcher);
	if (r == 0)
		r = load_programs(services, plan);
	config.db = services->db;
	config.programs = services->programs;
	config.matcher = services->matcher;
	if (r == 0)
		r = service_scan_new(&config, &services->scan);
	if (r < 0)
		return diag_set(diag, r, "service detection: %s", error_text(r));
	services->detector = service_scan_detector(services->scan);
	services->wanted = true;
	return 0;
}

const struct detector *session_services_detector(const struct session_services *services)
{
	return services->wanted ? &services->detector : NULL;
}

void session_services_close(struct session_services *services)
{
	service_scan_free(services->scan);
	matcher_free(services->matcher);
	rpc_programs_free(services->programs);
	probe_db_free(services->db);
	*services = (struct session_services){0};
}
