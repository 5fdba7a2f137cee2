/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The transport with sockets; see network.h.
 *
 * Invariants: between two operations no call is active and no link is busy.
 * What is found so when one begins was left by a longjmp: its exchanges are gone
 * and it is closed.
 */

#include "client/net/network.h"

#include <stdlib.h>
#include <string.h>

#include "client/net/classic_request.h"
#include "client/net/node.h"
#include "client/net/platform.h"

#define LOOKED_AT_MAX 8 /* links and calls: more of them are looked at better by the system */
#define KNOWN 64        /* servers whose places are found at once */
#define LOOK_MS (SD_BUSY_POLL_MAX / 1000 + 1) /* one looks for less */

/* Where a server's place was found, by the server's identity. */
struct known {
	uint64_t identity;
	struct sd_place *place; /* NULL: nobody's */
};

struct sd_network {
	struct sd_transport transport; /* first: the network is a transport */
	const struct sd_options *options;
	struct sd_health *health;
	sd_place_log *log;
	struct sd_link_shared shared;
	struct sd_place *places;
	struct known known[KNOWN];
	uint64_t round;     /* counts what was performed */
	int64_t process;    /* whose the sockets are */
	bool is_performing; /* or was, when a longjmp left it */
	bool is_in_vain;    /* this operation looked for an answer, and sleeps from now on */
	bool has_doubts;    /* a server was taken for classic in this operation */

	struct sd_place *pending_places;
	struct sd_exchange *pending_calls;
	struct sd_link *links[SD_PLATFORM_WAIT_MAX]; /* busy ones */
	size_t link_count;
	struct sd_call calls[SD_PLATFORM_WAIT_MAX];
	size_t call_count; /* active ones, the first of them */
};

/* {{{ clocks */

static int64_t network_now_ms(struct sd_transport *transport)
{
	(void)transport;
	return sd_platform_now_ms();
}

static void network_pause(struct sd_transport *transport, int64_t ms)
{
	int64_t until_ms = sd_platform_now_ms() + ms;
	int64_t left_ms = ms;

	(void)transport;
	while (left_ms > 0) {
		sd_platform_wait(NULL, 0, left_ms); /* a signal ends it early */
		left_ms = until_ms - sd_platform_now_ms();
	}
}

static uint64_t network_new_version(struct sd_transport *transport)
{
	struct sd_link_shared *shared = &((struct sd_network *)transport)->shared;
	int64_t now_us = sd_platform_wall_us();

	shared->last_version++;
	if (now_us > 0 && shared->last_version < (uint64_t)now_us) {
		shared->last_version = (uint64_t)now_us;
	}
	/* two processes that know the same largest version, or write in the same microsecond */
	shared->last_version += sd_link_chance(shared) >> 58;
	return shared->last_version;
}

/* }}} */

/* {{{ what was left */

void sd_network_close(struct sd_network *network)
{
	sd_network_abandon(network);
	for (struct sd_place *place = network->places; place != NULL; place = place->next) {
		sd_link_close(&place->link);
	}
}

void sd_network_abandon(struct sd_network *network)
{
	if (!network->is_performing) {
		return;
	}
	for (struct sd_place *place = network->places; place != NULL; place = place->next) {
		if (place->link.head != NULL) {
			sd_link_close(&place->link);
		}
	}
	for (size_t i = 0; i < network->call_count; i++) {
		sd_call_abandon(&network->calls[i]);
	}
	network->link_count = 0;
	network->call_count = 0;
	network->pending_places = NULL;
	network->pending_calls = NULL;
	network->is_performing = false;
}

/* Connections are their opener's: a child that used one would mix its requests with the parent's.
 */
static void leave_them_to_the_parent(struct sd_network *network)
{
	int64_t process = sd_platform_process();

	if (network->process != process) {
		sd_network_close(network);
		network->process = process;
	}
}

/* }}} */

/* {{{ beginning */

/* The place at a server's host and port, made when it is asked first. NULL: no memory. */
static struct sd_place *find_place(struct sd_network *network, const struct sd_server *server)
{
	struct sd_place *place;

