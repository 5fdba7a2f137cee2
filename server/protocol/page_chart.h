/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A chart of the last ten minutes on the page, as SVG, with its caption and, for who does not see
 * it, what it shows in words. */

#ifndef SDD_PAGE_CHART_H
#define SDD_PAGE_CHART_H

#include "server/protocol/page_format.h"

struct sdd_history;
struct sdd_sample;
struct sdd_text;

/* A line of a chart: what it shows between two samples, of which the first is the older one. Less
 * than 0: nothing is known. */
struct sdd_page_line {
	const char *name; /* NULL: the chart has this line alone */
	double (*value)(const struct sdd_sample *from, const struct sdd_sample *to);
};

#define SDD_PAGE_LINES_MAX 2

struct sdd_page_chart {
	const char *title;
	enum sdd_page_unit unit;
	double least_top; /* the top of the chart, if no value is larger */
	struct sdd_page_line lines[SDD_PAGE_LINES_MAX];
};

void sdd_page_chart_write(struct sdd_text *text, const struct sdd_page_chart *chart,
                          const struct sdd_history *history);

#endif
