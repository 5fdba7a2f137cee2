/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Files of the write-ahead log that are damaged, or not of this store or version. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/wal.h"
#include "server/store/wal_files.h"
#include "server/system/log.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/server/fake_io.h"
#include "tests/unit/server/wal_fixture.h"
#include "tests/unit/unit.h"

#define FILE_1 "sharedanced.wal.1"
#define FILE_2 "sharedanced.wal.2"
#define HEADER_BYTES 64 /* without padding */
#define FORMAT_AT 16
#define FORMAT_BYTES 4
#define FORMAT_LOW_AT (FORMAT_AT + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? FORMAT_BYTES - 1 : 0))
#define FIRST_FRAME 512
#define STEP 65536    /* bytes of zeros that are written ahead at a time */
#define GENERATIONS 2 /* that write_into_both() makes */

static struct replayed replayed;
static int lines; /* of the log of messages */

/* The linker has this called in the place of sdd_log(). */
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...);
void __wrap_sdd_log(enum sdd_log_level level, const char *format, ...)
{
	assert_true(level <= SDD_LOG_WARNING);
	assert_non_null(format);
	lines++;
}

static uint8_t *content_of(const char *name)
{
	size_t size;
	uint8_t *bytes = fake_io_content(name, &size);

	assert_non_null(bytes);
	assert_in_range(size, FIRST_FRAME, SIZE_MAX / 2);
	return bytes;
}

/* The last byte that is not 0. */
static size_t end_of(const char *name)
{
	size_t size;
	const uint8_t *bytes = fake_io_content(name, &size);

	while (size > 0 && bytes[size - 1] == 0) {
		size--;
	}
	return size;
}

static void assert_batches(unsigned first, unsigned end)
{
	for (unsigned i = 0; i < BATCHES; i++) {
		assert_int_equal(replayed.records[i], i >= first && i < end ? frames_of(i) : 0);
	}
}

static void assert_refused(const char *why)
{
	assert_null(open_and_replay(0, &replayed, wal_reason));
	assert_non_null(strstr(wal_reason, why));
}

static void a_file_with_a_damaged_header_is_set_aside_whatever_bit_it_is(void **state)
{
	(void)state;
	for (size_t at = 0; at < HEADER_BYTES; at++) {
		int bit = at == FORMAT_LOW_AT ? 2 : (int)(at % 8); /* an earlier format */
		struct sdd_wal *wal;
		size_t size;

		if (at >= FORMAT_AT && at < FORMAT_AT + FORMAT_BYTES && at != FORMAT_LOW_AT) {
			continue; /* a later format */
		}
		(void)reset_wal(NULL);
		write_into_both();
		content_of(FILE_2)[at] ^= (uint8_t)(1 << bit);
		lines = 0;
		wal = open_and_replay(0, &replayed, wal_reason);
		assert_non_null(wal);
		assert_batches(0, SWITCHED);
		assert_int_equal(lines, 1);
		assert_non_null(fake_io_content(FILE_2 ".damaged", &size));
		assert_true(append_batch(wal, 9));
		sdd_wal_close(wal, false);
		wal = open_and_replay(0, &replayed, wal_reason);
		assert_int_equal(replayed.records[9], frames_of(9));
		sdd_wal_close(wal, false);
	}
}

/* What an operator may still want to read. */
static void a_second_damaged_file_does_not_replace_the_first(void **state)
{
	(void)state;
	write_into_both();
	for (uint8_t i = 0; i < 3; i++) {
		content_of(FILE_2)[0] = (uint8_t)('0' + i);
		sdd_wal_close(open_and_replay(0, &replayed, wal_reason), false);
	}
	assert_int_equal(content_of(FILE_2 ".damaged")[0], '0');
	assert_int_equal(content_of(FILE_2 ".damaged.2")[0], '1');
	assert_int_equal(content_of(FILE_2 ".damaged.3")[0], '2');
}

static void a_file_of_a_later_format_is_refused_and_left_as_it_was(void **state)
{
	(void)state;
	write_into_both();
	content_of(FILE_1)[FORMAT_AT]++;
	assert_refused(FILE_1 " was written by a later version");
	content_of(FILE_1)[FORMAT_AT]--;
	sdd_wal_close(open_and_replay(0, &replayed, wal_reason), false);
	assert_batches(0, FIRST_BATCHES);
}

