/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The files of sharedanced 0.x, as server/store/upgrade.c describes them, in memory. */

#ifndef OLD_FILES_H
#define OLD_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "server/store/hash.h"
#include "server/store/record.h"
#include "server/system/clock.h"
#include "tests/unit/unit.h"
#include "wire/hash.h"

#define OLD_JOURNAL_MAX 8192

struct old_journal {
	_Alignas(16) uint8_t bytes[OLD_JOURNAL_MAX];
	size_t length;
	uint64_t generation;
};

/* The header of a journal, and no frame. */
static inline void old_journal_begin(struct old_journal *journal, uint64_t generation,
                                     uint32_t epoch, bool of_this_boot)
{
	struct {
		char magic[22];
		char boot_id[SDD_BOOT_ID_BYTES];
		uint64_t generation;
		uint32_t epoch;
		uint64_t check;
	} header;

	memset(journal, 0, sizeof(*journal));
	memset(&header, 0, sizeof(header));
	memcpy(header.magic, "sharedanced journal 2\n", 22);
	sdd_clock_boot_id(header.boot_id);
	header.boot_id[0] ^= of_this_boot ? 0 : 1;
	header.generation = generation;
	header.epoch = epoch;
	header.check = sdd_hash(0, &header, offsetof(__typeof__(header), check));
	memcpy(journal->bytes, &header, sizeof(header));
	journal->length = 512;
	journal->generation = generation;
}

/* A frame of one operation. The value is that many bytes of 'v'. */
static inline void old_journal_add(struct old_journal *journal, enum sdd_record_kind kind,
                                   const char *key_text, size_t length, uint64_t version)
{
	static uint8_t value[2000];
	struct sd_bytes key = {key_text, strlen(key_text)};
	struct sdd_entry entry = {
		.value = {memset(value, 'v', length), length}, .expires_ms = SDD_NEVER, .version = version};
	struct sdd_record record = sdd_record_of(kind, key, &entry);
	uint64_t size = sdd_record_size(&record);
	uint8_t *frame = journal->bytes + journal->length;
	uint64_t check;

	assert_in_range(journal->length + 16 + size, 0, OLD_JOURNAL_MAX);
	record.proven = kind == SDD_PUT;
	sdd_record_write(frame + 16, size, &record, key, &entry);
	check = sdd_hash(journal->generation ^ size << 32, frame + 16, size);
	memcpy(frame, &size, 8);
	memcpy(frame + 8, &check, 8);
	journal->length += 16 + size;
}

#define OLD_ROOT_BYTES 152

struct old_root {
	char magic[19];
	char boot_id[SDD_BOOT_ID_BYTES];
	uint32_t page_size;
	uint8_t root[OLD_ROOT_BYTES];
	uint32_t check;
};

static inline struct old_root old_root_of(const uint8_t root[OLD_ROOT_BYTES], bool of_this_boot)
{
	struct old_root record;

	memset(&record, 0, sizeof(record));
	memcpy(record.magic, "sharedanced root 1\n", 19);
	sdd_clock_boot_id(record.boot_id);
	record.boot_id[0] ^= of_this_boot ? 0 : 1;
	record.page_size = 4096;
	memcpy(record.root, root, OLD_ROOT_BYTES);
	record.check = sd_fnv32(&record, offsetof(struct old_root, check));
	return record;
}

#endif
