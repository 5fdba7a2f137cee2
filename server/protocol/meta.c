/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The meta protocol's requests; see meta.h. */

#include "server/protocol/meta.h"

#include <string.h>

#include "server/protocol/meta_reply.h"
#include "server/protocol/stats.h"
#include "wire/compiler.h"
#include "server/store/store.h"
#include "server/system/clock.h"
#include "wire/meta_server.h"

#define LEASE_DEFAULT 30          /* seconds */
#define WAIT_MAX (60 * 60 * 1000) /* milliseconds */

/* One request that is run. */
struct command {
	struct sdd_meta_state *state;
	struct sdd_operations *operations;
	struct sdd_connection *connection;
	struct sd_meta_request *request;
	struct sd_bytes key;  /* decoded; only the store needs its hash, sdd_store_key() */
	struct sd_bytes data; /* of a set */
	struct sdd_meta_reply *reply;
};

/* {{{ operations: one that is SDD_LATER is run again, and is counted only then */

/* The request is refused for a reason of the server's own, or may be when its batch is committed.
 */
SD_RARE static void expect_doubt(const struct command *command)
{
	const struct sdd_key key = sdd_store_key(command->operations->batch->store, command->key);

	const struct sd_meta_request *request = command->request;
	const struct sdd_operations *operations = command->operations;

	sdd_doubts_expect(operations->doubts, &key, request->version,
	                  sdd_operation_longest_ttl(operations, request->has_ttl, request->ttl));
}

/* A write is refused that the store does not even get. */
SD_RARE static void refuse_write(const struct command *command, enum sdd_outcome_status reason)
{
	const struct sdd_operations *operations = command->operations;

	command->state->statistics.numbers[SDD_STAT_STORE_TOO_LARGE] += reason == SDD_OUTCOME_TOO_LARGE;
	expect_doubt(command);
	sdd_doubts_refused(operations->doubts, operations->batch->boot_ms);
}

/* Who says that a lock is its own. */
static struct sdd_lock_claim claim_of(const struct command *command)
{
	return (struct sdd_lock_claim){
		.locks = command->state->locks,
		.connection = sdd_connection_attachment(command->connection),
		.token = command->request->holder,
	};
}

/* `claim` is set if the condition is about a lock. */
static inline struct sdd_condition condition_of(const struct command *command,
                                                struct sdd_lock_claim *claim)
{
	const struct sd_meta_request *request = command->request;

	if (request->only_held) {
		*claim = claim_of(command);
	}
	return (struct sdd_condition){
		.has_compare = request->has_compare,
		.has_version = request->has_version,
		.is_only_newer = request->only_newer,
		.is_repair = request->is_repair,
		.compare = request->compare,
		.version = request->version,
		.claim = request->only_held ? claim : NULL,
	};
}

static enum sdd_result get(const struct command *command)
{
	const struct sd_meta_request *request = command->request;
	const struct sdd_key key = sdd_store_key(command->operations->batch->store, command->key);
	const struct sdd_get_request get = {
		.key = &key,
		.has_ttl = request->has_ttl,
		.has_vivify = request->has_vivify,
		.may_win = true,
		.has_recache = request->has_recache,
		.has_proof = request->has_proof,
		.has_version = request->has_version,
		.is_binary_key = request->base64,
		.wants_access = request->wants_access,
		.leaves_access = request->no_bump,
		.ttl = request->ttl,
		.vivify = request->vivify,
		.recache = request->recache,
		.proof = request->proof,
		.version = request->version,
	};
	uint64_t *numbers = command->state->statistics.numbers;
	struct sdd_outcome outcome;
	enum sdd_result result = sdd_operation_get(command->operations, &get, &outcome);