static void the_log_of_another_store_is_refused_and_left_as_it_was(void **state)
{
	static const uint8_t other[SDD_STORE_ID_BYTES] = "another store";

	(void)state;
	write_into_both();
	assert_null(sdd_wal_open("/directory", other, 0, wal_reason));
	assert_non_null(strstr(wal_reason, FILE_1 " belongs to another data.mdb"));
	sdd_wal_close(open_and_replay(0, &replayed, wal_reason), false);
	assert_batches(0, FIRST_BATCHES);
}

/* A full disk prevented it from getting an id. */
static void the_log_of_a_store_without_an_id_is_that_of_any(void **state)
{
	static const uint8_t none[SDD_STORE_ID_BYTES];
	struct sdd_wal *wal;

	(void)state;
	write_into_both();
	wal = sdd_wal_open("/directory", none, 0, wal_reason);
	assert_non_null(wal);
	sdd_wal_close(wal, false);
}

/* It might say more than was forced to disk. */
static void a_mark_with_a_flipped_bit_says_nothing(void **state)
{
	(void)state;
	for (size_t at = 0; at < sizeof(struct sdd_wal_mark); at++) {
		struct sdd_wal *wal;

		(void)reset_wal(NULL);
		wal = open_and_replay(0, &replayed, wal_reason);
		sdd_wal_set_values(wal, NULL, /* marks */ true);
		assert_true(append_batch(wal, 1));
		assert_true(sdd_wal_sync(wal));
		sdd_wal_close(wal, false);
		content_of(FILE_1)[SDD_WAL_MARK_OFFSET + at] ^= (uint8_t)(1 << at % 8);
		wal = open_and_replay(0, &replayed, wal_reason);
		assert_int_equal(replayed.records[1], frames_of(1));
		assert_int_equal(replayed.forced[1], 0);
		sdd_wal_close(wal, false);
	}
}

static void a_flipped_bit_in_a_frame_ends_the_log_there(void **state)
{
	size_t end;

	(void)state;
	write_into_both();
	end = end_of(FILE_1);
	for (size_t at = FIRST_FRAME; at < end; at++) {
		unsigned there;
		struct sdd_wal *wal;

		(void)reset_wal(NULL);
		write_into_both();
		content_of(FILE_1)[at] ^= (uint8_t)(1 << at % 8);
		wal = open_and_replay(0, &replayed, wal_reason);
		assert_non_null(wal);
		for (there = 0; there < SWITCHED && replayed.records[there] > 0; there++) {
			assert_int_equal(replayed.records[there], frames_of(there));
		}
		assert_in_range(there, 0, SWITCHED - 1);
		for (unsigned i = there; i < SWITCHED; i++) {
			assert_int_equal(replayed.records[i], 0);
		}
		sdd_wal_close(wal, false);
	}
}

/* A record that no server wrote, behind a right check. */
static void append_record(uint64_t value_length, uint32_t key_length, uint8_t kind)
{
	static _Alignas(16) uint8_t bytes[SDD_FRAME_HEAD + 512];
	struct sdd_record record = {
		.value_length = value_length, .key_length = key_length, .kind = kind};
	struct sdd_frame frame = {bytes, sizeof(bytes)};
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes + SDD_FRAME_HEAD, &record, sizeof(record));
	assert_true(sdd_wal_append(wal, &frame, 1));
	sdd_wal_close(wal, false);
}

static void a_record_whose_lengths_do_not_fit_is_refused(void **state)
{
	static const struct {
		uint64_t value_length;
		uint32_t key_length;
		uint8_t kind;
	} records[] = {{0, 0, SDD_PUT},
	               {0, SDD_STORE_KEY_MAX + 1, SDD_PUT},
	               {0, UINT32_MAX, SDD_PUT},
	               {512, 10, SDD_PUT},
	               {UINT32_MAX, 10, SDD_PUT},
	               {UINT64_MAX, 10, SDD_PUT},
	               {UINT64_MAX - 49, 10, SDD_PUT},
	               {10, 10, SDD_REMOVE + 1}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(records); i++) {
		(void)reset_wal(NULL);
		append_record(records[i].value_length, records[i].key_length, records[i].kind);
		assert_refused("cannot be read");
	}
}

