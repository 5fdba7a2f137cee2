/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is acknowledged and not in the tables; see journal.h. */

#include "server/store/wal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "server/durable.h"
#include "server/store/hash.h"

#define MAGIC "sharedanced journal 2\n"
#define FIRST_PIECE 512             /* where pieces begin in a file */
#define BLOCKS_AHEAD (256u * 1024u) /* bytes that a file has on disk from the beginning on */
#define STEP 65536                  /* bytes in which a file is laid out */

struct header {
	char magic[sizeof(MAGIC) - 1];
	char boot_id[SDD_BOOT_ID_BYTES]; /* of the system that it was begun under */
	uint64_t generation;
	uint32_t life;
	uint64_t check; /* of all before it */
};

/* At the head of each piece. */
struct frame {
	uint64_t length; /* of what follows, in bytes */
	uint64_t check;  /* of that, and of the generation and the length */
};

_Static_assert(sizeof(struct frame) == SDD_PIECE_HEAD, "a piece has room for its frame");

struct file {
	int descriptor; /* -1: it is not open */
	uint64_t generation;
	uint32_t life;
	size_t size;  /* of all pieces */
	size_t laid;  /* bytes that lay_out() has written */
	bool is_done; /* the tables have them, and it could not be begun anew */
};

struct sdd_journal {
	int directory;
	struct file files[2];
	struct file *taking; /* what is written */
	uint64_t generation; /* the last of both */
	uint32_t life;       /* of what is written */
};

static const char *const names[] = {"sharedanced.journal.1", "sharedanced.journal.2"};

static struct file *other_file(struct sdd_journal *journal)
{
	return journal->taking == &journal->files[0] ? &journal->files[1] : &journal->files[0];
}

/* {{{ bytes */

static uint64_t check_of_header(const struct header *header)
{
	return sdd_hash(0, header, offsetof(struct header, check));
}

static uint64_t check_of_piece(uint64_t generation, const uint8_t *bytes, size_t length)
{
	return sdd_hash(generation ^ (uint64_t)length << 32, bytes, length);
}

