/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol's requests; see classic.h. Its only reply for a failure is that the
 * connection closes. The statistics and the last accesses are the meta protocol's: no request here
 * counts. */

#include "server/protocol/classic.h"

#include <string.h>

#include "server/protocol/long_reply.h"
#include "server/store/store.h"
#include "wire/classic.h"
#include "wire/encoding.h"

bool sdd_classic_begins(uint8_t byte)
{
	struct sd_classic_header header;

	return sd_classic_read_header(&byte, 1, &header) != SD_CLASSIC_UNKNOWN;
}

static void refuse_request(struct sdd_connection *connection, const char *why)
{
	sdd_connection_log(connection, SDD_LOG_WARNING, why, "refused: %s", why);
	sdd_connection_finish(connection);
}

static enum sdd_result fetch(struct sdd_operations *operations, struct sdd_connection *connection,
                             const struct sdd_key *key)
{
	const struct sdd_get_request get = {.key = key, .leaves_access = true};
	struct sdd_outcome outcome;
	enum sdd_result result = sdd_operation_get(operations, &get, &outcome);
	uint8_t *room = NULL;

	if (result == SDD_DONE && outcome.is_found && sdd_long_reply_is_for(&outcome.entry)) {
		return sdd_long_reply_write(connection, operations, &outcome.entry);
	}
	if (result == SDD_DONE && outcome.is_found && outcome.entry.value.length > 0) {
		room = sdd_connection_room(connection, outcome.entry.value.length);
	}
	return room != NULL ? sdd_operation_read(operations, &outcome.entry, room) : result;
}

/* Replies OK if the operation has done something, and makes its change. */
static enum sdd_result reply_and_apply(struct sdd_operations *operations,
                                       struct sdd_connection *connection, const struct sdd_key *key,
                                       enum sdd_result result, struct sdd_outcome *outcome)
{
	if (result != SDD_DONE) {
		return result;
	}
	if (outcome->status == SDD_OUTCOME_DONE) {
		sdd_connection_write(connection, SD_CLASSIC_OK, SD_CLASSIC_OK_LENGTH);
	}
	return sdd_operation_apply(operations, key, outcome);
}

static enum sdd_result store(struct sdd_operations *operations, struct sdd_connection *connection,
                             const struct sdd_key *key, struct sd_bytes value)
{
	const struct sdd_set_request set = {.key = key, .value = value, .leaves_access = true};
	struct sdd_outcome outcome;
	enum sdd_result result = sdd_operation_set(operations, &set, &outcome);

	return reply_and_apply(operations, connection, key, result, &outcome);
}

static enum sdd_result delete_entry(struct sdd_operations *operations,
                                    struct sdd_connection *connection, const struct sdd_key *key)
{
	const struct sdd_delete_request delete = {.key = key};
	struct sdd_outcome outcome;
	enum sdd_result result = sdd_operation_delete(operations, &delete, &outcome);

	return reply_and_apply(operations, connection, key, result, &outcome);
}

/* A client asks whether this is a server that speaks nothing else. The close says no. */
static bool asks_for_proof(const struct sd_classic_header *header, struct sd_bytes key)
{
	return header->command == SD_CLASSIC_STORE && key.length == SD_CLASSIC_PROOF_KEY_LENGTH &&
	       memcmp(key.data, SD_CLASSIC_PROOF_KEY, key.length) == 0;
}

static enum sdd_result run_request(struct sdd_operations *operations,
                                   struct sdd_connection *connection,
                                   const struct sd_classic_header *header, const uint8_t *bytes)
{
	const uint8_t *start = bytes + header->length;
	struct sd_bytes name = {start, header->key_length};
	struct sd_bytes value = {start + header->key_length, header->data_length};
	struct sdd_key key;
	char character[SD_CHARACTER_MAX];
	size_t bad_offset;

	if (sd_classic_check_key(name.data, name.length, &bad_offset) != SD_OK) {
		sdd_connection_log(connection, SDD_LOG_WARNING, "the key is not legal",
		                   "refused: %s at offset %zu of the key is not legal",
		                   sd_character(character, (char)start[bad_offset]), bad_offset);
		return SDD_DONE;
	}
	if (asks_for_proof(header, name)) {
		return SDD_DONE;
	}
	key = sdd_store_key(operations->batch->store, name);
	switch (header->command) {
	case SD_CLASSIC_FETCH:
		return fetch(operations, connection, &key);
	case SD_CLASSIC_STORE:
		return store(operations, connection, &key, value);
	default:
		return delete_entry(operations, connection, &key);
	}
}

/* What is wrong with a request as its header announces it; NULL: nothing. */
static const char *objection(const struct sd_classic_header *header, size_t received,
                             uint64_t max_request_size)
{
	uint64_t announced = sd_classic_request_length(header);

	if (header->key_length == 0) {
		return "the key is empty";
	}
	if (header->key_length > SD_CLASSIC_KEY_MAX) {
		return "the key is too long";
	}
	if (announced > max_request_size) {
		return "the request is larger than --maxreadsize allows";
	}
	if (received > announced) {
		return "there are bytes past the request's end";
	}
	return NULL;
}

size_t sdd_classic_execute(struct sdd_operations *operations, struct sdd_connection *connection,
                           const uint8_t *bytes, size_t length, uint64_t max_request_size,
                           enum sdd_result *result)
{
	struct sd_classic_header header;
	const char *wrong;

	if (sd_classic_read_header(bytes, length, &header) != SD_CLASSIC_COMPLETE) {
		return 0;
	}
	wrong = objection(&header, length, max_request_size);
	if (wrong != NULL) {
		refuse_request(connection, wrong);
		return 0;
	}
	if (length < sd_classic_request_length(&header)) {
		sdd_connection_expect(connection, (size_t)sd_classic_request_length(&header));
		return 0;
	}
	*result = run_request(operations, connection, &header, bytes);
	if (*result != SDD_LATER) {
		sdd_connection_finish(connection);
	}
	return length;
}
