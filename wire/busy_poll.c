/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whether looking is worth it; see busy.h. */

#include "wire/busy_poll.h"

bool sd_busy_may(struct sd_busy *busy)
{
	if (busy->rest > 0) {
		busy->rest--;
		return false;
	}
	return true;
}

static void rest(struct sd_busy *busy)
{
	busy->rested = busy->rested == 0 ? SD_BUSY_REST_MIN : 2 * busy->rested;
	if (busy->rested > SD_BUSY_REST_MAX) {
		busy->rested = SD_BUSY_REST_MAX;
	}
	busy->rest = busy->rested;
	busy->doubt = SD_BUSY_DOUBT_MAX - SD_BUSY_DOUBT_VAIN;
}

void sd_busy_note(struct sd_busy *busy, enum sd_busy_result result)
{
	if (result != SD_BUSY_FOUND) {
		busy->doubt += result == SD_BUSY_VAIN ? SD_BUSY_DOUBT_VAIN : SD_BUSY_DOUBT_WANTED;
		if (busy->doubt >= SD_BUSY_DOUBT_MAX) {
			rest(busy);
		}
	} else if (busy->doubt > SD_BUSY_DOUBT_FOUND) {
		busy->doubt -= SD_BUSY_DOUBT_FOUND;
	} else {
		busy->doubt = busy->rested = 0;
	}
}

enum sd_busy_result sd_busy_judge(bool found, int64_t until_us, int64_t before_us, int64_t now_us)
{
	if (now_us - before_us > SD_BUSY_WANTED_US) {
		return SD_BUSY_WANTED;
	}
	if (found) {
		return SD_BUSY_FOUND;
	}
	return now_us < until_us ? SD_BUSY_ON : SD_BUSY_VAIN;
}
