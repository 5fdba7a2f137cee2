/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The meta protocol's requests; see meta.h. What each does is memcached's
 * protocol.txt; the order of what its answers tell, and the wording of errors,
 * were read off memcached 1.6.38 (tests/server/meta_answers_are_memcacheds.phpt).
 *
 * Invariant: an entry's value is the store's memory until the next write to it,
 * so an answer is written before the entry is changed.
 */

#include "server/protocol/meta.h"

#include <string.h>
#include <unistd.h>

#include "server/net/loop.h"
#include "wire/classic.h"
#include "wire/meta.h"

#define RELATIVE_MAX (60 * 60 * 24 * 30) /* seconds; a larger time to live is a date (memcached) */
#define NUMBER_MAX 20                    /* digits of a number that can be counted with */
#define LINE_MAX 1024                    /* bytes; a line with each flag once is not over 600 */

/* The line of an answer that is being written. */
struct line {
	size_t length;
	uint8_t bytes[LINE_MAX];
};

/* One request and what it is about. */
struct work {
	struct sdd_turn *turn;
	struct sdd_meta_state *state;
	struct sdd_peer *peer;
	const struct sd_meta_request *request;
	struct line *line; /* of the answer */
	struct sdd_bytes key;
	struct sdd_bytes data;  /* of a set */
	bool found;             /* `entry` is one that lives */
	bool buried;            /* `entry` is a tombstone */
	struct sdd_entry entry; /* what is there; all zero where nothing is */
};

/* {{{ answers */

static inline void add(struct work *work, const void *bytes, size_t length)
{
	memcpy(work->line->bytes + work->line->length, bytes, length);
	work->line->length += length;
}

static inline void add_text(struct work *work, const char *text)
{
	add(work, text, strlen(text));
}

static inline void add_number(struct work *work, const char *before, uint64_t number)
{
	add_text(work, before);
	work->line->length += sd_meta_write_u64(work->line->bytes + work->line->length, number);
}

/* Ends the line, and sends it on its way. */
static void end_line(struct work *work)
{
	add_text(work, "\r\n");
	sdd_peer_write(work->peer, work->line->bytes, work->line->length);
	work->line->length = 0;
}

/* A line of words alone. */
static void write_line(struct sdd_peer *peer, const char *text)
{
	sdd_peer_write(peer, text, strlen(text));
	sdd_peer_write(peer, "\r\n", 2);
}

static void write_value(struct sdd_peer *peer, struct sdd_bytes value)
{
	uint8_t *room = sdd_peer_room(peer, value.length + 2);

	if (room != NULL) {
		memcpy(room, value.data, value.length);
		memcpy(room + value.length, "\r\n", 2);
	}
}

void sdd_meta_answer_no(struct sdd_peer *peer)
{
	write_line(peer, "SERVER_ERROR out of memory storing object");
}

/* " k" and the key; one in base64 is followed by " b". */
static void add_key(struct work *work, bool base64)
{
	struct line *line = work->line;

	add_text(work, " k");
	if (base64) {
		line->length +=
			sd_meta_write_base64(line->bytes + line->length, work->key.data, work->key.length);
		add_text(work, " b");
	} else {
		add(work, work->key.data, work->key.length);
	}
}

static void add_seconds_left(struct work *work, const struct sdd_entry *entry)
{
	if (entry->expires_ms == SDD_NEVER) {
		add_text(work, " t-1");
	} else {
		add_number(work, " t", (uint64_t)(entry->expires_ms - work->turn->now_ms + 999) / 1000);
	}
}

/* Of an entry that is not known of it counts when it was written, which its version tells. */
static uint64_t seconds_since_access(const struct work *work, const struct sdd_entry *entry)
{
	int64_t now_ms = work->turn->now_ms;
	int64_t last_ms;

	(void)sdd_access_was_read(work->state->access, work->key, &last_ms);
	if (last_ms == 0) {
		last_ms = (int64_t)(entry->version / 1000);
	}
	return last_ms > 0 && last_ms < now_ms ? (uint64_t)(now_ms - last_ms) / 1000 : 0;
}

