#include "api/session_systems.h"

#include "util/error.h"

#include <portolan_config.h>

#include <stdio.h>

#define SAID_MOST 5u /* entries that were left out; the others are only counted */

/* ---- reference prints ---- */

struct complaints {
	const struct session_systems *systems;
	size_t count;
};

static void warn(const struct session_systems *systems, const char *text)
{
	if (systems->warn)
		systems->warn(systems->self, text);
}

static void left_out(void *self, const char *text)
{
	struct complaints *complaints = self;

	if (complaints->count++ < SAID_MOST)
		warn(complaints->systems, text);
}

static int load_prints(struct session_systems *systems, const char *path, struct diag *diag)
{
	struct complaints complaints = {.systems = systems};
	struct diag why = {0};
	char text[128];
	int r = os_db_load(path, left_out, &complaints, &systems->db, &why);

	if (r < 0)
		return diag_set_at(diag, r, why.line, why.column,
				   "the reference prints of -O: %.500s; mend them, name others "
				   "with --osdb, or leave it out to use the built-in ones",
				   why.text);
	if (complaints.count > SAID_MOST) {
		snprintf(text, sizeof(text), "%zu more of its entries were left out",
			 complaints.count - SAID_MOST);
		warn(systems, text);
	}
	return 0;
}

static int load(struct session_systems *systems, const struct plan *plan, struct diag *diag)
{
	int r;

	if (plan->system.db_path)
		return load_prints(systems, plan->system.db_path, diag);
	r = os_db_builtin(&systems->db);
	return r < 0 ? diag_set(diag, r, "the built-in reference prints: %s", error_text(r)) : 0;
}

int session_systems_load(struct session_systems *systems, const struct plan *plan,
			 struct diag *diag)
{
	const struct plan_path *path = &plan->path;
	int r = 0;

	if (path->wanted && path->mmdb_paths_count)
		r = geo_open(path->mmdb_paths, path->mmdb_paths_count, &systems->geo, diag);
	if (r == 0 && plan->system.wanted)
		r = load(systems, plan, diag);
	return r;
}

/* ---- the scan ---- */

static const char *vendor_of(void *self, const struct mac_addr *mac)
{
	struct session_systems *systems = self;

	return vendors_find(systems->vendors, mac, systems->vendor);
}

static void warn_of_host(void *self, const struct target *target, const char *text)
{
	const struct session_systems *systems = self;
	char address[IP_TEXT_BYTES], line[512];

	snprintf(line, sizeof(line), "%s: %s", ip_format(&target->addr, address), text);
	warn(systems, line);
}

int session_systems_open(struct session_systems *systems, const struct plan *plan,
			 struct loop *loop, struct diag *diag)
{
	struct os_scan_config config = {
		.plan = plan,
		.loop = loop,
		.own_data = !plan->system.db_path,
		.manner = OS_MATCH_NOW,
		.version = PORTOLAN_VERSION,
		.platform = PORTOLAN_PLATFORM,
		.vendor = vendor_of,
		.warn = warn_of_host,
		.self = systems,
	};
	int r = session_systems_load(systems, plan, diag);

	if (r < 0 || !plan->system.wanted)
		return r;
	config.db = systems->db;
	r = os_scan_new(&config, &systems->scan);
	if (r < 0)
		return diag_set(diag, r, "OS detection: %s", error_text(r));
	systems->detector = os_scan_detector(systems->scan);
	systems->wanted = true;
	return 0;
}

const struct system_detector *session_systems_detector(const struct session_systems *systems)
{
	return systems->wanted ? &systems->detector : NULL;
}

/* ---- places ---- */

void session_systems_place(void *self, const struct ip_addr *addr, struct path_place *ret_place)
{
	struct session_systems *systems = self;
	struct geo_place *found = &systems->place;

	geo_find(systems->geo, addr, found);
	*ret_place = (struct path_place){
		.country = found->country[0] ? found->country : NULL,
		.organization = found->organization[0] ? found->organization : NULL,
		.asn = found->asn,
	};
}

void session_systems_close(struct session_systems *systems)
{
	os_scan_free(systems->scan);
	os_db_free(systems->db);
	geo_free(systems->geo);
	*systems = (struct session_systems){0};
}
