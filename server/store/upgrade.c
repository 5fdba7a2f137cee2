/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Upgrading; see upgrade.h.
 *
 * The old version forced the B-tree to disk about once a second, and recorded the root that was on
 * disk then, LMDB's MDB_meta, in `sharedanced.root`. Its two journals were never forced to disk:
 * after another boot than the one they name, they counted as empty.
 */

#include "server/store/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/btree.h"
#include "server/store/directory.h"
#include "server/store/hash.h"
#include "server/store/io.h"
#include "server/store/record.h"
#include "server/system/clock.h"
#include "server/system/log.h"
#include "wire/hash.h"

#define OLD_ROOT "sharedanced.root"
#define OLD_NEW_ROOT "sharedanced.root.new"
static const char *const old_journals[] = {"sharedanced.journal.1", "sharedanced.journal.2"};

static void set_reason_of_error(char reason[SDD_STORE_REASON_MAX], const char *what)
{
	(void)snprintf(reason, SDD_STORE_REASON_MAX, "%s: %s", what,
	               errno != 0 ? strerror(errno) : "it is damaged");
}

static bool is_of_this_boot(const char boot_id[SDD_BOOT_ID_BYTES])
{
	char present[SDD_BOOT_ID_BYTES];

	sdd_clock_boot_id(present);
	return present[0] != '\0' && memcmp(present, boot_id, SDD_BOOT_ID_BYTES) == 0;
}

/* {{{ the root */

/* The page of a root: LMDB's header of a page, then MDB_meta. */
#define ROOT_BYTES 152 /* of a page, that were recorded: the transaction's number is the last */
#define ROOT_TRANSACTION 144 /* the offset of that number */
#define ROOT_MAGIC "sharedanced root 1\n"

struct root_record {
	char magic[sizeof(ROOT_MAGIC) - 1];
	char boot_id[SDD_BOOT_ID_BYTES]; /* of the boot under which it was written */
	uint32_t page_size;
	uint8_t root[ROOT_BYTES];
	uint32_t check; /* of all before it */
};

/* Reads the record. *is_whole: there is one. False, with errno: it cannot be read, and there may be
 * one. */
static bool read_root(int directory, struct root_record *record, bool *is_whole)
{
	int descriptor = sdd_io_openat(directory, OLD_ROOT, O_RDONLY, 0);
	size_t length;
	int error;

	*is_whole = false;
	if (descriptor == -1) {
		return errno == ENOENT;
	}
	length = sdd_io_read_all(descriptor, record, sizeof(*record), 0);
	error = errno;
	(void)sdd_io_close(descriptor);
	errno = error;
	*is_whole = length == sizeof(*record) &&
	            memcmp(record->magic, ROOT_MAGIC, sizeof(record->magic)) == 0 &&
	            record->check == sd_fnv32(record, offsetof(struct root_record, check));
	return error == 0;
}

static uint64_t transaction_of(const uint8_t root[ROOT_BYTES])
{
	uint64_t transaction;

	memcpy(&transaction, root + ROOT_TRANSACTION, sizeof(transaction));
	return transaction;
}

/* Writes a root to the page of its transaction: they alternate between the first two. */
static bool write_root(int data, const struct root_record *record, uint64_t transaction)
{
	uint8_t root[ROOT_BYTES];

	memcpy(root, record->root, sizeof(root));
	memcpy(root + ROOT_TRANSACTION, &transaction, sizeof(transaction));
	return sdd_io_write_all(data, root, sizeof(root), (off_t)(transaction & 1) * record->page_size);
}

enum continuity {
	CONTINUES,
	DIFFERS,    /* it is an older file, which was put in the place of the one that was recorded */
	UNREADABLE, /* errno says why */
};

/* Whether the data file is the one whose root was recorded: its own roots are no older. */
static enum continuity compare_roots(int data, const struct root_record *record)
{
	uint64_t recorded = transaction_of(record->root);

