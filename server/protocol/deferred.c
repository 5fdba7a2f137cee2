/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Connections that wait for the store; see deferred.h. */

#include "server/protocol/deferred.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/time.h>

#include "server/net/connection.h"
#include "server/store/store.h"

static const struct timeval pause_between = {0, 1000};

struct sdd_deferred {
	struct sdd_store *store;
	struct event *timer; /* it makes a tick, whose end asks the store */
};

static void on_timer(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	(void)argument;
}

void sdd_deferred_end_tick(struct sdd_deferred *deferred, struct sdd_connections *connections)
{
	if (sdd_store_admit(deferred->store) == SDD_LATER) {
		(void)event_add(deferred->timer, &pause_between);
	} else {
		sdd_connections_release(connections);
	}
}

struct sdd_deferred *sdd_deferred_new(struct event_base *base, struct sdd_store *store)
{
	struct sdd_deferred *deferred = calloc(1, sizeof(*deferred));

	if (deferred == NULL) {
		return NULL;
	}
	deferred->store = store;
	deferred->timer = evtimer_new(base, on_timer, deferred);
	if (deferred->timer == NULL) {
		sdd_deferred_free(deferred);
		return NULL;
	}
	return deferred;
}

void sdd_deferred_free(struct sdd_deferred *deferred)
{
	if (deferred == NULL) {
		return;
	}
	if (deferred->timer != NULL) {
		event_free(deferred->timer);
	}
	free(deferred);
}
