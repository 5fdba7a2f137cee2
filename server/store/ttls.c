/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The lives of entries; see lives.h. */

#include "server/store/ttls.h"

#include <stdlib.h>
#include <string.h>

#define GRACE_MS 2000            /* served_ms is not as exact as a clock */
#define SKEW_NEWS_MS 1000        /* a change of the skew that is written */
#define AGE_NEWS 8               /* a class that is younger by an eighth of its longest life */
#define WRITTEN_AFTER_MS 3600000 /* of serving, whatever has changed */

void sdd_lives_check(struct sdd_lives *lives)
{
	lives->skew_ms = lives->skew_ms > 0 ? lives->skew_ms : 0;
	if (lives->served_ms < 0) {
		memset(lives, 0, sizeof(*lives));
	}
	for (int i = 0; i < SDD_LIFE_CLASSES; i++) {
		struct sdd_life_class *class = &lives->classes[i];

		if (class->longest_ms >> i != 1 || class->longest_ms > SDD_LIFE_MAX) {
			*class = (struct sdd_life_class){0, 0};
		}
		if (class->last_ms > lives->served_ms) {
			class->last_ms = lives->served_ms;
		}
	}
}

int64_t sdd_lives_longest(const struct sdd_lives *lives)
{
	for (int i = SDD_LIFE_CLASSES - 1; i >= 0; i--) {
		if (lives->classes[i].longest_ms > 0) {
			return lives->classes[i].longest_ms;
		}
	}
	return 0;
}

void sdd_lives_advance(struct sdd_lives *lives, int64_t elapsed_ms)
{
	lives->served_ms += elapsed_ms;
	for (int i = 0; i < SDD_LIFE_CLASSES; i++) {
		struct sdd_life_class *class = &lives->classes[i];

		if (lives->served_ms - class->last_ms >= class->longest_ms + GRACE_MS) {
			class->longest_ms = 0;
		}
	}
}

bool sdd_lives_have_news(const struct sdd_lives *lives, const struct sdd_lives *remembered)
{
	if (llabs(lives->skew_ms - remembered->skew_ms) > SKEW_NEWS_MS) {
		return true;
	}
	for (int i = 0; i < SDD_LIFE_CLASSES; i++) {
		const struct sdd_life_class *now = &lives->classes[i];
		const struct sdd_life_class *then = &remembered->classes[i];
		int64_t age_ms = lives->served_ms - now->last_ms;
		int64_t remembered_age_ms = remembered->served_ms - then->last_ms;

		if (now->longest_ms > then->longest_ms ||
		    (now->longest_ms > 0 &&
		     remembered_age_ms - age_ms > now->longest_ms / AGE_NEWS + GRACE_MS)) {
			return true;
		}
	}
	return sdd_lives_longest(remembered) > 0 &&
	       lives->served_ms - remembered->served_ms >= WRITTEN_AFTER_MS;
}
