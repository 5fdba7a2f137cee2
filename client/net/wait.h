/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The wait for answers. It polls for a short time if that pays (wire/busy_poll.h), and
 * then sleeps until a socket is ready, a deadline passes, or another worker marks a
 * server dead. Nothing here knows what a channel sends or receives.
 *
 * Whatever state a socket is in, its channel ends at the deadline: that is checked
 * first. Bytes that have arrived by then still count, because a process that was not
 * running did not see them come. And no socket uses up the processor until then: one that
 * is ready again and again, though nothing can be done, is polled only from time to time.
 */

#ifndef SD_WAIT_H
#define SD_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/net/channel.h"
#include "client/net/platform.h"

#define SD_WAIT_CHANNELS_MAX SD_PLATFORM_WAIT_MAX

/* The busy channels of an operation, which begins with its time and without channels. */
struct sd_wait_set {
	struct sd_channel *channels[SD_WAIT_CHANNELS_MAX]; /* borrowed */
	size_t count;
	bool polled_in_vain;  /* this operation polled and found nothing: from now on it sleeps */
	bool awaited_in_vain; /* an await() came back at once, with nothing: no more of them */
	int64_t stopped_ms;   /* for how long, in this operation, the process should have run and did
	                         not: what it did not hear then shows nothing of a server */
	int64_t now_us;       /* when it began or, later, when its last wait ended */

	/* while it waits: what each channel wants */
	struct sd_socket_wait wants[SD_WAIT_CHANNELS_MAX];
	int64_t deadlines_ms[SD_WAIT_CHANNELS_MAX];
};

/*
 * Waits once for the channels of the set, of which there is at least one, and advances
 * those that can. It polls for at most `busy_poll_us`; 0: not at all. Each channel's
 * `state` is the result: the caller takes those that are not busy out of the set.
 */
void sd_wait_once(struct sd_wait_set *set, int64_t busy_poll_us);

#endif
