/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The times to live of the entries that are stored here, across restarts. What a server missed
 * while it was down has expired once it has served for as long as the longest of them. And a
 * deletion has to be remembered for that long if the entry is on another server.
 *
 * They are counted in classes by powers of two. A class counts until no entry was stored with such
 * a time to live for as long as the longest of the class lasts. Only the time in which the store
 * served counts: entries that it did not see may have been stored while it was down.
 *
 * Arithmetic only. All times are milliseconds.
 */

#ifndef SDD_TTLS_H
#define SDD_TTLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDD_TTL_MAX (30ll * 24 * 60 * 60 * 1000) /* a longer one counts as this */
#define SDD_TTL_CLASSES 32                       /* the last one has SDD_TTL_MAX */

struct sdd_ttl_class {
	int64_t longest_ms; /* 0: the class does not count */
	int64_t last_ms;    /* when something was last stored with it, as served_ms */
};

/* What the store remembers of time; a row of the B-tree. */
struct sdd_ttls {
	int64_t skew_ms;   /* sdd_store_clock_skew() */
	int64_t served_ms; /* for how long the store has served, in all its epochs */
	struct sdd_ttl_class classes[SDD_TTL_CLASSES];
};

_Static_assert(SDD_TTL_MAX >> SDD_TTL_CLASSES == 0, "each time to live has a class");

/* Forgets what a damaged row says that cannot be. */
void sdd_ttls_check(struct sdd_ttls *ttls);

/* The longest time to live that counts; 0: none does. */
int64_t sdd_ttls_longest(const struct sdd_ttls *ttls);

/* So much more time has been served. */
void sdd_ttls_advance(struct sdd_ttls *ttls, int64_t elapsed_ms);

/* Whether the difference to what is remembered on disk is worth a write. What is remembered never
 * counts too little: one that is stored again and again is not written again and again. */
bool sdd_ttls_have_news(const struct sdd_ttls *ttls, const struct sdd_ttls *remembered);

/* Something is stored that lives for so long, or even longer than SDD_TTL_MAX. */
static inline void sdd_ttls_observe(struct sdd_ttls *ttls, int64_t ttl_ms)
{
	int64_t counted_ms = ttl_ms < SDD_TTL_MAX ? ttl_ms : SDD_TTL_MAX;
	struct sdd_ttl_class *class;

	if (counted_ms <= 0) {
		return;
	}
	class = &ttls->classes[63 - __builtin_clzll((unsigned long long)counted_ms)];
	if (counted_ms > class->longest_ms) {
		class->longest_ms = counted_ms;
	}
	class->last_ms = ttls->served_ms;
}

#endif
