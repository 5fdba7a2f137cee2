/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is acknowledged and not committed; see journal.h. */

#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "durable.h"

#define NAME "sharedanced.journal"
#define MAGIC "sharedanced journal 1\n"
#define FIRST_TURN 512                /* where turns begin in the file */
#define ROOM_KEPT (1024u * 1024u)     /* bytes of the turn's memory that are kept for the next */
#define BLOCKS_AHEAD (256u * 1024u)   /* bytes that the file has on disk from the beginning on */

struct header {
	char magic[sizeof(MAGIC) - 1];
	char boot_id[SDD_BOOT_ID_BYTES]; /* of the system that it was begun under */
	uint64_t generation;
	uint32_t life;
	uint64_t check; /* of all before it */
};

/* In front of each turn. */
struct frame {
	uint64_t length; /* of what follows, in bytes */
	uint64_t check;  /* of that, and of the generation and the length */
};

/* An operation; its key follows, and its value. */
struct operation {
	uint32_t operation; /* enum sdd_journal_operation */
	uint32_t key_length;
	uint64_t value_length;
	int64_t expires_ms;
	uint64_t version;
	uint32_t client_flags;
	uint32_t marks;
	uint32_t proven;
};

struct sdd_journal {
	int directory;
	int file;
	uint64_t generation;
	uint32_t life;
	size_t size; /* of all turns */

	/* the turn, with room for its frame in front */
	uint8_t *bytes;
	size_t length;
	size_t capacity;
	bool has_failed; /* there was no memory for an operation of it */
};

/* {{{ bytes */

#define LANES 4 /* sums that do not wait for each other */

static uint64_t mix(uint64_t sum, const uint8_t *at, size_t length)
{
	uint64_t word = 0;

	memcpy(&word, at, length);
	sum = (sum ^ word) * 0xff51afd7ed558ccdu;
	return sum ^ sum >> 32;
}

/* Sees what was cut or never written; values may be long. */
static uint64_t checksum(uint64_t seed, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	uint64_t sums[LANES] = {seed ^ 0x9e3779b97f4a7c15u, 1, 2, length};

	for (; length >= LANES * 8; length -= LANES * 8, at += LANES * 8) {
		for (int i = 0; i < LANES; i++) {
			sums[i] = mix(sums[i], at + 8 * i, 8);
		}
	}
	for (; length > 0; at += length < 8 ? length : 8, length -= length < 8 ? length : 8) {
		sums[0] = mix(sums[0], at, length < 8 ? length : 8);
	}
	for (int i = 1; i < LANES; i++) {
		sums[0] = mix(sums[0], (const uint8_t *)&sums[i], 8);
	}
	return sums[0];
}

static uint64_t check_of_header(const struct header *header)
{
	return checksum(0, header, offsetof(struct header, check));
}

static uint64_t check_of_turn(uint64_t generation, const uint8_t *bytes, size_t length)
{
	return checksum(generation ^ (uint64_t)length << 32, bytes, length);
}

static bool write_all(int file, const void *bytes, size_t length, size_t offset)
{
	const uint8_t *at = bytes;

	while (length > 0) {
		ssize_t done = pwrite(file, at, length, (off_t)offset);

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done <= 0) {
			errno = done == 0 ? ENOSPC : errno;
			return false;
		}
		at += done;
		offset += (size_t)done;
		length -= (size_t)done;
	}
	return true;
}

/* Reads as much as there is. */
static size_t read_all(int file, void *bytes, size_t length, size_t offset)
{
	size_t got = 0;

	while (got < length) {
		ssize_t done = pread(file, (uint8_t *)bytes + got, length - got, (off_t)(offset + got));

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done <= 0) {
			break;
		}
		got += (size_t)done;
	}
	return got;
}

/* }}} */

/* {{{ the file */

static bool write_header(const struct sdd_journal *journal, uint64_t generation, uint32_t life)
{
	struct header header;

	memset(&header, 0, sizeof(header)); /* what is between the fields is written, too */
	memcpy(header.magic, MAGIC, sizeof(header.magic));
	sdd_durable_boot_id(header.boot_id);
	header.generation = generation;
	header.life = life;
	header.check = check_of_header(&header);
	return write_all(journal->file, &header, sizeof(header), 0);
}