static bool write_all(int descriptor, const void *bytes, size_t length, size_t offset)
{
	const uint8_t *at = bytes;

	while (length > 0) {
		ssize_t done = pwrite(descriptor, at, length, (off_t)offset);

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

/* Reads as much as there is. errno is 0, unless it cannot be read. */
static size_t read_all(int descriptor, void *bytes, size_t length, size_t offset)
{
	size_t got = 0;

	errno = 0;
	while (got < length) {
		ssize_t done =
			pread(descriptor, (uint8_t *)bytes + got, length - got, (off_t)(offset + got));

		if (done < 0 && errno == EINTR) {
			errno = 0;
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

/* {{{ the files */

/*
 * Writes zeros in steps to where a file has not been written by this process. The system keeps
 * what is written in pieces as large as they came first. In the large ones of a long value a
 * short write takes Linux 3 to 6 us, in place of 0.8, for ext4 goes through all blocks of a
 * piece; and a long one into many small pieces takes twice as long. Nor has a block to be read
 * first of which a part is written. It is no failure where there is no room: what is written
 * next tells.
 */
static void lay_out(struct file *file, size_t end)
{
	static const uint8_t zeros[STEP];

	while (file->laid < end &&
	       pwrite(file->descriptor, zeros, STEP, (off_t)file->laid) == STEP) {
		file->laid += STEP;
	}
}

/* Begins a generation of a file. Its pieces of before are none from then on. */
static bool begin_file(struct sdd_journal *journal, struct file *file, uint32_t life)
{
	uint64_t generation = journal->generation + 1;
	struct header header;

	memset(&header, 0, sizeof(header)); /* what is between the fields is written, too */
	memcpy(header.magic, MAGIC, sizeof(header.magic));
	sdd_durable_boot_id(header.boot_id);
	header.generation = generation;
	header.life = life;
	header.check = check_of_header(&header);
	lay_out(file, FIRST_PIECE);
	if (!write_all(file->descriptor, &header, sizeof(header), 0)) {
		return false;
	}
	journal->generation = generation;
	file->generation = generation;
	file->life = life;
	file->size = 0;
	file->is_done = false;
	return true;
}

/* The piece at that offset, in memory of its own. NULL: there is none that is whole, and errno is
 * 0; or it says why that cannot be known. */
static uint8_t *read_piece(const struct file *file, size_t offset, size_t end, size_t *length)
{
	struct frame frame;
	uint8_t *bytes;

	if (read_all(file->descriptor, &frame, sizeof(frame), offset) < sizeof(frame) ||
	    frame.length == 0 || frame.length > end - offset) {
		return NULL;
	}
	bytes = malloc(frame.length);
	if (bytes == NULL) {
		return NULL;
	}
	*length = read_all(file->descriptor, bytes, frame.length, offset + sizeof(frame));
	if (*length < frame.length || check_of_piece(file->generation, bytes, *length) != frame.check) {
		int error = errno;

		free(bytes);
		errno = error;
		return NULL;
	}
	return bytes;
}

/* Where the pieces of the file's generation end. */
static size_t find_end(const struct file *file, size_t file_size)
{
	size_t at = FIRST_PIECE;
	size_t length;
	uint8_t *bytes;

	while (at < file_size && (bytes = read_piece(file, at, file_size, &length)) != NULL) {
		free(bytes);
		at += sizeof(struct frame) + length;
	}
	return at;
}

/* What an earlier process left. False, with errno: it cannot be read, and may have been
 * acknowledged. */
static bool look_at_file(struct file *file)
{
	char boot_id[SDD_BOOT_ID_BYTES];
	struct header header;
	struct stat stat;

	if (fstat(file->descriptor, &stat) != 0 ||
	    read_all(file->descriptor, &header, sizeof(header), 0) < sizeof(header) ||
	    memcmp(header.magic, MAGIC, sizeof(header.magic)) != 0 ||
	    header.check != check_of_header(&header)) {
		return errno == 0;
	}
	file->generation = header.generation;
	sdd_durable_boot_id(boot_id);
	errno = 0;
	if (boot_id[0] != '\0' && memcmp(boot_id, header.boot_id, sizeof(boot_id)) == 0) {
		file->size = find_end(file, (size_t)stat.st_size) - FIRST_PIECE;
		file->life = file->size > 0 ? header.life : 0;
	}
	return errno == 0;
}

static bool open_file(struct sdd_journal *journal, int number)
{
	struct file *file = &journal->files[number];
	int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;

	file->descriptor = openat(journal->directory, names[number], flags, 0600);
	if (file->descriptor == -1 || !look_at_file(file)) {
		return false;
	}
	if (file->generation > journal->generation) {
		journal->generation = file->generation;
		journal->taking = file;
	}
	/* so that a disk that is full still takes what gives room; where it cannot be had it is not
	 * missed before */
	(void)!posix_fallocate(file->descriptor, 0, BLOCKS_AHEAD);
	return true;
}

struct sdd_journal *sdd_journal_open(const char *directory)
{
	struct sdd_journal *journal = calloc(1, sizeof(*journal));

	if (journal == NULL) {
		return NULL;
	}
	journal->taking = &journal->files[0];
	journal->files[0].descriptor = journal->files[1].descriptor = -1;
	journal->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (journal->directory == -1 || !open_file(journal, 0) || !open_file(journal, 1)) {
		sdd_journal_close(journal, /* is_empty */ false);
		return NULL;
	}
	return journal;
}

void sdd_journal_close(struct sdd_journal *journal, bool is_empty)
{
	if (journal == NULL) {
		return;
	}
	for (int i = 0; i < 2; i++) {
		if (is_empty) {
			(void)unlinkat(journal->directory, names[i], 0);
		}
		if (journal->files[i].descriptor != -1) {
			(void)close(journal->files[i].descriptor);
		}
	}
	if (journal->directory != -1) {
		(void)close(journal->directory);
	}
	free(journal);
}

uint32_t sdd_journal_life(const struct sdd_journal *journal)
{
	uint32_t first = journal->files[0].life;
	uint32_t second = journal->files[1].life;

	return first > second ? first : second;
}

static size_t size_of(const struct file *file)
{
	return file->is_done ? 0 : file->size;
}

size_t sdd_journal_size(const struct sdd_journal *journal)
{
	return size_of(&journal->files[0]) + size_of(&journal->files[1]);
}

/* }}} */

/* {{{ writing */

bool sdd_journal_begin_anew(struct sdd_journal *journal, uint32_t life)
{
	journal->life = life;
	journal->taking = &journal->files[0]; /* whose generation is the lower one */
	return begin_file(journal, &journal->files[0], life) &&
	       begin_file(journal, &journal->files[1], life);
}

static void complete(const struct file *file, struct sdd_piece *piece)
{
	size_t length = piece->length - sizeof(struct frame);
	struct frame frame = {length,
	                      check_of_piece(file->generation, piece->bytes + sizeof(frame), length)};

	memcpy(piece->bytes, &frame, sizeof(frame));
}

bool sdd_journal_write(struct sdd_journal *journal, struct sdd_piece *pieces, size_t count)
{
	static const struct frame none;
	struct file *file = journal->taking;
	size_t begin = FIRST_PIECE + file->size;
	size_t offset = begin;

	for (size_t i = 0; i < count; i++) {
		complete(file, &pieces[i]);
		lay_out(file, offset + pieces[i].length);
		if (!write_all(file->descriptor, pieces[i].bytes, pieces[i].length, offset)) {
			int error = errno;

			/* a batch is there whole or not at all; this has its place on the disk already */
			(void)!write_all(file->descriptor, &none, i > 0 ? sizeof(none) : 0, begin);
			errno = error;
			return false;
		}
		offset += pieces[i].length;
	}
	file->size = offset - FIRST_PIECE;
	return true;
}

bool sdd_journal_change_over(struct sdd_journal *journal)
{
	struct file *other = other_file(journal);

	if (other->is_done && !begin_file(journal, other, journal->life)) {
		return false;
	}
	journal->taking = other;
	return true;
}

void sdd_journal_forget_other(struct sdd_journal *journal)
{
	struct file *other = other_file(journal);

	/* its generation is the last: what will be written to it is carried out behind all else */
	other->is_done = true;
	(void)begin_file(journal, other, journal->life); /* else when it is wanted */
}

/* }}} */

/* {{{ replaying */

/* Hands over the operations of one piece, whose check is right. */
static int replay_piece(const uint8_t *bytes, size_t length, uint32_t life,
                        sdd_journal_operation *carry_out, void *context)
{
	int result = 0;

	for (size_t at = 0; at < length && result == 0;) {
		const struct sdd_record *record = (const void *)(bytes + at);
		struct sdd_entry entry = sdd_record_entry(record);

		result = carry_out(context, (enum sdd_operation)record->operation, sdd_record_key(record),
		                   &entry, life);
		at += sdd_record_size(record);
	}
	return result;
}

static int replay_file(const struct file *file, sdd_journal_operation *carry_out, void *context)
{
	size_t end = FIRST_PIECE + file->size;
	int result = 0;

	for (size_t at = FIRST_PIECE; at < end && result == 0;) {
		size_t length;
		uint8_t *bytes = read_piece(file, at, end, &length);

		if (bytes == NULL) {
			errno = errno == 0 ? EIO : errno;
			return -1;
		}
		result = replay_piece(bytes, length, file->life, carry_out, context);
		free(bytes);
		at += sizeof(struct frame) + length;
	}
	return result;
}

int sdd_journal_replay(struct sdd_journal *journal, sdd_journal_operation *carry_out, void *context)
{
	int result = replay_file(other_file(journal), carry_out, context);

	return result == 0 ? replay_file(journal->taking, carry_out, context) : result;
}

/* }}} */