	for (place = network->places; place != NULL; place = place->next) {
		if (sd_server_same(&place->server, server)) {
			return place;
		}
	}
	place = sd_place_new(server, &network->shared, network->health);
	if (place != NULL) {
		place->next = network->places;
		network->places = place;
	}
	return place;
}

/* The same of a server that was asked before, mostly. */
static inline struct sd_place *place_of(struct sd_network *network, const struct sd_server *server)
{
	struct known *known = &network->known[server->identity % KNOWN];

	if (known->identity != server->identity || known->place == NULL) {
		struct sd_place *place = find_place(network, server);

		if (server->identity == 0) {
			return place;
		}
		known->identity = server->identity;
		known->place = place;
	}
	return known->place;
}

static void add_call(struct sd_network *network, struct sd_exchange *exchange)
{
	exchange->queued = network->pending_calls;
	network->pending_calls = exchange;
}

static bool network_skips(struct sd_transport *transport, struct sd_exchange *exchange,
                          int64_t now_ms)
{
	struct sd_place *place = place_of((struct sd_network *)transport, exchange->server);

	return place != NULL && !exchange->server->closed && sd_place_skips(place, exchange, now_ms);
}

static void network_note(struct sd_transport *transport, const struct sd_server *server,
                         enum sd_note note)
{
	struct sd_place *place = place_of((struct sd_network *)transport, server);

	if (place != NULL) {
		sd_place_note(place, note);
	}
}

