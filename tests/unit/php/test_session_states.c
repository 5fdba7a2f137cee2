/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* php/session_states: what each call does in each state, about the open session's id, another one,
 * and another one that is not to be changed. */

#include "tests/unit/unit.h"

#include "php/session_states.h"

#define STATES 7

static const char *const states[STATES] = {
	[SD_STATE_CLOSED] = "closed",
	[SD_STATE_OPEN] = "open",
	[SD_STATE_UNREAD] = "unread",
	[SD_STATE_READ_AHEAD] = "read ahead",
	[SD_STATE_UNREAD_AHEAD] = "unread ahead",
	[SD_STATE_READ] = "read",
	[SD_STATE_FINISHED] = "finished",
};

struct row {
	enum php_sharedance_session_call call;
	const char *name;
	enum php_sharedance_session_action own[STATES];   /* in the order of the states */
	enum php_sharedance_session_action other[STATES]; /* about any other id */
};

/* A change of another id that is not to be changed; about that id, all other calls do what they do
 * about any other. */
static const enum php_sharedance_session_action unread[STATES] = {
	[SD_STATE_OPEN] = SD_DO_REFUSE_UNREAD,         [SD_STATE_UNREAD] = SD_DO_REFUSE_UNREAD,
	[SD_STATE_READ_AHEAD] = SD_DO_REFUSE_UNREAD,   [SD_STATE_READ] = SD_DO_REFUSE_UNREAD,
	[SD_STATE_UNREAD_AHEAD] = SD_DO_REFUSE_UNREAD, [SD_STATE_FINISHED] = SD_DO_REFUSE_UNREAD,
};

#define NONE SD_DO_NOTHING
#define END SD_DO_END
#define REFUSE SD_DO_REFUSE_UNREAD
#define BEGIN SD_DO_BEGIN
#define AHEAD SD_DO_BEGIN_AHEAD
#define DELIVER SD_DO_DELIVER
#define ADOPT SD_DO_ADOPT
#define TELL SD_DO_TELL
#define EXISTS SD_DO_EXISTS
#define CHANGE SD_DO_CHANGE
#define ALONE SD_DO_ALONE

/* clang-format off */
static const struct row rows[] = {
	/*                            closed        open   unread  read ahead  unread ahead  read           finished */
	{SD_CALL_OPEN, "open",         {SD_DO_START, NONE,  NONE,   NONE,       NONE,         NONE,          NONE},
	                               {SD_DO_START, NONE,  NONE,   NONE,       NONE,         NONE,          NONE}},
	{SD_CALL_CLOSE, "close",       {NONE,        END,   END,    END,        END,          END,           END},
	                               {NONE,        END,   END,    END,        END,          END,           END}},
	{SD_CALL_CREATE, "create",     {NONE,        AHEAD, NONE,   AHEAD,      NONE,         NONE,          NONE},
	                               {NONE,        AHEAD, NONE,   AHEAD,      NONE,         NONE,          NONE}},
	{SD_CALL_VALIDATE, "validate", {NONE,        AHEAD, AHEAD,  TELL,       AHEAD,        SD_DO_CONFIRM, AHEAD},
	                               {NONE,        AHEAD, EXISTS,   AHEAD,      EXISTS,         EXISTS,          AHEAD}},
	{SD_CALL_READ, "read",         {NONE,        BEGIN, BEGIN,  DELIVER,    DELIVER,      BEGIN,         BEGIN},
	                               {NONE,        BEGIN, ALONE,  BEGIN,      ALONE,        ALONE,         BEGIN}},
	{SD_CALL_WRITE, "write",       {NONE,        ALONE, REFUSE, ADOPT,      REFUSE,       CHANGE,        CHANGE},
	                               {NONE,        ALONE, ALONE,  ALONE,      ALONE,        ALONE,         ALONE}},
	{SD_CALL_TOUCH, "touch",       {NONE,        ALONE, REFUSE, ADOPT,      REFUSE,       CHANGE,        CHANGE},
	                               {NONE,        ALONE, ALONE,  ALONE,      ALONE,        ALONE,         ALONE}},
	{SD_CALL_DESTROY, "destroy",   {NONE,        ALONE, REFUSE, ADOPT,      REFUSE,       CHANGE,        CHANGE},
	                               {NONE,        ALONE, ALONE,  ALONE,      ALONE,        ALONE,         ALONE}},
};
/* clang-format on */

