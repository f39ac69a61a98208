#include "net/capture_filter.h"

#include "util/alloc.h"
#include "util/error.h"

#include <dlfcn.h>
#include <pcap/pcap.h>
#include <pthread.h>

#define FRAME_MOST 65550

/* Its functions; of the process, like the library itself. */
static struct {
	pthread_once_t once;
	bool loaded;
	pcap_t *(*open_dead)(int, int);
	int (*compile)(pcap_t *, struct bpf_program *, const char *, int, bpf_u_int32);
	char *(*geterr)(pcap_t *);
	void (*freecode)(struct bpf_program *);
	void (*close)(pcap_t *);
} pcap = {.once = PTHREAD_ONCE_INIT};

static void load(void)
{
	void *library = dlopen("libpcap.so.0.8", RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return;
	pcap.open_dead = dlsym(library, "pcap_open_dead");
	pcap.compile = dlsym(library, "pcap_compile");
	pcap.geterr = dlsym(library, "pcap_geterr");
	pcap.freecode = dlsym(library, "pcap_freecode");
	pcap.close = dlsym(library, "pcap_close");
	pcap.loaded = pcap.open_dead && pcap.compile && pcap.geterr && pcap.freecode && pcap.close;
}

int capture_filter_load(struct diag *diag)
{
	pthread_once(&pcap.once, load);
	if (pcap.loaded)
		return 0;
	return diag_set(
		diag, ERROR_UNSUPPORTED,
		"scripts can capture nothing: libpcap cannot be loaded; install libpcap0.8");
}

/* libpcap's instructions are the kernel's. */
static int copy(const struct bpf_program *program, struct capture_filter *ret_filter)
{
	unsigned i;

	ret_filter->length = program->bf_len;
	ret_filter->code = alloc_array(program->bf_len, sizeof(*ret_filter->code));
	if (!ret_filter->code)
		return ERROR_MEMORY;
	for (i = 0; i < program->bf_len; i++)
		ret_filter->code[i] = (struct sock_filter){.code = program->bf_insns[i].code,
							   .jt = program->bf_insns[i].jt,
							   .jf = program->bf_insns[i].jf,
							   .k = program->bf_insns[i].k};
	return 0;
}

static int compile(pcap_t *dead, const char *text, struct capture_filter *ret_filter,
		   struct diag *diag)
{
	struct bpf_program program = {0};
	int r;

	if (pcap.compile(dead, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return diag_set(diag, ERROR_SYNTAX, "the filter \"%.200s\": %s", text,
				pcap.geterr(dead));
	r = copy(&program, ret_filter);
	pcap.freecode(&program);
	return r < 0 ? diag_set(diag, r, "out of memory") : 0;
}

int capture_filter_compile(const char *text, bool ethernet, struct capture_filter *ret_filter,
			   struct diag *diag)
{
	pcap_t *dead;
	int r = capture_filter_load(diag);

	if (r < 0)
		return r;
	dead = pcap.open_dead(ethernet ? DLT_EN10MB : DLT_RAW, FRAME_MOST);
	if (!dead)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	r = compile(dead, text, ret_filter, diag);
	pcap.close(dead);
	return r;
}
