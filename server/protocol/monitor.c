/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is watched of a server; see monitor.h. */

#include "server/protocol/monitor.h"

#include <stdlib.h>
#include <string.h>

#include "server/protocol/batch.h"
#include "server/protocol/history.h"
#include "server/protocol/latency.h"
#include "server/protocol/meta.h"
#include "server/protocol/metrics.h"
#include "server/protocol/numbers.h"
#include "server/protocol/operations.h"
#include "server/protocol/page.h"
#include "server/system/clock.h"

struct sdd_monitor {
	struct sdd_meta_state *state;
	const struct sdd_connections *connections;
	struct sdd_latency latency;
	struct sdd_history history;
};

struct sdd_monitor *sdd_monitor_new(struct sdd_meta_state *state,
                                    const struct sdd_connections *connections)
{
	struct sdd_monitor *monitor = calloc(1, sizeof(*monitor));

	if (monitor != NULL) {
		monitor->state = state;
		monitor->connections = connections;
		sdd_monitor_sample(monitor, 0);
	}
	return monitor;
}

void sdd_monitor_free(struct sdd_monitor *monitor)
{
	free(monitor);
}

void sdd_monitor_end_tick(struct sdd_monitor *monitor, int64_t ended_us)
{
	const struct sdd_batch *batch = monitor->state->operations->batch;

	sdd_latency_ended(&monitor->latency, ended_us);
	if (batch->now_ms != 0) {
		sdd_latency_ran(&monitor->latency, monitor->state->statistics.numbers,
		                sdd_clock_us_of(&batch->began));
	}
}

/* As of now, which may be in the middle of a tick, or in one without a request. */
static const uint64_t *update_numbers(struct sdd_monitor *monitor, int64_t ended_us)
{
	(void)sdd_batch_begin_request(monitor->state->operations->batch);
	sdd_latency_ended(&monitor->latency, ended_us);
	sdd_numbers_update(monitor->state, monitor->connections);
	return monitor->state->statistics.numbers;
}

void sdd_monitor_sample(struct sdd_monitor *monitor, int64_t ended_us)
{
	const uint64_t *numbers = update_numbers(monitor, ended_us);
	struct sdd_sample *sample = sdd_history_add(&monitor->history);

	sample->at_ms = monitor->state->operations->batch->boot_ms;
	memcpy(sample->numbers, numbers, sizeof(sample->numbers));
	sdd_latency_sum(&monitor->latency, sample->latency);
}

void sdd_monitor_write_metrics(struct sdd_monitor *monitor, int64_t ended_us, struct sdd_text *text)
{
	const uint64_t *numbers = update_numbers(monitor, ended_us);

	sdd_metrics_write(text, numbers, &monitor->latency, monitor->state->operations->batch->store);
}

void sdd_monitor_write_page(struct sdd_monitor *monitor, int64_t ended_us, struct sdd_text *text)
{
	const uint64_t *numbers = update_numbers(monitor, ended_us);
	const struct sdd_page page = {
		.numbers = numbers,
		.latency = &monitor->latency,
		.history = &monitor->history,
		.store = monitor->state->operations->batch->store,
	};

	sdd_page_write(text, &page);
}
