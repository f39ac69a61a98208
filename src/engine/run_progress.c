#include "engine/run_private.h"

#define RATE_SPAN_NS NS_PER_S

void run_count_targets(struct run *run)
{
	if (run->counted)
		return;
	run->counted = true;
	run->expected = target_count(&run->plan->targets, run->config.excludes);
}

/* The share of one host's ports that is settled; ports given up on count,
 * those waiting for another send count half. */
static double ports_share(const struct host *host)
{
	const struct prober *prober = &host->probing.prober;
	double settled;

	if (!host->order || !host->order->total)
		return 0;
	settled = (double)host->ports_done;
	if (host->probing.technique)
		settled += (double)prober->bench.count + (double)prober->again.count / 2;
	return settled / (double)host->order->total;
}

/* With service detection its ports are half of it, its services the other. */
static double ports_and_services_share(const struct host *host)
{
	double ports = host->ports_scanned ? 1.0 : ports_share(host);

	if (!host->run->config.services || host->stages_ended & 1u << STAGE_SERVICES)
		return ports;
	if (!host->services.count || !host->ports_scanned)
		return ports / 2;
	return 0.5 + 0.5 * (double)host->services_told / (double)host->services.count;
}

/* What is asked of a host after that, its system and its path, is an eighth each. */
static double host_share(const struct host *host)
{
	const struct run *run = host->run;
	double share = ports_and_services_share(host);

	if (run->config.systems && !(host->stages_ended & 1u << STAGE_SYSTEM))
		share = share * 7 / 8;
	if (run->plan->path.wanted && !(host->stages_ended & 1u << STAGE_PATH))
		share = share * 7 / 8;
	if (run->config.scripts && !(host->stages_ended & 1u << STAGE_SCRIPTS))
		share = share * 7 / 8;
	return share;
}

/* In hosts: those done, and the shares of those under way. */
static double work_done(const struct run *run)
{
	const struct host *host;
	double done = (double)run->done;

	for (host = run->hosts; host; host = host->next)
		done += host_share(host);
	return done;
}

static double fraction_done(const struct run *run)
{
	double done = work_done(run);

	if (run->finished)
		return 1.0;
	if (run->expected <= 0)
		return 0.0;
	return done < run->expected ? done / run->expected : 1.0;
}

/* The rate of the last one to two seconds. */
static double recent_rate(struct run *run, uint64_t now_ns)
{
	const struct rate_sample now = {now_ns, run->sender.sent};
	double passed_s;

	if (!run->rate_from.at_ns)
		run->rate_from = run->rate_to = (struct rate_sample){run->start_ns, 0};
	if (now_ns - run->rate_to.at_ns >= RATE_SPAN_NS) {
		run->rate_from = run->rate_to;
		run->rate_to = now;
	}
	passed_s = (double)(now_ns - run->rate_from.at_ns) / (double)NS_PER_S;
	return passed_s > 0 ? (double)(now.sent - run->rate_from.sent) / passed_s : 0;
}

void run_progress(struct run *run, struct run_progress *ret_progress)
{
	uint64_t now_ns = loop_now_ns(run->loop);
	struct run_progress progress = {.start_ns = run->start_ns, .now_ns = now_ns};
	int task;

	run_count_targets(run);
	progress.hosts_expected = run->expected;
	progress.hosts_taken = run->taken;
	progress.hosts_done = run->done;
	progress.hosts_up = run->up;
	progress.hosts_down = run->down;
	for (task = 0; task < RUN_TASKS; task++)
		progress.hosts_in[task] = run->tasks[task].hosts_now;
	progress.work_done = work_done(run);
	progress.work_expected = run->expected;
	progress.probes_sent = run->sender.sent;
	progress.probes_answered = run->sender.answered + run->sender.beside_answered;
	progress.probes_resent = run->sender.resent;
	progress.in_flight = run->sender.window.in_flight;
	progress.rate_pps = recent_rate(run, now_ns);
	progress.fraction = fraction_done(run);
	(void)run_sweep_fraction(run, &progress.fraction, &progress.probes_sent,
				 &progress.rate_pps);
	eta_note(&run->eta, now_ns, progress.fraction);
	eta_range(&run->eta, now_ns, progress.fraction, &progress.eta_low_ns,
		  &progress.eta_high_ns);
	*ret_progress = progress;
}
