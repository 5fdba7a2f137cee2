/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The system's memory; see memory.h. */

#include "server/system/memory.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t memory_of_machine(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);
	long page_size = sysconf(_SC_PAGESIZE);

	return pages > 0 && page_size > 0 ? (uint64_t)pages * (uint64_t)page_size : UINT64_MAX;
}

/* The number in a file; UINT64_MAX if it has none, as "max" of version 2. */
static uint64_t read_limit(const char *path)
{
	char text[32] = "";
	FILE *file = fopen(path, "re");
	uint64_t limit;
	char *end;

	if (file == NULL) {
		return UINT64_MAX;
	}
	(void)!fgets(text, sizeof(text), file);
	(void)fclose(file);
	errno = 0;
	limit = strtoull(text, &end, 10);
	return end == text || errno != 0 ? UINT64_MAX : limit;
}

/* The least limit of a cgroup and of those above it. `group` is changed. */
static uint64_t least_limit(const char *root, const char *mount, char *group, const char *file)
{
	uint64_t least = UINT64_MAX;
	bool is_last;

	do {
		char path[2 * PATH_MAX];
		char *slash = strrchr(group, '/');
		uint64_t limit;

		(void)snprintf(path, sizeof(path), "%s%s%s/%s", root, mount, group, file);
		limit = read_limit(path);
		least = limit < least ? limit : least;
		is_last = slash == NULL;
		if (!is_last) {
			*slash = '\0';
		}
	} while (!is_last);
	return least;
}

/* The limit by a line of /proc/self/cgroup: its number, its controllers, and the group. */
static uint64_t limit_of_line(const char *root, char *line)
{
	char *controllers = strchr(line, ':');
	char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');

	if (group == NULL) {
		return UINT64_MAX;
	}
	*group++ = '\0';
	group[strcspn(group, "\n")] = '\0';
	if (strcmp(controllers, ":") == 0) {
		return least_limit(root, "/sys/fs/cgroup", group, "memory.max");
	}
	if (strcmp(controllers, ":memory") == 0) {
		return least_limit(root, "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes");
	}
	return UINT64_MAX;
}

uint64_t sdd_memory_of_system(const char *root)
{
	char line[PATH_MAX];
	uint64_t least = memory_of_machine();
	FILE *file;

	(void)snprintf(line, sizeof(line), "%s/proc/self/cgroup", root);
	file = fopen(line, "re");
	if (file == NULL) {
		return least;
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		uint64_t limit = limit_of_line(root, line);

		least = limit < least ? limit : least;
	}
	(void)fclose(file);
	return least;
}
