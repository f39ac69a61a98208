/* The folder of data files that the user named, by option or by environment. */
#include "api/plan_parts.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

const char *plan_datadir(const struct settings *settings, const struct plan_request *request)
{
	return settings->datadir ? settings->datadir : request->datadir;
}

/* What is asked for is the folder's ".": it is there only in a folder, and found only by those
 * who may open what is in it. */
static int look_into(const char *folder)
{
	char *inside;
	int r;

	if (!*folder)
		return ENOENT;
	if (!(inside = alloc_printf("%s/.", folder)))
		return ENOMEM;
	r = access(inside, F_OK) == 0 ? 0 : errno;
	alloc_free(inside);
	return r;
}

int plan_check_datadir(const struct settings *settings, const struct plan_request *request,
		       struct diag *diag)
{
	const char *folder = plan_datadir(settings, request);
	int why = folder ? look_into(folder) : 0;

	if (why == 0)
		return 0;
	if (why == ENOMEM)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	if (settings->datadir)
		return diag_set(
			diag, ERROR_NOT_FOUND,
			"--datadir cannot use the folder \"%.300s\": %s; name one that holds "
			"data files such as nmap-services, or leave the option out",
			folder, strerror(why));
	return diag_set(
		diag, ERROR_NOT_FOUND,
		"%s names the folder \"%.300s\", which cannot be used: %s; correct or unset "
		"the variable, or give another folder with --datadir",
		request->datadir_variable, folder, strerror(why));
}

int plan_find_file(const struct settings *settings, const struct plan_request *request,
		   const char *name, struct plan *plan, const char **ret_path)
{
	const char *folder = plan_datadir(settings, request);
	char *found = folder ? alloc_printf("%s/%s", folder, name) : NULL;
	int r = folder && !found ? ERROR_MEMORY : 0;

	*ret_path = NULL;
	if (found && !access(found, R_OK) && !(*ret_path = arena_strdup(&plan->arena, found)))
		r = ERROR_MEMORY;
	alloc_free(found);
	return r;
}
