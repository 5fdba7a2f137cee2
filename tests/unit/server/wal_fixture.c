/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A log on files in memory, with batches in it; see wal_fixture.h. */

#include "tests/unit/server/wal_fixture.h"

#include <string.h>

#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"

#define FRAME_MAX 3000

bool acknowledged[BATCHES];
bool was_synced;
uint64_t recorded;
bool is_commit_in_doubt;
char wal_reason[SDD_STORE_REASON_MAX];

static const uint8_t store_id[SDD_STORE_ID_BYTES] = "this store";

int reset_wal(void **state)
{
	(void)state;
	fake_io_reset();
	is_commit_in_doubt = false;
	return 0;
}

unsigned frames_of(unsigned batch)
{
	return 1 + batch % 2;
}

static struct sdd_frame make_frame(uint8_t room[FRAME_MAX], unsigned batch)
{
	static const uint8_t value[2000];
	struct sd_bytes key = {"key", 3};
	struct sdd_entry entry = {.value = {value, 100 * batch}, .version = batch};
	struct sdd_record record = sdd_record_of(SDD_PUT, key, &entry);
	size_t size = sdd_record_size(&record);

	sdd_record_write(room + SDD_FRAME_HEAD, size, &record, key, &entry);
	return (struct sdd_frame){room, SDD_FRAME_HEAD + size};
}

bool append_batch(struct sdd_wal *wal, unsigned batch)
{
	static _Alignas(16) uint8_t rooms[2][FRAME_MAX];
	struct sdd_frame frames[2];

	for (unsigned i = 0; i < frames_of(batch); i++) {
		frames[i] = make_frame(rooms[i], batch);
	}
	return sdd_wal_append(wal, frames, frames_of(batch));
}

static void foresee(void *context, struct sd_bytes key)
{
	struct replayed *replayed = context;

	replayed->foreseen[replayed->foreseen_count++ % FORESEEN] = key.data;
}

/* Each key is foreseen once, in the order of the operations, and not long before. */
static void assert_was_foreseen(struct replayed *replayed, struct sd_bytes key)
{
	unsigned ahead = replayed->foreseen_count - replayed->applied_count;

	assert_in_range(ahead, 1, FORESEEN);
	assert_ptr_equal(replayed->foreseen[replayed->applied_count++ % FORESEEN], key.data);
}

static bool count_record(void *context, enum sdd_record_kind kind, struct sd_bytes key,
                         const struct sdd_entry *entry, const struct sdd_wal_origin *origin)
{
	struct replayed *replayed = context;

	assert_was_foreseen(replayed, key);
	assert_int_equal(kind, SDD_PUT);
	assert_int_equal(key.length, 3);
	assert_in_range(entry->version, replayed->last, BATCHES - 1);
	assert_int_equal(entry->value.length, 100 * entry->version);
	replayed->last = (unsigned)entry->version;
	replayed->records[entry->version]++;
	replayed->forced[entry->version] += origin->is_forced;
	replayed->epochs[entry->version] = origin->epoch;
	return true;
}

/* The log of a new process, replayed. NULL, with a wal_reason: it cannot be read. */
struct sdd_wal *open_and_replay(uint64_t completed, struct replayed *replayed,
                                char why[SDD_STORE_REASON_MAX])
{
	struct sdd_wal *wal = sdd_wal_open("/directory", store_id, completed, why);

	memset(replayed, 0, sizeof(*replayed));
	if (wal != NULL && is_commit_in_doubt) {
		sdd_wal_doubt_completed(wal);
	}
	if (wal != NULL && !sdd_wal_replay(wal, count_record, foresee, replayed, why)) {
		sdd_wal_close(wal, /* is_empty */ false);
		return NULL;
	}
	return wal;
}

/* The commit of the B-tree that completes a generation. */
static void complete(struct sdd_wal *wal)
{
	uint64_t generation = sdd_wal_waiting(wal);

	if (generation == 0 || fake_faults_have_stopped()) {
		return;
	}
	recorded = generation;
	sdd_wal_complete(wal, generation);
	memset(acknowledged, 0, SWITCHED * sizeof(*acknowledged));
}

/* One process: writes the first batches, as far as the log lets it. */
void write_batches(void)
{
	struct replayed replayed;
	struct sdd_wal *wal;

	recorded = 0;
	was_synced = false;
	memset(acknowledged, 0, sizeof(acknowledged));
	wal = open_and_replay(recorded, &replayed, wal_reason);
	if (wal == NULL) {
		return;
	}
	sdd_wal_set_epoch(wal, 7);
	for (unsigned i = 0; i < FIRST_BATCHES; i++) {
		if (i == SWITCHED) {
			sdd_wal_switch_files(wal);
		}
		if (i == COMPLETED) {
			complete(wal);
		}
		if (i == SYNCED) {
			was_synced = sdd_wal_sync(wal) && !fake_faults_have_stopped();
		}
		acknowledged[i] = append_batch(wal, i) && !fake_faults_have_stopped();
	}
	sdd_wal_close(wal, /* is_empty */ false);
}

void assert_acknowledged(const struct replayed *replayed)
{
	for (unsigned i = 0; i < BATCHES; i++) {
		if (acknowledged[i]) {
			assert_int_equal(replayed->records[i], frames_of(i));
		}
	}
}

void assert_nothing_else(const struct replayed *replayed)
{
	for (unsigned i = 0; i < BATCHES; i++) {
		if (!acknowledged[i]) {
			assert_int_equal(replayed->records[i], 0);
		}
	}
}

/* A batch that was written when the process died may be there, as a whole. */
static void assert_whole(const struct replayed *replayed)
{
	for (unsigned i = 0; i < BATCHES; i++) {
		assert_true(replayed->records[i] == 0 || replayed->records[i] == frames_of(i));
	}
}

/* The next process, for which nothing fails, replays the log, and appends to it; so does the one
 * after it. */
struct replayed replay(void)
{
	struct replayed first;
	struct replayed second;
	struct sdd_wal *wal;

	fake_faults_clear();
	assert_int_equal(fake_io_open_descriptors(), 0);
	wal = open_and_replay(recorded, &first, wal_reason);
	assert_non_null(wal);
	assert_whole(&first);
	sdd_wal_set_epoch(wal, 8);
	for (unsigned i = FIRST_BATCHES; i < BATCHES; i++) {
		assert_true(append_batch(wal, i));
	}
	sdd_wal_close(wal, false);
	wal = open_and_replay(recorded, &second, wal_reason);
	assert_non_null(wal);
	sdd_wal_close(wal, false);
	assert_memory_equal(first.records, second.records, FIRST_BATCHES * sizeof(*first.records));
	for (unsigned i = FIRST_BATCHES; i < BATCHES; i++) {
		assert_int_equal(second.records[i], frames_of(i));
	}
	return first;
}

/* Both files have a generation that the B-tree does not have. */
void write_into_both(void)
{
	struct replayed replayed;
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	assert_non_null(wal);
	recorded = 0;
	for (unsigned i = 0; i < FIRST_BATCHES; i++) {
		if (i == SWITCHED) {
			sdd_wal_switch_files(wal);
		}
		acknowledged[i] = append_batch(wal, i);
		assert_true(acknowledged[i]);
	}
	sdd_wal_close(wal, false);
}
