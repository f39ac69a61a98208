/* Each line has a key: the factor of its pattern (pattern_parse.h) that is rarest among all
 * signatures. Of each literal of the key, the rarest four bytes are its gram; with the bytes
 * around it, eight at most, they make an entry of a hash table. A pass over the folded response
 * looks each of its grams up: first in a bitmap that stays in the nearest cache, and mostly
 * says no, then in the table. What is found names lines. Of those, only the ones stay whose
 * other demands hold too: length, first bytes, and the grams of other factors.
 *
 * Lines without a key (a sixtieth of Nmap's) are asked for those demands directly, and for pairs
 * of bytes; if their first byte is known, only when the response begins with it.
 *
 * Why not a library: vectorscan's prefilter takes 24 s to compile Nmap's 11,917 patterns
 * and 16 MB to keep them, and looks no faster; this takes milliseconds at each start, and needs no
 * cache on disk. bench/match has the numbers. */
#include "detect/service/matcher_filter.h"
#include "detect/service/pattern_parse.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"

#include <assert.h>
#include <string.h>

#define GRAM_BYTES   4
#define WINDOW_BYTES 8
#define GRAMS_MAX    4 /* of other factors, for each line */
#define COUNT_BITS   16
#define SEEN_BITS    15
#define BUCKETS_MIN  6 /* as powers of two */
#define BUCKETS_MAX  20
#define BITMAP_BITS  3 /* 8 bits of the bitmap for each bucket */
#define NONE         UINT32_MAX
#define FIRST_BYTES  256

/* A literal of some keys: the window around its gram. */
struct entry {
	uint64_t mask, value; /* of the window's bytes, as they are in memory */
	uint32_t next;        /* of the same bucket */
	uint32_t uses;        /* first of struct use: the lines that have it */
	uint16_t back;        /* the gram's place in the window */
	bool hit;             /* it is among the hits of this pass */
};

struct use {
	uint32_t line, next;
};

/* What is demanded of a response beside the key. */
struct demand {
	uint64_t mask, value; /* of the first bytes */
	uint32_t min_bytes;
	uint16_t grams[GRAMS_MAX]; /* hashed to SEEN_BITS; without a key, pairs are among them */
	uint16_t grams_count;
};

struct matcher_filter {
	size_t lines;
	struct demand *demands; /* by line */

	/* The keys. */
	unsigned bucket_bits;
	uint32_t *buckets; /* first entry, or NONE */
	uint64_t *bitmap;  /* of hashes that have an entry */
	struct entry *entries;
	struct use *uses;
	size_t entries_count, uses_count;

	/* Lines without a key: those that may begin with byte b are at others[other_begin[b]]
	 * up to other_begin[b + 1]; those that may begin with any, behind all of these. */
	uint32_t *others;
	size_t other_begin[FIRST_BYTES + 2];

	/* The response that was scanned last. */
	bool all; /* could not be scanned: any line may fit */
	uint64_t *candidates;
	uint64_t seen[(1u << SEEN_BITS) / 64]; /* its grams and pairs */
	uint32_t *hits;                        /* entries */
	size_t hits_count;
	uint8_t *folded; /* with WINDOW_BYTES zeros before and behind */
	size_t folded_room;
};

static inline uint32_t hash_gram(const uint8_t *bytes)
{
	uint32_t gram;

	memcpy(&gram, bytes, sizeof(gram));
	return gram * 2654435761u;
}

static inline uint32_t hash_pair(const uint8_t *bytes)
{
	return (bytes[0] | (uint32_t)bytes[1] << 8) * 2654435761u;
}

static inline uint64_t load_window(const uint8_t *bytes)
{
	uint64_t window;

	memcpy(&window, bytes, sizeof(window));
	return window;
}

static inline bool bit_is_set(const uint64_t *bits, size_t place)
{
	return bits[place / 64] >> place % 64 & 1;
}

static inline void set_bit(uint64_t *bits, size_t place)
{
	bits[place / 64] |= 1ull << place % 64;
}

/* Building: all patterns are read, then each line's key is chosen, then the tables are made. */

/* A literal of any line, in the build's text. */
struct draft_literal {
	uint32_t begin, bytes;
	uint32_t gram;   /* its rarest one's place */
	uint32_t common; /* how often that one is in all signatures */
};

struct draft_factor {
	uint32_t first, count;
	uint32_t common; /* sum of its literals'; NONE: cannot be looked for */
};

struct draft_line {
	uint32_t first, count; /* its factors */
	uint32_t key;          /* a factor, or NONE */
	uint16_t first_byte;   /* or FIRST_BYTES: any */
};

