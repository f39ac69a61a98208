#include "util/confine.h"
#include "util/error.h"

#include <cap-ng.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* glibc's wrappers change all threads, whatever they are doing at the time: the
 * journal's may be about to open a file that only root can. Hence the bare calls. */
#ifdef SYS_setresuid32
#define SET_GROUPS SYS_setgroups32
#define SET_GID    SYS_setresgid32
#define SET_UID    SYS_setresuid32
#else
#define SET_GROUPS SYS_setgroups
#define SET_GID    SYS_setresgid
#define SET_UID    SYS_setresuid
#endif

bool privileges_have_raw(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	if (syscall(SYS_capget, &header, data) != 0)
		return false;
	return data[0].effective >> CAP_NET_RAW & 1;
}

int confine_user(unsigned uid, unsigned gid, struct diag *diag)
{
	if (geteuid() != 0 || uid == 0)
		return 0;
	if (syscall(SET_GROUPS, (size_t)0, NULL) != 0 || syscall(SET_GID, gid, gid, gid) != 0 ||
	    syscall(SET_UID, uid, uid, uid) != 0)
		return diag_set(diag, ERROR_PERMISSION, "cannot become user %u: %s", uid,
				strerrordesc_np(errno));
	return 0;
}

static bool has_any(uint32_t but)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
	size_t i;

	if (syscall(SYS_capget, &header, data) != 0)
		return true;
	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if ((data[i].effective | data[i].permitted | data[i].inheritable) &
		    ~(i == 0 ? but : 0))
			return true;
	return false;
}

/* The bounding set can be emptied only while CAP_SETPCAP is held; without it there is
 * nothing that could refill the others, with no_new_privs set. */
static void empty_bounding_set(void)
{
	int capability;

	for (capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
		(void)prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

/* Held at the moment, and to be kept. */
static bool keeps_low_ports(bool wanted)
{
	return wanted && capng_get_caps_process() == 0 &&
	       capng_have_capability(CAPNG_PERMITTED, CAP_NET_BIND_SERVICE);
}

static int drop(bool low_ports, struct diag *diag)
{
	bool kept = keeps_low_ports(low_ports);

	empty_bounding_set();
	capng_clear(CAPNG_SELECT_CAPS);
	if (kept)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_BIND_SERVICE);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL)
		return diag_set(diag, ERROR_PERMISSION,
				"ambient capabilities cannot be dropped: %s",
				strerrordesc_np(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || capng_apply(CAPNG_SELECT_CAPS) != 0 ||
	    has_any(kept ? 1u << CAP_NET_BIND_SERVICE : 0))
		return diag_set(diag, ERROR_PERMISSION, "capabilities cannot be dropped: %s",
				strerrordesc_np(errno));
	return 0;
}

int confine_capabilities(struct diag *diag)
{
	return drop(false, diag);
}

int confine_capabilities_but_low_ports(struct diag *diag)
{
	return drop(true, diag);
}

void confine_keep_over_user(void)
{
	(void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
}
