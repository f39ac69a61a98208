/* Two scans at once in one process: each argument is scanned by a thread of
 * its own, and the open ports are printed as they are found.
 *
 *     two_scans PORTS TARGET TARGET
 */
#include <portolan.h>

#include <pthread.h>
#include <stdio.h>

struct job {
	const char *ports, *target;
	struct portolan_plan *plan;
	struct portolan_run *run;
	unsigned open;
	int result;
	char error[256];
};

static void note(void *self, const struct portolan_event *event)
{
	struct job *job = self;

	if (event->kind != PORTOLAN_PORT || event->state[0] != 'o' || event->state[4])
		return;
	job->open++;
	printf("%s %u/%s is open (%s)\n", event->address, event->port, event->transport,
	       event->reason);
}

static int scan(struct job *job)
{
	char *argv[] = {"two_scans",         "-n", "-Pn", "--no-journal", "-p", (char *)job->ports,
			(char *)job->target, NULL};
	int r = portolan_plan_from_argv(7, argv, &job->plan, job->error, sizeof(job->error));

	if (r == 0)
		r = portolan_run_new(job->plan, note, job, &job->run, job->error,
				     sizeof(job->error));
	if (r == 0)
		r = portolan_run(job->run, job->error, sizeof(job->error));
	return r;
}

static void *work(void *self)
{
	struct job *job = self;

	job->result = scan(job);
	return NULL;
}

int main(int argc, char **argv)
{
	struct job jobs[2] = {{0}, {0}};
	pthread_t threads[2];
	int i, failed = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: two_scans PORTS TARGET TARGET\n");
		return 2;
	}
	for (i = 0; i < 2; i++) {
		jobs[i].ports = argv[1];
		jobs[i].target = argv[2 + i];
		if (pthread_create(&threads[i], NULL, work, &jobs[i]) != 0)
			return 1;
	}
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	/* Freed when both are through: libuv closes its descriptors by bare system
	 * calls, and ThreadSanitizer would take a number that the other scan gets
	 * next for a race. */
	for (i = 0; i < 2; i++) {
		portolan_run_free(jobs[i].run);
		portolan_plan_free(jobs[i].plan);
		if (jobs[i].result < 0)
			fprintf(stderr, "%s: %s\n", jobs[i].target, jobs[i].error);
		else
			printf("%s: %u open ports\n", jobs[i].target, jobs[i].open);
		failed |= jobs[i].result < 0;
	}
	return failed;
}