/* Puts an exchange where it will be begun. */
static void route(struct sd_network *network, struct sd_exchange *exchange)
{
	struct sd_place *place;

	exchange->place = NULL;
	exchange->repeated = exchange->timed_out = false;
	if (exchange->server->closed) {
		sd_exchange_end(exchange, SD_UNREACHABLE, "the server object is closed");
		return;
	}
	place = place_of(network, exchange->server);
	if (place == NULL) {
		sd_exchange_end(exchange, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
		return;
	}
	exchange->place = place;
	if (!sd_place_admit(place, network->round, network->options, exchange)) {
		return;
	}
	if (exchange->operation == SD_RAW ||
	    (place->classic_until_ms > 0 && sd_platform_now_ms() < place->classic_until_ms)) {
		add_call(network, exchange);
		return;
	}
	if (place->link.head == NULL) {
		place->pending = network->pending_places;
		network->pending_places = place;
	}
	sd_link_add(&place->link, exchange);
}

/*
 * A server that closes on the greeting is classic, unless it has answered it before: then it, or
 * who stands between, could not go on. By the classic protocol that would be an answer: "none".
 */
static bool is_taken_for_classic(struct sd_place *place)
{
	struct sd_exchange *next;

	if (place->protocol != SD_PROTOCOL_META) {
		return true;
	}
	for (struct sd_exchange *each = place->link.head; each != NULL; each = next) {
		next = each->queued;
		sd_exchange_end(each, SD_CLOSED, "%s", "the connection was closed at the greeting");
	}
	place->link.head = place->link.tail = NULL;
	sd_place_finish(place);
	return false;
}

/* What became of a link: whether it goes on. */
static bool settle(struct sd_network *network, struct sd_link *link, enum sd_link_state state)
{
	struct sd_place *place = sd_place_of_link(link);
	struct sd_exchange *next;

	switch (state) {
	case SD_LINK_BUSY:
		return true;
	case SD_LINK_DONE:
		place->protocol = link->phase == SD_LINK_READY ? SD_PROTOCOL_META : place->protocol;
		sd_place_finish(place);
		return false;
	case SD_LINK_IS_CLASSIC:
		if (!is_taken_for_classic(place)) {
			return false;
		}
		break;
	}
	place->protocol = SD_PROTOCOL_CLASSIC;
	place->link.version[0] = '\0';
	place->classic_until_ms = sd_platform_now_ms() + network->options->retry_interval_ms;
	place->is_doubted = network->has_doubts = true;
	for (struct sd_exchange *each = link->head; each != NULL; each = next) {
		next = each->queued;
		add_call(network, each);
	}
	link->head = link->tail = NULL;
	return false;
}

/* What became of a call: one that goes on moves to the end of those that do so. */
static bool keep_call(struct sd_network *network, size_t from, size_t to)
{
	struct sd_call *call = &network->calls[from];

	if (call->exchange == NULL) {
		return false;
	}
	if (from != to) {
		network->calls[to] = *call;
		call->exchange = NULL;
		call->dial.socket = SD_NO_SOCKET; /* a sink's longjmp may come before the end */
		call->dial.lookup = NULL;
	}
	return true;
}

static bool has_room(const struct sd_network *network)
{
	return network->link_count + network->call_count < SD_PLATFORM_WAIT_MAX;
}

/* Begins what waits, as far as so many can be waited for at once. */
static void begin_pending(struct sd_network *network)
{
	while (network->pending_places != NULL && has_room(network)) {
		struct sd_place *place = network->pending_places;

		network->pending_places = place->pending;
		if (settle(network, &place->link, sd_link_begin(&place->link, place->began_us / 1000))) {
			network->links[network->link_count++] = &place->link;
		}
	}
	while (network->pending_calls != NULL && has_room(network)) {
		struct sd_call *call = &network->calls[network->call_count];
		struct sd_exchange *exchange = network->pending_calls;

		struct sd_place *place = exchange->place;

		network->pending_calls = exchange->queued;
		sd_call_begin(call, network->shared.resolver, &place->statistics.bytes, exchange);
		network->call_count += call->exchange != NULL;
	}
}

/* }}} */

/* {{{ looking */

/* Whether each that is under way waits for nothing but an answer, which may well come at once, and
 * for longer than is looked. */
static bool is_worth_looking(struct sd_network *network)
{
	int64_t until_ms = sd_platform_now_ms() + LOOK_MS;
	bool is_worth_it = true;

	if (network->link_count + network->call_count > LOOKED_AT_MAX) {
		return false;
	}
	for (size_t i = 0; i < network->link_count; i++) {
		struct sd_link *link = network->links[i];

		is_worth_it = sd_link_only_reads(link) && link->head->deadline_ms >= until_ms &&
		              sd_busy_may(&sd_place_of_link(link)->busy) && is_worth_it;
	}
	for (size_t i = 0; i < network->call_count; i++) {
		struct sd_call *call = &network->calls[i];
		struct sd_place *place = call->exchange->place;

		is_worth_it = sd_call_only_reads(call) && call->exchange->deadline_ms >= until_ms &&
		              sd_busy_may(&place->busy) && is_worth_it;
	}
	return is_worth_it;
}

/* Takes what has come for links and calls. False: nothing; where something has, looking came to
 * `found`. */
static bool hear_links(struct sd_network *network, enum sd_busy_result found)
{
	bool has_heard = false;
	size_t kept = 0;

	for (size_t i = 0; i < network->link_count; i++) {
		struct sd_link *link = network->links[i];
		size_t heard = link->heard;
		enum sd_link_state state = sd_link_advance(link);

		if (state != SD_LINK_BUSY || link->heard != heard || !sd_link_only_reads(link)) {
			sd_busy_note(&sd_place_of_link(link)->busy, found);
			has_heard = true;
		}
		if (settle(network, link, state)) {
			network->links[kept++] = link;
		}
	}
	network->link_count = kept;
	return has_heard;
}

static bool hear_calls(struct sd_network *network, enum sd_busy_result found)
{
	bool has_heard = false;
	size_t kept = 0;

	for (size_t i = 0; i < network->call_count; i++) {
		struct sd_call *call = &network->calls[i];
		struct sd_place *place = call->exchange->place;
		size_t received = call->received;

		sd_call_advance(call);
		if (call->exchange == NULL || call->received != received) {
			sd_busy_note(&place->busy, found);
			has_heard = true;
		}
		if (call->exchange == NULL) {
			sd_place_finish(place);
		}
		kept += keep_call(network, i, kept);
	}
	network->call_count = kept;
	return has_heard;
}

static void note_all(struct sd_network *network, enum sd_busy_result result)
{
	for (size_t i = 0; i < network->link_count; i++) {
		sd_busy_note(&sd_place_of_link(network->links[i])->busy, result);
	}
	for (size_t i = 0; i < network->call_count; i++) {
		struct sd_place *place = network->calls[i].exchange->place;

		sd_busy_note(&place->busy, result);
	}
}

/* Looks for answers for a short time instead of sleeping until they come; see busy.h. False: there
 * is nothing for it but to sleep. */
static bool look(struct sd_network *network)
{
	int64_t limit_us = network->options->busy_poll_us;
	int64_t now_us;
	int64_t before_us;
	int64_t until_us;

	if (limit_us == 0 || network->is_in_vain || !is_worth_looking(network)) {
		return false;
	}
	now_us = sd_platform_now_us();
	until_us = now_us + limit_us;
	for (;;) {
		enum sd_busy_result result;
		bool has_heard;

		before_us = now_us;
		sd_platform_yield(); /* the server may be waiting for this processor */
		now_us = sd_platform_now_us();
		result = sd_busy_judge(true, until_us, before_us, now_us);
		has_heard = hear_links(network, result);
		if (hear_calls(network, result) || has_heard) {
			return true;
		}
		result = sd_busy_judge(false, until_us, before_us, now_us);
		if (result != SD_BUSY_ON) {
			note_all(network, result);
			network->is_in_vain = true;
			return false;
		}
	}
}

/* }}} */

/* {{{ waiting */

/* One turn for the links: those that are done leave the array. */
static void turn_links(struct sd_network *network, const struct sd_wait *waits,
                       const int64_t *deadlines, int64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < network->link_count; i++) {
		struct sd_link *link = network->links[i];
		enum sd_link_state state = SD_LINK_BUSY;
		char reason[SD_REASON_MAX];

		if (waits[i].ready) {
			state = sd_link_advance(link);
		} else if (now_ms >= deadlines[i]) {
			state = sd_link_expire(link);
		} else if (sd_place_is_given_up(sd_place_of_link(link), link->heard, reason)) {
			state = sd_link_give_up(link, reason);
		}
		if (settle(network, link, state)) {
			network->links[kept++] = link;
		}
	}
	network->link_count = kept;
}

