/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The files of the write-ahead log, on disk and in memory; for wal.c, wal_sync.c and wal_replay.c
 * only. Numbers are in the machine's own byte order. */

#ifndef SDD_WAL_FILES_H
#define SDD_WAL_FILES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/hash.h"
#include "server/store/record.h"
#include "server/store/wal.h"

#define SDD_WAL_FILES 2
#define SDD_WAL_MAGIC "sharedanced wal\n"
#define SDD_WAL_FORMAT 4        /* 1 and 2 were "journals", under other names; 3 had no extents */
#define SDD_WAL_FIRST_FRAME 512 /* the offset at which frames begin in a file */
#define SDD_WAL_LAST (UINT64_C(1) << 63)
#define SDD_WAL_MARK_OFFSET 256 /* of the mark, behind the header */
#define SDD_WAL_ALL UINT64_MAX  /* as a mark: all frames */

struct sdd_wal_header {
	char magic[sizeof(SDD_WAL_MAGIC) - 1];
	uint32_t format;
	uint32_t epoch; /* of the store, when the generation began; it may continue in later ones */
	uint8_t store[SDD_STORE_ID_BYTES];
	uint64_t generation;
	uint64_t salt;  /* random */
	uint64_t check; /* of all before it */
};

/* Up to where the frames, and the values that they refer to, were forced to disk for certain. */
struct sdd_wal_mark {
	uint64_t generation; /* that the mark is about */
	uint64_t forced;     /* offset, or SDD_WAL_ALL */
	uint64_t check;      /* of all before it */
};

/* At the beginning of each frame. */
struct sdd_wal_frame_head {
	uint64_t marked_length; /* of the records that follow, in bytes; SDD_WAL_LAST is set in the last
	                           frame of a batch */
	uint64_t check;         /* of the records, the marked length, and the check before it */
};

_Static_assert(sizeof(struct sdd_wal_frame_head) == SDD_FRAME_HEAD,
               "a frame has room for its head");

struct sdd_wal_file {
	int descriptor;      /* -1: it could not be opened */
	int open_error;      /* why it could not be opened for writing; 0: it could */
	uint64_t generation; /* the last that it had */
	uint32_t epoch;      /* of that generation */
	size_t end;          /* offset of the next frame */
	uint64_t check;      /* of the last frame, or of the header */
	size_t end_before;   /* the two before the last batch */
	uint64_t check_before;
	size_t recovered; /* offset of the end of what was replayed */
	size_t flushed;   /* offset up to which the B-tree has its frames */
	size_t written; /* bytes from the beginning that were written by this process, zeros included */
	uint64_t forced; /* the mark that was found or written at first */

	/* shared with the thread that forces to disk */
	_Atomic uint64_t shared_generation;
	_Atomic uint64_t shared_end;
	atomic_bool is_started; /* the B-tree does not have its generation, and it may take frames */
	atomic_bool is_unsynced;
	atomic_bool is_doubtful;
	atomic_bool has_failed; /* to be forced to disk, since it was last started */
};

struct sdd_wal {
	int directory;
	struct sdd_values *values; /* that records refer to; NULL: they refer to none */
	uint32_t values_failures;  /* sdd_values_sync() */
	bool marks;                /* sdd_wal_set_values() */
	uint8_t store[SDD_STORE_ID_BYTES];
	struct sdd_wal_file files[SDD_WAL_FILES];
	struct sdd_wal_file *current;   /* takes what is written */
	uint64_t generation;            /* the last that was used */
	uint64_t completed;             /* the last that the B-tree has */
	uint32_t epoch;                 /* of the generations that begin from now on */
	uint32_t epoch_found;           /* the last that was replayed */
	pthread_mutex_t sync_mutex;     /* held while something is forced to disk */
	atomic_bool are_names_unsynced; /* the directory has to be forced to disk, too */
	_Atomic int64_t synced_us;      /* monotonic: the end of the last sync that succeeded */
	_Atomic int64_t sync_took_us;   /* the last that had something to do */
};

/* The file that is not the current one. */
struct sdd_wal_file *sdd_wal_other_file(const struct sdd_wal *wal);

static inline uint64_t sdd_wal_check_of_header(const struct sdd_wal_header *header)
{
	return sdd_hash(0, header, offsetof(struct sdd_wal_header, check));
}

/* `before` is the check of the frame before it, or of the header. The bytes are the records. */
static inline uint64_t sdd_wal_check_of_frame(uint64_t before, uint64_t marked_length,
                                              const uint8_t *bytes)
{
	uint64_t seed = before ^ marked_length * UINT64_C(0x9e3779b97f4a7c15);

	return sdd_hash(seed, bytes, (size_t)(marked_length & ~SDD_WAL_LAST));
}

/* Forces the names of new files to disk. False, with errno: the next sdd_wal_sync() tries it again.
 */
bool sdd_wal_sync_names(struct sdd_wal *wal);

/* The mark of a generation, with its check. */
static inline struct sdd_wal_mark sdd_wal_mark_of(uint64_t generation, uint64_t forced)
{
	struct sdd_wal_mark mark = {.generation = generation, .forced = forced};

	mark.check = sdd_hash(0, &mark, offsetof(struct sdd_wal_mark, check));
	return mark;
}

enum sdd_wal_header_result {
	SDD_WAL_HEADER_RIGHT, /* or there is none yet */
	SDD_WAL_HEADER_DAMAGED,
	SDD_WAL_HEADER_NEWER,      /* of a later format */
	SDD_WAL_HEADER_FOREIGN,    /* of another store */
	SDD_WAL_HEADER_UNREADABLE, /* errno says why */
};

/* Reads what an earlier process left in a file. Only if it is right has the file changed. */
enum sdd_wal_header_result sdd_wal_read_header(const struct sdd_wal *wal,
                                               struct sdd_wal_file *file);

/* Why a log with such a header is not opened. */
void sdd_wal_explain_header(enum sdd_wal_header_result result, const char *name,
                            char reason[SDD_STORE_REASON_MAX]);

#endif
