/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One connected client; see peer.h. Sockets are read and written right in the
 * callbacks, which is several microseconds a round trip faster than buffered
 * events.
 *
 * Invariants: a peer that has read, written or been finished in this turn is in
 * the list of touched ones, and peers are freed only where no list is walked.
 * Of `in` the bytes up to `in_turn` were answered in earlier turns, those up to
 * `in_done` in this one; of `out` the bytes up to `out_turn` are from earlier
 * turns.
 */

#include "server/net/connection.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/system/log.h"
#include "server/net/loop.h"

#define REQUESTS_PER_TURN 512        /* of one peer, so that the others get their turn too */
#define READ_PER_TURN (256u * 1024u) /* bytes of one peer, about; for the same reason */
#define OUT_MAX (4u * 1024u * 1024u) /* bytes waiting for a peer from which on it is not read */
#define HELD_IN_MAX (1024u * 1024u)  /* bytes read of a peer while it is held */
#define KEPT_OF_ALL (16u * 1024u * 1024u) /* bytes of empty buffers that peers share, about; */
#define KEPT_LEAST 65536                  /* of one buffer, where there are many peers */
#define KEPT_MOST (2u * 1024u * 1024u)    /* of one buffer, where there are few */

struct buffer {
	uint8_t *bytes;
	size_t length;
	size_t capacity;
};

struct sdd_peer {
	TAILQ_ENTRY(sdd_peer) link;
	TAILQ_ENTRY(sdd_peer) touched_link;
	struct sdd_peers *peers;
	struct event read_event;
	struct event write_event;
	struct event silence_event;
	int descriptor;
	bool touched;
	bool reading;  /* what comes is told of, by read_event */
	bool writing;  /* the socket takes no more for now; write_event tells when it does */
	bool timed;    /* silence_event is pending: something has to come or go until then */
	bool finished; /* to be closed when `out` is sent */
	bool broken;   /* to be closed at once */
	bool ended;    /* the client sends no more */
	bool held;     /* a request is answered later, and nothing is handed over before */
	bool kept;     /* silence between requests is no reason to close it */
	struct buffer in;
	size_t in_turn;
	size_t in_done;
	struct buffer out;
	size_t out_turn;
	size_t out_sent;
	void *attachment;
	struct sdd_address address;
};

TAILQ_HEAD(peer_list, sdd_peer);

struct sdd_peers {
	struct event_base *base;
	struct sdd_peer_handler handler;
	size_t read_size;
	const struct timeval *timeout; /* one queue for all, since it is the same for all */
	size_t count;
	struct peer_list list;
	struct peer_list touched;
	struct sdd_peer *last; /* that was served; NULL: it is gone */
	char address[SDD_ADDRESS_MAX]; /* of the peer that was asked for last */
};

const char *sdd_peer_address(const struct sdd_peer *peer)
{
	sdd_address_describe(&peer->address, peer->peers->address);
	return peer->peers->address;
}

static void log_gone(const struct sdd_peer *peer, const char *when, int error)
{
	sdd_log(SDD_LOG_DEBUG, "%s: gone%s: %s", sdd_peer_address(peer), when, strerror(error));
}

/* {{{ buffers */

/* Room for `more` bytes; grown by doubling, so that a peer holds memory for what came and not for
 * what it announced. */
static bool reserve(struct buffer *buffer, size_t more)
{
	size_t capacity = buffer->length * 2;
	uint8_t *bytes;

	if (buffer->capacity - buffer->length >= more) {
		return true;
	}
	if (capacity < buffer->length + more) {
		capacity = buffer->length + more;
	}
	bytes = realloc(buffer->bytes, capacity);
	if (bytes == NULL) {
		return false;
	}
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return true;
}

/* Whether a peer keeps an empty buffer: so long values are read at once, and copied by no growth. */
static bool is_kept(const struct sdd_peers *peers, const struct buffer *buffer)
{
	return buffer->capacity <= KEPT_LEAST ||
	       (buffer->capacity <= KEPT_MOST && buffer->capacity <= KEPT_OF_ALL / peers->count);
}

/* Forgets the first bytes, and a buffer that is empty then and too large to be kept. */
static void drop_head(const struct sdd_peers *peers, struct buffer *buffer, size_t count)
{
	buffer->length -= count;
	if (buffer->length > 0 && count > 0) {
		memmove(buffer->bytes, buffer->bytes + count, buffer->length);
	}
	if (buffer->length == 0 && !is_kept(peers, buffer)) {
		free(buffer->bytes);
		memset(buffer, 0, sizeof(*buffer));
	}
}

/* }}} */

static void touch(struct sdd_peer *peer)
{
	if (!peer->touched) {
		peer->touched = true;
		peer->in_turn = peer->in_done;
		peer->out_turn = peer->out.length;
		TAILQ_INSERT_TAIL(&peer->peers->touched, peer, touched_link);
	}
}