struct build {
	struct matcher_filter *filter;
	const struct probe_db *db;
	struct draft_line *lines;
	struct buf text, literals, factors;
	uint16_t *common; /* of each hash of a gram */
	struct pattern_needs needs;
};

static void count_grams(struct build *build, const uint8_t *bytes, size_t count)
{
	uint16_t *common;
	size_t i;

	for (i = 0; i + GRAM_BYTES <= count; i++) {
		common = &build->common[hash_gram(bytes + i) >> (32 - COUNT_BITS)];
		*common = (uint16_t)(*common + (*common != UINT16_MAX));
	}
}

static void keep_factor(struct build *build, const struct pattern_factor *factor)
{
	const struct pattern_needs *needs = &build->needs;
	struct draft_factor draft = {
		.first = (uint32_t)(build->literals.len / sizeof(struct draft_literal)),
		.count = factor->count,
	};
	const struct pattern_literal *literal;
	struct draft_literal kept;
	size_t i;

	for (i = 0; i < factor->count; i++) {
		literal = &needs->literals[factor->first + i];
		kept = (struct draft_literal){.begin = (uint32_t)build->text.len,
					      .bytes = literal->bytes};
		if (literal->bytes < GRAM_BYTES)
			draft.common = NONE;
		count_grams(build, needs->text + literal->begin, literal->bytes);
		buf_add(&build->text, needs->text + literal->begin, literal->bytes);
		buf_add(&build->literals, &kept, sizeof(kept));
	}
	buf_add(&build->factors, &draft, sizeof(draft));
}

static void read_line(struct build *build, const struct match_line *line)
{
	struct demand *demand = &build->filter->demands[line->id];
	const struct pattern_needs *needs = &build->needs;
	struct draft_line *draft = &build->lines[line->id];
	size_t i;

	pattern_parse(line->pattern, line->pattern_bytes, &build->needs);
	demand->mask = load_window(needs->mask);
	demand->value = load_window(needs->value);
	demand->min_bytes = needs->min_bytes;
	draft->first = (uint32_t)(build->factors.len / sizeof(struct draft_factor));
	draft->count = (uint32_t)needs->factors_count;
	draft->key = NONE;
	draft->first_byte = needs->mask[0] == 0xff ? needs->value[0] : FIRST_BYTES;
	for (i = 0; i < needs->factors_count; i++)
		keep_factor(build, &needs->factors[i]);
}

static struct draft_factor *factor_at(const struct build *build, size_t place)
{
	return (struct draft_factor *)(void *)build->factors.data + place;
}

static struct draft_literal *literal_at(const struct build *build, size_t place)
{
	return (struct draft_literal *)(void *)build->literals.data + place;
}

static void rate_literal(const struct build *build, struct draft_literal *literal)
{
	const uint8_t *bytes = build->text.data + literal->begin;
	uint32_t i, common;

	literal->common = NONE;
	for (i = 0; i + GRAM_BYTES <= literal->bytes; i++) {
		common = build->common[hash_gram(bytes + i) >> (32 - COUNT_BITS)];
		if (common < literal->common) {
			literal->common = common;
			literal->gram = i;
		}
	}
}

static void rate_factor(const struct build *build, struct draft_factor *factor)
{
	struct draft_literal *literal = literal_at(build, factor->first);
	uint32_t i;

	if (factor->common == NONE)
		return;
	for (i = 0; i < factor->count; i++, literal++) {
		rate_literal(build, literal);
		factor->common += literal->common;
	}
}

static void demand_hash(struct demand *demand, uint32_t hash)
{
	if (demand->grams_count < GRAMS_MAX)
		demand->grams[demand->grams_count++] = (uint16_t)(hash >> (32 - SEEN_BITS));
}

static void demand_gram(const struct build *build, struct demand *demand,
			const struct draft_factor *factor)
{
	const struct draft_literal *literal = literal_at(build, factor->first);

	if (factor->count == 1 && factor->common != NONE)
		demand_hash(demand, hash_gram(build->text.data + literal->begin + literal->gram));
}

static void demand_pairs(const struct build *build, struct demand *demand,
			 const struct draft_factor *factor)
{
	const struct draft_literal *literal = literal_at(build, factor->first);
	uint32_t i;

	for (i = 0; factor->count == 1 && i + 2 <= literal->bytes; i++)
		demand_hash(demand, hash_pair(build->text.data + literal->begin + i));
}

