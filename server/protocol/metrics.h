/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The numbers in Prometheus' text format: all of `stats`, by the table of system/statistics.h, and
 * a histogram of each command. docs/monitoring.md says what there is. */

#ifndef SDD_METRICS_H
#define SDD_METRICS_H

#include <stdint.h>

struct sdd_latency;
struct sdd_store;
struct sdd_text;

/* `numbers`: all statistics; the store is asked for its health. */
void sdd_metrics_write(struct sdd_text *text, const uint64_t *numbers,
                       const struct sdd_latency *latency, const struct sdd_store *store);

#endif