/* Adds an event or takes it away, where that is news: libevent is not asked with each request. */
static void watch(struct event *event, bool *watched, bool wanted)
{
	if (*watched != wanted) {
		*watched = wanted;
		(void)(wanted ? event_add(event, NULL) : event_del(event));
	}
}

static void close_peer(struct sdd_peer *peer)
{
	struct sdd_peers *peers = peer->peers;

	peers->handler.closing(peers->handler.context, peer->attachment);
	(void)event_del(&peer->read_event); /* it may be active without being watched */
	watch(&peer->write_event, &peer->writing, false);
	watch(&peer->silence_event, &peer->timed, false);
	(void)close(peer->descriptor);
	TAILQ_REMOVE(&peers->list, peer, link);
	if (peers->last == peer) {
		peers->last = NULL;
	}
	if (peer->touched) {
		TAILQ_REMOVE(&peers->touched, peer, touched_link);
	}
	peers->count--;
	free(peer->in.bytes);
	free(peer->out.bytes);
	free(peer);
	peers->handler.closed(peers->handler.context);
}

/* {{{ for the handler */

uint8_t *sdd_peer_room(struct sdd_peer *peer, size_t length)
{
	uint8_t *room;

	touch(peer);
	if (peer->broken || !reserve(&peer->out, length)) {
		if (!peer->broken) {
			sdd_log(SDD_LOG_ERROR, "%s: no memory for its answer", sdd_peer_address(peer));
		}
		peer->broken = true;
		return NULL;
	}
	room = peer->out.bytes + peer->out.length;
	peer->out.length += length;
	return room;
}

void sdd_peer_write(struct sdd_peer *peer, const void *bytes, size_t length)
{
	uint8_t *room = length > 0 ? sdd_peer_room(peer, length) : NULL;

	if (room != NULL) {
		memcpy(room, bytes, length);
	}
}

size_t sdd_peer_written(const struct sdd_peer *peer)
{
	return peer->out.length;
}

void sdd_peer_take_back(struct sdd_peer *peer, size_t written)
{
	peer->out.length = written;
}

const void *sdd_peer_since(const struct sdd_peer *peer, size_t written)
{
	/* a peer that nothing was ever written to has no buffer to point into */
	return written < peer->out.length ? (const void *)(peer->out.bytes + written) : "";
}

void sdd_peer_finish(struct sdd_peer *peer)
{
	touch(peer);
	peer->finished = true;
}

void sdd_peer_keep(struct sdd_peer *peer)
{
	peer->kept = true;
}

bool sdd_peer_is_kept(const struct sdd_peer *peer)
{
	return peer->kept;
}

void sdd_peer_hold(struct sdd_peer *peer)
{
	peer->held = true;
}

void sdd_peer_attach(struct sdd_peer *peer, void *attachment)
{
	peer->attachment = attachment;
}

void *sdd_peer_attachment(const struct sdd_peer *peer)
{
	return peer->attachment;
}

bool sdd_peer_is_finished(const struct sdd_peer *peer)
{
	return peer->finished || peer->broken;
}

/* }}} */

/* {{{ reading */

/* Hands over requests until none is whole. False: it stopped before, for want of a turn or of room
 * for the answers. */
static bool hand_over(struct sdd_peer *peer)
{
	struct sdd_peers *peers = peer->peers;

	for (int i = 0; peer->in_done < peer->in.length && !peer->held; i++) {
		size_t consumed;

		if (i == REQUESTS_PER_TURN || peer->out.length - peer->out_sent > OUT_MAX) {
			return false;
		}
		consumed = peers->handler.received(peers->handler.context, peer,
		                                   peer->in.bytes + peer->in_done,
		                                   peer->in.length - peer->in_done);
		if (consumed == 0 || sdd_peer_is_finished(peer)) {
			break;
		}
		peer->in_done += consumed;
	}
	return true;
}

enum read_result {
	READ_ALL,  /* what was there */
	READ_MORE, /* there may be more */
	READ_BROKEN,
};

/* Reads once, as much as there is room for: `more` bytes at least. */
static enum read_result read_once(struct sdd_peer *peer, size_t more)
{
	size_t room;
	ssize_t done;

	if (!reserve(&peer->in, more)) {
		sdd_log(SDD_LOG_ERROR, "%s: no memory for its request", sdd_peer_address(peer));
		return READ_BROKEN;
	}
	room = peer->in.capacity - peer->in.length;
	done = recv(peer->descriptor, peer->in.bytes + peer->in.length, room, 0);
	if (done > 0) {
		peer->in.length += (size_t)done;
		return (size_t)done < room ? READ_ALL : READ_MORE;
	}
	if (done == 0) {
		peer->ended = true; /* its answers may still be on their way */
		watch(&peer->read_event, &peer->reading, false);
		return READ_ALL;
	}
	if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
		log_gone(peer, "", errno);
		return READ_BROKEN;
	}
	return READ_ALL;
}