static bool was_read(const struct work *work)
{
	int64_t last_ms;

	return sdd_access_was_read(work->state->access, work->key, &last_ms);
}

/* What the request's flags ask to be told, in their order, about `entry`; about none (NULL) only
 * the key and the opaque token. */
static void add_flags(struct work *work, const struct sdd_entry *entry)
{
	const struct sd_meta_request *request = work->request;
	bool shows_base64 = request->base64;

	if (request->command == SD_META_GET && entry != NULL && !(entry->marks & SDD_TOMBSTONE)) {
		shows_base64 = entry->marks & SDD_BINARY_KEY;
	}
	for (size_t i = 0; i < request->flag_count; i++) {
		const struct sd_meta_flag *flag = &request->flags[i];

		if (flag->name == 'O') {
			add_text(work, " O");
			add(work, flag->token.start, flag->token.length);
		} else if (flag->name == 'k') {
			add_key(work, shows_base64);
		} else if (entry == NULL) {
			continue;
		} else if (flag->name == 'c') {
			add_number(work, " c", entry->version);
		} else if (flag->name == 't') {
			add_seconds_left(work, entry);
		} else if (flag->name == 's') {
			add_number(work, " s", entry->value.length);
		} else if (flag->name == 'f') {
			add_number(work, " f", entry->client_flags);
		} else if (flag->name == 'h') {
			add_text(work, was_read(work) ? " h1" : " h0");
		} else if (flag->name == 'l') {
			add_number(work, " l", seconds_since_access(work, entry));
		}
	}
}

/* What is not proven is marked so; only a client of ours is told. */
static void add_proof(struct work *work, bool proven)
{
	if (work->request->tombstones && !proven) {
		add_text(work, " U");
	}
}

/* A status and what the flags ask for; nothing for a quiet request with the status that `quiet`
 * names. */
static void answer(struct work *work, const char *status, const struct sdd_entry *entry,
                   const char *quiet)
{
	if (work->request->quiet && strcmp(status, quiet) == 0) {
		return;
	}
	add_text(work, status);
	add_flags(work, entry);
	end_line(work);
}

/* }}} */

/* {{{ what is there, and what is to be */

static enum sdd_result look(struct work *work)
{
	enum sdd_result result =
	    sdd_store_find(work->turn->store, work->key, work->turn->now_ms, &work->entry);

	work->buried = result == SDD_DONE && work->entry.marks & SDD_TOMBSTONE;
	work->found = result == SDD_DONE && !work->buried;
	if (result != SDD_DONE) {
		memset(&work->entry, 0, sizeof(work->entry));
	}
	return result == SDD_ABSENT ? SDD_DONE : result;
}

/* The same for a request that will write: first a batch, then what is seen in it. */
static enum sdd_result look_for_writing(struct work *work)
{
	enum sdd_result result = sdd_turn_write(work->turn);

	return result == SDD_DONE ? sdd_turn_wrote(work->turn, look(work)) : result;
}

/* When an entry with that time to live expires: 0 never, negative at once, seconds or a date. */
static int64_t expiry_of(const struct work *work, int64_t ttl)
{
	if (ttl == 0) {
		return SDD_NEVER;
	}
	if (ttl < 0) {
		return work->turn->now_ms;
	}
	return ttl > RELATIVE_MAX ? ttl * 1000 : work->turn->now_ms + ttl * 1000;
}

static uint64_t new_version(struct work *work)
{
	if (work->request->has_version && work->request->version != 0) {
		return work->request->version;
	}
	return sdd_turn_version(work->turn, work->entry.version);
}

static enum sdd_result put(struct work *work, const struct sdd_entry *entry)
{
	sdd_access_note(work->state->access, work->key, work->turn->now_ms, /* written */ true);
	return sdd_turn_wrote(work->turn, sdd_store_put(work->turn->store, work->key, entry));
}

