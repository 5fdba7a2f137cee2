/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol's requests; see classic.h. All that it has for "no" is a close. */

#include "server/protocol/classic.h"

#include "server/system/log.h"
#include "wire/classic.h"

bool sdd_classic_begins(uint8_t byte)
{
	struct sd_classic_header header;

	return sd_classic_read_header(&byte, 1, &header) != SD_CLASSIC_UNKNOWN;
}

static void refuse(struct sdd_peer *peer, const char *why)
{
	sdd_log(SDD_LOG_WARNING, "%s: refused: %s", sdd_peer_address(peer), why);
	sdd_peer_finish(peer);
}

static enum sdd_result fetch(struct sdd_turn *turn, struct sdd_peer *peer, struct sdd_bytes key)
{
	struct sdd_entry entry;
	enum sdd_result result = sdd_store_find(turn->store, key, turn->now_ms, &entry);

	if (result == SDD_DONE) {
		sdd_peer_write(peer, entry.value.data, entry.value.length); /* a tombstone has none */
	}
	return result;
}

/* The version of what is there under the key, dead or alive; 0: nothing is. */
static uint64_t version_before(struct sdd_turn *turn, struct sdd_bytes key)
{
	struct sdd_entry entry;

	return sdd_store_find(turn->store, key, turn->now_ms, &entry) == SDD_DONE ? entry.version : 0;
}

static enum sdd_result store(struct sdd_turn *turn, struct sdd_peer *peer, struct sdd_bytes key,
                             struct sdd_bytes value)
{
	struct sdd_entry entry = {.value = value, .expires_ms = turn->now_ms + turn->expiration_ms};
	enum sdd_result result = sdd_turn_write(turn);

	if (result == SDD_DONE) {
		entry.version = sdd_turn_version(turn, version_before(turn, key));
		result = sdd_turn_wrote(turn, sdd_store_put(turn->store, key, &entry));
	}
	if (result == SDD_DONE) {
		sdd_peer_write(peer, SD_CLASSIC_OK, SD_CLASSIC_OK_LENGTH);
	}
	return result;
}

static enum sdd_result delete_entry(struct sdd_turn *turn, struct sdd_peer *peer,
                                    struct sdd_bytes key)
{
	struct sdd_entry entry;
	enum sdd_result result = sdd_turn_write(turn);

	if (result == SDD_DONE) {
		result = sdd_turn_wrote(turn, sdd_store_find(turn->store, key, turn->now_ms, &entry));
	}
	if (result == SDD_DONE && entry.marks & SDD_TOMBSTONE) {
		return SDD_ABSENT;
	}
	if (result == SDD_DONE) {
		result = sdd_turn_bury(turn, key, &entry, sdd_turn_version(turn, entry.version),
		                       turn->expiration_ms);
	}
	if (result == SDD_DONE) {
		sdd_peer_write(peer, SD_CLASSIC_OK, SD_CLASSIC_OK_LENGTH);
	}
	return result;
}

static enum sdd_result execute(struct sdd_turn *turn, struct sdd_peer *peer,
                               const struct sd_classic_header *header, const uint8_t *bytes)
{
	struct sdd_bytes key = {bytes + header->length, header->key_length};
	struct sdd_bytes value = {bytes + header->length + header->key_length, header->data_length};
	size_t bad_offset;

	if (sd_classic_check_key(key.data, key.length, &bad_offset) != SD_OK) {
		sdd_log(SDD_LOG_WARNING, "%s: refused: byte 0x%02x at offset %zu of the key is not legal",
		        sdd_peer_address(peer), ((const uint8_t *)key.data)[bad_offset], bad_offset);
		return SDD_ABSENT;
	}
	switch (header->command) {
	case SD_CLASSIC_FETCH:
		return fetch(turn, peer, key);
	case SD_CLASSIC_STORE:
		return store(turn, peer, key, value);
	default:
		return delete_entry(turn, peer, key);
	}
}

/* What is wrong with a request as announced, before its bytes are read; NULL: nothing. */
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

size_t sdd_classic_execute(struct sdd_turn *turn, struct sdd_peer *peer, const uint8_t *bytes,
                           size_t length, uint64_t max_request_size, enum sdd_result *result)
{
	struct sd_classic_header header;
	const char *wrong;

	if (sd_classic_read_header(bytes, length, &header) != SD_CLASSIC_COMPLETE) {
		return 0;
	}
	wrong = objection(&header, length, max_request_size);
	if (wrong != NULL) {
		refuse(peer, wrong);
		return 0;
	}
	if (length < sd_classic_request_length(&header)) {
		return 0;
	}
	*result = execute(turn, peer, &header, bytes);
	sdd_peer_finish(peer);
	return length;
}
