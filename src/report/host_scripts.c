/* Things are only added, and put in order when the report is written. */
#include "report/host_scripts.h"

#include "engine/script_copy.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

struct host_script {
	struct script_report report; /* the result is owned */
	size_t order;                /* in which they came */
};

struct host_finding {
	struct finding_report report;
	size_t order;
};

static int make_room(void **place, size_t size, size_t count, size_t *cap, size_t *bytes)
{
	size_t wanted = *cap ? *cap * 2 : 4;
	void *more;

	if (count < *cap)
		return 0;
	more = alloc_resize(*place, wanted, size);
	if (!more)
		return ERROR_MEMORY;
	*bytes += (wanted - *cap) * size;
	*place = more;
	*cap = wanted;
	return 0;
}

/* Only ports have numbers. */
static struct script_place tidy(const struct script_place *place)
{
	return place->scope == SCRIPT_PORT ? *place : (struct script_place){.scope = place->scope};
}

int host_scripts_add(struct host_scripts *all, const struct script_place *place,
		     const struct script_result *result, const struct script_result **ret_kept)
{
	const struct script_result *copy;
	void *scripts = all->scripts;
	int r = make_room(&scripts, sizeof(*all->scripts), all->scripts_count, &all->scripts_cap,
			  &all->bytes);

	all->scripts = scripts;
	if (r < 0 || !(copy = script_result_copy_new(result)))
		return ERROR_MEMORY;
	all->scripts[all->scripts_count] =
		(struct host_script){{tidy(place), copy}, all->scripts_count};
	all->scripts_count++;
	all->bytes += script_result_bytes(copy);
	*ret_kept = copy;
	return 0;
}

int host_scripts_add_finding(struct host_scripts *all, const struct script_place *place,
			     const struct script_finding *finding,
			     const struct script_finding **ret_kept)
{
	const struct script_finding *copy;
	void *findings = all->findings;
	int r = make_room(&findings, sizeof(*all->findings), all->findings_count,
			  &all->findings_cap, &all->bytes);

	all->findings = findings;
	if (r < 0 || !(copy = script_finding_copy_new(finding)))
		return ERROR_MEMORY;
	all->findings[all->findings_count] =
		(struct host_finding){{tidy(place), copy}, all->findings_count};
	all->findings_count++;
	all->bytes += script_finding_bytes(copy);
	*ret_kept = copy;
	return 0;
}

static int compare_texts(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_scripts(const struct script_report *a, const struct script_report *b)
{
	int order = script_place_compare(&a->place, &b->place);

	return order ? order : compare_texts(a->result->id, b->result->id);
}

static int order_scripts(const void *a, const void *b)
{
	const struct host_script *x = a, *y = b;
	int order = compare_scripts(&x->report, &y->report);

	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

/* Those that replace each other are equal here: one problem has one name, whoever saw it. */
static int compare_findings(const struct finding_report *a, const struct finding_report *b)
{
	int order = script_place_compare(&a->place, &b->place);

	return order ? order : compare_texts(a->finding->id, b->finding->id);
}

/* Of those that replace each other the surest is last, then a script's, which looked closer than
 * a match line did. */
static int order_findings(const void *a, const void *b)
{
	const struct host_finding *x = a, *y = b;
	const struct script_finding *f = x->report.finding, *g = y->report.finding;
	int order = compare_findings(&x->report, &y->report);

	if (!order && f->confidence != g->confidence)
		return f->confidence < g->confidence ? -1 : 1;
	if (!order)
		order = compare_texts(f->source, g->source);
	return order ? order : x->order < y->order ? -1 : x->order > y->order;
}

/* The worst first. */
static int order_severity(const void *a, const void *b)
{
	const struct finding_report *x = a, *y = b;

	if (x->finding->severity != y->finding->severity)
		return x->finding->severity > y->finding->severity ? -1 : 1;
	return compare_findings(x, y);
}

static size_t give_scripts(struct host_scripts *all, struct script_report *reports)
{
	size_t count = 0;

	qsort(all->scripts, all->scripts_count, sizeof(*all->scripts), order_scripts);
	for (size_t i = 0; i < all->scripts_count; i++) {
		const struct script_report *report = &all->scripts[i].report;

		if (count && !compare_scripts(&reports[count - 1], report))
			count--;
		reports[count++] = *report;
	}
	return count;
}

static size_t give_findings(struct host_scripts *all, struct finding_report *reports)
{
	size_t count = 0;

	qsort(all->findings, all->findings_count, sizeof(*all->findings), order_findings);
	for (size_t i = 0; i < all->findings_count; i++) {
		const struct finding_report *report = &all->findings[i].report;

		if (count && !compare_findings(&reports[count - 1], report))
			count--;
		reports[count++] = *report;
	}
	qsort(reports, count, sizeof(*reports), order_severity);
	return count;
}

/* Room for as many; NULL for none as well as when memory is short. */
static void *renew(void *before, size_t count, size_t size)
{
	alloc_free(before);
	return count ? alloc_zero(count * size) : NULL;
}

int host_scripts_give(struct host_scripts *all, struct scripts_report *ret_report)
{
	struct scripts_report report = {0};

	all->scripts_report =
		renew(all->scripts_report, all->scripts_count, sizeof(*all->scripts_report));
	all->findings_report =
		renew(all->findings_report, all->findings_count, sizeof(*all->findings_report));
	if ((all->scripts_count && !all->scripts_report) ||
	    (all->findings_count && !all->findings_report))
		return ERROR_MEMORY;
	if (all->scripts_count)
		report.scripts_count = give_scripts(all, all->scripts_report);
	if (all->findings_count)
		report.findings_count = give_findings(all, all->findings_report);
	report.scripts = all->scripts_report;
	report.findings = all->findings_report;
	*ret_report = report;
	return 0;
}

void host_scripts_release(struct host_scripts *all)
{
	for (size_t i = 0; i < all->scripts_count; i++)
		alloc_free((void *)all->scripts[i].report.result);
	for (size_t i = 0; i < all->findings_count; i++)
		alloc_free((void *)all->findings[i].report.finding);
	alloc_free(all->scripts);
	alloc_free(all->findings);
	alloc_free(all->scripts_report);
	alloc_free(all->findings_report);
	*all = (struct host_scripts){0};
}