	for (int i = 0; i < 2; i++) {
		uint8_t root[ROOT_BYTES];
		size_t length = sdd_io_read_all(data, root, sizeof(root), (off_t)i * record->page_size);

		if (errno != 0) {
			return UNREADABLE;
		}
		if (length == sizeof(root) && transaction_of(root) >= recorded) {
			return CONTINUES;
		}
	}
	return DIFFERS;
}

/* Restores the recorded root, and makes the other one older than it. False, with errno. */
static bool restore_in(int data, const struct root_record *record)
{
	uint64_t transaction = transaction_of(record->root);

	switch (compare_roots(data, record)) {
	case DIFFERS:
		sdd_log(SDD_LOG_WARNING,
		        OLD_ROOT " does not belong to " SDD_FILE_DATA ", which is older: it is ignored");
		return true;
	case UNREADABLE:
		return false;
	case CONTINUES:
		break;
	}
	if (!write_root(data, record, transaction) || !write_root(data, record, transaction - 1) ||
	    sdd_io_fdatasync(data) != 0) {
		return false;
	}
	sdd_log(SDD_LOG_WARNING,
	        "the machine was not shut down cleanly: the writes of the last second may be lost");
	return true;
}

static bool restore_root(int directory, const struct root_record *record)
{
	int data = sdd_io_openat(directory, SDD_FILE_DATA, O_RDWR, 0);
	bool is_done;
	int error;

	if (data == -1) {
		return errno == ENOENT; /* a new one will be made */
	}
	is_done = restore_in(data, record);
	error = errno;
	(void)sdd_io_close(data);
	errno = error;
	return is_done;
}

bool sdd_upgrade_before_opening(const char *directory_path, char reason[SDD_STORE_REASON_MAX])
{
	int directory = sdd_io_open_directory(directory_path);
	struct root_record record;
	bool is_whole;
	bool is_done;

	if (directory == -1) {
		set_reason_of_error(reason, "it cannot be opened");
		return false;
	}
	is_done = read_root(directory, &record, &is_whole);
	if (is_done && is_whole && !is_of_this_boot(record.boot_id)) {
		is_done = restore_root(directory, &record);
	}
	if (!is_done) {
		set_reason_of_error(reason, "what a power cut left cannot be repaired");
	}
	(void)sdd_io_close(directory);
	return is_done;
}

/* }}} */

/* {{{ the journals */

#define JOURNAL_MAGIC "sharedanced journal 2\n"
#define JOURNAL_FIRST 512 /* the offset at which frames begin */

struct journal_header {
	char magic[sizeof(JOURNAL_MAGIC) - 1];
	char boot_id[SDD_BOOT_ID_BYTES]; /* of the boot under which it was written */
	uint64_t generation;
	uint32_t epoch;
	uint64_t check; /* of all before it */
};

struct journal_frame {
	uint64_t length; /* of the records that follow, in bytes */
	uint64_t check;  /* of the records, the generation and the length */
};

/* A journal in memory. */
struct journal {
	uint8_t *bytes; /* NULL: it has nothing to move */
	size_t length;
	struct journal_header header;
};

/* What it takes to move operations to the B-tree. */
struct move {
	struct sdd_btree *btree;
	uint64_t version;      /* the largest */
	uint64_t most_version; /* that may have been given */
	uint32_t epoch;
};

/* Reads an open journal as a whole. False, with errno. */
static bool read_open_journal(int descriptor, struct journal *journal)
{
	struct stat found;

	if (sdd_io_fstat(descriptor, &found) != 0) {
		return false;
	}
	journal->bytes = malloc((size_t)found.st_size + sizeof(journal->header));
	if (journal->bytes == NULL) {
		return false;
	}
	journal->length = sdd_io_read_all(descriptor, journal->bytes, (size_t)found.st_size, 0);
	if (journal->length >= sizeof(journal->header)) {
		memcpy(&journal->header, journal->bytes, sizeof(journal->header));
	}
	return errno == 0;
}

