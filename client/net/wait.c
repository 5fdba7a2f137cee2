/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The wait for answers; see wait.h. */

#include "client/net/wait.h"

#include "client/net/node.h"
#include "client/options.h"
#include "wire/busy_poll.h"

#define POLLED_MAX 8 /* channels: the system waits better for more of them */
#define LONGEST_POLL_MS (SD_BUSY_POLL_MAX / 1000 + 1)
#define VAIN_MAX 3 /* times in a row that a socket may be ready without any effect */

/* {{{ polling */

/* Whatever has come was there at the end of the last wait, and so was the room for what was taken.
 */
static void notice(struct sd_channel *channel, int64_t now_ms)
{
	if (channel->noticed != channel->received) {
		channel->noticed = channel->received;
		channel->noticed_ms = now_ms;
	}
	if (channel->noticed_sent != channel->sent) {
		channel->noticed_sent = channel->sent;
		channel->taken_ms = now_ms;
	}
}

static void ask_channel(struct sd_wait_set *set, size_t i, int64_t now_ms)
{
	struct sd_channel *channel = set->channels[i];

	notice(channel, now_ms);
	channel->kind->wants(channel, &set->wants[i], &set->deadlines_ms[i]);
}

/* Counts a wait for each server whose answer may come soon, and returns for how many of them
 * polling pays. A channel that waits for something else, or whose deadline is near, is not counted.
 */
static size_t count_the_wait(struct sd_wait_set *set, int64_t now_ms)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (!set->wants[i].for_writing && set->deadlines_ms[i] >= now_ms + LONGEST_POLL_MS) {
			count += sd_busy_poll_may(&set->channels[i]->node->busy);
		}
	}
	return count;
}

static void count_result(struct sd_wait_set *set, enum sd_busy_poll_result result)
{
	for (size_t i = 0; i < set->count; i++) {
		sd_busy_poll_count(&set->channels[i]->node->busy, result);
	}
}

/* Receives what has come. False: nothing. The servers of which something came count `found`. */
static bool poll_channels(struct sd_wait_set *set, enum sd_busy_poll_result found)
{
	bool has_received = false;

	for (size_t i = 0; i < set->count; i++) {
		struct sd_channel *channel = set->channels[i];
		size_t received = channel->received;
		bool is_changed;

		channel->state = channel->kind->advance(channel);
		is_changed = channel->state != SD_CHANNEL_BUSY || channel->received != received;
		if (!is_changed) {
			ask_channel(set, i, set->now_us / 1000); /* it may connect again */
			is_changed = set->wants[i].for_writing;
		}
		if (is_changed) {
			sd_busy_poll_count(&channel->node->busy, found);
			has_received = true;
		}
	}
	return has_received;
}

/* Polls for answers. False: the operation must sleep until they come. */
static bool poll_for_answers(struct sd_wait_set *set, int64_t busy_poll_us)
{
	int64_t now_us = sd_system_monotonic_us();
	int64_t until_us = now_us + busy_poll_us;

	if (set->count > POLLED_MAX || count_the_wait(set, now_us / 1000) < set->count) {
		return false;
	}
	for (;;) {
		int64_t before_us = now_us;
		enum sd_busy_poll_result result;

		sd_system_yield(); /* the server may be waiting for this processor */
		set->now_us = now_us = sd_system_monotonic_us();
		if (poll_channels(set, sd_busy_poll_judge(true, until_us, before_us, now_us))) {
			return true;
		}
		result = sd_busy_poll_judge(false, until_us, before_us, now_us);
		if (result != SD_BUSY_POLL_AGAIN) {
			count_result(set, result);
			set->polled_in_vain = true;
			return false;
		}
	}
}

/* }}} */

/* {{{ sleeping */

/* Gives the channel up if another worker has marked its server dead meanwhile. */
static void give_up_if_dead(struct sd_channel *channel, int64_t now_ms)
{
	char reason[SD_REASON_MAX];

	notice(channel, now_ms);
	if (sd_node_is_given_up(channel->node, channel->noticed_ms, now_ms, reason)) {
		channel->state = channel->kind->give_up(channel, reason);
	}
}

/* If there is one channel only, and it waits for nothing but its answer, one system call does. That
 * is the usual case. False: it is another one. */
