/* What befalls a packet between here and there. */
#include "engine/link_sim_impl.h"

#include "util/error.h"

bool sim_take(struct sim_bucket *bucket, const struct link_sim_rate *rate, uint64_t now_ns)
{
	uint64_t full = (rate->burst ? rate->burst : 1) * NS_PER_S;
	unsigned __int128 level;

	if (!rate->per_s)
		return true;
	if (!bucket->begun)
		*bucket = (struct sim_bucket){.level = full, .at_ns = now_ns, .begun = true};
	if (now_ns > bucket->at_ns) {
		level = bucket->level + (unsigned __int128)(now_ns - bucket->at_ns) * rate->per_s;
		bucket->level = level < full ? (uint64_t)level : full;
		bucket->at_ns = now_ns;
	}
	if (bucket->level < NS_PER_S)
		return false;
	bucket->level -= NS_PER_S;
	return true;
}

bool sim_chance(struct link_sim *sim, double share)
{
	/* 53 bits: what a double holds exactly. */
	return share > 0 && (double)(random_u64(&sim->random) >> 11) * 0x1p-53 < share;
}

/* When the last bit of it has left the line; false: the queue has no room. */
static bool pass_line(const struct link_sim_way *way, struct sim_way_state *state, size_t bytes,
		      uint64_t *at_ns)
{
	uint64_t begin_ns = state->busy_until_ns > *at_ns ? state->busy_until_ns : *at_ns;
	unsigned __int128 waiting_bits = (unsigned __int128)(begin_ns - *at_ns) * way->bits_per_s;

	if (!way->bits_per_s)
		return true;
	if (begin_ns > *at_ns && waiting_bits / (8 * NS_PER_S) + bytes > way->queue_bytes)
		return false;
	state->busy_until_ns = begin_ns + bytes * 8 * NS_PER_S / way->bits_per_s;
	*at_ns = state->busy_until_ns;
	return true;
}

/* Moves *at_ns to the time of arrival; false: it never arrives. */
static bool pass(struct link_sim *sim, const struct link_sim_way *way, struct sim_way_state *state,
		 struct link_sim_way_truth *truth, size_t bytes, uint64_t *at_ns)
{
	truth->entered++;
	if (!sim_take(&state->policer, &way->policer, *at_ns)) {
		truth->policed++;
		return false;
	}
	if (!pass_line(way, state, bytes, at_ns)) {
		truth->queue_full++;
		return false;
	}
	if (sim_chance(sim, way->loss)) {
		truth->lost++;
		return false;
	}
	*at_ns += way->delay_ns;
	if (way->jitter_ns)
		*at_ns += random_below(&sim->random, way->jitter_ns);
	if (sim_chance(sim, way->reordered)) {
		truth->reordered++;
		*at_ns += way->reorder_ns;
	}
	return true;
}

static void put(struct link_sim *sim, enum sim_event event, uint64_t due_ns, const uint8_t *bytes,
		size_t count)
{
	if (sim_queue_add(&sim->queue, due_ns, event, bytes, count) < 0) {
		sim->truth.no_memory++;
		return;
	}
	if (sim_arm(sim) < 0) {
		/* Only when nothing else is under way: so it is the first. */
		sim_queue_recycle(&sim->queue, sim_queue_take(&sim->queue));
		sim->truth.no_memory++;
	}
}

static struct sim_path_state *path_of(struct link_sim *sim, const struct link_sim_host *host,
				      const struct link_sim_path **ret_path)
{
	if (!host || !host->path) {
		*ret_path = &sim->config.path;
		return &sim->paths[0];
	}
	*ret_path = host->path;
	return &sim->paths[1 + (size_t)(host - sim->config.hosts)];
}

void sim_travel_out(struct link_sim *sim, const struct link_sim_host *host, uint64_t from_ns,
		    const uint8_t *bytes, size_t count)
{
	const struct link_sim_path *path;
	struct sim_path_state *state = path_of(sim, host, &path);
	struct link_sim_way_truth *truth = &sim->truth.out;
	uint64_t at_ns = from_ns;

	if (!pass(sim, &path->out, &state->out, truth, count, &at_ns))
		return;
	if (host)
		at_ns += host->rtt_ns / 2;
	put(sim, SIM_ARRIVES, at_ns, bytes, count);
	if (sim_chance(sim, path->out.duplicated)) {
		truth->duplicated++;
		put(sim, SIM_ARRIVES, at_ns, bytes, count);
	}
}

void sim_travel_back(struct link_sim *sim, const struct link_sim_host *host, uint64_t from_ns,
		     uint64_t extra_ns, const uint8_t *bytes, size_t count)
{
	const struct link_sim_path *path;
	struct sim_path_state *state = path_of(sim, host, &path);
	struct link_sim_way_truth *truth = &sim->truth.back;
	uint64_t at_ns = from_ns;

	if (!pass(sim, &path->back, &state->back, truth, count, &at_ns))
		return;
	at_ns += extra_ns;
	if (host)
		at_ns += host->rtt_ns - host->rtt_ns / 2;
	if (host && host->jitter_ns)
		at_ns += random_below(&sim->random, host->jitter_ns);
	put(sim, SIM_HEARD, at_ns, bytes, count);
	if (sim_chance(sim, path->back.duplicated)) {
		truth->duplicated++;
		put(sim, SIM_HEARD, at_ns, bytes, count);
	}
}

void sim_travel_between(struct link_sim *sim, const struct link_sim_host *to, uint64_t from_ns,
			const uint8_t *bytes, size_t count)
{
	put(sim, SIM_ARRIVES, from_ns + to->rtt_ns / 2, bytes, count);
}