static enum sdd_result change(struct work *work, const struct sdd_entry *entry)
{
	return sdd_turn_wrote(work->turn, sdd_store_change(work->turn->store, work->key, entry));
}

/* Whether the value is to be made of the one that is there. */
static bool is_joining(const struct sd_meta_request *request)
{
	return request->mode == 'A' || request->mode == 'P';
}

/* Whether the entry has another version than the one asked for by C. For what changes the value that
 * is there 0 is none, as with memcached. */
static bool is_other_version(const struct work *work)
{
	const struct sd_meta_request *request = work->request;
	bool is_none = request->compare == 0 &&
	               (request->command == SD_META_ARITHMETIC || is_joining(request));

	return request->has_compare && !is_none && work->entry.version != request->compare;
}

/* Whether G forbids the write: what is there, dead or alive, is as new. */
static bool is_not_newer(const struct work *work)
{
	return work->request->only_newer && (work->found || work->buried) &&
	       work->request->version <= work->entry.version;
}

/* Whether H forbids the write: it is only for whoever holds the lock on the key. */
static bool is_not_holder(const struct work *work)
{
	const struct sdd_lock_owner *owner = sdd_peer_attachment(work->peer);

	return work->request->only_held && (owner == NULL || !sdd_lock_is_held(owner, work->key));
}

/* The answer to G then: whoever writes learns what there is to be newer than. */
static void answer_not_newer(struct work *work)
{
	add_number(work, "EX c", work->entry.version);
	add_flags(work, NULL);
	end_line(work);
}

/* Whether the client has found what is there, dead or alive, to be what another server has, and
 * this is news. */
static bool is_proof(const struct work *work)
{
	return work->request->has_proof && (work->found || work->buried) && !work->entry.proven &&
	       work->entry.version == work->request->proof;
}

/* Whether nothing being there is all there is to know: what was written while the server was away
 * is not here, and may be elsewhere for as long as entries live. */
static bool absence_is_proven(const struct work *work)
{
	return sdd_store_is_in_first_life(work->turn->store) ||
	       work->turn->now_ms - work->state->since_ms >= work->turn->expiration_ms;
}

/* }}} */

/* {{{ mg */

/* A client of ours is told of a tombstone by its version. */
static void answer_missing(struct work *work, const struct sdd_entry *tombstone)
{
	if (!work->request->quiet) {
		add_text(work, "EN");
		add_flags(work, work->request->tombstones ? tombstone : NULL);
		add_proof(work, tombstone != NULL ? tombstone->proven : absence_is_proven(work));
		end_line(work);
	}
}

static enum sdd_result get_missing(struct work *work)
{
	struct sdd_entry tombstone = work->entry;
	bool proof = is_proof(work);

	tombstone.proven |= proof;
	answer_missing(work, work->buried ? &tombstone : NULL);
	return proof ? change(work, &tombstone) : SDD_DONE;
}

static void note_reading(const struct work *work)
{
	if (!work->request->no_bump) {
		sdd_access_note(work->state->access, work->key, work->turn->now_ms, /* written */ false);
	}
}

/* N: there is to be an entry, without a value, that this client is to make. */
static enum sdd_result vivify(struct work *work)
{
	const struct sd_meta_request *request = work->request;
	struct sdd_entry stub = {.marks = SDD_WON | (request->base64 ? SDD_BINARY_KEY : 0)};
	enum sdd_result result;

	stub.version = new_version(work);
	stub.expires_ms = expiry_of(work, request->vivify);
	result = put(work, &stub);
	if (result == SDD_DONE) {
		add_text(work, request->wants_value ? "VA 0" : "HD");
		add_flags(work, &stub);
		add_text(work, request->wants_value ? " W\r\n" : " W"); /* the empty value's line */
		end_line(work);
		note_reading(work);
	}
	return result;
}