static void demand_others(const struct build *build, size_t id)
{
	const struct draft_line *line = &build->lines[id];
	struct demand *demand = &build->filter->demands[id];
	uint32_t i;

	for (i = line->first; i < line->first + line->count; i++) {
		if (line->key == NONE)
			demand_pairs(build, demand, factor_at(build, i));
		else if (i != line->key)
			demand_gram(build, demand, factor_at(build, i));
	}
}

/* The key, and what the factors beside it demand. Counts the literals of keys. */
static void choose_key(struct build *build, size_t id)
{
	struct draft_line *line = &build->lines[id];
	uint32_t best = NONE, i;
	struct draft_factor *factor;

	for (i = line->first; i < line->first + line->count; i++) {
		factor = factor_at(build, i);
		rate_factor(build, factor);
		if (factor->common < best) {
			best = factor->common;
			line->key = i;
		}
	}
	demand_others(build, id);
	if (line->key != NONE)
		build->filter->uses_count += factor_at(build, line->key)->count;
}

/* The gram in the middle of its window, as far as the literal goes. */
static struct entry make_entry(const struct build *build, const struct draft_literal *literal)
{
	uint32_t last = literal->bytes > WINDOW_BYTES ? literal->bytes - WINDOW_BYTES : 0;
	uint32_t begin = literal->gram < 2 ? 0 : literal->gram - 2, count;
	uint8_t mask[WINDOW_BYTES] = {0}, value[WINDOW_BYTES] = {0};

	if (begin > last)
		begin = last;
	count = literal->bytes - begin < WINDOW_BYTES ? literal->bytes - begin : WINDOW_BYTES;
	memset(mask, 0xff, count);
	memcpy(value, build->text.data + literal->begin + begin, count);
	return (struct entry){.mask = load_window(mask),
			      .value = load_window(value),
			      .back = (uint16_t)(literal->gram - begin),
			      .uses = NONE};
}

static struct entry *find_or_add(struct matcher_filter *filter, uint32_t hash,
				 const struct entry *wanted)
{
	uint32_t *bucket = &filter->buckets[hash >> (32 - filter->bucket_bits)], place;
	struct entry *entry;

	for (place = *bucket; place != NONE; place = entry->next) {
		entry = &filter->entries[place];
		if (entry->mask == wanted->mask && entry->value == wanted->value &&
		    entry->back == wanted->back)
			return entry;
	}
	entry = &filter->entries[filter->entries_count];
	*entry = *wanted;
	entry->next = *bucket;
	*bucket = (uint32_t)filter->entries_count++;
	return entry;
}

static void add_key(struct build *build, size_t id, size_t *uses)
{
	struct matcher_filter *filter = build->filter;
	const struct draft_factor *factor = factor_at(build, build->lines[id].key);
	const struct draft_literal *literal = literal_at(build, factor->first);
	struct entry wanted, *entry;
	uint32_t i, hash;

	for (i = 0; i < factor->count; i++, literal++) {
		hash = hash_gram(build->text.data + literal->begin + literal->gram);
		set_bit(filter->bitmap, hash >> (32 - filter->bucket_bits - BITMAP_BITS));
		wanted = make_entry(build, literal);
		entry = find_or_add(filter, hash, &wanted);
		filter->uses[*uses] = (struct use){(uint32_t)id, entry->uses};
		entry->uses = (uint32_t)(*uses)++;
	}
}

/* Buckets as many as literals, so that each has about one. */
static int make_tables(struct matcher_filter *filter)
{
	size_t buckets, bits;

	filter->bucket_bits = BUCKETS_MIN;
	while (filter->bucket_bits < BUCKETS_MAX &&
	       (size_t)1 << filter->bucket_bits < filter->uses_count)
		filter->bucket_bits++;
	buckets = (size_t)1 << filter->bucket_bits;
	bits = buckets << BITMAP_BITS;
	filter->buckets = alloc_array(buckets, sizeof(*filter->buckets));
	filter->bitmap = alloc_array(bits / 64, sizeof(*filter->bitmap));
	filter->entries = alloc_array(filter->uses_count + 1, sizeof(*filter->entries));
	filter->uses = alloc_array(filter->uses_count + 1, sizeof(*filter->uses));
	filter->hits = alloc_array(filter->uses_count + 1, sizeof(*filter->hits));
	if (!filter->buckets || !filter->bitmap || !filter->entries || !filter->uses ||
	    !filter->hits)
		return ERROR_MEMORY;
	memset(filter->buckets, 0xff, buckets * sizeof(*filter->buckets));
	return 0;
}

