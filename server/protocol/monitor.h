/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What is watched of a server that is asked over HTTP: the latency of its commands, the numbers of
 * the last minutes, and the two forms in which they are shown, metrics and a page. Neither shows a
 * key or a value. Without it, none of this is measured. */

#ifndef SDD_MONITOR_H
#define SDD_MONITOR_H

#include <stdint.h>

struct sdd_connections;
struct sdd_meta_state;
struct sdd_monitor;
struct sdd_text;

/* Both are borrowed. NULL: no memory. */
struct sdd_monitor *sdd_monitor_new(struct sdd_meta_state *state,
                                    const struct sdd_connections *connections);

/* NULL is allowed. */
void sdd_monitor_free(struct sdd_monitor *monitor);

/* To be called when a tick ends, before its batch does. `ended_us`, here and below: when the last
 * one ended that has. */
void sdd_monitor_end_tick(struct sdd_monitor *monitor, int64_t ended_us);

/* To be called every SDD_HISTORY_PERIOD_S seconds: remembers how things are. */
void sdd_monitor_sample(struct sdd_monitor *monitor, int64_t ended_us);

/* The numbers, in Prometheus' text format. */
void sdd_monitor_write_metrics(struct sdd_monitor *monitor, int64_t ended_us,
                               struct sdd_text *text);

/* The page about the server, an HTML document. */
void sdd_monitor_write_page(struct sdd_monitor *monitor, int64_t ended_us, struct sdd_text *text);

#endif
