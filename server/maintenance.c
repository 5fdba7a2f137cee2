/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Maintenance; see maintenance.h. A timer may fire while the requests of a tick have a batch open:
 * it only sets a flag, and the end of the tick does the work. */

#include "server/maintenance.h"

#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/time.h>

#include "server/store/store.h"
#include "server/system/daemon.h"
#include "server/system/store_clock.h"

static const struct timeval busy_pause = {0, 200000};
static const struct timeval idle_pause = {1, 0};

struct sdd_maintenance {
	struct sdd_store *store;
	struct event *timer;
	bool is_hurried; /* the timer is set for a busy store */
	bool is_due;     /* the timer has fired */
};

static void on_timer(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_maintenance *maintenance = argument;

	(void)descriptor;
	(void)what;
	maintenance->is_due = true;
}

static bool is_store_broken(const struct sdd_maintenance *maintenance)
{
	const char *reason; /* is in the log */

	return sdd_store_health(maintenance->store, &reason) == SDD_BROKEN;
}

/* Returns the store's time. */
static int64_t update_clock(const struct sdd_maintenance *maintenance)
{
	const struct sdd_store_clock *clock = sdd_store_clock(maintenance->store);

	sdd_store_update_clock(maintenance->store);
	return sdd_store_clock_at(clock, clock->boot_ms);
}

bool sdd_maintenance_end_tick(struct sdd_maintenance *maintenance)
{
	bool is_due = maintenance->is_due;
	bool is_busy;

	if (!is_due && maintenance->is_hurried) {
		return true; /* the timer is set, and cannot be more hurried */
	}
	if (is_due) {
		int64_t now_ms = update_clock(maintenance);

		maintenance->is_due = false;
		if (sdd_store_trim(maintenance->store, now_ms)) {
			sdd_daemon_trim_memory();
		}
		sdd_store_schedule_flush(maintenance->store, now_ms);
	}
	is_busy = sdd_store_is_busy(maintenance->store);
	if (is_due || is_busy) {
		maintenance->is_hurried = is_busy;
		(void)event_add(maintenance->timer, is_busy ? &busy_pause : &idle_pause);
	}
	return !is_due || !is_store_broken(maintenance);
}

struct sdd_maintenance *sdd_maintenance_new(struct event_base *base, struct sdd_store *store)
{
	struct sdd_maintenance *maintenance = calloc(1, sizeof(*maintenance));

	if (maintenance == NULL) {
		return NULL;
	}
	maintenance->store = store;
	maintenance->timer = evtimer_new(base, on_timer, maintenance);
	if (maintenance->timer == NULL) {
		sdd_maintenance_free(maintenance);
		return NULL;
	}
	maintenance->is_due = true;
	(void)sdd_maintenance_end_tick(maintenance);
	return maintenance;
}

void sdd_maintenance_free(struct sdd_maintenance *maintenance)
{
	if (maintenance == NULL) {
		return;
	}
	if (maintenance->timer != NULL) {
		event_free(maintenance->timer);
	}
	free(maintenance);
}
