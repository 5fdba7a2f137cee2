/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The event loop: signals, and the tick. A tick handles everything that is ready at one time, then
 * calls tick_ended once. What was put off until then (a commit, and the replies that wait for it)
 * happens there.
 */

#ifndef SDD_LOOP_H
#define SDD_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct sdd_loop;

/* What the loop calls, each with `context`. */
struct sdd_loop_handlers {
	/* The loop does not wait at present: serves a client that is likely to have sent something
	 * again, without asking the system. True: it had, and was this tick's only client. */
	bool (*poll)(void *context);
	/* The tick ends. True: a client was served in it. */
	bool (*tick_ended)(void *context);
	/* SIGTERM or SIGINT came, for the first time. The callee stops listening, and calls
	 * sdd_loop_stop() then or later. */
	void (*stopping)(void *context);
	/* SIGHUP came. */
	void (*hangup)(void *context);
	void *context;
};

/* `busy_poll_us`: for how many microseconds it polls for the next request after a tick that served
 * a client, before it sleeps. It polls only while that pays off. 0: it never polls. NULL: no
 * memory. */
struct sdd_loop *sdd_loop_new(const struct sdd_loop_handlers *handlers, int64_t busy_poll_us);

/* NULL is allowed. */
void sdd_loop_free(struct sdd_loop *loop);

/* For those who have events of their own. */
struct event_base *sdd_loop_base(struct sdd_loop *loop);

/* Runs ticks until sdd_loop_stop(). */
void sdd_loop_run(struct sdd_loop *loop);

/* When the last tick ended that has, in microseconds since the system started. */
int64_t sdd_loop_ended_us(const struct sdd_loop *loop);

/* The present tick is the last. */
void sdd_loop_stop(struct sdd_loop *loop);

#endif