static bool is_change(enum php_sharedance_session_call call)
{
	return call >= SD_CALL_WRITE;
}

static void check_cell(const struct row *row, enum php_sharedance_session_state state,
                       enum php_sharedance_session_whose whose)
{
	static const char *const ids[] = {"its", "another", "an unread"};
	enum php_sharedance_session_action action =
		php_sharedance_session_action(state, row->call, whose);
	const enum php_sharedance_session_action *right =
		whose == SD_ID_OWN                              ? row->own
		: whose == SD_ID_UNREAD && is_change(row->call) ? unread
														: row->other;

	if (action != right[state]) {
		fail_msg("%s, %s, about %s id: %d", row->name, states[state], ids[whose], (int)action);
	}
}

static void each_call_does_in_each_state_what_the_table_says(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (int state = 0; state < STATES; state++) {
			for (int whose = SD_ID_OWN; whose <= SD_ID_UNREAD; whose++) {
				check_cell(&rows[i], (enum php_sharedance_session_state)state,
				           (enum php_sharedance_session_whose)whose);
			}
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
			php_sharedance_session_action(SD_STATE_READ, rows[i].call, SD_ID_OTHER);

		assert_true(action == SD_DO_ALONE || action == SD_DO_EXISTS ||
		            rows[i].call == SD_CALL_CREATE);
	}
}

static void a_change_that_keeps_the_lock_leaves_it_read(void **unused)
{
	(void)unused;
	for (int state = SD_STATE_READ; state < STATES; state++) {
		assert_int_equal(php_sharedance_session_next((enum php_sharedance_session_state)state,
		                                             SD_ID_OWN, CHANGE, SD_CALL_KEPT),
		                 SD_STATE_READ);
		assert_int_equal(php_sharedance_session_next((enum php_sharedance_session_state)state,
		                                             SD_ID_OWN, CHANGE, SD_CALL_DONE),
		                 SD_STATE_FINISHED);
		assert_int_equal(php_sharedance_session_next((enum php_sharedance_session_state)state,
		                                             SD_ID_OWN, CHANGE, SD_CALL_FAILED),
		                 SD_STATE_UNREAD);
	}
}

/* {{{ sequences of calls */

/* What the calls of a session have made of it, seen from one id: ours. */
struct model {
	enum php_sharedance_session_state state;
	enum { NO_ID, OUR_ID, OTHER_ID } id;
	enum php_sharedance_session_outcome ahead; /* of the last read ahead */
	bool refused; /* a read or change of our id has failed, and it was not read since */
	bool listed;  /* it is remembered that one about it has, as about another id */
};

static enum php_sharedance_session_whose whose(const struct model *model, bool is_ours)
{
	if (model->id == (is_ours ? OUR_ID : OTHER_ID)) {
		return SD_ID_OWN;
	}
	return is_ours && model->listed ? SD_ID_UNREAD : SD_ID_OTHER;
}

/* Our id was read or changed, or could not be: what came of it decides what is refused. That it was
 * found by a read ahead, of which the caller saw nothing, is no reason to change it. */
static void conclude(struct model *model, enum php_sharedance_session_action action,
                     enum php_sharedance_session_outcome outcome)
{
	if ((action == SD_DO_BEGIN_AHEAD || action == SD_DO_ADOPT) && outcome == SD_CALL_DONE) {
		return;
	}
	model->refused = outcome == SD_CALL_FAILED;
	model->listed &= model->refused;
}

/* Its own session is read or changed. */
static void proceed(struct model *model, enum php_sharedance_session_whose about,
                    enum php_sharedance_session_action action,
                    enum php_sharedance_session_outcome outcome)
{
	model->state = php_sharedance_session_next(model->state, about, action, outcome);
	if (model->id == OUR_ID) {
		conclude(model, action, outcome);
	}
}

