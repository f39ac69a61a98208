#include "detect/service/matcher_filter.h"
#include "util/alloc.h"
#include "util/error.h"

struct matcher_filter {
	size_t lines;
};

int matcher_filter_new(const struct probe_db *db, struct matcher_filter **ret_filter)
{
	struct matcher_filter *filter = alloc_zero(sizeof(*filter));

	if (!filter)
		return ERROR_MEMORY;
	filter->lines = probe_db_lines(db);
	*ret_filter = filter;
	return 0;
}

void matcher_filter_free(struct matcher_filter *filter)
{
	alloc_free(filter);
}

bool matcher_filter_scan(struct matcher_filter *filter, const uint8_t *response, size_t bytes)
{
	return true;
}

size_t matcher_filter_next(const struct matcher_filter *filter, size_t from, size_t end)
{
	return from;
}

size_t matcher_filter_bytes(const struct matcher_filter *filter)
{
	return sizeof(*filter);
}

size_t matcher_filter_unfiltered(const struct matcher_filter *filter)
{
	return filter->lines;
}