/* The turn at that offset, in memory of its own; NULL: there is none that is whole. */
static uint8_t *read_turn(const struct sdd_journal *journal, size_t offset, size_t end,
                          size_t *length)
{
	struct frame frame;
	uint8_t *bytes;

	if (read_all(journal->file, &frame, sizeof(frame), offset) < sizeof(frame) ||
	    frame.length == 0 || frame.length > end - offset) {
		return NULL;
	}
	bytes = malloc(frame.length);
	if (bytes == NULL) {
		return NULL;
	}
	*length = read_all(journal->file, bytes, frame.length, offset + sizeof(frame));
	if (*length < frame.length ||
	    check_of_turn(journal->generation, bytes, *length) != frame.check) {
		free(bytes);
		errno = 0;
		return NULL;
	}
	return bytes;
}

/* Where the turns of the file's generation end. */
static size_t find_end(const struct sdd_journal *journal, size_t file_size)
{
	size_t at = FIRST_TURN;
	size_t length;
	uint8_t *bytes;

	while (at < file_size && (bytes = read_turn(journal, at, file_size, &length)) != NULL) {
		free(bytes);
		at += sizeof(struct frame) + length;
	}
	return at;
}

/* What an earlier process left. */
static void look_at_file(struct sdd_journal *journal)
{
	char boot_id[SDD_BOOT_ID_BYTES];
	struct header header;
	struct stat stat;

	if (fstat(journal->file, &stat) != 0 ||
	    read_all(journal->file, &header, sizeof(header), 0) < sizeof(header) ||
	    memcmp(header.magic, MAGIC, sizeof(header.magic)) != 0 ||
	    header.check != check_of_header(&header)) {
		return;
	}
	journal->generation = header.generation;
	sdd_durable_boot_id(boot_id);
	if (boot_id[0] != '\0' && memcmp(boot_id, header.boot_id, sizeof(boot_id)) == 0) {
		journal->size = find_end(journal, (size_t)stat.st_size) - FIRST_TURN;
		journal->life = journal->size > 0 ? header.life : 0;
	}
}

struct sdd_journal *sdd_journal_open(const char *directory)
{
	struct sdd_journal *journal = calloc(1, sizeof(*journal));

	if (journal == NULL) {
		return NULL;
	}
	journal->file = -1;
	journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->directory != -1) {
		journal->file = openat(journal->directory, NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		                       0600);
	}
	if (journal->file == -1) {
		sdd_journal_close(journal, /* is_empty */ false);
		return NULL;
	}
	look_at_file(journal);
	/* so that a disk that is full still takes what gives room; where it cannot be had it is not
	 * missed before */
	(void)!posix_fallocate(journal->file, 0, BLOCKS_AHEAD);
	return journal;
}

void sdd_journal_close(struct sdd_journal *journal, bool is_empty)
{
	if (journal == NULL) {
		return;
	}
	if (is_empty) {
		(void)unlinkat(journal->directory, NAME, 0);
	}
	if (journal->file != -1) {
		(void)close(journal->file);
	}
	if (journal->directory != -1) {
		(void)close(journal->directory);
	}
	free(journal->bytes);
	free(journal);
}

uint32_t sdd_journal_life(const struct sdd_journal *journal)
{
	return journal->life;
}

size_t sdd_journal_size(const struct sdd_journal *journal)
{
	return journal->size;
}

bool sdd_journal_begin_anew(struct sdd_journal *journal, uint32_t life)
{
	if (!write_header(journal, journal->generation + 1, life)) {
		return false;
	}
	journal->generation++;
	journal->life = life;
	journal->size = 0;
	return true;
}

/* }}} */

/* {{{ the turn */

static uint8_t *reserve(struct sdd_journal *journal, size_t more)
{
	size_t length = journal->length > 0 ? journal->length : sizeof(struct frame);
	size_t capacity = 2 * journal->capacity;
	uint8_t *bytes = journal->bytes;

	if (journal->capacity < length + more) {
		capacity = capacity > length + more ? capacity : length + more;
		bytes = realloc(bytes, capacity);
		if (bytes == NULL) {
			return NULL;
		}
		journal->bytes = bytes;
		journal->capacity = capacity;
	}
	journal->length = length + more;
	return bytes + length;
}

