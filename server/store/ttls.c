/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The times to live of entries; see ttls.h. */

#include "server/store/ttls.h"

#include <stdlib.h>
#include <string.h>

#define GRACE_MS 2000     /* served_ms is not as exact as a clock */
#define SKEW_NEWS_MS 1000 /* a change of the skew that is written */
#define AGE_NEWS 8        /* a class that is younger by an eighth of its longest time to live */
#define WRITTEN_AFTER_MS 3600000 /* of serving, whatever has changed */

void sdd_ttls_check(struct sdd_ttls *ttls)
{
	ttls->skew_ms = ttls->skew_ms > 0 ? ttls->skew_ms : 0;
	if (ttls->served_ms < 0) {
		memset(ttls, 0, sizeof(*ttls));
	}
	for (int i = 0; i < SDD_TTL_CLASSES; i++) {
		struct sdd_ttl_class *class = &ttls->classes[i];

		if (class->longest_ms >> i != 1 || class->longest_ms > SDD_TTL_MAX) {
			*class = (struct sdd_ttl_class){0, 0};
		}
		if (class->last_ms > ttls->served_ms) {
			class->last_ms = ttls->served_ms;
		}
	}
}

int64_t sdd_ttls_longest(const struct sdd_ttls *ttls)
{
	for (int i = SDD_TTL_CLASSES - 1; i >= 0; i--) {
		if (ttls->classes[i].longest_ms > 0) {
			return ttls->classes[i].longest_ms;
		}
	}
	return 0;
}

void sdd_ttls_advance(struct sdd_ttls *ttls, int64_t elapsed_ms)
{
	ttls->served_ms += elapsed_ms;
	for (int i = 0; i < SDD_TTL_CLASSES; i++) {
		struct sdd_ttl_class *class = &ttls->classes[i];

		if (ttls->served_ms - class->last_ms >= class->longest_ms + GRACE_MS) {
			class->longest_ms = 0;
		}
	}
}

bool sdd_ttls_have_news(const struct sdd_ttls *ttls, const struct sdd_ttls *remembered)
{
	if (llabs(ttls->skew_ms - remembered->skew_ms) > SKEW_NEWS_MS) {
		return true;
	}
	for (int i = 0; i < SDD_TTL_CLASSES; i++) {
		const struct sdd_ttl_class *now = &ttls->classes[i];
		const struct sdd_ttl_class *then = &remembered->classes[i];
		int64_t age_ms = ttls->served_ms - now->last_ms;
		int64_t remembered_age_ms = remembered->served_ms - then->last_ms;

		if (now->longest_ms > then->longest_ms ||
		    (now->longest_ms > 0 &&
		     remembered_age_ms - age_ms > now->longest_ms / AGE_NEWS + GRACE_MS)) {
			return true;
		}
	}
	return sdd_ttls_longest(remembered) > 0 &&
	       ttls->served_ms - remembered->served_ms >= WRITTEN_AFTER_MS;
}
