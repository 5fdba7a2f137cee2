/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The server as a service; see service.h. One timer sends both the sign of life and the health. */

#include "server/service.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "server/net/listener.h"
#include "server/store/store.h"
#include "server/system/clock.h"
#include "server/system/log.h"
#include "server/system/notify.h"

#define PERIOD_US 1000000 /* the longest time until a change of health is told */

struct sdd_service {
	const struct sdd_store *store;
	struct event *timer;
	bool has_watchdog;
	bool is_stopping;
	char status[SDD_STORE_REASON_MAX + 64]; /* that was told last */
};

/* Sends the store's status, if it has changed. */
static void notify_status(struct sdd_service *service)
{
	char status[sizeof(service->status)];
	const char *reason;
	enum sdd_health_state health = sdd_store_health(service->store, &reason);

	(void)snprintf(status, sizeof(status), "STATUS=%s%s%s", sdd_health_name(health),
	               reason[0] == '\0' ? "" : ": ", reason);
	if (strcmp(status, service->status) != 0) {
		memcpy(service->status, status, sizeof(status));
		sdd_notify(status);
	}
}

static void on_timer(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_service *service = argument;

	(void)descriptor;
	(void)what;
	if (service->has_watchdog) {
		sdd_notify("WATCHDOG=1");
	}
	if (!service->is_stopping) {
		notify_status(service);
	}
}

void sdd_service_log_start(const char *directory, const struct sdd_listener *listener,
                           const struct sdd_store *store)
{
	size_t recent = sdd_store_wal_size(store); /* whose entries are counted as they are flushed */
	char addresses[1024];
	char more[64] = "";

	if (recent > 0) {
		(void)snprintf(more, sizeof(more), " and %zu bytes of recent writes", recent);
	}
	sdd_log(SDD_LOG_NOTICE, "sharedanced " SDD_VERSION " on %s, with %llu entries%s in %s",
	        sdd_listener_describe(listener, addresses, sizeof(addresses)),
	        (unsigned long long)sdd_store_count(store), more, directory);
	sdd_log(SDD_LOG_NOTICE, "ready");
}

struct sdd_service *sdd_service_ready(struct event_base *base, const struct sdd_store *store)
{
	struct sdd_service *service = sdd_notify_is_wanted() ? calloc(1, sizeof(*service)) : NULL;
	uint64_t watchdog_us = sdd_notify_watchdog_us();
	uint64_t period_us = PERIOD_US;
	struct timeval period;

	if (service == NULL) {
		return NULL;
	}
	if (watchdog_us > 0 && watchdog_us / 3 < period_us) {
		period_us = watchdog_us / 3;
	}
	period.tv_sec = (time_t)(period_us / 1000000);
	period.tv_usec = (suseconds_t)(period_us % 1000000);
	service->store = store;
	service->has_watchdog = watchdog_us > 0;
	service->timer = event_new(base, -1, EV_PERSIST, on_timer, service);
	if (service->timer == NULL || event_add(service->timer, &period) != 0) {
		sdd_service_free(service);
		return NULL;
	}
	notify_status(service);
	sdd_notify("READY=1");
	return service;
}

void sdd_service_reloading(struct sdd_service *service)
{
	char assignments[64];

	if (service != NULL) {
		(void)snprintf(assignments, sizeof(assignments), "RELOADING=1\nMONOTONIC_USEC=%lld",
		               (long long)sdd_clock_monotonic_us());
		sdd_notify(assignments);
	}
}

void sdd_service_reloaded(struct sdd_service *service)
{
	if (service != NULL) {
		sdd_notify("READY=1");
	}
}

void sdd_service_stopping(struct sdd_service *service)
{
	if (service != NULL) {
		service->is_stopping = true;
		sdd_notify("STOPPING=1\nSTATUS=stopping");
	}
}

void sdd_service_free(struct sdd_service *service)
{
	if (service == NULL) {
		return;
	}
	if (service->timer != NULL) {
		event_free(service->timer);
	}
	free(service);
}
