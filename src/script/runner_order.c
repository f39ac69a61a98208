/* One order of the engine: its scripts as a group of the scheduler. */
#include "script/runner_impl.h"
#include "util/alloc.h"
#include "util/error.h"

/* Its struct script_work is our site. */
static struct script_work *work_of(struct script_site *site)
{
	return (struct script_work *)site;
}

static struct script_site *site_of(struct script_work *work)
{
	return (struct script_site *)work;
}

static struct script_run *run_of(const struct script_site *site)
{
	return (struct script_run *)((char *)site->context - offsetof(struct script_run, context));
}

static void close_site(struct script_site *site)
{
	script_site_close(script_machine_lua(run_of(site)->machine), site);
	script_site_free(site);
}

static void group_done(void *self)
{
	struct script_site *site = self;
	struct script_order order = site->order;
	bool stopped = site->stopped;

	close_site(site);
	if (!stopped)
		order.done(order.self);
}

/* All scripts with that rule; those of ports for each of them. */
static int add_jobs(const struct script_run *run, struct script_site *site, enum script_phase phase)
{
	int (*add)(struct script_group * group, const struct script_job *job) =
		phase == SCRIPT_PORTRULE ? script_group_add_for_ports : script_group_add;
	const struct script_choice *choice;
	size_t at;
	int r = 0;

	script_group_set_phase(site->group, phase);
	for (at = 0; at < run->set.count && r == 0; at++) {
		choice = &run->set.choices[at];
		if (run->set.all[at]->phases & 1u << phase)
			r = add(site->group, &(struct script_job){
						     .script = run->set.all[at],
						     .forced = choice->forced,
						     .by_name = choice->by_name,
					     });
	}
	return r;
}

static int add_host_jobs(const struct script_run *run, struct script_site *site)
{
	const struct script_ports ports = {site->ports, site->ports_count, sizeof(*site->ports)};
	int r = add_jobs(run, site, SCRIPT_HOSTRULE);

	script_group_set_ports(site->group, &ports);
	return r < 0 ? r : add_jobs(run, site, SCRIPT_PORTRULE);
}

static int add_all_jobs(const struct script_run *run, struct script_site *site)
{
	switch (site->order.scope) {
	case SCRIPT_PRE:
		return add_jobs(run, site, SCRIPT_PRERULE);
	case SCRIPT_POST:
		return add_jobs(run, site, SCRIPT_POSTRULE);
	default:
		return add_host_jobs(run, site);
	}
}

static int open_site(lua_State *lua)
{
	script_site_open(lua, lua_touserdata(lua, 1));
	return 0;
}

/* Makes host.registry and knows the site from here on; or frees it. */
static int open_or_free(struct script_run *run, struct script_site *site)
{
	lua_State *lua = script_machine_lua(run->machine);

	lua_pushcfunction(lua, open_site);
	lua_pushlightuserdata(lua, site);
	if (lua_pcall(lua, 1, 0, 0) == LUA_OK)
		return 0;
	lua_pop(lua, 1);
	script_site_free(site);
	return ERROR_MEMORY;
}

static int fill_or_close(struct script_run *run, struct script_site *site)
{
	site->group = script_group_new(run->scheduler, SCRIPT_HOSTRULE, site, group_done, site);
	if (!site->group) {
		close_site(site);
		return ERROR_MEMORY;
	}
	if (add_all_jobs(run, site) == 0)
		return 0;
	script_run_stop(run, work_of(site));
	return ERROR_MEMORY;
}

int script_run_begin(void *self, const struct script_order *order, struct script_work **ret_work)
{
	struct script_run *run = self;
	struct script_site *site = script_site_new(&run->context, order);

	if (!site || open_or_free(run, site) < 0 || fill_or_close(run, site) < 0)
		return ERROR_MEMORY;
	script_group_start(site->group);
	*ret_work = work_of(site);
	return 0;
}

void script_run_stop(void *self, struct script_work *work)
{
	struct script_site *site = site_of(work);

	site->stopped = true;
	script_group_cancel(site->group);
}