/* Lines without a key, sorted by their first byte; in order of ids otherwise. */
static int list_others(struct build *build)
{
	struct matcher_filter *filter = build->filter;
	size_t at[FIRST_BYTES + 2] = {0};
	size_t id, byte;

	for (id = 0; id < filter->lines; id++)
		if (build->lines[id].key == NONE)
			filter->other_begin[build->lines[id].first_byte + 1]++;
	for (byte = 0; byte <= FIRST_BYTES; byte++)
		filter->other_begin[byte + 1] += filter->other_begin[byte];
	memcpy(at, filter->other_begin, sizeof(at));
	filter->others =
		alloc_array(filter->other_begin[FIRST_BYTES + 1] + 1, sizeof(*filter->others));
	if (!filter->others)
		return ERROR_MEMORY;
	for (id = 0; id < filter->lines; id++)
		if (build->lines[id].key == NONE)
			filter->others[at[build->lines[id].first_byte]++] = (uint32_t)id;
	return 0;
}

/* About what is needed, so that nothing has to move while it grows. */
static void reserve(struct build *build)
{
	size_t lines = build->filter->lines, text = 0, id;

	for (id = 0; id < lines; id++)
		text += probe_db_line(build->db, id)->pattern_bytes;
	buf_reserve(&build->text, text);
	buf_reserve(&build->literals, lines * 6 * sizeof(struct draft_literal));
	buf_reserve(&build->factors, lines * 5 * sizeof(struct draft_factor));
}

static int build_tables(struct build *build)
{
	size_t id, uses = 0;
	int r;

	reserve(build);
	for (id = 0; id < build->filter->lines; id++)
		read_line(build, probe_db_line(build->db, id));
	if (!buf_ok(&build->text) || !buf_ok(&build->literals) || !buf_ok(&build->factors))
		return ERROR_MEMORY;
	for (id = 0; id < build->filter->lines; id++)
		choose_key(build, id);
	if ((r = make_tables(build->filter)) < 0 || (r = list_others(build)) < 0)
		return r;
	for (id = 0; id < build->filter->lines; id++)
		if (build->lines[id].key != NONE)
			add_key(build, id, &uses);
	assert(uses == build->filter->uses_count);
	return 0;
}

static int filter_build(struct matcher_filter *filter, const struct probe_db *db)
{
	struct build *build = alloc_zero(sizeof(*build));
	int r = ERROR_MEMORY;

	if (!build)
		return ERROR_MEMORY;
	build->filter = filter;
	build->db = db;
	build->lines = alloc_array(filter->lines + 1, sizeof(*build->lines));
	build->common = alloc_array((size_t)1 << COUNT_BITS, sizeof(*build->common));
	if (build->lines && build->common)
		r = build_tables(build);
	buf_release(&build->text);
	buf_release(&build->literals);
	buf_release(&build->factors);
	alloc_free(build->lines);
	alloc_free(build->common);
	alloc_free(build);
	return r;
}

int matcher_filter_new(const struct probe_db *db, struct matcher_filter **ret_filter)
{
	struct matcher_filter *filter = alloc_zero(sizeof(*filter));
	int r = ERROR_MEMORY;

	if (!filter)
		return ERROR_MEMORY;
	filter->lines = probe_db_lines(db);
	filter->demands = alloc_array(filter->lines + 1, sizeof(*filter->demands));
	filter->candidates = alloc_array(filter->lines / 64 + 1, sizeof(*filter->candidates));
	if (filter->demands && filter->candidates)
		r = filter_build(filter, db);
	if (r == 0)
		*ret_filter = filter;
	else
		matcher_filter_free(filter);
	return r;
}

void matcher_filter_free(struct matcher_filter *filter)
{
	if (!filter)
		return;
	alloc_free(filter->demands);
	alloc_free(filter->buckets);
	alloc_free(filter->bitmap);
	alloc_free(filter->entries);
	alloc_free(filter->uses);
	alloc_free(filter->others);
	alloc_free(filter->candidates);
	alloc_free(filter->hits);
	alloc_free(filter->folded);
	alloc_free(filter);
}

/* Scanning */

static bool fold(struct matcher_filter *filter, const uint8_t *response, size_t bytes)
{
	uint8_t *more, *to;
	size_t i;

	if (bytes > SIZE_MAX / 2 || bytes + 2 * WINDOW_BYTES > filter->folded_room) {
		more = alloc_resize(filter->folded, bytes + 2 * WINDOW_BYTES, 1);
		if (!more)
			return false;
		filter->folded = more;
		filter->folded_room = bytes + 2 * WINDOW_BYTES;
	}
	to = filter->folded + WINDOW_BYTES;
	memset(filter->folded, 0, WINDOW_BYTES);
	for (i = 0; i < bytes; i++)
		to[i] = pattern_fold(response[i]);
	memset(to + bytes, 0, WINDOW_BYTES);
	return true;
}

