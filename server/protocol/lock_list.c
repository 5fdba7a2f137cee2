/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The locks that are held, for an operator; see locks.h. */

#include <sys/time.h>

#include "server/protocol/locks_internal.h"
#include "server/store/hash.h"

struct list {
	void (*show)(void *context, const struct sdd_lock_info *info);
	void *context;
	struct timeval now;
	size_t left;
};

static int64_t lease_left(const struct sdd_lock *lock, const struct timeval *now)
{
	struct timeval end;
	struct timeval left;

	if (!evtimer_pending(&lock->lease, &end) || !timercmp(&end, now, >)) {
		return 0;
	}
	timersub(&end, now, &left);
	return (int64_t)left.tv_sec * 1000 + left.tv_usec / 1000;
}

static void show(struct list *list, const struct sdd_lock *lock)
{
	int64_t measured_ms = lease_left(lock, &list->now);
	/* the timers' time is a little older than the clock's */
	int64_t left_ms = measured_ms < lock->lease_ms ? measured_ms : lock->lease_ms;
	const struct sdd_lock_info info = {
		.hash = (uint32_t)sdd_hash(0, lock->node.key, lock->node.key_length),
		.age_ms = lock->lease_ms - left_ms,
		.lease_ms = left_ms,
		.waiters = lock->waiter_count,
		.context = lock->holder->context,
	};

	if (list->left > 0 && !lock->is_released) {
		list->left--;
		list->show(list->context, &info);
	}
}

void sdd_locks_list(const struct sdd_locks *locks, struct sd_bytes key, size_t most,
                    void (*show_one)(void *context, const struct sdd_lock_info *info),
                    void *context)
{
	const struct sdd_lock_table *table = &locks->table;
	struct list list = {.show = show_one, .context = context, .left = most};
	const struct sdd_lock_node *node;

	/* the timers' clock is that of the wall */
	(void)gettimeofday(&list.now, NULL);
	if (key.length > 0) {
		node = sdd_lock_table_find(table, key, sdd_lock_table_hash(table, key));
		if (node != NULL) {
			show(&list, (const struct sdd_lock *)(const void *)node);
		}
		return;
	}
	for (size_t i = 0; i < table->bucket_count && list.left > 0; i++) {
		LIST_FOREACH(node, &table->buckets[i], link)
		{
			show(&list, (const struct sdd_lock *)(const void *)node);
		}
	}
}