/* The second generation of a file has frames of the same lengths as the first one, but fewer. */
static void frames_of_an_earlier_generation_are_never_replayed(void **state)
{
	struct sdd_wal *wal = open_and_replay(0, &replayed, wal_reason);

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_true(append_batch(wal, 5));
	}
	sdd_wal_switch_files(wal);
	sdd_wal_complete(wal, 1);
	assert_true(append_batch(wal, 4));
	sdd_wal_switch_files(wal);
	sdd_wal_complete(wal, 2);
	assert_true(append_batch(wal, 5));
	sdd_wal_close(wal, false);
	lines = 0;
	wal = open_and_replay(2, &replayed, wal_reason);
	assert_batches(5, 6);
	assert_int_equal(lines, 0);
	sdd_wal_close(wal, false);
}

/* Its data.mdb was restored from a backup: what can be replayed is, and a line says so. */
static void generations_that_are_missing_are_a_line_in_the_log(void **state)
{
	(void)state;
	for (uint64_t completed = 0; completed < 3; completed++) {
		struct sdd_wal *wal;

		(void)reset_wal(NULL);
		wal = open_and_replay(1, &replayed, wal_reason); /* the first generation is 2 */
		assert_true(append_batch(wal, 4));
		sdd_wal_switch_files(wal);
		assert_true(append_batch(wal, 5));
		sdd_wal_close(wal, false);
		lines = 0;
		wal = open_and_replay(completed, &replayed, wal_reason);
		assert_batches(completed < 2 ? 4 : 5, 6);
		assert_int_equal(lines, completed == 0 ? 1 : 0);
		sdd_wal_close(wal, false);
	}
}

/* A power cut may take the commit back that recorded the second one. */
static void a_generation_whose_commit_is_in_doubt_is_replayed_and_not_written_over(void **state)
{
	struct sdd_wal *wal;

	(void)state;
	write_into_both();
	is_commit_in_doubt = true;
	for (unsigned i = 0; i < 2; i++) {
		lines = 0;
		wal = open_and_replay(GENERATIONS, &replayed, wal_reason);
		assert_non_null(wal);
		assert_batches(SWITCHED, i == 0 ? FIRST_BATCHES : FIRST_BATCHES + 1);
		assert_int_equal(lines, 0);
		assert_int_equal(sdd_wal_waiting(wal), GENERATIONS);
		assert_true(append_batch(wal, FIRST_BATCHES + i));
		sdd_wal_close(wal, false);
	}
	is_commit_in_doubt = false;
	sdd_wal_close(open_and_replay(GENERATIONS, &replayed, wal_reason), false);
	assert_batches(FIRST_BATCHES, FIRST_BATCHES + 2);
	sdd_wal_close(open_and_replay(GENERATIONS - 1, &replayed, wal_reason), false);
	assert_batches(SWITCHED, FIRST_BATCHES + 2);
}

/* Its files were removed, or are in use for later ones. */
static void a_generation_that_the_log_has_no_more_is_not_missed(void **state)
{
	struct sdd_wal *wal;

	(void)state;
	is_commit_in_doubt = true;
	lines = 0;
	for (unsigned i = 0; i < 2; i++) {
		wal = open_and_replay(7, &replayed, wal_reason);
		assert_non_null(wal);
		assert_batches(4, 4 + i);
		assert_true(append_batch(wal, 4 + i));
		sdd_wal_close(wal, false);
	}
	is_commit_in_doubt = false;
	sdd_wal_close(open_and_replay(7, &replayed, wal_reason), false);
	assert_batches(4, 6);
	assert_int_equal(lines, 0);
}

