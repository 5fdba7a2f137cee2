/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The page; see page.h. */

#include "server/protocol/page.h"

#include <stdio.h>
#include <unistd.h>

#include "server/protocol/history.h"
#include "server/protocol/latency.h"
#include "server/protocol/page_chart.h"
#include "server/protocol/page_format.h"
#include "server/protocol/page_style.h"
#include "server/protocol/page_values.h"
#include "server/store/store.h"
#include "server/system/text.h"

#define NOTHING (-1) /* a number that is not there yet */

/* From how full on the server is marked; `sharedance check` has the same limits. */
#define FULL_WARNING 80
#define FULL_CRITICAL 95

static const char *mark_of(enum sdd_health_state state)
{
	switch (state) {
	case SDD_OK:
		return "";
	case SDD_NO_ROOM:
		return " warn";
	default:
		return " bad";
	}
}

static void write_head(struct sdd_text *text, const struct sdd_page *page)
{
	char host[256] = "";
	char uptime[SDD_PAGE_FORMAT_MAX];
	const char *reason;
	enum sdd_health_state state = sdd_store_health(page->store, &reason);

	(void)gethostname(host, sizeof(host) - 1);
	sdd_text_add(text, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	                   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
	                   "<meta name=\"robots\" content=\"noindex\"><title>sharedanced on ");
	sdd_text_add_html(text, host);
	sdd_text_add(text, ": %s</title><style>%s</style></head>\n<body><header><h1>sharedanced on ",
	             sdd_health_name(state), sdd_page_style);
	sdd_text_add_html(text, host);
	sdd_text_add(text,
	             "</h1><span class=\"state%s\">%s</span><p>Version " SDD_VERSION
	             ", process %llu, up for %s.</p></header>\n<main>",
	             mark_of(state), sdd_health_name(state),
	             (unsigned long long)page->numbers[SDD_STAT_PID],
	             sdd_page_format_duration(uptime, page->numbers[SDD_STAT_UPTIME]));
	if (state != SDD_OK) {
		sdd_text_add(text, "<p class=\"reason\" role=\"alert\">Stores are refused: ");
		sdd_text_add_html(text, reason);
		sdd_text_add(text, "</p>");
	}
}

/* {{{ now */

static void write_card(struct sdd_text *text, const char *title, enum sdd_page_unit unit,
                       double number, const char *more)
{
	char formatted[SDD_PAGE_FORMAT_MAX];

	sdd_text_add(text,
	             "<div class=\"card\"><dt>%s</dt><dd class=\"number\">%s</dd>"
	             "<dd class=\"more\">%s</dd></div>\n",
	             title, sdd_page_format(formatted, unit, number), more);
}

static void write_fullness(struct sdd_text *text, const struct sdd_page *page)
{
	double percent = sdd_page_fullness(page->numbers);
	char formatted[SDD_PAGE_FORMAT_MAX];
	char size[SDD_PAGE_FORMAT_MAX];
	char most[SDD_PAGE_FORMAT_MAX];

	sdd_text_add(
		text,
		"<div class=\"card\"><dt>Full</dt><dd class=\"number\">%s</dd>"
		"<dd class=\"more\"><div class=\"bar%s\"><i style=\"width:%.1f%%\"></i></div>"
		"%s of %s</dd></div>\n",
		sdd_page_format(formatted, SDD_PAGE_PERCENT, percent),
		percent >= FULL_CRITICAL  ? " bad"
		: percent >= FULL_WARNING ? " warn"
								  : "",
		percent > 100 ? 100 : percent,
		sdd_page_format(size, SDD_PAGE_BYTES, (double)page->numbers[SDD_STAT_BYTES]),
		sdd_page_format(most, SDD_PAGE_BYTES, (double)page->numbers[SDD_STAT_LIMIT_MAXBYTES]));
}

/* A number among others, for the small line of a card. */
static const char *small(char line[128], double number, const char *words)
{
	char formatted[SDD_PAGE_FORMAT_MAX];

	(void)snprintf(line, 128, "%s %s", sdd_page_format(formatted, SDD_PAGE_COUNT, number), words);
	return line;
}

static void write_cards(struct sdd_text *text, const struct sdd_page *page)
{
	const uint64_t *numbers = page->numbers;
	const struct sdd_sample *last = sdd_history_at(page->history, 0);
	const struct sdd_sample *before = sdd_history_at(page->history, 1);
	bool is_known = before != NULL;
	char line[128];

	sdd_text_add(text, "<h2>Now</h2><dl class=\"grid\">\n");
	write_fullness(text, page);
	write_card(text, "Entries", SDD_PAGE_COUNT, (double)numbers[SDD_STAT_CURR_ITEMS],
	           small(line, (double)numbers[SDD_STAT_UNPROVEN_ITEMS], "unproven"));
	write_card(text, "Requests a second", SDD_PAGE_COUNT,
	           is_known ? sdd_page_requests(before, last) : NOTHING, "of all commands");
	write_card(text, "Hit ratio", SDD_PAGE_PERCENT,
	           is_known ? sdd_page_hit_ratio(before, last) : NOTHING,
	           small(line, is_known ? sdd_page_gets(before, last) : NOTHING, "gets a second"));
	write_card(text, "Latency", SDD_PAGE_MICROSECONDS,
	           is_known ? sdd_page_p99(before, last) : NOTHING, "or less for 99 of 100");
	write_card(text, "Clients", SDD_PAGE_COUNT, (double)numbers[SDD_STAT_CURR_CONNECTIONS],
	           small(line, (double)numbers[SDD_STAT_MAX_CONNECTIONS], "at most"));
	write_card(text, "Locks held", SDD_PAGE_COUNT, (double)numbers[SDD_STAT_CURR_LOCKS],
	           small(line, (double)numbers[SDD_STAT_LOCK_WAITERS], "wait for one"));
	write_card(text, "Requests refused", SDD_PAGE_COUNT, sdd_page_refused(numbers),
	           "since the start");
	sdd_text_add(text, "</dl>\n");
}

