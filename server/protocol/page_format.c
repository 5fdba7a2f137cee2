/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Numbers as the page shows them; see page_format.h. */

#include "server/protocol/page_format.h"

#include <stddef.h>
#include <stdio.h>

#define GAP "&#8239;" /* a narrow space at which no line breaks */

/* Units that are `step` times as large as the one before. */
struct scale {
	double step;
	const char *const *units;
	size_t count;
};

static const char *scaled(char text[SDD_PAGE_FORMAT_MAX], const struct scale *scale, double number)
{
	size_t unit = 0;
	int decimals;

	/* 999.5 would be shown as 1000 */
	while (number >= 999.5 && unit + 1 < scale->count) {
		number /= scale->step;
		unit++;
	}
	decimals = number >= 99.5 || (unit == 0 && number == (double)(int)number) ? 0
	           : number >= 9.95                                               ? 1
	                                                                          : 2;
	(void)snprintf(text, SDD_PAGE_FORMAT_MAX, "%.*f%s%s", decimals, number,
	               scale->units[unit][0] == '\0' ? "" : GAP, scale->units[unit]);
	return text;
}

const char *sdd_page_format(char text[SDD_PAGE_FORMAT_MAX], enum sdd_page_unit unit, double number)
{
	static const char *const counts[] = {"", "k", "M", "G", "T"};
	static const char *const bytes[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	static const char *const times[] = {"&micro;s", "ms", "s"};
	static const struct scale scales[] = {
		[SDD_PAGE_COUNT] = {1000, counts, sizeof(counts) / sizeof(counts[0])},
		[SDD_PAGE_BYTES] = {1024, bytes, sizeof(bytes) / sizeof(bytes[0])},
		[SDD_PAGE_MICROSECONDS] = {1000, times, sizeof(times) / sizeof(times[0])},
	};

	if (number < 0) {
		(void)snprintf(text, SDD_PAGE_FORMAT_MAX, "&ndash;");
	} else if (unit == SDD_PAGE_PERCENT) {
		(void)snprintf(text, SDD_PAGE_FORMAT_MAX, "%.*f" GAP "%%", number < 9.95 ? 1 : 0, number);
	} else {
		return scaled(text, &scales[unit], number);
	}
	return text;
}

const char *sdd_page_format_duration(char text[SDD_PAGE_FORMAT_MAX], uint64_t seconds)
{
	unsigned long long days = seconds / 86400;
	unsigned hours = (unsigned)(seconds / 3600 % 24);
	unsigned minutes = (unsigned)(seconds / 60 % 60);

	if (days > 0) {
		(void)snprintf(text, SDD_PAGE_FORMAT_MAX, "%llu" GAP "d %u" GAP "h", days, hours);
	} else if (hours > 0) {
		(void)snprintf(text, SDD_PAGE_FORMAT_MAX, "%u" GAP "h %u" GAP "min", hours, minutes);
	} else if (minutes > 0) {
		(void)snprintf(text, SDD_PAGE_FORMAT_MAX, "%u" GAP "min %u" GAP "s", minutes,
		               (unsigned)(seconds % 60));
	} else {
		(void)snprintf(text, SDD_PAGE_FORMAT_MAX, "%u" GAP "s", (unsigned)seconds);
	}
	return text;
}
