/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whether polling pays, by a few counters and without a clock; see busy_poll.h. */

#include "wire/busy_poll.h"

static void back_off(struct sd_busy_poll *poll)
{
	poll->backed_off = poll->backed_off == 0 ? SD_BUSY_POLL_BACK_OFF_MIN : 2 * poll->backed_off;
	if (poll->backed_off > SD_BUSY_POLL_BACK_OFF_MAX) {
		poll->backed_off = SD_BUSY_POLL_BACK_OFF_MAX;
	}
	poll->back_off = poll->backed_off;
	poll->doubt = SD_BUSY_POLL_DOUBT_MAX - SD_BUSY_POLL_DOUBT_NOTHING;
}

void sd_busy_poll_doubt(struct sd_busy_poll *poll, enum sd_busy_poll_result result)
{
	poll->doubt +=
		result == SD_BUSY_POLL_NOTHING ? SD_BUSY_POLL_DOUBT_NOTHING : SD_BUSY_POLL_DOUBT_PREEMPTED;
	if (poll->doubt >= SD_BUSY_POLL_DOUBT_MAX) {
		back_off(poll);
	}
}

/* A client was served: decides whether to poll for the next request. */
static void poll_for_next(struct sd_busy_loop *loop, int64_t now_us)
{
	if (loop->is_polling) {
		sd_busy_poll_count(&loop->poll, SD_BUSY_POLL_FOUND);
	} else if (!sd_busy_poll_may(&loop->poll)) {
		return;
	}
	loop->is_polling = true;
	loop->until_us = now_us + loop->limit_us;
}

bool sd_busy_loop_polls(struct sd_busy_loop *loop, bool served, int64_t began_us, int64_t now_us)
{
	int64_t before_us = loop->ended_us;
	bool preempted;

	loop->ended_us = now_us;
	if (loop->limit_us == 0) {
		return false;
	}
	preempted = loop->is_polling && began_us - before_us > SD_BUSY_POLL_PREEMPTED_US;
	if (served && !preempted) {
		poll_for_next(loop, now_us);
	} else if (preempted || (loop->is_polling && now_us >= loop->until_us)) {
		loop->is_polling = false;
		sd_busy_poll_count(&loop->poll, preempted ? SD_BUSY_POLL_PREEMPTED : SD_BUSY_POLL_NOTHING);
	}
	return loop->is_polling;
}