/* Whether this client is the one to make the entry anew. */
static bool wins(const struct work *work, const struct sdd_entry *entry)
{
	const struct sd_meta_request *request = work->request;

	if (entry->marks & SDD_WON) {
		return false;
	}
	return entry->marks & SDD_STALE ||
	       (request->has_recache && entry->expires_ms != SDD_NEVER &&
	        entry->expires_ms - work->turn->now_ms < request->recache * 1000);
}

static void add_marks(struct work *work, uint32_t marks, bool won)
{
	if (marks & SDD_WON) {
		add_text(work, " Z");
	}
	if (marks & SDD_STALE) {
		add_text(work, " X");
	}
	if (won) {
		add_text(work, " W");
	}
}

static void answer_found(struct work *work, const struct sdd_entry *entry, bool won)
{
	bool wants_value = work->request->wants_value;

	if (wants_value) {
		add_number(work, "VA ", entry->value.length);
	} else {
		add_text(work, "HD");
	}
	add_flags(work, entry);
	add_marks(work, entry->marks, won);
	add_proof(work, entry->proven);
	end_line(work);
	if (wants_value) {
		write_value(work->peer, entry->value);
	}
}

static enum sdd_result get_found(struct work *work)
{
	struct sdd_entry entry = work->entry;
	bool proof = is_proof(work);
	bool won;

	if (work->request->has_ttl) {
		entry.expires_ms = expiry_of(work, work->request->ttl);
	}
	entry.proven |= proof;
	won = wins(work, &entry);
	answer_found(work, &entry, won);
	note_reading(work);
	if (!won && !proof && !work->request->has_ttl) {
		return SDD_DONE;
	}
	entry.marks |= won ? SDD_WON : 0;
	return change(work, &entry);
}

/* Looks without a batch first: most gets change nothing. */
static enum sdd_result get(struct work *work, struct sdd_meta_state *state)
{
	const struct sd_meta_request *request = work->request;
	enum sdd_result result = look(work);

	state->gets++;
	state->hits += work->found;
	state->touches += request->has_ttl;
	if (result == SDD_DONE && ((work->found && (request->has_ttl || wins(work, &work->entry))) ||
	                           (!work->found && request->has_vivify) || is_proof(work))) {
		result = look_for_writing(work);
	}
	if (result != SDD_DONE) {
		return result;
	}
	if (work->found) {
		return get_found(work);
	}
	return request->has_vivify ? vivify(work) : get_missing(work);
}

/* }}} */

/* {{{ ms */

/* The status of a set that is not to be; NULL: it is, stale where *stale says so. */
static const char *objection_to_set(const struct work *work, bool *stale)
{
	const struct sd_meta_request *request = work->request;
	bool joins = is_joining(request);

	*stale = false;
	if (request->mode == 'E') {
		return work->found ? "NS" : NULL; /* whatever C says, as with memcached */
	}
	if (!work->found && joins) {
		return request->has_vivify ? NULL : "NS";
	}
	if (!work->found && request->has_compare) {
		return "NF";
	}
	if (!work->found && request->mode == 'R') {
		return "NS";
	}
	if (is_other_version(work)) {
		/* an older version than the entry's is taken by I, but as one to be made anew */
		*stale = request->invalidate && !joins && request->compare < work->entry.version;
		return *stale ? NULL : "EX";
	}
	return NULL;
}

/* The old value and the new one, in the order that the mode says. */
static enum sdd_result put_joined(struct work *work, struct sdd_entry *entry)
{
	size_t old_length = work->entry.value.length;
	size_t length = old_length + work->data.length;
	size_t written = sdd_peer_written(work->peer);
	bool append = work->request->mode == 'A';
	const struct sdd_bytes *first = append ? &work->entry.value : &work->data;
	const struct sdd_bytes *second = append ? &work->data : &work->entry.value;
	enum sdd_result result;