/* Reads what is there: requests that come together share a turn, and with it a commit. Room grows
 * with what came, fourfold, so that a long value costs few reads. False: the connection is broken. */
static bool read_some(struct sdd_peer *peer)
{
	size_t before = peer->in.length;
	size_t more = peer->peers->read_size;
	enum read_result result;

	do {
		result = read_once(peer, more);
		more = peer->in.length < READ_PER_TURN ? 3 * peer->in.length : READ_PER_TURN;
	} while (result == READ_MORE && peer->in.length - before < READ_PER_TURN);
	return result != READ_BROKEN;
}

/* Carries out what was read. A client that sends no more is finished when nothing whole is left. */
static void go_on(struct sdd_peer *peer)
{
	touch(peer);
	if (hand_over(peer) && peer->ended && !sdd_peer_is_finished(peer)) {
		if (peer->in_done < peer->in.length) {
			sdd_log(SDD_LOG_NOTICE, "%s: gone after %zu bytes of a request: it closed",
			        sdd_peer_address(peer), peer->in.length - peer->in_done);
		}
		sdd_peer_finish(peer);
	}
}

void sdd_peer_go_on(struct sdd_peer *peer, const void *bytes, size_t length)
{
	bool of_earlier_turn;

	touch(peer);
	of_earlier_turn = peer->in_done == peer->in_turn;
	sdd_peer_write(peer, bytes, length);
	if (of_earlier_turn) {
		peer->out_turn = peer->out.length; /* a replay of this turn must not take it back */
	}
	peer->held = false;
	/* the requests behind it come with the next turn: this one may be past its commit */
	event_active(&peer->read_event, EV_READ, 0);
}

static void on_readable(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_peer *peer = argument;

	(void)descriptor;
	(void)what;
	if (!peer->ended && !read_some(peer)) {
		close_peer(peer);
		return;
	}
	go_on(peer);
}

bool sdd_peers_look(struct sdd_peers *peers)
{
	struct sdd_peer *peer = peers->last;
	size_t before;

	if (peer == NULL || !peer->reading) {
		return false;
	}
	before = peer->in.length;
	if (!read_some(peer)) {
		close_peer(peer);
		return true;
	}
	if (peer->in.length == before && !peer->ended) {
		return false;
	}
	go_on(peer);
	return true;
}

/* }}} */

/* {{{ writing */

/* Sends what the socket takes. False: the client is gone. */
static bool send_some(struct sdd_peer *peer)
{
	while (peer->out_sent < peer->out.length) {
		ssize_t done = send(peer->descriptor, peer->out.bytes + peer->out_sent,
		                    peer->out.length - peer->out_sent, MSG_NOSIGNAL);

		if (done >= 0) {
			peer->out_sent += (size_t)done;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			break;
		} else if (errno != EINTR) {
			log_gone(peer, " before its answer", errno);
			return false;
		}
	}
	return true;
}

/* The client has its time for sending a request, and for taking the answer. It may be silent between
 * two requests on a connection that is kept, and while it waits for a lock. */
static bool is_waited_for(const struct sdd_peer *peer)
{
	return peer->writing || (!peer->held && !(peer->kept && peer->in.length == 0));
}

/* The time begins anew with all that came or went. */
static void watch_time(struct sdd_peer *peer, bool progress)
{
	if (!is_waited_for(peer)) {
		watch(&peer->silence_event, &peer->timed, false);
	} else if (progress || !peer->timed) {
		peer->timed = true;
		(void)event_add(&peer->silence_event, peer->peers->timeout);
	}
}

static void on_silence(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_peer *peer = argument;

	(void)descriptor;
	(void)what;
	sdd_log(SDD_LOG_NOTICE, "%s: nothing came or went for too long, %zu bytes of %s",
	        sdd_peer_address(peer),
	        peer->writing ? peer->out.length - peer->out_sent : peer->in.length,
	        peer->writing ? "an answer left" : "a request");
	close_peer(peer);
}

/* What comes is read where there is room for it, and for the answers. */
static bool is_to_be_read(const struct sdd_peer *peer)
{
	return !peer->finished && !peer->ended && peer->out.length - peer->out_sent <= OUT_MAX &&
	       !(peer->held && peer->in.length > HELD_IN_MAX);
}

/* What is left when the socket takes no more waits for it; with nothing left the peer is read
 * again, or closed. False: it is gone. */
