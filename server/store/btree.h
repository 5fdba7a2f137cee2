/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The entries in LMDB: all but the last fifth of a second of them, which recent.h has.
 *
 * One thread reads, one writes, and they may be two. What is read is of the last commit before
 * reading began. Writing is one transaction after the other; what is committed survives the
 * process. Each opening begins a new life of the store (store.h).
 *
 * tables.c and durable.c are the only files that know LMDB.
 */

#ifndef SDD_TABLES_H
#define SDD_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/store/record.h"
#include "server/store/store.h"

struct sdd_tables;

/* Opens the tables in `directory`, or makes them there; `max_size` bounds the data, in bytes. NULL,
 * with the reason written to `reason`. */
struct sdd_tables *sdd_tables_open(const char *directory, uint64_t max_size, enum sdd_sync sync,
                                   char reason[SDD_STORE_REASON_MAX]);

/* Forces to disk what is not there yet, and closes. NULL is allowed. */
void sdd_tables_close(struct sdd_tables *tables);

/* {{{ reading */

/* An entry, whether it has expired or not. SDD_DONE, SDD_ABSENT or SDD_FAILED, with a reason. Its
 * value is the map's own memory, valid until sdd_tables_end_reading(). */
enum sdd_result sdd_tables_find(struct sdd_tables *tables, struct sdd_bytes key,
                                struct sdd_entry *entry, char reason[SDD_STORE_REASON_MAX]);

/* Whether an entry has expired by then, or may have: sdd_tables_sweep() looks. */
bool sdd_tables_is_due(struct sdd_tables *tables, int64_t now_ms);

uint64_t sdd_tables_count(struct sdd_tables *tables);

/* Bytes of the pages that hold the entries. */
uint64_t sdd_tables_size(struct sdd_tables *tables);

/* Bytes of an entry there, about, and exactly where its value is long. */
uint64_t sdd_tables_size_of(const struct sdd_tables *tables, size_t key_length,
                            size_t value_length);

/* Lets go of what was read; nothing happens where nothing was. */
void sdd_tables_end_reading(struct sdd_tables *tables);

/* }}} */

/* {{{ writing: SDD_DONE; or SDD_FULL, SDD_FAILED, and the transaction is lost */

enum sdd_result sdd_tables_begin(struct sdd_tables *tables);

/* Carries out an operation of that life. A change of what is not there does nothing. */
enum sdd_result sdd_tables_write(struct sdd_tables *tables, enum sdd_operation operation,
                                 struct sdd_bytes key, const struct sdd_entry *entry,
                                 uint32_t life);

/* Versions up to this one were given; a later opening goes on above it. */
enum sdd_result sdd_tables_note_version(struct sdd_tables *tables, uint64_t version);

/* Removes entries that have expired, looking at no more than `limit`; *seen is the number looked
 * at: less than `limit` when none is left. */
enum sdd_result sdd_tables_sweep(struct sdd_tables *tables, int64_t now_ms, size_t limit,
                                 size_t *seen);

enum sdd_result sdd_tables_commit(struct sdd_tables *tables);

/* Forgets the transaction. */
void sdd_tables_abort(struct sdd_tables *tables);

/* What the last SDD_FULL or SDD_FAILED of these was about; valid until the next. */
const char *sdd_tables_reason(const struct sdd_tables *tables);

/* }}} */

/* The present life; 1: the tables were made by this opening. */
uint32_t sdd_tables_life(const struct sdd_tables *tables);

/* A later life than that one is the present one, too. Before anything is written. */
void sdd_tables_set_life(struct sdd_tables *tables, uint32_t life);

/* A bound on the versions that were given in earlier lives. */
uint64_t sdd_tables_version(const struct sdd_tables *tables);

#endif
