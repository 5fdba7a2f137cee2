/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The page about the server, for a person: one HTML document without a script and without anything
 * from elsewhere. It fits a phone and a wide screen, in the light and in the dark, and says in
 * words what its charts show. */

#ifndef SDD_PAGE_H
#define SDD_PAGE_H

#include <stdint.h>

struct sdd_history;
struct sdd_latency;
struct sdd_store;
struct sdd_text;

/* What it is made of. */
struct sdd_page {
	const uint64_t *numbers; /* all statistics, as they are now */
	const struct sdd_latency *latency;
	const struct sdd_history *history; /* one sample at least */
	const struct sdd_store *store;     /* is asked for its health */
};

void sdd_page_write(struct sdd_text *text, const struct sdd_page *page);

#endif