static bool send_and_watch(struct sdd_peer *peer)
{
	size_t sent_before = peer->out_sent;
	bool progress;

	if (peer->broken || !send_some(peer)) {
		close_peer(peer);
		return false;
	}
	progress = !peer->writing || peer->out_sent > sent_before;
	watch(&peer->write_event, &peer->writing, peer->out_sent < peer->out.length);
	if (!peer->writing) {
		if (peer->finished) {
			close_peer(peer);
			return false;
		}
		drop_head(peer->peers, &peer->out, peer->out_sent);
		peer->out_sent = 0;
	}
	watch(&peer->read_event, &peer->reading, is_to_be_read(peer));
	watch_time(peer, progress);
	return true;
}

static void on_writable(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_peer *peer = argument;

	(void)descriptor;
	(void)what;
	if (send_and_watch(peer) && !peer->writing && peer->in.length > peer->in_done) {
		go_on(peer);
	}
}

/* }}} */

/* {{{ the turn */

void sdd_peers_replay(struct sdd_peers *peers)
{
	struct sdd_peer *peer;

	TAILQ_FOREACH(peer, &peers->touched, touched_link)
	{
		if (peer->in_done > peer->in_turn) {
			peer->held = false; /* by a request of this turn, which comes again */
		}
		peer->in_done = peer->in_turn;
		peer->out.length = peer->out_turn;
		peer->finished = false;
		go_on(peer);
	}
}

/* There are requests that were read and not carried out, for want of a turn or of room for their
 * answers: the next turn begins with them. */
static void continue_next_turn(struct sdd_peer *peer)
{
	if (!peer->writing && !peer->finished && !peer->held && peer->in.length > 0) {
		event_active(&peer->read_event, EV_READ, 0);
	}
}

void sdd_peers_flush(struct sdd_peers *peers)
{
	struct sdd_peer *peer;

	while ((peer = TAILQ_FIRST(&peers->touched)) != NULL) {
		bool progress = peer->in_done > 0;

		TAILQ_REMOVE(&peers->touched, peer, touched_link);
		peer->touched = false;
		drop_head(peers, &peer->in, peer->in_done);
		peer->in_done = 0;
		peer->in_turn = 0;
		if (send_and_watch(peer) && progress) {
			peers->last = peer;
			continue_next_turn(peer);
		}
	}
}

/* }}} */

bool sdd_peer_open(struct sdd_peers *peers, int descriptor, const struct sdd_address *address)
{
	struct sdd_peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL) {
		(void)close(descriptor);
		return false;
	}
	peer->peers = peers;
	peer->descriptor = descriptor;
	peer->address = *address;
	if (event_assign(&peer->read_event, peers->base, descriptor, EV_READ | EV_PERSIST, on_readable,
	                 peer) != 0 ||
	    event_assign(&peer->write_event, peers->base, descriptor, EV_WRITE | EV_PERSIST,
	                 on_writable, peer) != 0 ||
	    evtimer_assign(&peer->silence_event, peers->base, on_silence, peer) != 0) {
		(void)close(descriptor);
		free(peer);
		return false;
	}
	TAILQ_INSERT_TAIL(&peers->list, peer, link);
	peers->count++;
	/* a request is mostly there already; a classic one needs no event at all then. Where it is
	 * not, the turn's end has the peer watched. */
	on_readable(descriptor, EV_READ, peer);
	return true;
}

struct sdd_peers *sdd_peers_new(struct event_base *base, const struct sdd_peer_handler *handler,
                                size_t read_size, int timeout_seconds)
{
	struct sdd_peers *peers = calloc(1, sizeof(*peers));
	struct timeval timeout = {.tv_sec = timeout_seconds};

	if (peers == NULL) {
		return NULL;
	}
	peers->base = base;
	peers->handler = *handler;
	peers->read_size = read_size;
	peers->timeout = event_base_init_common_timeout(base, &timeout);
	TAILQ_INIT(&peers->list);
	TAILQ_INIT(&peers->touched);
	if (peers->timeout == NULL) {
		free(peers);
		return NULL;
	}
	return peers;
}

size_t sdd_peers_count(const struct sdd_peers *peers)
{
	return peers->count;
}

void sdd_peers_finish(struct sdd_peers *peers)
{
	struct sdd_peer *peer = TAILQ_FIRST(&peers->list);

	while (peer != NULL) {
		struct sdd_peer *next = TAILQ_NEXT(peer, link);

		if (peer->touched || peer->writing) {
			sdd_peer_finish(peer);
		} else {
			close_peer(peer);
		}
		peer = next;
	}
}

void sdd_peers_free(struct sdd_peers *peers)
{
	if (peers != NULL) {
		while (!TAILQ_EMPTY(&peers->list)) {
			close_peer(TAILQ_FIRST(&peers->list));
		}
		free(peers);
	}
}