static void turn_calls(struct sd_network *network, const struct sd_wait *waits,
                       const int64_t *deadlines, int64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < network->call_count; i++) {
		struct sd_call *call = &network->calls[i];
		struct sd_place *place = call->exchange->place;
		char reason[SD_REASON_MAX];

		if (waits[i].ready) {
			sd_call_advance(call);
		} else if (now_ms >= deadlines[i]) {
			sd_call_expire(call);
		} else if (sd_place_is_given_up(place, call->received, reason)) {
			sd_call_give_up(call, reason);
		}
		if (call->exchange == NULL) {
			sd_place_finish(place);
		}
		kept += keep_call(network, i, kept);
	}
	network->call_count = kept;
}

/* The same for the only link that is under way and waits for nothing but its answer, as is mostly
 * so: one call of the system less. False: it is not like that. */
static bool turn_alone(struct sd_network *network)
{
	struct sd_link *link = network->links[0];
	enum sd_link_state state;
	char reason[SD_REASON_MAX];

	if (network->link_count != 1 || network->call_count != 0 || link->phase != SD_LINK_READY ||
	    !sd_link_only_reads(link) ||
	    link->head->deadline_ms < sd_platform_now_ms() + SD_PLATFORM_PATIENCE_MS) {
		return false;
	}
	state = sd_link_await(link);
	if (state == SD_LINK_BUSY &&
	    sd_place_is_given_up(sd_place_of_link(link), link->heard, reason)) {
		state = sd_link_give_up(link, reason);
	}
	network->link_count = settle(network, link, state);
	return true;
}

/* Waits once for all that is under way, and lets each go on. */
static void turn(struct sd_network *network)
{
	struct sd_wait waits[SD_PLATFORM_WAIT_MAX];
	int64_t deadlines[SD_PLATFORM_WAIT_MAX];
	int64_t now_ms = sd_platform_now_ms();
	int64_t first_ms = now_ms + SD_PLATFORM_PATIENCE_MS; /* so that marks of others are seen */
	size_t links = network->link_count;
	size_t count = links + network->call_count;

	for (size_t i = 0; i < count; i++) {
		if (i < links) {
			sd_link_wants(network->links[i], &waits[i], &deadlines[i]);
		} else {
			sd_call_wants(&network->calls[i - links], &waits[i], &deadlines[i]);
		}
		first_ms = deadlines[i] < first_ms ? deadlines[i] : first_ms;
	}
	sd_platform_wait(waits, count, first_ms > now_ms ? first_ms - now_ms : 0);
	now_ms = sd_platform_now_ms();
	turn_links(network, waits, deadlines, now_ms);
	turn_calls(network, waits + links, deadlines + links, now_ms);
}

