/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The table of calls and states; see session_states.h. */

#include "php/session_states.h"

#define STATES (SD_STATE_FINISHED + 1)
#define IDS (SD_ID_UNREAD + 1)

/* A row for all ids, and one with a cell for the open session's id and one for any other. */
#define SAME(action)                                                                               \
	{                                                                                              \
		[SD_ID_OWN] = (action), [SD_ID_OTHER] = (action), [SD_ID_UNREAD] = (action)                \
	}
#define OWN_OR(own, other)                                                                         \
	{                                                                                              \
		[SD_ID_OWN] = (own), [SD_ID_OTHER] = (other), [SD_ID_UNREAD] = (other)                     \
	}
#define OWN_OR_ALONE(own)                                                                          \
	{                                                                                              \
		[SD_ID_OWN] = (own), [SD_ID_OTHER] = SD_DO_ALONE, [SD_ID_UNREAD] = SD_DO_REFUSE_UNREAD     \
	}

/* A change of another id is made alone, even if the open session is finished: who changes without
 * having read has nothing to go on with. A read is one to go on with unless a lock is held, or a
 * change is refused that would be accepted if the id were forgotten. */
#define CHANGES                                                                                    \
	{                                                                                              \
		[SD_STATE_OPEN] = OWN_OR_ALONE(SD_DO_ALONE),                                               \
		[SD_STATE_UNREAD] = OWN_OR_ALONE(SD_DO_REFUSE_UNREAD),                                     \
		[SD_STATE_READ_AHEAD] = OWN_OR_ALONE(SD_DO_ADOPT),                                         \
		[SD_STATE_UNREAD_AHEAD] = OWN_OR_ALONE(SD_DO_REFUSE_UNREAD),                               \
		[SD_STATE_READ] = OWN_OR_ALONE(SD_DO_CHANGE),                                              \
		[SD_STATE_FINISHED] = OWN_OR_ALONE(SD_DO_CHANGE),                                          \
	}

static const enum php_sharedance_session_action actions[][STATES][IDS] = {
	[SD_CALL_OPEN] =
		{
			[SD_STATE_CLOSED] = SAME(SD_DO_START),
			/* session_reset() opens again, and has its lock */
			[SD_STATE_OPEN] = SAME(SD_DO_NOTHING),
			[SD_STATE_UNREAD] = SAME(SD_DO_NOTHING),
			[SD_STATE_READ_AHEAD] = SAME(SD_DO_NOTHING),
			[SD_STATE_UNREAD_AHEAD] = SAME(SD_DO_NOTHING),
			[SD_STATE_READ] = SAME(SD_DO_NOTHING),
			[SD_STATE_FINISHED] = SAME(SD_DO_NOTHING),
		},
	[SD_CALL_CLOSE] =
		{
			[SD_STATE_CLOSED] = SAME(SD_DO_NOTHING),
			[SD_STATE_OPEN] = SAME(SD_DO_END),
			[SD_STATE_UNREAD] = SAME(SD_DO_END),
			[SD_STATE_READ_AHEAD] = SAME(SD_DO_END),
			[SD_STATE_UNREAD_AHEAD] = SAME(SD_DO_END),
			[SD_STATE_READ] = SAME(SD_DO_END),
			[SD_STATE_FINISHED] = SAME(SD_DO_END),
		},
	[SD_CALL_CREATE] =
		{
			/* the id is read next; in all other states it is for later */
			[SD_STATE_OPEN] = SAME(SD_DO_BEGIN_AHEAD),
			[SD_STATE_READ_AHEAD] = SAME(SD_DO_BEGIN_AHEAD),
		},
	[SD_CALL_VALIDATE] =
		{
			[SD_STATE_OPEN] = SAME(SD_DO_BEGIN_AHEAD),
			[SD_STATE_UNREAD] = OWN_OR(SD_DO_BEGIN_AHEAD, SD_DO_EXISTS),
			/* PHP validates an id that it has had created */
			[SD_STATE_READ_AHEAD] = OWN_OR(SD_DO_TELL, SD_DO_BEGIN_AHEAD),
			[SD_STATE_UNREAD_AHEAD] = OWN_OR(SD_DO_BEGIN_AHEAD, SD_DO_EXISTS),
			/* a second read would take the place of what the write goes by */
			[SD_STATE_READ] = OWN_OR(SD_DO_CONFIRM, SD_DO_EXISTS),
			[SD_STATE_FINISHED] = SAME(SD_DO_BEGIN_AHEAD),
		},
	[SD_CALL_READ] =
		{
			[SD_STATE_OPEN] = SAME(SD_DO_BEGIN),
			[SD_STATE_UNREAD] = OWN_OR(SD_DO_BEGIN, SD_DO_ALONE),
			/* PHP reads a new id after it has validated one that is unknown */
			[SD_STATE_READ_AHEAD] = OWN_OR(SD_DO_DELIVER, SD_DO_BEGIN),
			[SD_STATE_UNREAD_AHEAD] = OWN_OR(SD_DO_DELIVER, SD_DO_ALONE),
			[SD_STATE_READ] = OWN_OR(SD_DO_BEGIN, SD_DO_ALONE),
			[SD_STATE_FINISHED] = SAME(SD_DO_BEGIN),
		},
	[SD_CALL_WRITE] = CHANGES,
	[SD_CALL_TOUCH] = CHANGES,
	[SD_CALL_DESTROY] = CHANGES,
};

enum php_sharedance_session_action
php_sharedance_session_action(enum php_sharedance_session_state state,
                              enum php_sharedance_session_call call,
                              enum php_sharedance_session_whose whose)
{
	return actions[call][state][whose];
}

/* Whether changes are to be refused after a read ahead. That it was found is all that the caller
 * knows, and nothing to go by for who had been refused. */
static bool is_unread_ahead(enum php_sharedance_session_state before,
                            enum php_sharedance_session_whose whose,
                            enum php_sharedance_session_outcome outcome)
{
	bool was_unread =
		before == SD_STATE_UNREAD || before == SD_STATE_UNREAD_AHEAD || whose == SD_ID_UNREAD;

	return outcome == SD_CALL_FAILED || (outcome == SD_CALL_DONE && was_unread);
}

enum php_sharedance_session_state php_sharedance_session_next(
	enum php_sharedance_session_state state, enum php_sharedance_session_whose whose,
	enum php_sharedance_session_action action, enum php_sharedance_session_outcome outcome)
{
	switch (action) {
	case SD_DO_BEGIN:
	case SD_DO_DELIVER:
	case SD_DO_ADOPT:
		return outcome == SD_CALL_DONE ? SD_STATE_READ : SD_STATE_UNREAD;
	case SD_DO_BEGIN_AHEAD:
		return is_unread_ahead(state, whose, outcome) ? SD_STATE_UNREAD_AHEAD : SD_STATE_READ_AHEAD;
	case SD_DO_CHANGE:
		return outcome == SD_CALL_KEPT   ? SD_STATE_READ
		       : outcome == SD_CALL_DONE ? SD_STATE_FINISHED
		                                 : SD_STATE_UNREAD;
	default:
		return state;
	}
}
