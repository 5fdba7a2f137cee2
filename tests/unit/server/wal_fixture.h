/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A write-ahead log on files in memory (fake_io.c), with batches in it. Each batch is one frame or
 * two, with a record each, whose version is the batch's number.
 */

#ifndef WAL_FIXTURE_H
#define WAL_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "server/store/wal.h"
#include "tests/unit/unit.h"

#define BATCHES 14
#define FIRST_BATCHES 8 /* of the first process; the second one appends the others */
#define SWITCHED 3      /* before this batch the files swap roles, */
#define COMPLETED 5     /* and before this one the B-tree has what is before SWITCHED */
#define SYNCED 7        /* before this one all is forced to disk */

#define FORESEEN 64

struct replayed {
	unsigned records[BATCHES]; /* of each batch */
	unsigned forced[BATCHES];  /* of them on disk for certain */
	uint32_t epochs[BATCHES];
	unsigned last;                  /* batch */
	const void *foreseen[FORESEEN]; /* keys, a ring */
	unsigned foreseen_count;
	unsigned applied_count;
};

extern bool acknowledged[BATCHES]; /* and not in the B-tree */
extern bool was_synced;            /* what is before SYNCED */
extern uint64_t recorded;          /* the generation that the B-tree has */
extern bool is_commit_in_doubt;    /* the one that recorded the last generation, at a start */
extern char wal_reason[SDD_STORE_REASON_MAX];

#define WAL_TEST(name) cmocka_unit_test_setup_teardown(name, reset_wal, reset_wal)

int reset_wal(void **state);

unsigned frames_of(unsigned batch);

bool append_batch(struct sdd_wal *wal, unsigned batch);

/* The log of a new process, replayed. NULL, with a wal_reason: it cannot be read. */
struct sdd_wal *open_and_replay(uint64_t completed, struct replayed *replayed,
                                char why[SDD_STORE_REASON_MAX]);

/* One process: writes the first batches, as far as the log lets it. */
void write_batches(void);

/* Both files have a generation that the B-tree does not have. */
void write_into_both(void);

void assert_acknowledged(const struct replayed *replayed);

void assert_nothing_else(const struct replayed *replayed);

/* The next process, for which nothing fails, replays the log, and appends to it; so does the one
 * after it. */
struct replayed replay(void);

#endif
