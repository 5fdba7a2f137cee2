/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Metrics; see metrics.h. */

#include "server/protocol/metrics.h"

#include <stdbool.h>
#include <string.h>

#include "server/protocol/latency.h"
#include "server/store/store.h"
#include "server/system/statistics.h"
#include "server/system/text.h"

#define PREFIX "sharedance_"

static void write_head(struct sdd_text *text, const char *metric, const char *type,
                       const char *help)
{
	sdd_text_add(text, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s %s\n", metric, help, metric,
	             type);
}

/* {{{ statistics */

static void write_value(struct sdd_text *text, const struct sdd_statistic_row *row, uint64_t number)
{
	sdd_text_add(text, PREFIX "%s", row->metric);
	if (row->label != NULL) {
		sdd_text_add(text, "{%s=\"%s\"}", row->label, row->value);
	}
	if (row->is_in_microseconds) {
		sdd_text_add(text, " %.6f\n", (double)number / 1e6);
	} else {
		sdd_text_add(text, " %llu\n", (unsigned long long)number);
	}
}

static bool is_of_metric(const struct sdd_statistic_row *row, const char *metric)
{
	return strcmp(row->metric, metric) == 0;
}

/* Whether a metric was written with a statistic before this one. */
static bool was_written(size_t statistic)
{
	for (size_t i = 0; i < statistic; i++) {
		if (is_of_metric(&sdd_statistics[i], sdd_statistics[statistic].metric)) {
			return true;
		}
	}
	return false;
}

/* All statistics that are one metric, which has to be in one place. */
static void write_metric(struct sdd_text *text, size_t first, const uint64_t *numbers)
{
	const struct sdd_statistic_row *row = &sdd_statistics[first];

	write_head(text, row->metric, row->kind == SDD_STATISTIC_COUNTER ? "counter" : "gauge",
	           row->help);
	if (row->kind == SDD_STATISTIC_INFO) {
		sdd_text_add(text, PREFIX "%s{version=\"" SDD_VERSION "\"} 1\n", row->metric);
		return;
	}
	for (size_t i = first; i < SDD_STAT_COUNT; i++) {
		if (is_of_metric(&sdd_statistics[i], row->metric)) {
			write_value(text, &sdd_statistics[i], numbers[i]);
		}
	}
}

/* }}} */

static void write_health(struct sdd_text *text, const struct sdd_store *store)
{
	const char *reason;
	enum sdd_health_state state = sdd_store_health(store, &reason);

	write_head(text, "health", "gauge",
	           "The state of the store: 1 for the current one, 0 for the others.");
	for (enum sdd_health_state each = SDD_OK; each <= SDD_BROKEN; each++) {
		sdd_text_add(text, PREFIX "health{state=\"%s\"} %d\n", sdd_health_name(each),
		             each == state);
	}
	write_head(text, "health_reason_info", "gauge", "Why the store is not OK, as a label.");
	sdd_text_add(text, PREFIX "health_reason_info{reason=\"");
	for (; *reason != '\0'; reason++) {
		/* a reason has printable bytes only, of which these two mean something here */
		sdd_text_add(text, "%s%c", *reason == '"' || *reason == '\\' ? "\\" : "",
		             *reason >= ' ' && *reason <= '~' ? *reason : '?');
	}
	sdd_text_add(text, "\"} 1\n");
}

static void write_histogram(struct sdd_text *text, const struct sdd_latency *latency, size_t i)
{
	const char *command = sdd_statistics[sdd_latency_commands[i]].value;
	uint64_t so_far = 0;

	for (size_t bucket = 0; bucket < SDD_LATENCY_BUCKETS; bucket++) {
		so_far += latency->buckets[i][bucket];
		sdd_text_add(text,
		             PREFIX "command_duration_seconds_bucket{command=\"%s\",le=\"%g\"} %llu\n",
		             command, (double)((uint64_t)SDD_LATENCY_FIRST_US << bucket) / 1e6,
		             (unsigned long long)so_far);
	}
	so_far += latency->buckets[i][SDD_LATENCY_BUCKETS];
	sdd_text_add(text,
	             PREFIX "command_duration_seconds_bucket{command=\"%s\",le=\"+Inf\"} %llu\n" PREFIX
	                    "command_duration_seconds_sum{command=\"%s\"} %.6f\n" PREFIX
	                    "command_duration_seconds_count{command=\"%s\"} %llu\n",
	             command, (unsigned long long)so_far, command, (double)latency->sums_us[i] / 1e6,
	             command, (unsigned long long)so_far);
}

void sdd_metrics_write(struct sdd_text *text, const uint64_t *numbers,
                       const struct sdd_latency *latency, const struct sdd_store *store)
{
	for (size_t i = 0; i < SDD_STAT_COUNT; i++) {
		if (!was_written(i)) {
			write_metric(text, i, numbers);
		}
	}
	write_health(text, store);
	write_head(text, "command_duration_seconds", "histogram",
	           "Time from the beginning of the tick that ran a command until its answers are sent, "
	           "without waits for a lock.");
	for (size_t i = 0; i < SDD_LATENCY_COMMANDS; i++) {
		write_histogram(text, latency, i);
	}
}
