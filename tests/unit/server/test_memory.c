/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The system's memory, by files that stand for those of the system. */

#include "server/system/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/unit.h"

static char root[64];

static int make_root(void **state)
{
	(void)state;
	(void)snprintf(root, sizeof(root), "/tmp/sharedance-memory-XXXXXX");
	assert_non_null(mkdtemp(root));
	return 0;
}

static int remove_root(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

/* Writes a file and makes the folders above it. */
static void write_file(const char *name, const char *content)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s%s", root, name);
	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(content, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void without_cgroups_it_is_the_machines(void **state)
{
	(void)state;
	assert_in_range(sdd_memory_of_system(root), 1 << 20, 1ull << 50);
}

static void a_container_has_its_own_limit(void **state)
{
	(void)state;
	write_file("/proc/self/cgroup", "0::/\n");
	write_file("/sys/fs/cgroup/memory.max", "104857600\n");
	assert_int_equal(sdd_memory_of_system(root), 104857600);
}

static void the_least_limit_of_the_groups_above_counts(void **state)
{
	uint64_t machine;

	(void)state;
	machine = sdd_memory_of_system(root);
	write_file("/proc/self/cgroup", "0::/system.slice/one.service\n");
	write_file("/sys/fs/cgroup/system.slice/one.service/memory.max", "max\n");
	assert_int_equal(sdd_memory_of_system(root), machine);
	write_file("/sys/fs/cgroup/system.slice/memory.max", "5000000\n");
	assert_int_equal(sdd_memory_of_system(root), 5000000);
	write_file("/sys/fs/cgroup/system.slice/one.service/memory.max", "4000000\n");
	assert_int_equal(sdd_memory_of_system(root), 4000000);
	write_file("/sys/fs/cgroup/system.slice/one.service/memory.max", "6000000\n");
	assert_int_equal(sdd_memory_of_system(root), 5000000);
}

static void version_1_is_read_too(void **state)
{
	(void)state;
	write_file("/proc/self/cgroup", "5:cpu,cpuacct:/a\nnonsense\n4:memory:/docker/a\n1:name=x:/\n");
	write_file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
	write_file("/sys/fs/cgroup/memory/docker/a/memory.limit_in_bytes", "7000000\n");
	assert_int_equal(sdd_memory_of_system(root), 7000000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_cgroups_it_is_the_machines),
		TEST(a_container_has_its_own_limit),
		TEST(the_least_limit_of_the_groups_above_counts),
		TEST(version_1_is_read_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
