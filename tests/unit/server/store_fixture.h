/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A store in a directory of its own, for all tests of the store that need a real disk; with a clock
 * of the test's own. Whether an entry has expired is one thing, whether it has been swept another:
 * an expired entry that is still there is found at a time at which it lived (BEFORE_ALL).
 */

#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/store.h"
#include "tests/unit/unit.h"

#define BEFORE_ALL 0 /* a time at which every entry of these tests lives */
#define MIB (1024 * 1024)
#define ROOMY (256ull * MIB)
#define LONGEST (5 * MIB)

extern char directory[200];
extern struct sdd_store *store;
extern char reason[SDD_STORE_REASON_MAX];

/* Lengths on both sides of where a value stays with its record. */
#define LENGTHS 5
extern const size_t lengths[LENGTHS];

/* A test with an empty store. */
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, make_store, remove_store)

enum sdd_result put_until(struct sdd_store *in, struct sd_bytes key, struct sd_bytes value,
                          int64_t expires_ms);

enum sdd_result get_at(struct sdd_store *in, struct sd_bytes key, int64_t now_ms,
                       struct sd_bytes *value);

enum sdd_result remove_at(struct sdd_store *in, struct sd_bytes key, int64_t now_ms);

void open_store(uint64_t max_size);

void reopen(uint64_t max_size);

/* For a sweep: no memtable changes what is in the B-tree. */
bool changes_none(const void *context, struct sd_bytes key, int64_t *expires_ms);

/* Copies a file from one directory to another; one that is not there is not missed. `most` is how
 * many bytes of it. */
void copy_file(const char *from, const char *to, const char *name, size_t most);

/* What the process's death leaves, as files are then, is in the directory from now on; of the
 * write-ahead log no more than `log_most` bytes. Nothing is open. */
void leave_with(size_t log_most);

/* The same, and the next process opens it. */
void die_with(size_t log_most, uint64_t max_size);

void die(void);

int make_directory(void **state);

int make_store(void **state);

int remove_store(void **state);

struct sd_bytes bytes_of(const char *text);

/* A key with the store's hash; valid until the next call. */
const struct sdd_key *key_of(const char *text);

/* A key; valid until the next call. Some are the beginning of others. */
const char *numbered(const char *word, uint64_t number);

/* Bytes that differ from stamp to stamp; valid until the next call. */
struct sd_bytes value_of(size_t length, uint32_t stamp);

void begin(void);

void commit(void);

/* A batch of one entry. */
void put(const char *key, size_t length, uint32_t stamp, int64_t expires_ms);

/* A batch that changes when the entry expires, and says whether it is proven. */
void change_until(const char *key, int64_t expires_ms, bool proven);

void change(const char *key, int64_t expires_ms);

enum sdd_result remove_one(const char *key, int64_t now_ms);

enum sdd_result find(const char *key, int64_t now_ms);

void assert_found(const char *key, int64_t now_ms, size_t length, uint32_t stamp);

void assert_absent(const char *key, int64_t now_ms);

/* Not even a time at which it lived finds it. */
void assert_gone(const char *key);

/* All that was written is in the B-tree from now on. */
void flush(void);

/* Removes all that had expired by then. Returns how many entries were examined. */
size_t sweep(int64_t now_ms);

bool is_proven(const char *key);

#endif