/* False, with errno: it cannot be read, and something acknowledged may be in it. */
static bool read_journal(int directory, const char *name, struct journal *journal)
{
	int descriptor = sdd_io_openat(directory, name, O_RDONLY, 0);
	bool is_done;
	int error;

	if (descriptor == -1) {
		return errno == ENOENT;
	}
	is_done = read_open_journal(descriptor, journal);
	error = errno;
	(void)sdd_io_close(descriptor);
	errno = error;
	return is_done;
}

static bool has_right_header(const struct journal *journal)
{
	const struct journal_header *header = &journal->header;

	return journal->length >= sizeof(*header) &&
	       memcmp(header->magic, JOURNAL_MAGIC, sizeof(header->magic)) == 0 &&
	       header->check == sdd_hash(0, header, offsetof(struct journal_header, check));
}

/* Whether a journal has a header that this program cannot read: neither a right one nor none. */
static bool is_damaged(const struct journal *journal)
{
	for (size_t i = 0; i < journal->length && i < sizeof(journal->header); i++) {
		if (journal->bytes[i] != 0) {
			return !has_right_header(journal);
		}
	}
	return false;
}

/* Whether the journal has something that the B-tree does not have. */
static bool counts(const struct journal *journal, const struct sdd_btree *btree)
{
	return has_right_header(journal) && is_of_this_boot(journal->header.boot_id) &&
	       journal->header.generation > sdd_btree_generation(btree);
}

static bool move_record(struct move *move, const struct sdd_record *record)
{
	struct sdd_entry entry = sdd_record_entry(record);

	/* one that is too far ahead was a client's */
	if (entry.version > move->version && entry.version <= move->most_version) {
		move->version = entry.version;
	}
	return sdd_btree_bound_newest(move->btree, entry.version) == SDD_DONE &&
	       sdd_btree_write(move->btree, (enum sdd_record_kind)record->kind, sdd_record_key(record),
	                       &entry, move->epoch) == SDD_DONE;
}

/* Moves a frame's operations, whose check is right. */
static bool move_frame(struct move *move, const uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		const struct sdd_record *record = (const void *)(bytes + at);

		if (!sdd_record_is_sound(record, length - at) || !move_record(move, record)) {
			return false;
		}
		at += sdd_record_size(record);
	}
	return true;
}

static bool move_journal(struct move *move, const struct journal *journal)
{
	size_t at = JOURNAL_FIRST;
	struct journal_frame head;

	while (at + sizeof(head) < journal->length) {
		const uint8_t *bytes = journal->bytes + at + sizeof(head);

		memcpy(&head, journal->bytes + at, sizeof(head));
		if (head.length == 0 || head.length > journal->length - at - sizeof(head) ||
		    head.check != sdd_hash(journal->header.generation ^ head.length << 32, bytes,
		                           (size_t)head.length)) {
			return true;
		}
		if (!move_frame(move, bytes, (size_t)head.length)) {
			return false;
		}
		at += sizeof(head) + (size_t)head.length;
	}
	return true;
}

/* Moves both journals in the transaction that is open, and records their last generation. */
static bool move_in_order(struct move *move, const struct journal journals[2])
{
	bool is_swapped = journals[0].header.generation > journals[1].header.generation;
	uint64_t last = 0;

	for (int i = 0; i < 2; i++) {
		const struct journal *journal = &journals[is_swapped ? 1 - i : i];

		if (counts(journal, move->btree)) {
			move->epoch = journal->header.epoch;
			last = journal->header.generation;
			if (!move_journal(move, journal)) {
				return false;
			}
		}
	}
	return sdd_btree_bound_version(move->btree, move->version) == SDD_DONE &&
	       sdd_btree_record_generation(move->btree, last) == SDD_DONE &&
	       sdd_btree_commit(move->btree) == SDD_DONE;
}

/* The present epoch is later than that of everything in the journals. */
static void raise_epoch(struct sdd_btree *btree, const struct journal journals[2])
{
	for (int i = 0; i < 2; i++) {
		if (has_right_header(&journals[i]) && sdd_btree_epoch(btree) <= journals[i].header.epoch) {
			sdd_btree_set_epoch(btree, journals[i].header.epoch + 1);
		}
	}
}

