/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Connections that wait for the store; see held.h. */

#include "server/protocol/deferred.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/time.h>

#include "server/net/connection.h"
#include "server/store/store.h"

static const struct timeval pause_between = {0, 1000};

struct sdd_held {
	struct sdd_store *store;
	struct event *timer; /* it makes a tick, whose end asks the store */
};

static void on_timer(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	(void)argument;
}

void sdd_held_end_tick(struct sdd_held *held, struct sdd_connections *connections)
{
	if (!sdd_connections_are_held(connections)) {
		return;
	}
	if (sdd_store_admit(held->store) == SDD_LATER) {
		(void)event_add(held->timer, &pause_between);
	} else {
		sdd_connections_release(connections);
	}
}

struct sdd_held *sdd_held_new(struct event_base *base, struct sdd_store *store)
{
	struct sdd_held *held = calloc(1, sizeof(*held));

	if (held == NULL) {
		return NULL;
	}
	held->store = store;
	held->timer = evtimer_new(base, on_timer, held);
	if (held->timer == NULL) {
		sdd_held_free(held);
		return NULL;
	}
	return held;
}

void sdd_held_free(struct sdd_held *held)
{
	if (held == NULL) {
		return;
	}
	if (held->timer != NULL) {
		event_free(held->timer);
	}
	free(held);
}
