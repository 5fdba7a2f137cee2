/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The answer to `stats`; see stats.h. */

#include "server/protocol/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/protocol/meta.h"
#include "server/protocol/meta_reply.h"
#include "server/protocol/numbers.h"
#include "server/store/store.h"

#define LOCKS_SHOWN 1000 /* at most */

/* "STAT health OK", and a reason if it is another. */
static void write_health(struct sdd_meta_reply *reply, const struct sdd_store *store)
{
	const char *reason;
	enum sdd_health_state state = sdd_store_health(store, &reason);

	sdd_meta_reply_stat_text(reply, "health", sdd_health_name(state));
	if (state != SDD_OK) {
		sdd_meta_reply_stat_text(reply, "health_reason", reason);
	}
}

static void write_all(struct sdd_meta_state *state, struct sdd_connection *connection,
                      struct sdd_meta_reply *reply)
{
	for (enum sdd_statistic i = 0; i < SDD_STAT_COUNT; i++) {
		if (i == SDD_STAT_VERSION) {
			sdd_meta_reply_text(connection, "STAT version " SDD_VERSION);
		} else {
			sdd_meta_reply_stat(reply, sdd_statistics[i].name, state->statistics.numbers[i]);
		}
	}
	write_health(reply, state->operations->batch->store);
}

static void write_settings(struct sdd_meta_state *state, struct sdd_meta_reply *reply)
{
	const uint64_t *numbers = state->statistics.numbers;

	sdd_meta_reply_stat(reply, "maxbytes", numbers[SDD_STAT_LIMIT_MAXBYTES]);
	sdd_meta_reply_stat(reply, "maxconns", numbers[SDD_STAT_MAX_CONNECTIONS]);
	sdd_meta_reply_stat(reply, "num_threads", numbers[SDD_STAT_THREADS]);
	sdd_meta_reply_stat(reply, "item_size_max", state->operations->max_request_size);
	sdd_meta_reply_stat_text(reply, "cas_enabled", "yes");
	sdd_meta_reply_stat_text(reply, "evictions", "off");
}

static void write_lock(void *context, const struct sdd_lock_info *info)
{
	struct sdd_meta_reply *reply = context;
	char name[32];
	char text[256];
	char holder[128];

	sdd_connection_describe(info->context, holder, sizeof(holder));
	(void)snprintf(name, sizeof(name), "lock:%08" PRIx32, info->hash);
	(void)snprintf(text, sizeof(text), "%lld %lld %zu %s", (long long)info->age_ms,
	               (long long)info->lease_ms, info->waiters, holder);
	sdd_meta_reply_stat_text(reply, name, text);
}

/* Returns the error to reply with; NULL: the lines are written. */
static const char *write_locks(struct sdd_meta_state *state, struct sdd_meta_reply *reply,
                               struct sd_bytes argument)
{
	static const enum sdd_statistic sums[] = {SDD_STAT_CURR_LOCKS, SDD_STAT_LOCK_WAITERS,
	                                          SDD_STAT_LOCK_TIMEOUTS};
	uint8_t room[SD_META_BINARY_KEY_MAX];
	struct sd_bytes key = {room, 0};

	if (argument.length > 0) {
		key = sd_meta_decode_key(argument, room);
		if (key.length == 0) {
			return "CLIENT_ERROR bad key";
		}
	}
	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++) {
		sdd_meta_reply_stat(reply, sdd_statistics[sums[i]].name,
		                    state->statistics.numbers[sums[i]]);
	}
	sdd_locks_list(state->locks, key, LOCKS_SHOWN, write_lock, reply);
	return NULL;
}

static bool is_word(struct sd_bytes group, const char *word)
{
	return group.length == strlen(word) && memcmp(group.data, word, group.length) == 0;
}

void sdd_stats_write(struct sdd_meta_state *state, struct sdd_connection *connection,
                     struct sdd_meta_reply *reply, struct sd_bytes group, struct sd_bytes argument)
{
	const char *error = NULL;

	sdd_work_add(state->operations->work, SDD_WORK_STATS);
	sdd_numbers_update(state, sdd_connection_others(connection));
	if (group.length == 0) {
		write_all(state, connection, reply);
	} else if (is_word(group, "locks")) {
		error = write_locks(state, reply, argument);
	} else if (is_word(group, "settings")) {
		write_settings(state, reply);
	} else if (!is_word(group, "items") && !is_word(group, "slabs")) {
		error = "ERROR";
	}
	sdd_meta_reply_text(connection, error == NULL ? "END" : error);
}