	if (result != SDD_LATER) {
		numbers[SDD_STAT_CMD_GET]++;
		numbers[SDD_STAT_GET_HITS] += outcome.is_found;
		numbers[SDD_STAT_CMD_TOUCH] += request->has_ttl;
	}
	if (result != SDD_DONE) {
		return result;
	}
	result = sdd_meta_reply_get(command->reply, command->operations, &outcome);
	return result == SDD_DONE ? sdd_operation_apply(command->operations, &key, &outcome) : result;
}

/* A set was not just done: it compared versions, or it came to something else. */
SD_RARE static void settle_set(const struct command *command, enum sdd_outcome_status status)
{
	uint64_t *numbers = command->state->statistics.numbers;

	if (status == SDD_OUTCOME_TOO_LARGE || status == SDD_OUTCOME_NO_MEMORY) {
		refuse_write(command, status);
	}
	if (command->request->has_compare) {
		numbers[SDD_STAT_CAS_HITS] += status == SDD_OUTCOME_DONE;
		numbers[SDD_STAT_CAS_MISSES] += status == SDD_OUTCOME_ABSENT;
		numbers[SDD_STAT_CAS_BADVAL] += status == SDD_OUTCOME_OTHER_VERSION;
	}
}

static enum sdd_set_mode set_mode_of(uint8_t letter)
{
	switch (letter) {
	case 'E':
		return SDD_ADD;
	case 'R':
		return SDD_REPLACE;
	case 'A':
		return SDD_APPEND;
	case 'P':
		return SDD_PREPEND;
	default:
		return SDD_SET;
	}
}

static enum sdd_result set(const struct command *command)
{
	const struct sd_meta_request *request = command->request;
	const struct sdd_key key = sdd_store_key(command->operations->batch->store, command->key);
	struct sdd_lock_claim claim;
	const struct sdd_set_request set = {
		.key = &key,
		.value = command->data,
		.condition = condition_of(command, &claim),
		.mode = set_mode_of(request->mode),
		.connection = command->connection,
		.has_ttl = request->has_ttl,
		.has_vivify = request->has_vivify,
		.invalidates = request->invalidate,
		.is_binary_key = request->base64,
		.client_flags = request->client_flags,
		.ttl = request->ttl,
		.vivify = request->vivify,
	};
	struct sdd_outcome outcome;
	enum sdd_result result = sdd_operation_set(command->operations, &set, &outcome);

	command->state->statistics.numbers[SDD_STAT_CMD_SET] += result != SDD_LATER;
	if (result != SDD_DONE) {
		return result;
	}
	if (((unsigned)outcome.status | request->has_compare) != SDD_OUTCOME_DONE) {
		settle_set(command, outcome.status);
	}
	sdd_meta_reply_set(command->reply, &outcome);
	return sdd_operation_apply(command->operations, &key, &outcome);
}

static enum sdd_result delete_entry(const struct command *command)
{
	const struct sd_meta_request *request = command->request;
	const struct sdd_key key = sdd_store_key(command->operations->batch->store, command->key);
	struct sdd_lock_claim claim;
	const struct sdd_delete_request delete = {
		.key = &key,
		.condition = condition_of(command, &claim),
		.has_ttl = request->has_ttl,
		.invalidates = request->invalidate,
		.deletes_value_only = request->only_value,
		.ttl = request->ttl,
	};
	struct sdd_outcome outcome;
	enum sdd_result result = sdd_operation_delete(command->operations, &delete, &outcome);

	command->state->statistics.numbers[SDD_STAT_CMD_DELETE] += result != SDD_LATER;
	if (result != SDD_DONE) {
		return result;
	}
	sdd_meta_reply_delete(command->reply, &outcome);
	return sdd_operation_apply(command->operations, &key, &outcome);
}

static enum sdd_result adjust(const struct command *command)
{
	const struct sd_meta_request *request = command->request;
	const struct sdd_key key = sdd_store_key(command->operations->batch->store, command->key);
	struct sdd_lock_claim claim;
	const struct sdd_adjust_request adjust = {
		.key = &key,
		.condition = condition_of(command, &claim),
		.decrements = request->mode == 'D' || request->mode == '-',
		.has_ttl = request->has_ttl,
		.has_vivify = request->has_vivify,
		.is_binary_key = request->base64,
		.delta = request->delta,
		.initial = request->initial,
		.ttl = request->ttl,
		.vivify = request->vivify,
	};
	struct sdd_outcome outcome;
	enum sdd_result result = sdd_operation_adjust(command->operations, &adjust, &outcome);

