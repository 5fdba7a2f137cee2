/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The event loop; see loop.h. */

#include "server/net/loop.h"

#include <event2/event.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "server/system/clock.h"
#include "server/system/log.h"
#include "wire/busy_poll.h"

#define POLLS_MAX 16 /* ticks of one client before the system is asked for the others */

static const int signal_numbers[] = {SIGTERM, SIGINT, SIGHUP};
#define SIGNALS (sizeof(signal_numbers) / sizeof(signal_numbers[0]))

struct sdd_loop {
	struct event_base *base;
	struct sdd_loop_handlers handlers;
	struct event *signals[SIGNALS];
	struct sd_busy_loop busy;
	unsigned polls; /* ticks of one client since the system was asked */
	bool is_stopping;
	bool is_stopped;
};

static void on_signal(evutil_socket_t signal_number, short what, void *argument)
{
	struct sdd_loop *loop = argument;

	(void)what;
	if (signal_number == SIGHUP) {
		loop->handlers.hangup(loop->handlers.context);
	} else if (!loop->is_stopping) {
		sdd_log(SDD_LOG_NOTICE, "stopping: %s", strsignal((int)signal_number));
		loop->is_stopping = true;
		loop->handlers.stopping(loop->handlers.context);
	}
}

/* Handles what is ready; `polls`: without waiting for anything. False: the system cannot wait. */
static bool tick(struct sdd_loop *loop, bool polls)
{
	if (polls && loop->polls < POLLS_MAX && loop->handlers.poll(loop->handlers.context)) {
		loop->polls++;
		return true;
	}
	loop->polls = 0;
	/* without EVLOOP_ONCE it would continue while anything is ready, and the tick would never end
	 */
	return event_base_loop(loop->base, EVLOOP_ONCE | (polls ? EVLOOP_NONBLOCK : 0)) != -1;
}

void sdd_loop_run(struct sdd_loop *loop)
{
	bool polls = false;

	while (!loop->is_stopped) {
		int64_t began_us = 0;
		bool served;

		if (polls) {
			(void)sched_yield(); /* the client, or another server, may need this processor */
			began_us = sdd_clock_boot_us();
		}
		if (!tick(loop, polls)) {
			break;
		}
		served = loop->handlers.tick_ended(loop->handlers.context);
		polls = sd_busy_loop_polls(&loop->busy, served, began_us, sdd_clock_boot_us());
	}
}

void sdd_loop_stop(struct sdd_loop *loop)
{
	loop->is_stopped = true;
}

int64_t sdd_loop_ended_us(const struct sdd_loop *loop)
{
	return loop->busy.ended_us;
}

struct event_base *sdd_loop_base(struct sdd_loop *loop)
{
	return loop->base;
}

struct sdd_loop *sdd_loop_new(const struct sdd_loop_handlers *handlers, int64_t busy_poll_us)
{
	struct sdd_loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL) {
		return NULL;
	}
	loop->handlers = *handlers;
	loop->busy.limit_us = busy_poll_us;
	loop->base = event_base_new();
	if (loop->base == NULL) {
		free(loop);
		return NULL;
	}
	for (size_t i = 0; i < SIGNALS; i++) {
		loop->signals[i] = evsignal_new(loop->base, signal_numbers[i], on_signal, loop);
		if (loop->signals[i] == NULL || event_add(loop->signals[i], NULL) != 0) {
			sdd_loop_free(loop);
			return NULL;
		}
	}
	return loop;
}

void sdd_loop_free(struct sdd_loop *loop)
{
	if (loop == NULL) {
		return;
	}
	for (size_t i = 0; i < SIGNALS; i++) {
		if (loop->signals[i] != NULL) {
			event_free(loop->signals[i]);
		}
	}
	event_base_free(loop->base);
	free(loop);
}
