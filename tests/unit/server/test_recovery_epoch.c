/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Recovery by itself, on files and a B-tree in memory: epochs, versions and what is estimated. */

#include <stdbool.h>
#include <string.h>

#include "server/store/btree.h"
#include "server/store/layers.h"
#include "server/store/memtable.h"
#include "server/store/recovery.h"
#include "server/store/values.h"
#include "server/store/wal.h"
#include "tests/unit/server/fake_btree.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/unit.h"

static char reason[SDD_STORE_REASON_MAX];

static int reset(void **state)
{
	(void)state;
	fake_io_reset();
	fake_btree_reset();
	return 0;
}

static struct sdd_layers recover(void)
{
	struct sdd_layers layers = {.active = sdd_memtable_new(), .immutable = sdd_memtable_new()};

	layers.btree = sdd_btree_open("/directory", 1u << 20, SDD_SYNC_NEVER, reason);
	layers.values = sdd_values_open("/directory", 1u << 20, SDD_SYNC_NEVER, reason);
	assert_true(sdd_recovery_run(&layers, "/directory", reason));
	return layers;
}

static void end(struct sdd_layers *layers)
{
	sdd_wal_close(layers->wal, /* is_empty */ false);
	sdd_values_close(layers->values);
	sdd_btree_close(layers->btree);
	sdd_memtable_free(layers->active);
	sdd_memtable_free(layers->immutable);
}

/* A batch of one entry, in the log only. */
static void put(struct sdd_layers *layers, const char *text, uint64_t version)
{
	struct sdd_key key = sdd_layers_key(layers, (struct sd_bytes){text, strlen(text)});
	struct sdd_entry entry = {.expires_ms = SDD_NEVER, .version = version};
	struct sdd_known before;
	struct sdd_frame *frames;
	size_t count;

	assert_true(sdd_memtable_add(layers->active, SDD_PUT, &key, &entry, &before));
	frames = sdd_memtable_batch(layers->active, &count);
	assert_true(sdd_wal_append(layers->wal, frames, count));
	sdd_memtable_commit(layers->active);
}

/* The B-tree is never written, so that it has no epoch's number. */
static void each_epoch_is_later_than_all_that_was_recovered(void **state)
{
	uint32_t last = 0;

	(void)state;
	for (uint64_t i = 1; i <= 3; i++) {
		struct sdd_layers layers = recover();

		assert_true(sdd_btree_epoch(layers.btree) > last);
		last = sdd_btree_epoch(layers.btree);
		assert_true(i == 1 || layers.immutable_epoch < last);
		assert_true(layers.version >= 1000 * (i - 1));
		put(&layers, "key", 1000 * i);
		end(&layers);
	}
}

static void what_is_recovered_is_not_proven_and_what_is_written_after_it_is(void **state)
{
	struct sdd_layers layers = recover();
	struct sdd_entry entry;
	struct sdd_key key;

	(void)state;
	put(&layers, "key", 1);
	end(&layers);
	layers = recover();
	key = sdd_layers_key(&layers, (struct sd_bytes){"key", 3});
	assert_int_equal(sdd_layers_find(&layers, &key, false, &entry), SDD_DONE);
	assert_false(entry.proven);
	assert_true(layers.space.immutable_growth > 0);
	put(&layers, "key", 2);
	assert_int_equal(sdd_layers_find(&layers, &key, false, &entry), SDD_DONE);
	assert_true(entry.proven);
	end(&layers);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_epoch_is_later_than_all_that_was_recovered),
		TEST(what_is_recovered_is_not_proven_and_what_is_written_after_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