/* A crash before the header, and one between it and the first frame. */
static void a_file_without_a_header_or_a_frame_is_empty(void **state)
{
	struct sdd_wal *wal;
	uint8_t *content;
	size_t size;

	(void)state;
	write_into_both();
	content = fake_io_content(FILE_2, &size);
	memset(content, 0, size);
	lines = 0;
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_batches(0, SWITCHED);
	assert_int_equal(lines, 0);
	sdd_wal_close(wal, false);
	(void)reset_wal(NULL);
	write_into_both();
	memset(content_of(FILE_2) + FIRST_FRAME, 0, 16);
	wal = open_and_replay(0, &replayed, wal_reason);
	assert_batches(0, SWITCHED);
	assert_true(append_batch(wal, 9));
	sdd_wal_close(wal, false);
}

/* A sector, or a page, that the disk has lost. */
static void a_file_whose_header_is_zeros_before_frames_is_set_aside(void **state)
{
	static const size_t lost[] = {HEADER_BYTES, FIRST_FRAME, FIRST_FRAME + 1000};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(lost); i++) {
		size_t size;

		(void)reset_wal(NULL);
		write_into_both();
		assert_in_range(lost[i], 0, fake_io_content(FILE_2, &size) == NULL ? 0 : size - 1);
		memset(content_of(FILE_2), 0, lost[i]);
		lines = 0;
		sdd_wal_close(open_and_replay(0, &replayed, wal_reason), false);
		assert_batches(0, SWITCHED);
		assert_int_equal(lines, 1);
		assert_non_null(fake_io_content(FILE_2 ".damaged", &size));
	}
}

static uint8_t *last_byte_of(const char *name)
{
	size_t size;
	uint8_t *bytes = fake_io_content(name, &size);

	assert_in_range(size, 2 * STEP, SIZE_MAX / 2);
	return bytes + size - 1;
}

/* A file of an earlier process is used again: wherever that is killed, the file has a header. */
static void a_process_that_is_killed_leaves_no_file_without_a_header(void **state)
{
	bool is_killed = true;

	(void)state;
	for (int call = 0; is_killed; call++) {
		struct sdd_wal *wal;
		size_t size;

		(void)reset_wal(NULL);
		write_into_both();
		*last_byte_of(FILE_1) = *last_byte_of(FILE_2) = 1; /* there was more in them */
		fake_faults_clear();
		fake_faults_stop(call);
		wal = open_and_replay(GENERATIONS, &replayed, wal_reason);
		assert_non_null(wal);
		(void)append_batch(wal, 9);
		sdd_wal_close(wal, false);
		is_killed = fake_faults_have_stopped();
		fake_faults_clear();
		lines = 0;
		wal = open_and_replay(GENERATIONS, &replayed, wal_reason);
		assert_non_null(wal);
		sdd_wal_close(wal, false);
		assert_int_equal(lines, 0);
		assert_null(fake_io_content(FILE_1 ".damaged", &size));
		assert_null(fake_io_content(FILE_2 ".damaged", &size));
	}
	assert_int_equal(replayed.records[9], frames_of(9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WAL_TEST(a_file_with_a_damaged_header_is_set_aside_whatever_bit_it_is),
		WAL_TEST(a_second_damaged_file_does_not_replace_the_first),
		WAL_TEST(a_file_of_a_later_format_is_refused_and_left_as_it_was),
		WAL_TEST(the_log_of_another_store_is_refused_and_left_as_it_was),
		WAL_TEST(the_log_of_a_store_without_an_id_is_that_of_any),
		WAL_TEST(a_mark_with_a_flipped_bit_says_nothing),
		WAL_TEST(a_flipped_bit_in_a_frame_ends_the_log_there),
		WAL_TEST(a_record_whose_lengths_do_not_fit_is_refused),
		WAL_TEST(frames_of_an_earlier_generation_are_never_replayed),
		WAL_TEST(generations_that_are_missing_are_a_line_in_the_log),
		WAL_TEST(a_generation_whose_commit_is_in_doubt_is_replayed_and_not_written_over),
		WAL_TEST(a_generation_that_the_log_has_no_more_is_not_missed),
		WAL_TEST(a_file_without_a_header_or_a_frame_is_empty),
		WAL_TEST(a_file_whose_header_is_zeros_before_frames_is_set_aside),
		WAL_TEST(a_process_that_is_killed_leaves_no_file_without_a_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
