/* A stage is a part of a host's way through a scan. run.c holds the table;
 * the order is data: a stage starts when those it comes after are through. */
#ifndef PORTOLAN_ENGINE_STAGE_H
#define PORTOLAN_ENGINE_STAGE_H

#include "engine/host.h"

enum stage_id {
	STAGE_DISCOVER,
	STAGE_NAMES,
	STAGE_PORTS,
	STAGE_SERVICES,
	STAGE_SYSTEM,
	STAGE_PATH,
	STAGE_SCRIPTS,
	STAGES
};

struct stage {
	const char *name;
	enum run_task task; /* of progress lines; RUN_TASKS: none */
	uint8_t after;      /* bit per stage that must be through before */
	/* Does this host go through the stage? */
	bool (*wanted)(const struct run *run, const struct host *host);
	/* Begins; run_stage_ended() must follow, at once or later. */
	void (*start)(struct host *host);
	/* Gives up what is under way without calling run_stage_ended(). */
	void (*stop)(struct host *host);
};

extern const struct stage stage_discover, stage_names, stage_ports, stage_services, stage_system,
	stage_path, stage_scripts;

#endif