	command->state->statistics.numbers[SDD_STAT_CMD_ARITHMETIC] += result != SDD_LATER;
	if (result != SDD_DONE) {
		return result;
	}
	sdd_meta_reply_adjust(command->reply, &outcome);
	return sdd_operation_apply(command->operations, &key, &outcome);
}

/* }}} */

/* {{{ locks */

/* The connection as a holder of locks; made when it takes its first. NULL: no memory. */
static struct sdd_lock_holder *make_holder(const struct command *command)
{
	struct sdd_lock_holder *holder = sdd_connection_attachment(command->connection);

	if (holder == NULL) {
		holder = sdd_lock_holder_new(command->state->locks, command->connection,
		                             sdd_connection_number(command->connection));
		sdd_connection_attach(command->connection, holder);
	}
	return holder;
}

static int64_t at_most(int64_t value, int64_t most)
{
	return value < most ? value : most;
}

/* Locks are in memory and no part of the tick's batch. If the batch is lost, the lock stays taken,
 * and the replayed request gets the same reply. */
static void lock_key(const struct command *command)
{
	const struct sd_meta_request *request = command->request;
	struct sdd_lock_holder *holder = make_holder(command);
	int64_t lease = request->has_ttl && request->ttl > 0 ? request->ttl : LEASE_DEFAULT;
	struct sdd_lock_terms terms = {
		.token = request->holder,
		.lease_ms = at_most(lease, command->state->lease_max_s) * 1000,
		.wait_ms = at_most(request->wait, WAIT_MAX),
		/* if it has to wait, its reply shows these flags */
		.reply_flags = sdd_meta_reply_flags(command->reply),
	};

	command->state->statistics.numbers[SDD_STAT_CMD_LOCK]++;
	switch (holder != NULL ? sdd_lock_acquire(holder, command->key, &terms) : SDD_LOCK_NO_MEMORY) {
	case SDD_LOCK_GRANTED:
		sdd_meta_reply_status(command->reply, "HD");
		break;
	case SDD_LOCK_REFUSED:
		sdd_meta_reply_status(command->reply, "NS");
		break;
	case SDD_LOCK_CROWDED:
		sdd_meta_reply_crowded(command->reply);
		break;
	case SDD_LOCK_WAITING:
		sdd_connection_suspend(command->connection);
		break;
	case SDD_LOCK_TOO_MANY: /* no NS: that would say that another connection holds the lock */
		sdd_meta_reply_text(command->connection,
		                    "SERVER_ERROR too many locks on this connection: 64 are the most");
		break;
	case SDD_LOCK_NO_MEMORY:
		sdd_meta_reply_text(command->connection, "SERVER_ERROR out of memory for a lock");
		break;
	}
}

void sdd_meta_lock_decided(void *context, bool granted, const void *flags, size_t flags_length)
{
	struct sdd_connection *connection = context;
	char reply[2 + SDD_LOCK_REPLY_FLAGS_MAX + 2];

	memcpy(reply, granted ? "HD" : "NS", 2);
	memcpy(reply + 2, flags, flags_length);
	memcpy(reply + 2 + flags_length, "\r\n", 2);
	sdd_connection_resume(connection, reply, flags_length + 4);
}

static void unlock_key(const struct command *command)
{
	const struct sdd_lock_claim claim = claim_of(command);
	bool is_released = sdd_lock_release(&claim, command->key);

	command->state->statistics.numbers[SDD_STAT_CMD_UNLOCK]++;
	sdd_meta_reply_status(command->reply, is_released ? "HD" : "NF");
}