void sdd_journal_note(struct sdd_journal *journal, enum sdd_journal_operation operation,
                      struct sdd_bytes key, const struct sdd_entry *entry)
{
	struct operation noted = {.operation = operation, .key_length = (uint32_t)key.length};
	uint8_t *at;

	if (operation != SDD_JOURNAL_REMOVE) {
		noted.value_length = operation == SDD_JOURNAL_PUT ? entry->value.length : 0;
		noted.expires_ms = entry->expires_ms;
		noted.version = entry->version;
		noted.client_flags = entry->client_flags;
		noted.marks = entry->marks;
		noted.proven = entry->proven;
	}
	at = reserve(journal, sizeof(noted) + key.length + noted.value_length);
	if (at == NULL) {
		journal->has_failed = true;
		return;
	}
	memcpy(at, &noted, sizeof(noted));
	memcpy(at + sizeof(noted), key.data, key.length);
	if (noted.value_length > 0) {
		memcpy(at + sizeof(noted) + key.length, entry->value.data, noted.value_length);
	}
}

size_t sdd_journal_noted(const struct sdd_journal *journal)
{
	return journal->length > 0 ? journal->length - sizeof(struct frame) : 0;
}

void sdd_journal_forget(struct sdd_journal *journal)
{
	journal->length = 0;
	journal->has_failed = false;
	if (journal->capacity > ROOM_KEPT) {
		free(journal->bytes);
		journal->bytes = NULL;
		journal->capacity = 0;
	}
}

bool sdd_journal_write(struct sdd_journal *journal)
{
	size_t noted = sdd_journal_noted(journal);
	struct frame frame = {.length = noted};
	bool written;

	if (noted == 0 && !journal->has_failed) {
		return true;
	}
	if (journal->has_failed) {
		sdd_journal_forget(journal);
		errno = ENOMEM;
		return false;
	}
	frame.check = check_of_turn(journal->generation, journal->bytes + sizeof(frame), noted);
	memcpy(journal->bytes, &frame, sizeof(frame));
	written = write_all(journal->file, journal->bytes, journal->length, FIRST_TURN + journal->size);
	if (written) {
		journal->size += journal->length;
	}
	sdd_journal_forget(journal);
	return written;
}

/* }}} */

/* {{{ replaying */

typedef int carry_out_function(void *context, enum sdd_journal_operation operation,
                               struct sdd_bytes key, const struct sdd_entry *entry);

/* Hands over the operations of one turn, whose check is right. */
static int replay_turn(const uint8_t *bytes, size_t length, carry_out_function *carry_out,
                       void *context)
{
	int result = 0;

	for (size_t at = 0; at < length && result == 0;) {
		struct operation noted;
		struct sdd_entry entry;
		struct sdd_bytes key;

		memcpy(&noted, bytes + at, sizeof(noted));
		key = (struct sdd_bytes){bytes + at + sizeof(noted), noted.key_length};
		entry = (struct sdd_entry){
			.value = {bytes + at + sizeof(noted) + noted.key_length, noted.value_length},
			.expires_ms = noted.expires_ms,
			.version = noted.version,
			.client_flags = noted.client_flags,
			.marks = noted.marks,
			.proven = noted.proven != 0,
		};
		result = carry_out(context, (enum sdd_journal_operation)noted.operation, key, &entry);
		at += sizeof(noted) + noted.key_length + noted.value_length;
	}
	return result;
}

int sdd_journal_replay(struct sdd_journal *journal, carry_out_function *carry_out, void *context)
{
	size_t end = FIRST_TURN + journal->size;
	int result = 0;

	for (size_t at = FIRST_TURN; at < end && result == 0;) {
		size_t length;
		uint8_t *bytes = read_turn(journal, at, end, &length);

		if (bytes == NULL) {
			errno = errno == 0 ? EIO : errno;
			return -1;
		}
		result = replay_turn(bytes, length, carry_out, context);
		free(bytes);
		at += sizeof(struct frame) + length;
	}
	return result;
}

/* }}} */
