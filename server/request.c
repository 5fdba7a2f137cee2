/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Requests; see request.h. Invariant: a peer with a write waiting is held, and
 * stays so until this file answers or closes it, so that the key and value,
 * which are the peer's own buffer, stay where they are.
 */

#include "request.h"

#include <stdbool.h>
#include <stdlib.h>

#include "log.h"
#include "loop.h"
#include "wire/classic.h"

#define WRITES_MAX 1024 /* of one commit; so many clients at once have it made at once */

/* A store or delete that waits for the turn's commit. */
struct write {
	struct sdd_peer *peer;
	enum sd_classic_command command;
	struct sdd_bytes key;
	struct sdd_bytes value;
	enum sdd_result result;
};

struct sdd_requests {
	struct sdd_store *store;
	uint64_t max_request_size;
	int64_t expiration_ms;
	struct write writes[WRITES_MAX];
	size_t write_count;
	struct sdd_log_limit trouble;
};

/* {{{ the turn's commit */

static enum sdd_result apply(struct sdd_requests *requests, const struct write *write,
                             int64_t now_ms)
{
	if (write->command == SD_CLASSIC_STORE) {
		return sdd_store_put(requests->store, write->key, write->value,
		                     now_ms + requests->expiration_ms);
	}
	return sdd_store_remove(requests->store, write->key, now_ms);
}

/* Applies `count` writes in one batch. False: the batch was lost, and no write was stored. */
static bool commit(struct sdd_requests *requests, struct write *writes, size_t count)
{
	int64_t now_ms = sdd_loop_now_ms();
	enum sdd_result result = sdd_store_begin(requests->store);

	for (size_t i = 0; i < count && sdd_store_in_batch(requests->store); i++) {
		writes[i].result = result = apply(requests, &writes[i], now_ms);
	}
	if (sdd_store_in_batch(requests->store)) {
		result = sdd_store_commit(requests->store);
		if (result == SDD_DONE) {
			return true;
		}
	}
	for (size_t i = 0; i < count; i++) {
		writes[i].result = result;
	}
	return false;
}

static void answer(struct sdd_requests *requests, const struct write *write)
{
	if (write->result == SDD_DONE) {
		sdd_peer_answer_and_close(write->peer, SD_CLASSIC_OK, SD_CLASSIC_OK_LENGTH);
		return;
	}
	if (write->result != SDD_ABSENT) {
		/* a disk that is full would have one line for each store */
		sdd_log_limited(&requests->trouble, SDD_LOG_ERROR, "%s: refused, %s: %s",
		                sdd_peer_address(write->peer),
		                write->result == SDD_FULL ? "no room" : "the store failed",
		                sdd_store_reason(requests->store));
	}
	sdd_peer_close(write->peer); /* all that the protocol has for "no" */
}

void sdd_requests_end_turn(struct sdd_requests *requests)
{
	size_t count = requests->write_count;

	sdd_store_end_reading(requests->store);
	if (count == 0) {
		return;
	}
	/* one that does not fit must not take the others with it */
	if (!commit(requests, requests->writes, count) && count > 1) {
		for (size_t i = 0; i < count; i++) {
			(void)commit(requests, &requests->writes[i], 1);
		}
	}
	requests->write_count = 0;
	for (size_t i = 0; i < count; i++) {
		answer(requests, &requests->writes[i]);
	}
}

/* }}} */

/* {{{ the classic protocol */

static void refuse(struct sdd_peer *peer, const char *why)
{
	sdd_log(SDD_LOG_WARNING, "%s: refused: %s", sdd_peer_address(peer), why);
	sdd_peer_close(peer);
}

static void fetch(struct sdd_requests *requests, struct sdd_peer *peer, struct sdd_bytes key)
{
	struct sdd_bytes value;
	enum sdd_result result =
	    sdd_store_get(requests->store, key, sdd_loop_now_ms(), &value);

	if (result == SDD_DONE) {
		sdd_peer_answer_and_close(peer, value.data, value.length);
		return;
	}
	if (result != SDD_ABSENT) {
		sdd_log_limited(&requests->trouble, SDD_LOG_ERROR, "%s: fetch failed: %s",
		                sdd_peer_address(peer), sdd_store_reason(requests->store));
	}
	sdd_peer_close(peer);
}

static void defer(struct sdd_requests *requests, const struct write *write)
{
	sdd_peer_hold(write->peer);
	requests->writes[requests->write_count++] = *write;
	if (requests->write_count == WRITES_MAX) {
		sdd_requests_end_turn(requests);
	}
}

static void execute(struct sdd_requests *requests, struct sdd_peer *peer,
                    const struct sd_classic_header *header, const uint8_t *bytes)
{
	struct write write = {
	    .peer = peer,
	    .command = header->command,
	    .key = {bytes + header->length, header->key_length},
	    .value = {bytes + header->length + header->key_length, header->data_length},
	};
	size_t bad_offset;

	if (sd_classic_check_key(write.key.data, write.key.length, &bad_offset) != SD_OK) {
		sdd_log(SDD_LOG_WARNING, "%s: refused: byte 0x%02x at offset %zu of the key is not legal",
		        sdd_peer_address(peer), ((const uint8_t *)write.key.data)[bad_offset], bad_offset);
		sdd_peer_close(peer);
	} else if (header->command == SD_CLASSIC_FETCH) {
		fetch(requests, peer, write.key);
	} else {
		defer(requests, &write);
	}
}

/* What is wrong with a request as announced, before its bytes are read; NULL: nothing. */
static const char *objection(const struct sdd_requests *requests,
                             const struct sd_classic_header *header, size_t received)
{
	uint64_t announced = sd_classic_request_length(header);

	if (header->key_length == 0) {
		return "the key is empty";
	}
	if (header->key_length > SD_CLASSIC_KEY_MAX) {
		return "the key is too long";
	}
	if (announced > requests->max_request_size) {
		return "the request is larger than --maxreadsize allows";
	}
	if (received > announced) {
		return "there are bytes past the request's end";
	}
	return NULL;
}

void sdd_requests_received(void *context, struct sdd_peer *peer, const uint8_t *bytes,
                           size_t length)
{
	struct sdd_requests *requests = context;
	struct sd_classic_header header;
	const char *wrong;

	switch (sd_classic_read_header(bytes, length, &header)) {
	case SD_CLASSIC_INCOMPLETE:
		return;
	case SD_CLASSIC_UNKNOWN:
		refuse(peer, "unknown command");
		return;
	case SD_CLASSIC_COMPLETE:
		break;
	}
	wrong = objection(requests, &header, length);
	if (wrong != NULL) {
		refuse(peer, wrong);
	} else if (length == sd_classic_request_length(&header)) {
		execute(requests, peer, &header, bytes);
	}
}

/* }}} */

struct sdd_requests *sdd_requests_new(struct sdd_store *store, uint64_t max_request_size,
                                      int64_t expiration_ms)
{
	struct sdd_requests *requests = calloc(1, sizeof(*requests));

	if (requests != NULL) {
		requests->store = store;
		requests->max_request_size = max_request_size;
		requests->expiration_ms = expiration_ms;
	}
	return requests;
}

void sdd_requests_free(struct sdd_requests *requests)
{
	free(requests);
}