/* }}} */

/* {{{ the other commands */

/* The greeting of our own client asks who this is, and may say for how long the client's entries
 * live. That counts as if one were stored. To anybody else it is memcached's answer. */
static void answer_noop(const struct command *command)
{
	const struct sdd_batch *batch = command->operations->batch;
	struct sd_bytes word = command->request->key;

	if (word.length == strlen(SD_META_WHO) && memcmp(word.data, SD_META_WHO, word.length) == 0) {
		sdd_store_observe_ttl(batch->store, sd_meta_read_ttl(command->request->argument) * 1000);
		const struct sdd_who who = {
			.id = sdd_store_id(batch->store),
			.start = sdd_store_epoch(batch->store),
			.process = command->operations->process,
			.wall_us = (uint64_t)batch->wall_ms * 1000,
			.unproven = sdd_operation_unproven(command->operations),
		};

		sdd_connection_set_told_offset(command->connection, batch->wall_ms - batch->boot_ms);
		sdd_meta_reply_who(command->reply, &who);
	} else {
		sdd_meta_reply_text(command->connection, "MN");
	}
}

static void answer_verbosity(const struct command *command)
{
	struct sd_bytes level = command->request->key;
	uint64_t number;

	if (level.length == 0) {
		sdd_meta_reply_text(command->connection, "ERROR");
	} else if (!sd_decimal_read(level.data, level.length, &number)) {
		sdd_meta_reply_text(command->connection, "CLIENT_ERROR bad command line format");
	} else {
		/* it changes nothing: clients have no say in what is logged */
		sdd_meta_reply_text(command->connection, "OK");
	}
}

static enum sdd_result run_command(const struct command *command)
{
	switch (command->request->command) {
	case SD_META_GET:
		return get(command);
	case SD_META_SET:
		return set(command);
	case SD_META_DELETE:
		return delete_entry(command);
	case SD_META_ARITHMETIC:
		return adjust(command);
	case SD_META_NOOP:
		answer_noop(command);
		break;
	case SD_META_VERSION:
		sdd_meta_reply_text(command->connection, "VERSION " SDD_VERSION "-sharedanced");
		break;
	case SD_META_STATS:
		sdd_stats_write(command->state, command->connection, command->reply, command->request->key,
		                command->request->argument);
		break;
	case SD_META_VERBOSITY:
		answer_verbosity(command);
		break;
	case SD_META_QUIT:
		sdd_connection_finish(command->connection);
		break;
	case SD_META_LOCK:
		lock_key(command);
		break;
	case SD_META_UNLOCK:
		unlock_key(command);
		break;
	}
	return SDD_DONE;
}

/* }}} */

/* The same date by a wall clock that is ahead by so many seconds. What is no date stays. */
static int64_t date_by(int64_t ahead_s, int64_t date)
{
	if (date <= SD_META_MONTH) {
		return date;
	}
	return date + ahead_s > SD_META_MONTH ? date + ahead_s : /* long ago */ -1;
}

/* The client makes dates by the time that it was told, and the wall clock may have been set since.
 */
SD_RARE static void follow_clock(const struct command *command)
{
	const struct sdd_batch *batch = command->operations->batch;
	struct sd_meta_request *request = command->request;
	int64_t told_ms = sdd_connection_told_offset(command->connection);
	int64_t ahead_s = told_ms != 0 ? (batch->wall_ms - batch->boot_ms - told_ms) / 1000 : 0;

	if (request->command == SD_META_LOCK) {
		return; /* a lease is never a date */
	}
	request->ttl = date_by(ahead_s, request->ttl);
	request->vivify = date_by(ahead_s, request->vivify);
}

/* Completes what the line says: the key, decoded to `room`, and dates. Returns the error to reply
 * with; NULL: none. */