/* A gram that some entry has: the bytes around it decide. */
static void look_up(struct matcher_filter *filter, const uint8_t *gram, uint32_t hash)
{
	uint32_t place = filter->buckets[hash >> (32 - filter->bucket_bits)];
	struct entry *entry;

	for (; place != NONE; place = entry->next) {
		entry = &filter->entries[place];
		if (entry->hit || (load_window(gram - entry->back) & entry->mask) != entry->value)
			continue;
		entry->hit = true;
		filter->hits[filter->hits_count++] = place;
	}
}

/* Also of the last three bytes, which with the zeros behind them are no grams of the response:
 * what they find, patterns refuse. */
static void scan_grams(struct matcher_filter *filter, const uint8_t *bytes, size_t count)
{
	unsigned shift = 32 - filter->bucket_bits - BITMAP_BITS;
	size_t i;

	for (i = 0; i < count; i++) {
		uint32_t hash = hash_gram(bytes + i);

		set_bit(filter->seen, hash_pair(bytes + i) >> (32 - SEEN_BITS));
		set_bit(filter->seen, hash >> (32 - SEEN_BITS));
		if (bit_is_set(filter->bitmap, hash >> shift))
			look_up(filter, bytes + i, hash);
	}
}

/* All grams of the response were seen. */
static void consider(struct matcher_filter *filter, uint32_t line, uint64_t first, size_t bytes)
{
	const struct demand *demand = &filter->demands[line];
	size_t i;

	if (bytes < demand->min_bytes || (first & demand->mask) != demand->value)
		return;
	for (i = 0; i < demand->grams_count; i++)
		if (!bit_is_set(filter->seen, demand->grams[i]))
			return;
	set_bit(filter->candidates, line);
}

static void consider_others(struct matcher_filter *filter, size_t byte, uint64_t first,
			    size_t bytes)
{
	size_t i;

	for (i = filter->other_begin[byte]; i < filter->other_begin[byte + 1]; i++)
		consider(filter, filter->others[i], first, bytes);
}

bool matcher_filter_scan(struct matcher_filter *filter, const uint8_t *response, size_t bytes)
{
	struct entry *entry;
	uint64_t first;
	uint32_t use;
	size_t i;

	filter->all = !fold(filter, response, bytes);
	if (filter->all)
		return false;
	memset(filter->candidates, 0, (filter->lines / 64 + 1) * sizeof(*filter->candidates));
	memset(filter->seen, 0, sizeof(filter->seen));
	scan_grams(filter, filter->folded + WINDOW_BYTES, bytes);
	first = load_window(filter->folded + WINDOW_BYTES);
	for (i = 0; i < filter->hits_count; i++) {
		entry = &filter->entries[filter->hits[i]];
		entry->hit = false;
		for (use = entry->uses; use != NONE; use = filter->uses[use].next)
			consider(filter, filter->uses[use].line, first, bytes);
	}
	filter->hits_count = 0;
	consider_others(filter, filter->folded[WINDOW_BYTES], first, bytes);
	consider_others(filter, FIRST_BYTES, first, bytes);
	return true;
}

size_t matcher_filter_next(const struct matcher_filter *filter, size_t from, size_t end)
{
	uint64_t word;
	size_t place;

	if (filter->all || from >= end)
		return from;
	place = from / 64;
	word = filter->candidates[place] >> from % 64 << from % 64;
	while (!word) {
		if (++place * 64 >= end)
			return end;
		word = filter->candidates[place];
	}
	place = place * 64 + (size_t)__builtin_ctzll(word);
	return place < end ? place : end;
}

size_t matcher_filter_bytes(const struct matcher_filter *filter)
{
	size_t buckets = (size_t)1 << filter->bucket_bits;

	return sizeof(*filter) + filter->lines * sizeof(*filter->demands) +
	       buckets * sizeof(*filter->buckets) + (buckets << BITMAP_BITS) / 8 +
	       filter->uses_count *
		       (sizeof(*filter->entries) + sizeof(*filter->uses) + sizeof(*filter->hits)) +
	       filter->other_begin[FIRST_BYTES + 1] * sizeof(*filter->others) + filter->lines / 8 +
	       filter->folded_room;
}

size_t matcher_filter_unfiltered(const struct matcher_filter *filter)
{
	return filter->other_begin[FIRST_BYTES + 1] - filter->other_begin[FIRST_BYTES];
}