static void deliver(struct model *model, enum php_sharedance_session_action action)
{
	proceed(model, SD_ID_OWN, action,
	        model->ahead == SD_CALL_FAILED ? SD_CALL_FAILED : SD_CALL_DONE);
}

static void call_id(struct model *model, enum php_sharedance_session_call call, bool is_ours,
                    enum php_sharedance_session_outcome outcome)
{
	enum php_sharedance_session_whose about = whose(model, is_ours);
	enum php_sharedance_session_action action =
		php_sharedance_session_action(model->state, call, about);

	if (action == SD_DO_ADOPT) {
		deliver(model, action);
		action = php_sharedance_session_action(model->state, call, about);
	}
	if (is_change(call) && is_ours && model->refused && action != SD_DO_REFUSE_UNREAD) {
		fail_msg("a change that is to be refused is made: %d", (int)action);
	}
	switch (action) {
	case SD_DO_BEGIN_AHEAD:
		model->ahead = outcome;
		/* fallthrough */
	case SD_DO_BEGIN:
		model->id = is_ours ? OUR_ID : OTHER_ID;
		proceed(model, about, action, outcome);
		break;
	case SD_DO_DELIVER:
		deliver(model, action);
		break;
	case SD_DO_ALONE:
		if (is_ours) {
			model->listed = true;
			conclude(model, action, outcome);
		}
		break;
	case SD_DO_CHANGE:
		proceed(model, about, action, outcome);
		break;
	default:
		break;
	}
}

static void call_any(struct model *model, enum php_sharedance_session_call call, bool is_ours,
                     enum php_sharedance_session_outcome outcome)
{
	if (call == SD_CALL_CLOSE) { /* and whoever opens it again begins anew */
		*model = (struct model){.state = SD_STATE_OPEN};
	} else if (call != SD_CALL_OPEN && (call != SD_CALL_CREATE || !is_ours)) {
		call_id(model, call, is_ours, outcome);
	}
}

/* Makes each call with each outcome, and `more` calls after it. */
static void try_all(const struct model *model, int more)
{
	const struct {
		bool is_ours;
		enum php_sharedance_session_outcome outcome;
	} steps[] = {
		{true, SD_CALL_DONE},  {true, SD_CALL_FAILED},  {true, SD_CALL_UNKNOWN},
		{false, SD_CALL_DONE}, {false, SD_CALL_FAILED}, {false, SD_CALL_UNKNOWN},
		{true, SD_CALL_KEPT},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		for (size_t k = 0; k < COUNT_OF(steps); k++) {
			struct model next = *model;

			if ((steps[k].outcome == SD_CALL_UNKNOWN && rows[i].call != SD_CALL_VALIDATE &&
			     rows[i].call != SD_CALL_CREATE) ||
			    (steps[k].outcome == SD_CALL_KEPT && !is_change(rows[i].call))) {
				continue;
			}
			call_any(&next, rows[i].call, steps[k].is_ours, steps[k].outcome);
			if (next.refused && next.id != OUR_ID && !next.listed) {
				fail_msg("%s of %s id forgets what is to be refused", rows[i].name,
				         steps[k].is_ours ? "our" : "another");
			}
			if (more > 0) {
				try_all(&next, more - 1);
			}
		}
	}
}

/* Two calls lead to each state, two follow, and then comes the change. */
static void whatever_is_called_no_id_is_changed_that_could_not_be_read_or_changed(void **unused)
{
	const struct model opened = {.state = SD_STATE_OPEN};

	(void)unused;
	try_all(&opened, 4);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_does_in_each_state_what_the_table_says),
		cmocka_unit_test(a_session_begins_closed),
		cmocka_unit_test(a_session_that_is_read_keeps_its_lock_whatever_is_asked_of_other_ids),
		cmocka_unit_test(a_change_that_keeps_the_lock_leaves_it_read),
		cmocka_unit_test(whatever_is_called_no_id_is_changed_that_could_not_be_read_or_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
