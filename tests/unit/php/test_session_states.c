/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* php/session_states: what each call does in each state, about the open session's id and another.
 */

#include "tests/unit/unit.h"

#include "php/session_states.h"

#define STATES 5

static const char *const states[STATES] = {
	[SD_STATE_CLOSED] = "closed",         [SD_STATE_OPEN] = "open",
	[SD_STATE_READ_AHEAD] = "read ahead", [SD_STATE_READ] = "read",
	[SD_STATE_FINISHED] = "finished",
};

struct row {
	enum php_sharedance_session_call call;
	const char *name;
	enum php_sharedance_session_action own[STATES];   /* in the order of the states */
	enum php_sharedance_session_action other[STATES]; /* about any other id */
};

#define NOTHING SD_DO_NOTHING
#define END SD_DO_END
#define NO SD_DO_REFUSE_CLOSED
#define UNREAD SD_DO_REFUSE_UNREAD
#define BEGIN SD_DO_BEGIN
#define AHEAD SD_DO_BEGIN_AHEAD
#define ADOPT SD_DO_ADOPT
#define CHANGE SD_DO_CHANGE
#define AGAIN SD_DO_BEGIN_AND_CHANGE
#define ALONE SD_DO_ALONE

/* clang-format off */
static const struct row rows[] = {
	/*                                closed        open     read ahead     read           finished */
	{SD_CALL_OPEN, "open",           {SD_DO_START, NOTHING, NOTHING,       NOTHING,       NOTHING},
	                                 {SD_DO_START, NOTHING, NOTHING,       NOTHING,       NOTHING}},
	{SD_CALL_CLOSE, "close",         {NOTHING,     END,     END,           END,           END},
	                                 {NOTHING,     END,     END,           END,           END}},
	{SD_CALL_VALIDATE, "validate",   {NO,          AHEAD,   AHEAD,         SD_DO_CONFIRM, AHEAD},
	                                 {NO,          AHEAD,   AHEAD,         SD_DO_LOOK,    AHEAD}},
	{SD_CALL_READ, "read",           {NO,          BEGIN,   SD_DO_DELIVER, BEGIN,         BEGIN},
	                                 {NO,          BEGIN,   BEGIN,         ALONE,         BEGIN}},
	{SD_CALL_WRITE, "write",         {NO,          UNREAD,  ADOPT,         CHANGE,        AGAIN},
	                                 {NO,          ALONE,   ALONE,         ALONE,         ALONE}},
	{SD_CALL_TOUCH, "touch",         {NO,          UNREAD,  ADOPT,         CHANGE,        AGAIN},
	                                 {NO,          ALONE,   ALONE,         ALONE,         ALONE}},
	{SD_CALL_DESTROY, "destroy",     {NO,          UNREAD,  ADOPT,         CHANGE,        AGAIN},
	                                 {NO,          ALONE,   ALONE,         ALONE,         ALONE}},
};
/* clang-format on */

static void check_cell(const struct row *row, enum php_sharedance_session_state state, bool is_own)
{
	enum php_sharedance_session_action action =
		php_sharedance_session_action(state, row->call, is_own);

	if (action != (is_own ? row->own : row->other)[state]) {
		fail_msg("%s, %s, about %s id: %d", row->name, states[state], is_own ? "its" : "another",
		         (int)action);
	}
}

static void each_call_does_in_each_state_what_the_table_says(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int state = 0; state < STATES; state++) {
			check_cell(&rows[i], (enum php_sharedance_session_state)state, true);
			check_cell(&rows[i], (enum php_sharedance_session_state)state, false);
		}
	}
}

/* What is zero-initialised is closed, and no state comes after "finished". */
static void a_session_begins_closed(void **unused)
{
	(void)unused;
	assert_int_equal(SD_STATE_CLOSED, 0);
	assert_int_equal(SD_STATE_FINISHED, STATES - 1);
}

/* If this were not so, the lock would go from the open session, and its write would win blindly. */
static void a_session_that_is_read_keeps_its_lock_whatever_is_asked_of_other_ids(void **unused)
{
	(void)unused;
	for (size_t i = 2; i < COUNT_OF(rows); i++) {
		enum php_sharedance_session_action action =
			php_sharedance_session_action(SD_STATE_READ, rows[i].call, false);

		assert_true(action == SD_DO_ALONE || action == SD_DO_LOOK);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_does_in_each_state_what_the_table_says),
		cmocka_unit_test(a_session_begins_closed),
		cmocka_unit_test(a_session_that_is_read_keeps_its_lock_whatever_is_asked_of_other_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
