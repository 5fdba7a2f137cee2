/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Charts of the page; see page_chart.h. The newest value is at the right, and a step to the left is
 * an interval between two samples: what is older than the start is empty. */

#include "server/protocol/page_chart.h"

#include <stddef.h>

#include "server/protocol/history.h"
#include "server/system/text.h"

#define STEPS (SDD_HISTORY_SAMPLES - 1)
#define STEP_WIDTH 5
#define WIDTH (STEPS * STEP_WIDTH)
#define HEIGHT 100

/* The values of a line, from the newest back; less than 0: there is none. */
struct series {
	double values[STEPS];
	size_t count;
	double most; /* 0 at least */
};

static void read_series(struct series *series, const struct sdd_page_line *line,
                        const struct sdd_history *history)
{
	const struct sdd_sample *to = sdd_history_at(history, 0);
	const struct sdd_sample *from;

	series->count = 0;
	series->most = 0;
	while ((from = sdd_history_at(history, series->count + 1)) != NULL) {
		double value = line->value(from, to);

		series->values[series->count++] = value;
		series->most = value > series->most ? value : series->most;
		to = from;
	}
}

static double height_of(double value, double top)
{
	return HEIGHT - (value <= 0 ? 0 : value / top * (HEIGHT - 4));
}

/* The points of a line, from the newest back. */
static void write_points(struct sdd_text *text, const struct series *series, double top)
{
	for (size_t i = 0; i < series->count; i++) {
		sdd_text_add(text, " %d,%.1f", WIDTH - (int)i * STEP_WIDTH,
		             height_of(series->values[i], top));
	}
}

static void write_line(struct sdd_text *text, const struct series *series, size_t number,
                       double top)
{
	if (series->count < 2) {
		return;
	}
	if (number == 0) {
		sdd_text_add(text, "<polygon class=\"area\" points=\"%d,%d", WIDTH, HEIGHT);
		write_points(text, series, top);
		sdd_text_add(text, " %d,%d\"/>", WIDTH - (int)(series->count - 1) * STEP_WIDTH, HEIGHT);
	}
	sdd_text_add(text, "<polyline class=\"line line%zu\" points=\"", number);
	write_points(text, series, top);
	sdd_text_add(text, "\"/>");
}

static size_t count_lines(const struct sdd_page_chart *chart)
{
	return chart->lines[1].value == NULL ? 1 : 2;
}

/* In words: what each line is now, and was at most. */
static void write_words(struct sdd_text *text, const struct sdd_page_chart *chart,
                        const struct series *series)
{
	char now[SDD_PAGE_FORMAT_MAX];
	char most[SDD_PAGE_FORMAT_MAX];

	for (size_t i = 0; i < count_lines(chart); i++) {
		const char *name = chart->lines[i].name;

		sdd_text_add(
			text, "%s%s%snow %s, at most %s", i == 0 ? "" : "; ", name == NULL ? "" : name,
			name == NULL ? "" : " ",
			sdd_page_format(now, chart->unit, series[i].count == 0 ? -1 : series[i].values[0]),
			sdd_page_format(most, chart->unit, series[i].most));
	}
}

static void write_caption(struct sdd_text *text, const struct sdd_page_chart *chart,
                          const struct series *series)
{
	char now[SDD_PAGE_FORMAT_MAX];

	sdd_text_add(text, "<figcaption><h3>%s</h3><p>", chart->title);
	for (size_t i = 0; i < count_lines(chart); i++) {
		const char *name = chart->lines[i].name;

		sdd_text_add(
			text, "<span class=\"key key%zu\">%s%s<b>%s</b></span> ", i, name == NULL ? "" : name,
			name == NULL ? "" : " ",
			sdd_page_format(now, chart->unit, series[i].count == 0 ? -1 : series[i].values[0]));
	}
	sdd_text_add(text, "</p></figcaption>");
}

void sdd_page_chart_write(struct sdd_text *text, const struct sdd_page_chart *chart,
                          const struct sdd_history *history)
{
	struct series series[SDD_PAGE_LINES_MAX];
	double top = chart->least_top;
	char most[SDD_PAGE_FORMAT_MAX];

	for (size_t i = 0; i < count_lines(chart); i++) {
		read_series(&series[i], &chart->lines[i], history);
		top = series[i].most > top ? series[i].most : top;
	}
	sdd_text_add(text, "<figure class=\"card\">");
	write_caption(text, chart, series);
	sdd_text_add(text,
	             "<div class=\"plot\"><svg role=\"img\" viewBox=\"0 0 %d %d\" "
	             "preserveAspectRatio=\"none\"><title>%s in the last ten minutes: ",
	             WIDTH, HEIGHT, chart->title);
	write_words(text, chart, series);
	sdd_text_add(text, "</title><path class=\"rule\" d=\"M0 4H%d M0 52H%d M0 100H%d\"/>", WIDTH,
	             WIDTH, WIDTH);
	for (size_t i = 0; i < count_lines(chart); i++) {
		write_line(text, &series[i], i, top);
	}
	sdd_text_add(
		text,
		"</svg><span class=\"top\" aria-hidden=\"true\">%s</span></div>"
		"<p class=\"axis\" aria-hidden=\"true\"><span>10 min ago</span><span>now</span></p>"
		"</figure>\n",
		sdd_page_format(most, chart->unit, top));
}
