/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* client/net/mark_word: each event in each state, and when the server is tried next. */

#include "tests/unit/unit.h"

#include "client/net/mark_word.h"

#define NOW 1000000
#define LATER 2000000
#define LEASE 700
#define INTERVAL 5000
#define TAG 0xbeef

static uint64_t next_at(uint64_t word, enum sd_mark_event event, int64_t now_ms)
{
	const struct sd_mark_times times = {now_ms, LEASE, INTERVAL};

	return sd_mark_word_next(word, event, &times);
}

/* A word in that state since NOW. */
static uint64_t word_in(enum sd_dead_marks_state state)
{
	static const enum sd_mark_event events[] = {
		[SD_ALIVE] = SD_MARK_ANSWERED,
		[SD_REFUSING] = SD_MARK_REFUSED,
		[SD_SILENT] = SD_MARK_SILENT,
	};
	uint64_t word = sd_mark_word_unknown(TAG);

	return state == SD_MARK_UNKNOWN ? word : next_at(word, events[state], NOW);
}

struct expected {
	enum sd_dead_marks_state state;
	int64_t time_ms; /* after LATER; -1: nothing changes */
};

static const struct expected table[SD_MARK_STATES][SD_MARK_EVENTS] = {
	[SD_MARK_UNKNOWN] = {{SD_ALIVE, 0},
                         {SD_REFUSING, 100},
                         {SD_SILENT, INTERVAL},
                         {0, -1},
                         {0, -1},
                         {0, -1},
                         {0, -1},
                         {0, -1}},
	[SD_ALIVE] = {{0, -1},
                  {SD_REFUSING, 100},
                  {SD_SILENT, INTERVAL},
                  {0, -1},
                  {0, -1},
                  {0, -1},
                  {0, -1},
                  {0, -1}},
	[SD_REFUSING] = {{SD_ALIVE, 0},
                     {0, -1},
                     {SD_SILENT, INTERVAL},
                     {SD_REFUSING, LEASE},
                     {SD_REFUSING, 200},
                     {SD_SILENT, INTERVAL},
                     {SD_REFUSING, 100},
                     {0, -1}},
	[SD_SILENT] = {{SD_ALIVE, 0},
                   {0, -1},
                   {0, -1},
                   {SD_SILENT, LEASE},
                   {SD_REFUSING, 100},
                   {SD_SILENT, INTERVAL},
                   {SD_SILENT, 100},
                   {0, -1}},
};

static void each_event_in_each_state_does_what_the_table_says(void **state)
{
	(void)state;
	for (int from = 0; from < SD_MARK_STATES; from++) {
		for (int event = 0; event < SD_MARK_EVENTS; event++) {
			const struct expected *expected = &table[from][event];
			uint64_t before = word_in((enum sd_dead_marks_state)from);
			uint64_t after = next_at(before, (enum sd_mark_event)event, LATER);

			if (expected->time_ms < 0) {
				assert_true(after == before);
				continue;
			}
			assert_int_equal(sd_mark_word_state(after), expected->state);
			assert_int_equal(sd_mark_word_time(after), LATER + expected->time_ms);
			assert_int_equal(sd_mark_word_tag(after), TAG);
			assert_int_equal(sd_mark_word_is_dead(after), expected->state >= SD_REFUSING);
		}
	}
}

static void each_refusal_doubles_the_pause_up_to_the_retry_interval(void **state)
{
	static const int64_t pauses_ms[] = {100, 200, 400, 800, 1600, 3200, INTERVAL, INTERVAL};
	uint64_t word = sd_mark_word_unknown(TAG);
	enum sd_mark_event event = SD_MARK_REFUSED;

	(void)state;
	for (size_t i = 0; i < sizeof(pauses_ms) / sizeof(pauses_ms[0]); i++) {
		word = next_at(word, event, NOW);
		assert_int_equal(sd_mark_word_time(word), NOW + pauses_ms[i]);
		word = next_at(word, SD_MARK_PROBE_BEGAN, NOW); /* the pauses are not forgotten meanwhile */
		event = SD_MARK_PROBE_REFUSED;
	}
	for (int i = 0; i < 100; i++) {
		word = next_at(word, SD_MARK_PROBE_REFUSED, NOW);
		assert_int_equal(sd_mark_word_time(word), NOW + INTERVAL);
	}
}

static void who_was_alive_or_silent_meanwhile_begins_with_the_first_pause(void **state)
{
	uint64_t refusing = next_at(word_in(SD_REFUSING), SD_MARK_PROBE_REFUSED, NOW);
	uint64_t alive = next_at(refusing, SD_MARK_ANSWERED, NOW);
	uint64_t silent = next_at(refusing, SD_MARK_PROBE_SILENT, NOW);

	(void)state;
	assert_int_equal(sd_mark_word_time(next_at(alive, SD_MARK_REFUSED, NOW)), NOW + 100);
	assert_int_equal(sd_mark_word_time(next_at(silent, SD_MARK_PROBE_REFUSED, NOW)), NOW + 100);
}

static void no_pause_is_longer_than_the_retry_interval(void **state)
{
	const struct sd_mark_times times = {NOW, LEASE, 30};
	uint64_t word = sd_mark_word_next(0, SD_MARK_REFUSED, &times);

	(void)state;
	assert_int_equal(sd_mark_word_time(word), NOW + 30);
	word = sd_mark_word_next(word, SD_MARK_PROBE_VAIN, &times);
	assert_int_equal(sd_mark_word_time(word), NOW + 30);
}

static void a_time_of_a_century_and_each_tag_fit(void **state)
{
	const int64_t century_ms = (int64_t)100 * 365 * 86400 * 1000;

	(void)state;
	for (unsigned tag = 0; tag <= 0xffff; tag += 0x1111) {
		uint64_t word = next_at(sd_mark_word_unknown(tag), SD_MARK_SILENT, century_ms);

		assert_int_equal(sd_mark_word_tag(word), tag);
		assert_int_equal(sd_mark_word_time(word), century_ms + INTERVAL);
		assert_int_equal(sd_mark_word_state(word), SD_SILENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_event_in_each_state_does_what_the_table_says),
		cmocka_unit_test(each_refusal_doubles_the_pause_up_to_the_retry_interval),
		cmocka_unit_test(who_was_alive_or_silent_meanwhile_begins_with_the_first_pause),
		cmocka_unit_test(no_pause_is_longer_than_the_retry_interval),
		cmocka_unit_test(a_time_of_a_century_and_each_tag_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