/* Moves what counts in one transaction. False: errno says why, or is 0, and the B-tree does. */
static bool move_what_counts(struct move *move, const struct journal journals[2])
{
	errno = 0;
	if (!counts(&journals[0], move->btree) && !counts(&journals[1], move->btree)) {
		return true;
	}
	raise_epoch(move->btree, journals);
	if (sdd_btree_begin(move->btree) == SDD_DONE && move_in_order(move, journals)) {
		return true;
	}
	sdd_btree_abort(move->btree);
	errno = 0;
	return false;
}

/* A journal whose header cannot be read is set aside. False, with errno. */
static bool set_aside(int directory, const char *name, const struct journal *journal)
{
	return !is_damaged(journal) || sdd_directory_set_aside(directory, name);
}

static bool move_journals(int directory, struct move *move)
{
	struct journal journals[2] = {{NULL, 0, {.generation = 0}}, {NULL, 0, {.generation = 0}}};
	bool is_done = read_journal(directory, old_journals[0], &journals[0]) &&
	               read_journal(directory, old_journals[1], &journals[1]) &&
	               set_aside(directory, old_journals[0], &journals[0]) &&
	               set_aside(directory, old_journals[1], &journals[1]) &&
	               move_what_counts(move, journals);
	int error = errno;

	free(journals[0].bytes);
	free(journals[1].bytes);
	errno = error;
	return is_done;
}

/* }}} */

/* Whether there is a file of the old version. False, with errno: it cannot be known. */
static bool has_old_files(int directory, bool *has_some)
{
	static const char *const names[] = {OLD_ROOT, "sharedanced.journal.1", "sharedanced.journal.2"};

	*has_some = false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int descriptor = sdd_io_openat(directory, names[i], O_RDONLY, 0);

		if (descriptor != -1) {
			(void)sdd_io_close(descriptor);
			*has_some = true;
		} else if (errno != ENOENT) {
			return false;
		}
	}
	return true;
}

static bool remove_file(int directory, const char *name)
{
	return sdd_io_unlinkat(directory, name) == 0 || errno == ENOENT;
}

/* If an old file came back, a later start would restore the old root over what is written from now
 * on. False, with errno. */
static bool remove_old_files(int directory)
{
	return remove_file(directory, OLD_ROOT) && remove_file(directory, OLD_NEW_ROOT) &&
	       remove_file(directory, old_journals[0]) && remove_file(directory, old_journals[1]) &&
	       (sdd_io_fsync(directory) == 0 || errno == EINVAL);
}

static bool upgrade(int directory, struct move *move, char reason[SDD_STORE_REASON_MAX])
{
	if (!move_journals(directory, move)) {
		(void)snprintf(reason, SDD_STORE_REASON_MAX,
		               "the journal of the earlier version cannot be read or moved to the store; "
		               "make room and start again: %s",
		               errno != 0 ? strerror(errno) : sdd_btree_reason(move->btree));
		return false;
	}
	if (!sdd_btree_force(move->btree)) {
		set_reason_of_error(reason, "it cannot be forced to disk");
		return false;
	}
	if (!remove_old_files(directory)) {
		set_reason_of_error(reason, "the files of the earlier version cannot be removed");
		return false;
	}
	return true;
}

bool sdd_upgrade_after_opening(const char *directory_path, struct sdd_btree *btree,
                               uint64_t *version, char reason[SDD_STORE_REASON_MAX])
{
	int directory = sdd_io_open_directory(directory_path);
	struct move move = {
		.btree = btree,
		.version = *version,
		.most_version = (uint64_t)sdd_clock_wall_ms() * 1000 + SDD_VERSION_AHEAD_MAX,
	};
	bool has_some;
	bool is_done = directory != -1 && has_old_files(directory, &has_some);

	if (!is_done) {
		set_reason_of_error(reason, "it cannot be opened");
	} else if (has_some) {
		is_done = upgrade(directory, &move, reason);
	}
	*version = move.version;
	if (directory != -1) {
		(void)sdd_io_close(directory);
	}
	return is_done;
}