static inline const char *complete_request(struct command *command,
                                           uint8_t room[SD_META_BINARY_KEY_MAX])
{
	const struct sd_meta_request *request = command->request;
	uint64_t now_us = (uint64_t)command->operations->batch->wall_ms * 1000;
	const char *error = request->error;

	command->key = request->key;
	if (error == NULL && request->base64) {
		command->key = sd_meta_decode_key(request->key, room);
		error = command->key.length == 0 ? sd_meta_bad_key(request->command) : NULL;
	}
	if (error == NULL && request->has_version &&
	    request->version > now_us + SDD_VERSION_AHEAD_MAX) {
		/* it would never be exceeded again by the time of a write */
		error = "CLIENT_ERROR version is too far in the future";
	}
	if ((request->has_ttl && request->ttl > SD_META_MONTH) || request->has_vivify) {
		follow_clock(command);
	}
	command->reply->key = command->key;
	return error;
}

SD_RARE static void refuse_too_large(struct command *command, uint8_t room[SD_META_BINARY_KEY_MAX])
{
	(void)complete_request(command, room); /* a key that is none has no doubts */
	refuse_write(command, SDD_OUTCOME_TOO_LARGE);
	sdd_meta_reply_text(command->connection, SDD_META_TOO_LARGE);
	sdd_connection_finish(command->connection);
}

/* Returns 0: nothing is consumed. */
SD_RARE static size_t refuse_foreign(struct sdd_connection *connection)
{
	sdd_connection_log(connection, SDD_LOG_WARNING, "HTTP", "refused: HTTP on this port");
	sdd_connection_finish(connection);
	return 0;
}

/* The length of the request with its data; 0: it is not complete, or none to be run. */
static size_t whole_length(struct command *command, const uint8_t *bytes, size_t length,
                           uint8_t room[SD_META_BINARY_KEY_MAX])
{
	const struct sd_meta_request *request = command->request;
	uint64_t whole = request->line_length;

	if (request->is_foreign) {
		return refuse_foreign(command->connection);
	}
	if (request->has_data) {
		size_t key_length =
			request->base64 ? sd_base64_least_decoded(request->key.length) : request->key.length;

		command->data = (struct sd_bytes){bytes + whole, request->data_length};
		whole += request->data_length + 2;
		if (sdd_operation_is_too_large(command->operations, key_length, request->data_length)) {
			refuse_too_large(command, room);
			return 0;
		}
	}
	if (whole > length) {
		sdd_connection_expect(command->connection, (size_t)whole);
		return 0;
	}
	return (size_t)whole;
}

size_t sdd_meta_execute(struct sdd_meta_state *state, struct sdd_connection *connection,
                        const uint8_t *bytes, size_t length, enum sdd_result *result)
{
	struct sd_meta_request request;
	struct sdd_meta_reply reply;
	struct command command = {.state = state,
	                          .operations = state->operations,
	                          .connection = connection,
	                          .request = &request,
	                          .reply = &reply};
	uint8_t room[SD_META_BINARY_KEY_MAX];
	enum sd_meta_parse parse = sd_meta_read_request(bytes, length, &request);
	const char *error;
	size_t whole;

	if (parse == SD_META_TOO_LONG) {
		sdd_meta_reply_text(connection, "CLIENT_ERROR line too long");
		sdd_connection_finish(connection);
	}
	if (parse != SD_META_COMPLETE) {
		return 0;
	}
	whole = whole_length(&command, bytes, length, room);
	if (whole == 0) {
		return 0;
	}
	sdd_meta_reply_init(&reply, connection, &request, state->operations->batch->now_ms);
	error = request.has_data && memcmp(bytes + whole - 2, "\r\n", 2) != 0
	            ? "CLIENT_ERROR bad data chunk"
	            : complete_request(&command, room);
	if (error != NULL) {
		sdd_meta_reply_text(connection, error);
		return whole;
	}
	*result = run_command(&command);
	if (*result != SDD_DONE || state->operations->batch->state != SDD_BATCH_TOGETHER) {
		expect_doubt(&command);
	}
	return whole;
}
