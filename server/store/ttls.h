/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * How long entries live that are stored here, across restarts. What a server missed while it was
 * down has expired once it has served for as long as the longest of these lives; and a deletion has
 * to be remembered for that long if the entry is elsewhere.
 *
 * Lives are kept in classes by powers of two. A class counts until nothing was stored with such a
 * life for as long as the longest of them lasts. Only the time counts for that in which the store
 * served: what it did not see may have been stored while it was down.
 *
 * Arithmetic only. All times are milliseconds.
 */

#ifndef SDD_LIVES_H
#define SDD_LIVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDD_LIFE_MAX (30ll * 24 * 60 * 60 * 1000) /* a longer one counts as this */
#define SDD_LIFE_CLASSES 32                       /* the last one has SDD_LIFE_MAX */

struct sdd_life_class {
	int64_t longest_ms; /* 0: the class does not count */
	int64_t last_ms;    /* when something was last stored with it, as served_ms */
};

/* What the store remembers of time; a row of the B-tree. */
struct sdd_lives {
	int64_t skew_ms;   /* sdd_store_clock_skew() */
	int64_t served_ms; /* for how long the store has served, in all its epochs */
	struct sdd_life_class classes[SDD_LIFE_CLASSES];
};

_Static_assert(SDD_LIFE_MAX >> SDD_LIFE_CLASSES == 0, "each life has a class");

/* Forgets what a damaged row says that cannot be. */
void sdd_lives_check(struct sdd_lives *lives);

/* The longest life that counts; 0: none does. */
int64_t sdd_lives_longest(const struct sdd_lives *lives);

/* So much more time has been served. */
void sdd_lives_advance(struct sdd_lives *lives, int64_t elapsed_ms);

/* Whether the difference to what is remembered on disk is worth a write. What is remembered never
 * counts too little: a life that is stored again and again is not written again and again. */
bool sdd_lives_have_news(const struct sdd_lives *lives, const struct sdd_lives *remembered);

/* Something is stored that lives for so long, or even longer than SDD_LIFE_MAX. */
static inline void sdd_lives_note(struct sdd_lives *lives, int64_t life_ms)
{
	int64_t counted_ms = life_ms < SDD_LIFE_MAX ? life_ms : SDD_LIFE_MAX;
	struct sdd_life_class *class;

	if (counted_ms <= 0) {
		return;
	}
	class = &lives->classes[63 - __builtin_clzll((unsigned long long)counted_ms)];
	if (counted_ms > class->longest_ms) {
		class->longest_ms = counted_ms;
	}
	class->last_ms = lives->served_ms;
}

#endif