/* }}} */

/* {{{ the last minutes */

static void write_charts(struct sdd_text *text, const struct sdd_page *page)
{
	static const struct sdd_page_chart charts[] = {
		{"Requests a second", SDD_PAGE_COUNT, 10, {{NULL, sdd_page_requests}}},
		{"Latency",
	     SDD_PAGE_MICROSECONDS,
	     64,
	     {{"median", sdd_page_median}, {"99 of 100", sdd_page_p99}}},
		{"Full", SDD_PAGE_PERCENT, 100, {{NULL, sdd_page_full}}},
		{"Locks",
	     SDD_PAGE_COUNT,
	     4,
	     {{"held", sdd_page_locks}, {"waiting", sdd_page_lock_waiters}}},
	};

	sdd_text_add(text, "<h2>The last ten minutes</h2><div class=\"charts\">\n");
	for (size_t i = 0; i < sizeof(charts) / sizeof(charts[0]); i++) {
		sdd_page_chart_write(text, &charts[i], page->history);
	}
	sdd_text_add(text, "</div>\n");
}

static void write_averages(struct sdd_text *text, const struct sdd_page *page)
{
	static const struct {
		const char *title;
		enum sdd_page_unit unit;
		double (*value)(const struct sdd_sample *from, const struct sdd_sample *to);
	} rows[] = {
		{"Gets a second", SDD_PAGE_COUNT, sdd_page_gets},
		{"Sets a second", SDD_PAGE_COUNT, sdd_page_sets},
		{"Deletes a second", SDD_PAGE_COUNT, sdd_page_deletes},
		{"Locks taken a second", SDD_PAGE_COUNT, sdd_page_lockings},
		{"Hit ratio of gets", SDD_PAGE_PERCENT, sdd_page_hit_ratio},
		{"Latency, median", SDD_PAGE_MICROSECONDS, sdd_page_median},
		{"Latency, 99 of 100", SDD_PAGE_MICROSECONDS, sdd_page_p99},
		{"Received a second", SDD_PAGE_BYTES, sdd_page_received},
		{"Sent a second", SDD_PAGE_BYTES, sdd_page_sent},
	};
	static const int64_t seconds[] = {SDD_HISTORY_PERIOD_S, 60, 300, 600};
	const struct sdd_sample *last = sdd_history_at(page->history, 0);
	char formatted[SDD_PAGE_FORMAT_MAX];

	sdd_text_add(text,
	             "<div class=\"card\"><table><caption>Over the last minutes</caption><thead><tr>"
	             "<th scope=\"col\">Average of</th><th scope=\"col\">%d&#8239;s</th>"
	             "<th scope=\"col\">1&#8239;min</th><th scope=\"col\">5&#8239;min</th>"
	             "<th scope=\"col\">10&#8239;min</th></tr></thead><tbody>\n",
	             SDD_HISTORY_PERIOD_S);
	for (size_t row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		sdd_text_add(text, "<tr><th scope=\"row\">%s</th>", rows[row].title);
		for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
			const struct sdd_sample *from = sdd_history_since(page->history, seconds[i]);

			sdd_text_add(text, "<td>%s</td>",
			             sdd_page_format(formatted, rows[row].unit,
			                             from == last ? NOTHING : rows[row].value(from, last)));
		}
		sdd_text_add(text, "</tr>\n");
	}
	sdd_text_add(text, "</tbody></table></div>\n");
}

/* }}} */

static void write_commands(struct sdd_text *text, const struct sdd_page *page)
{
	static const double parts[] = {0.5, 0.9, 0.99};
	char formatted[SDD_PAGE_FORMAT_MAX];

	sdd_text_add(text, "<div class=\"card\"><table><caption>Commands since the start</caption>"
	                   "<thead><tr><th scope=\"col\">Command</th><th scope=\"col\">Times</th>"
	                   "<th scope=\"col\">Median</th><th scope=\"col\">90 of 100</th>"
	                   "<th scope=\"col\">99 of 100</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < SDD_LATENCY_COMMANDS; i++) {
		const uint64_t *buckets = page->latency->buckets[i];
		uint64_t times = page->numbers[sdd_latency_commands[i]];

		sdd_text_add(text, "<tr><th scope=\"row\">%s</th><td>%s</td>",
		             sdd_statistics[sdd_latency_commands[i]].value,
		             sdd_page_format(formatted, SDD_PAGE_COUNT, (double)times));
		for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
			double us = (double)sdd_latency_quantile(buckets, parts[part]);

			sdd_text_add(text, "<td>%s</td>",
			             sdd_page_format(formatted, SDD_PAGE_MICROSECONDS, us == 0 ? NOTHING : us));
		}
		sdd_text_add(text, "</tr>\n");
	}
	sdd_text_add(text, "</tbody></table></div>\n");
}

void sdd_page_write(struct sdd_text *text, const struct sdd_page *page)
{
	write_head(text, page);
	write_cards(text, page);
	write_charts(text, page);
	sdd_text_add(text, "<h2>In numbers</h2><div class=\"tables\">\n");
	write_averages(text, page);
	write_commands(text, page);
	sdd_text_add(text,
	             "</div></main>\n<footer>A sample is taken every %d seconds; load the page "
	             "again to see what has changed. For machines: <a href=\"/metrics\">"
	             "/metrics</a>, <a href=\"/healthz\">/healthz</a>, <a href=\"/readyz\">"
	             "/readyz</a>.</footer></body></html>\n",
	             SDD_HISTORY_PERIOD_S);
}
