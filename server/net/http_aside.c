/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* HTTP aside; see http_aside.h. The thread has an event loop of its own, and touches nothing of the
 * server but the sockets. The end of a pipe ends it. */

#include "server/net/http_aside.h"

#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/net/http.h"
#include "server/system/log.h"

struct sdd_http_aside {
	const char *reason;
	struct event_base *base;
	struct sdd_http *http;
	struct event *ending; /* of pipe[0] */
	int pipe[2];          /* -1: there is none */
	pthread_t thread;
	bool runs;
};

static void answer(void *context, const char *path, struct sdd_http_reply *reply)
{
	const struct sdd_http_aside *aside = context;

	(void)path;
	reply->status = 503;
	sdd_text_add(&reply->text, "%s\n", aside->reason);
}

static void on_ending(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_http_aside *aside = argument;

	(void)descriptor;
	(void)what;
	(void)event_base_loopbreak(aside->base);
}

static void *run_aside(void *argument)
{
	struct sdd_http_aside *aside = argument;
	sigset_t all;

	(void)sigfillset(&all); /* they are for the thread that serves */
	(void)pthread_sigmask(SIG_BLOCK, &all, NULL);
	(void)event_base_dispatch(aside->base);
	return NULL;
}

static bool begin(struct sdd_http_aside *aside, const struct sdd_listener *listener)
{
	const struct sdd_http_handler handler = {.answer = answer, .context = aside};

	aside->base = event_base_new();
	if (aside->base == NULL || pipe2(aside->pipe, O_CLOEXEC) != 0) {
		return false;
	}
	aside->http = sdd_http_new(aside->base, listener, &handler);
	aside->ending = event_new(aside->base, aside->pipe[0], EV_READ, on_ending, aside);
	if (aside->http == NULL || aside->ending == NULL || event_add(aside->ending, NULL) != 0) {
		return false;
	}
	aside->runs = pthread_create(&aside->thread, NULL, run_aside, aside) == 0;
	return aside->runs;
}

struct sdd_http_aside *sdd_http_aside_begin(const struct sdd_listener *listener, const char *reason)
{
	struct sdd_http_aside *aside = calloc(1, sizeof(*aside));

	if (aside == NULL) {
		return NULL;
	}
	aside->reason = reason;
	aside->pipe[0] = aside->pipe[1] = -1;
	if (!begin(aside, listener)) {
		sdd_log(SDD_LOG_WARNING, "HTTP is not answered for a while: %s", reason);
		sdd_http_aside_end(aside);
		return NULL;
	}
	return aside;
}

void sdd_http_aside_end(struct sdd_http_aside *aside)
{
	if (aside == NULL) {
		return;
	}
	if (aside->runs) {
		(void)close(aside->pipe[1]);
		aside->pipe[1] = -1;
		(void)pthread_join(aside->thread, NULL);
	}
	sdd_http_free(aside->http);
	if (aside->ending != NULL) {
		event_free(aside->ending);
	}
	for (int i = 0; i < 2; i++) {
		if (aside->pipe[i] != -1) {
			(void)close(aside->pipe[i]);
		}
	}
	if (aside->base != NULL) {
		event_base_free(aside->base);
	}
	free(aside);
}