	/* joined in the answer's buffer, which is there and grows, and taken back */
	sdd_peer_write(work->peer, first->data, first->length);
	sdd_peer_write(work->peer, second->data, second->length);
	if (sdd_peer_is_finished(work->peer)) {
		return SDD_DONE; /* no memory: it is closed without an answer */
	}
	entry->value.data = sdd_peer_since(work->peer, written);
	entry->value.length = length;
	result = put(work, entry);
	sdd_peer_take_back(work->peer, written);
	return result;
}

/* The entry that a set makes, but for a joined value. */
static struct sdd_entry entry_to_be(struct work *work, bool stale)
{
	const struct sd_meta_request *request = work->request;
	struct sdd_entry entry = {.value = work->data, .client_flags = request->client_flags};
	bool goes_on = stale || (work->found && is_joining(request)); /* of what is there its life does */

	entry.version = new_version(work);
	entry.marks = request->base64 ? SDD_BINARY_KEY : 0;
	if (goes_on) {
		entry.expires_ms = work->entry.expires_ms;
	} else if (is_joining(request)) {
		entry.expires_ms = expiry_of(work, request->vivify);
	} else {
		entry.expires_ms = request->has_ttl ? expiry_of(work, request->ttl)
		                                    : work->turn->now_ms + work->turn->expiration_ms;
	}
	if (stale) {
		entry.marks |= SDD_STALE | (work->entry.marks & SDD_WON);
	} else if (goes_on) {
		entry.marks = work->entry.marks & SDD_BINARY_KEY;
		entry.client_flags = work->entry.client_flags;
	}
	return entry;
}

static enum sdd_result set(struct work *work, struct sdd_meta_state *state)
{
	const struct sd_meta_request *request = work->request;
	enum sdd_result result = look_for_writing(work);
	struct sdd_entry entry = {.value = work->data};
	const char *objection;
	bool stale;

	state->sets++;
	if (result != SDD_DONE) {
		return result;
	}
	if (is_not_holder(work)) {
		answer(work, "NS", NULL, "");
		return SDD_DONE;
	}
	if (is_not_newer(work)) {
		answer_not_newer(work);
		return SDD_DONE;
	}
	objection = objection_to_set(work, &stale);
	if (objection != NULL) {
		answer(work, objection, &entry, ""); /* its version is 0, as memcached tells it */
		return SDD_DONE;
	}
	entry = entry_to_be(work, stale);
	result = work->found && is_joining(request) ? put_joined(work, &entry) : put(work, &entry);
	if (result == SDD_DONE) {
		answer(work, "HD", &entry, "HD");
	}
	return result;
}

/* }}} */

/* {{{ md */

/* The entry stays, stale or without its value. */
static enum sdd_result keep_deleted(struct work *work)
{
	const struct sd_meta_request *request = work->request;
	struct sdd_entry entry = work->entry;

	entry.version = new_version(work);
	entry.proven = true; /* it is written, if not its value */
	if (request->invalidate) {
		entry.marks = (entry.marks | SDD_STALE) & ~(uint32_t)SDD_WON;
		entry.expires_ms =
		    request->has_ttl ? expiry_of(work, request->ttl) : work->entry.expires_ms;
	}
	if (!request->only_value) {
		return change(work, &entry);
	}
	/* an empty entry in the place of the one that was won, or stale */
	entry.value.length = 0;
	entry.client_flags = 0;
	entry.marks &= SDD_BINARY_KEY | (request->invalidate ? SDD_STALE : 0u);
	return put(work, &entry);
}

static enum sdd_result bury(struct work *work)
{
	const struct sd_meta_request *request = work->request;
	int64_t life_ms = 0;

	if (request->has_ttl && request->ttl > 0) {
		life_ms = expiry_of(work, request->ttl) - work->turn->now_ms;
	}
	return sdd_turn_bury(work->turn, work->key, &work->entry, new_version(work),
	                     life_ms > 0 ? life_ms : work->turn->expiration_ms);
}

static enum sdd_result delete_entry(struct work *work, struct sdd_meta_state *state)
{
	const struct sd_meta_request *request = work->request;
	enum sdd_result result = look_for_writing(work);
	const char *status = work->found ? "HD" : "NF";

