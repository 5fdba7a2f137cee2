/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the store needs from time to time; see upkeep.h. A turn's requests may have a batch open
 * when a timer fires: it only notes that, and the turn's end does the work. */

#include "server/maintenance.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>

#include "server/system/daemon.h"
#include "server/net/loop.h"
#include "server/store/store.h"

#define ENTRIES_PER_LOOK 5000 /* that are swept: some milliseconds, in the background */

static const struct timeval busy_pause = {0, 200000};
static const struct timeval idle_pause = {1, 0};

struct sdd_upkeep {
	struct sdd_store *store;
	struct event *timer;
	bool is_hurried; /* it is pending for a busy store */
	bool is_time;
};

static void on_time(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_upkeep *upkeep = argument;

	(void)descriptor;
	(void)what;
	upkeep->is_time = true;
}

void sdd_upkeep_end_turn(struct sdd_upkeep *upkeep)
{
	bool is_time = upkeep->is_time;
	bool is_busy;

	if (is_time) {
		upkeep->is_time = false;
		if (sdd_store_rest(upkeep->store, sdd_loop_now_ms())) {
			sdd_daemon_give_memory_back();
		}
		sdd_store_look(upkeep->store, sdd_loop_now_ms(), ENTRIES_PER_LOOK);
	}
	is_busy = sdd_store_is_busy(upkeep->store);
	if (is_time || (is_busy && !upkeep->is_hurried)) {
		upkeep->is_hurried = is_busy;
		(void)event_add(upkeep->timer, is_busy ? &busy_pause : &idle_pause);
	}
}

struct sdd_upkeep *sdd_upkeep_new(struct event_base *base, struct sdd_store *store)
{
	struct sdd_upkeep *upkeep = calloc(1, sizeof(*upkeep));

	if (upkeep == NULL) {
		return NULL;
	}
	upkeep->store = store;
	upkeep->timer = evtimer_new(base, on_time, upkeep);
	if (upkeep->timer == NULL) {
		sdd_upkeep_free(upkeep);
		return NULL;
	}
	upkeep->is_time = true;
	sdd_upkeep_end_turn(upkeep);
	return upkeep;
}

void sdd_upkeep_free(struct sdd_upkeep *upkeep)
{
	if (upkeep == NULL) {
		return;
	}
	if (upkeep->timer != NULL) {
		event_free(upkeep->timer);
	}
	free(upkeep);
}
