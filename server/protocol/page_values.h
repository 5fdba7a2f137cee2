/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the page shows of the time between two samples, of which `from` is the older one. Less than
 * 0: it is not known. Rates are a second's. */

#ifndef SDD_PAGE_VALUES_H
#define SDD_PAGE_VALUES_H

#include <stdint.h>

struct sdd_sample;

double sdd_page_requests(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_gets(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_sets(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_deletes(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_lockings(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_received(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_sent(const struct sdd_sample *from, const struct sdd_sample *to);

/* Percent of the gets. */
double sdd_page_hit_ratio(const struct sdd_sample *from, const struct sdd_sample *to);

/* Microseconds that so many of the commands took at most. */
double sdd_page_median(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_p99(const struct sdd_sample *from, const struct sdd_sample *to);

/* As it was at the end of that time. */
double sdd_page_full(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_locks(const struct sdd_sample *from, const struct sdd_sample *to);
double sdd_page_lock_waiters(const struct sdd_sample *from, const struct sdd_sample *to);

/* Of the numbers of one moment: percent of --maxsize; requests that the store refused. */
double sdd_page_fullness(const uint64_t *numbers);
double sdd_page_refused(const uint64_t *numbers);

#endif