static bool await_alone(struct sd_wait_set *set)
{
	struct sd_channel *channel = set->channels[0];
	int64_t before_us = set->now_us;
	size_t received = channel->received;

	if (set->count != 1 || !channel->is_persistent || set->wants[0].for_writing ||
	    set->awaited_in_vain || set->deadlines_ms[0] < before_us / 1000 + SD_PLATFORM_PATIENCE_MS) {
		return false;
	}
	channel->state = channel->kind->await(channel);
	set->now_us = sd_system_monotonic_us();
	if (channel->state == SD_CHANNEL_BUSY) {
		set->awaited_in_vain =
			channel->received == received && set->now_us - before_us < SD_PLATFORM_PAUSE_MS * 1000;
		give_up_if_dead(channel, set->now_us / 1000);
	}
	return true;
}

/* Whether its socket is not asked, because it says that it is ready and is not. */
static bool pauses(const struct sd_channel *channel)
{
	return channel->vain >= VAIN_MAX;
}

static void sleep_until_ready(struct sd_wait_set *set)
{
	int64_t now_ms = set->now_us / 1000;
	int64_t first_ms = now_ms + SD_PLATFORM_PATIENCE_MS; /* to notice the marks of other workers */

	for (size_t i = 0; i < set->count; i++) {
		first_ms = set->deadlines_ms[i] < first_ms ? set->deadlines_ms[i] : first_ms;
		if (pauses(set->channels[i])) {
			int64_t paused_ms = now_ms + SD_PLATFORM_PAUSE_MS;

			set->wants[i].socket = SD_NO_SOCKET;
			first_ms = paused_ms < first_ms ? paused_ms : first_ms;
		}
	}
	sd_platform_wait(set->wants, set->count, first_ms - now_ms);
	set->now_us = sd_system_monotonic_us();
	if (set->now_us / 1000 > first_ms) {
		set->stopped_ms += set->now_us / 1000 - first_ms;
	}
}

/* The socket was polled, from then on. */
static void record_vain_poll(struct sd_wait_set *set, size_t i, int64_t polled_ms)
{
	struct sd_channel *channel = set->channels[i];

	if (!set->wants[i].ready && !pauses(channel) && channel->received == 0) {
		channel->vain_ms = polled_ms;
	}
}

/* The socket is ready. */
static void advance(struct sd_channel *channel)
{
	size_t received = channel->received;
	size_t sent = channel->sent;

	channel->state = channel->kind->advance(channel);
	channel->vain = channel->received == received && channel->sent == sent ? channel->vain + 1 : 0;
}

/* Its deadline has passed. If it is ready it has a last step, which may change what it waits for:
 * a connection that is up by now, or another try. */
static void end_channel(struct sd_wait_set *set, size_t i, int64_t now_ms)
{
	struct sd_channel *channel = set->channels[i];

	if (set->wants[i].ready) {
		advance(channel);
		if (channel->state != SD_CHANNEL_BUSY) {
			return;
		}
		ask_channel(set, i, now_ms);
	}
	if (now_ms >= set->deadlines_ms[i]) {
		channel->state = channel->kind->expire(channel);
	}
}

static void step_channel(struct sd_wait_set *set, size_t i, int64_t now_ms)
{
	struct sd_channel *channel = set->channels[i];

	if (now_ms >= set->deadlines_ms[i]) {
		end_channel(set, i, now_ms);
	} else if (set->wants[i].ready || pauses(channel)) {
		advance(channel);
	} else {
		give_up_if_dead(channel, now_ms);
	}
}

/* }}} */

void sd_wait_once(struct sd_wait_set *set, int64_t busy_poll_us)
{
	int64_t now_ms = set->now_us / 1000;
	int64_t polled_ms;

	for (size_t i = 0; i < set->count; i++) {
		ask_channel(set, i, now_ms);
	}
	if (busy_poll_us > 0 && !set->polled_in_vain && poll_for_answers(set, busy_poll_us)) {
		return;
	}
	if (await_alone(set)) {
		return;
	}
	polled_ms = set->now_us / 1000;
	sleep_until_ready(set);
	now_ms = set->now_us / 1000;
	for (size_t i = 0; i < set->count; i++) {
		record_vain_poll(set, i, polled_ms);
		step_channel(set, i, now_ms);
	}
}