	state->deletes++;
	if (result != SDD_DONE) {
		return result;
	}
	if (is_not_holder(work)) {
		answer(work, "NS", NULL, "");
		return SDD_DONE;
	}
	if (is_not_newer(work)) {
		answer_not_newer(work);
		return SDD_DONE;
	}
	if (work->found && is_other_version(work)) {
		status = "EX";
	} else if (work->found && (request->invalidate || request->only_value)) {
		result = keep_deleted(work);
	} else if (work->found || request->has_version) {
		/* a delete with a version is remembered even where there is nothing to delete: the
		 * entry may come back from a server that was away */
		result = bury(work);
	}
	if (result == SDD_DONE) {
		answer(work, status, NULL, "HD");
	}
	return result;
}

/* }}} */

/* {{{ ma */

/* The number that a value is: digits, and the spaces that memcached pads with. */
static bool read_value(const struct sdd_bytes *value, uint64_t *number)
{
	const uint8_t *digits = value->data;
	size_t length = value->length;

	while (length > 0 && digits[0] == ' ') {
		digits++;
		length--;
	}
	while (length > 0 && digits[length - 1] == ' ') {
		length--;
	}
	return length <= NUMBER_MAX && sd_meta_read_u64(digits, length, number);
}

static uint64_t calculate(const struct sd_meta_request *request, uint64_t number)
{
	if (request->mode == 'D' || request->mode == '-') {
		return number > request->delta ? number - request->delta : 0;
	}
	return number + request->delta; /* wraps around, as memcached's does */
}

static enum sdd_result put_number(struct work *work, struct sdd_entry *entry, uint64_t number)
{
	uint8_t digits[NUMBER_MAX];
	enum sdd_result result;

	entry->value = (struct sdd_bytes){digits, sd_meta_write_u64(digits, number)};
	entry->version = new_version(work);
	result = put(work, entry);
	if (result != SDD_DONE) {
		return result;
	}
	if (!work->request->wants_value) {
		answer(work, "HD", entry, "HD");
	} else if (!work->request->quiet) {
		add_number(work, "VA ", entry->value.length);
		add_flags(work, entry);
		add_number(work, "\r\n", number);
		end_line(work);
	}
	return SDD_DONE;
}

static enum sdd_result count(struct work *work, struct sdd_meta_state *state)
{
	const struct sd_meta_request *request = work->request;
	enum sdd_result result = look_for_writing(work);
	struct sdd_entry entry = work->entry;
	uint64_t number;

	state->arithmetic++;
	if (result != SDD_DONE) {
		return result;
	}
	if (!work->found) {
		if (!request->has_vivify) {
			answer(work, "NF", NULL, "");
			return SDD_DONE;
		}
		entry = (struct sdd_entry){.expires_ms = expiry_of(work, request->vivify),
		                           .marks = request->base64 ? SDD_BINARY_KEY : 0};
		return put_number(work, &entry, request->initial);
	}
	if (is_other_version(work) && entry.value.length > 0) {
		answer(work, "EX", NULL, "");
		return SDD_DONE;
	}
	if (!read_value(&entry.value, &number)) {
		write_line(work->peer, "CLIENT_ERROR cannot increment or decrement non-numeric value");
		return SDD_DONE;
	}
	if (request->has_ttl) {
		entry.expires_ms = expiry_of(work, request->ttl);
	}
	return put_number(work, &entry, calculate(request, number));
}

/* }}} */

/* {{{ ml, mu */

#define LEASE_DEFAULT 30 /* seconds */
#define LEASE_MAX (24 * 60 * 60)
#define WAIT_MAX (60 * 60 * 1000) /* milliseconds */

/* The peer's as an owner of locks; made when it takes its first. NULL: no memory. */
static struct sdd_lock_owner *owner_of(struct work *work)
{
	struct sdd_lock_owner *owner = sdd_peer_attachment(work->peer);