/* A server that died as it was greeted closes as a classic one does; but then it is gone. */
static void settle_doubts(struct sd_network *network, const struct sd_exchange *exchanges)
{
	if (!network->has_doubts) {
		return;
	}
	network->has_doubts = false;
	for (const struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		struct sd_place *place = each->place;

		if (place != NULL && place->is_doubted &&
		    (each->status == SD_UNREACHABLE || each->status == SD_CLOSED)) {
			place->classic_until_ms = 0;
			place->protocol = SD_PROTOCOL_UNKNOWN;
		}
	}
	for (struct sd_place *place = network->places; place != NULL; place = place->next) {
		place->is_doubted = false;
	}
}

/* What became of them; of a place's that were answered well one says all. */
static void account(struct sd_network *network, const struct sd_exchange *exchanges)
{
	for (const struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		struct sd_place *place = each->place;

		if (place != NULL && !(each->status == SD_OK && place->has_answered)) {
			sd_place_account(place, network->options, network->log, each);
		}
	}
}

static void network_perform(struct sd_transport *transport, struct sd_exchange *exchanges)
{
	struct sd_network *network = (struct sd_network *)transport;

	sd_network_abandon(network);
	leave_them_to_the_parent(network);
	network->is_performing = true;
	network->is_in_vain = false;
	network->round++;
	for (struct sd_exchange *each = exchanges; each != NULL; each = each->next) {
		route(network, each);
	}
	for (;;) {
		begin_pending(network);
		if (network->link_count + network->call_count == 0) {
			break; /* nothing is pending either: there was room for it */
		}
		if (!look(network) && !turn_alone(network)) {
			turn(network);
		}
	}
	network->is_performing = false;
	settle_doubts(network, exchanges);
	account(network, exchanges);
}

/* }}} */

/* {{{ what is seen */

bool sd_network_view(struct sd_network *network, const struct sd_server *server,
                     struct sd_server_view *view)
{
	struct sd_place *place = place_of(network, server);

	if (place != NULL) {
		sd_place_view(place, view);
	}
	return place != NULL;
}

bool sd_network_view_at(struct sd_network *network, size_t index, struct sd_server_view *view)
{
	struct sd_place *place = network->places;

	while (place != NULL && index > 0) {
		place = place->next;
		index--;
	}
	if (place != NULL) {
		sd_place_view(place, view);
	}
	return place != NULL;
}

/* }}} */

struct sd_network *sd_network_new(const struct sd_options *options, struct sd_health *health,
                                  sd_place_log *log)
{
	struct sd_network *network = calloc(1, sizeof(*network));

	if (network == NULL) {
		return NULL;
	}
	network->shared.resolver = sd_resolver_new();
	if (network->shared.resolver == NULL) {
		free(network);
		return NULL;
	}
	network->options = options;
	network->health = health;
	network->log = log;
	(void)sd_platform_random(&network->shared.chance, sizeof(network->shared.chance));
	network->transport.perform = network_perform;
	network->transport.now_ms = network_now_ms;
	network->transport.pause = network_pause;
	network->transport.new_version = network_new_version;
	network->transport.skips = network_skips;
	network->transport.note = network_note;
	return network;
}

void sd_network_free(struct sd_network *network)
{
	if (network == NULL) {
		return;
	}
	sd_network_close(network);
	for (struct sd_place *place = network->places, *next; place != NULL; place = next) {
		next = place->next;
		free(place);
	}
	sd_resolver_free(network->shared.resolver);
	free(network);
}

struct sd_transport *sd_network_transport(struct sd_network *network)
{
	return &network->transport;
}
