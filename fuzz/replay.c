/* Runs a harness over its corpus (each argument: a file, or a folder of files)
 * in builds without a fuzzer. Fails when there is nothing to run. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static int ran;

static void replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t bytes = 0, room = 1 << 16;
	uint8_t *data = malloc(room), *exact;

	if (!file || !data) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	for (;;) {
		size_t got = fread(data + bytes, 1, room - bytes, file);

		if (!got)
			break;
		bytes += got;
		if (bytes == room && !(data = realloc(data, room *= 2)))
			exit(1);
	}
	fclose(file);
	/* An exact copy, so that a sanitizer sees a read past the end. */
	exact = malloc(bytes ? bytes : 1);
	if (!exact)
		exit(1);
	for (size_t i = 0; i < bytes; i++)
		exact[i] = data[i];
	LLVMFuzzerTestOneInput(exact, bytes);
	free(exact);
	free(data);
	ran++;
}

static void replay(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	char full[4096];

	if (!folder) {
		replay_file(path);
		return;
	}
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(full, sizeof(full), "%s/%s", path, entry->d_name);
		replay_file(full);
	}
	closedir(folder);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs replayed\n", ran);
	return ran ? 0 : 1;
}