	if (owner == NULL) {
		owner = sdd_lock_owner_new(work->state->locks, work->peer);
		sdd_peer_attach(work->peer, owner);
	}
	return owner;
}

static int64_t at_most(int64_t value, int64_t most)
{
	return value < most ? value : most;
}

/* Locks are in memory: they are no part of the turn's batch, and one that was taken stays taken
 * where that is lost. It is answered alike when it is taken again. */
static void lock_key(struct work *work)
{
	const struct sd_meta_request *request = work->request;
	struct sdd_lock_owner *owner = owner_of(work);
	int64_t lease = request->has_ttl && request->ttl > 0 ? request->ttl : LEASE_DEFAULT;
	enum sdd_lock_result result = SDD_LOCK_REFUSED;

	/* what the answer tells besides its status is written now and noted for later */
	add_flags(work, NULL);
	if (owner != NULL) {
		result = sdd_lock_acquire(owner, work->key, at_most(lease, LEASE_MAX) * 1000,
		                          at_most(request->wait, WAIT_MAX), work->line->bytes,
		                          work->line->length);
	}
	work->line->length = 0;
	if (result == SDD_LOCK_WAITING) {
		sdd_peer_hold(work->peer);
	} else {
		answer(work, result == SDD_LOCK_GRANTED ? "HD" : "NS", NULL, "");
	}
}

void sdd_meta_lock_decided(void *context, bool granted, const void *note, size_t note_length)
{
	struct sdd_peer *peer = context;
	char answer[2 + SDD_LOCK_NOTE_MAX + 2];

	memcpy(answer, granted ? "HD" : "NS", 2);
	memcpy(answer + 2, note, note_length);
	memcpy(answer + 2 + note_length, "\r\n", 2);
	sdd_peer_go_on(peer, answer, note_length + 4);
}

static void unlock_key(struct work *work)
{
	struct sdd_lock_owner *owner = sdd_peer_attachment(work->peer);

	answer(work, owner != NULL && sdd_lock_release(owner, work->key) ? "HD" : "NF", NULL, "");
}

/* }}} */

/* {{{ the rest */

static void write_stat(struct work *work, const char *name, uint64_t value)
{
	add_text(work, "STAT ");
	add_text(work, name);
	add_number(work, " ", value);
	end_line(work);
}

static void write_stats(struct work *work, const struct sdd_meta_state *state)
{
	struct sdd_peer *peer = work->peer;

	if (work->request->key.length > 0) {
		write_line(peer, "ERROR");
		return;
	}
	write_stat(work, "pid", (uint64_t)getpid());
	write_stat(work, "uptime", (uint64_t)(work->turn->now_ms - state->since_ms) / 1000);
	write_stat(work, "time", (uint64_t)work->turn->now_ms / 1000);
	write_line(peer, "STAT version " SDD_VERSION);
	write_stat(work, "curr_items", sdd_store_count(work->turn->store));
	write_stat(work, "bytes", sdd_store_size(work->turn->store));
	write_stat(work, "journal_bytes", sdd_store_journaled(work->turn->store));
	write_stat(work, "cmd_get", state->gets);
	write_stat(work, "get_hits", state->hits);
	write_stat(work, "get_misses", state->gets - state->hits);
	write_stat(work, "cmd_set", state->sets);
	write_stat(work, "cmd_delete", state->deletes);
	write_stat(work, "cmd_touch", state->touches);
	write_stat(work, "cmd_arithmetic", state->arithmetic);
	write_line(peer, "END");
}

static void answer_verbosity(struct work *work)
{
	struct sd_meta_word level = work->request->key;
	uint64_t number;

	if (level.length == 0) {
		write_line(work->peer, "ERROR");
	} else if (!sd_meta_read_u64(level.start, level.length, &number)) {
		write_line(work->peer, "CLIENT_ERROR bad command line format");
	} else {
		write_line(work->peer, "OK"); /* messages are not for clients to switch on */
	}
}

static enum sdd_result dispatch(struct work *work, struct sdd_meta_state *state)
{
	switch (work->request->command) {
	case SD_META_GET:
		return get(work, state);
	case SD_META_SET:
		return set(work, state);
	case SD_META_DELETE:
		return delete_entry(work, state);
	case SD_META_ARITHMETIC:
		return count(work, state);
	case SD_META_NOOP:
		write_line(work->peer, "MN");
		break;
	case SD_META_VERSION:
		write_line(work->peer, "VERSION " SDD_VERSION "-sharedanced");
		break;
	case SD_META_STATS:
		write_stats(work, state);
		break;
	case SD_META_VERBOSITY:
		answer_verbosity(work);
		break;
	case SD_META_QUIT:
		sdd_peer_finish(work->peer);
		break;
	case SD_META_LOCK:
		lock_key(work);
		break;
	case SD_META_UNLOCK:
		unlock_key(work);
		break;
	}
	return SDD_DONE;
}

/* }}} */

bool sdd_meta_begins(const uint8_t *bytes, size_t length)
{
	static const char *const beginnings[] = {"mg", "ms",      "md",    "ma",        "mn",  "ml",
	                                         "mu", "version", "stats", "verbosity", "quit"};

	for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
		size_t compared = strlen(beginnings[i]);

		compared = compared < length ? compared : length;
		if (memcmp(bytes, beginnings[i], compared) == 0 && (compared > 1 || bytes[0] == 'm')) {
			return true;
		}
	}
	return false;
}

/* All bytes of the request; 0: they have not come, or will not be taken. */
static size_t whole_length(const struct sd_meta_request *request, struct sdd_peer *peer,
                           size_t length, uint64_t max_request_size)
{
	uint64_t whole = request->line_length;

	if (request->has_data) {
		/* the same limit as for the classic request of this key and data */
		size_t written = request->key.length;
		uint64_t key_length = !request->base64 ? written : written < 4 ? 0 : written / 4 * 3 - 2;

		whole += request->data_length + 2;
		if (SD_CLASSIC_HEADER_MAX + key_length + request->data_length > max_request_size) {
			write_line(peer, "SERVER_ERROR object too large for cache");
			sdd_peer_finish(peer);
			return 0;
		}
	}
	return whole <= length ? (size_t)whole : 0;
}

size_t sdd_meta_execute(struct sdd_turn *turn, struct sdd_meta_state *state,
                        struct sdd_peer *peer, const uint8_t *bytes, size_t length,
                        uint64_t max_request_size, enum sdd_result *result)
{
	struct sd_meta_request request;
	struct line line;
	struct work work = {
		.turn = turn, .state = state, .peer = peer, .request = &request, .line = &line};
	uint8_t room[SD_META_BINARY_KEY_MAX];
	size_t whole;

	switch (sd_meta_read_request(bytes, length, &request)) {
	case SD_META_INCOMPLETE:
		return 0;
	case SD_META_TOO_LONG:
		write_line(peer, "CLIENT_ERROR line too long");
		sdd_peer_finish(peer);
		return 0;
	case SD_META_COMPLETE:
		break;
	}
	whole = whole_length(&request, peer, length, max_request_size);
	if (whole == 0) {
		return 0;
	}
	work.data = (struct sdd_bytes){bytes + request.line_length, request.data_length};
	line.length = 0;
	if (request.error == NULL && request.key.length > 0) {
		struct sd_meta_word key = sd_meta_read_key(&request, room);

		work.key = (struct sdd_bytes){key.start, key.length};
		if (work.key.length == 0) {
			request.error = sd_meta_bad_key(request.command);
		}
	}
	if (request.has_data && memcmp(bytes + whole - 2, "\r\n", 2) != 0) {
		request.error = "CLIENT_ERROR bad data chunk";
	}
	if (request.error != NULL) {
		write_line(peer, request.error);
	} else {
		*result = dispatch(&work, state);
	}
	return whole;
}
