/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* One connected client; see peer.h. Sockets are read and written right in the callbacks, which is
 * several microseconds a round trip faster than buffered events. */

#include "peer.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"
#include "loop.h"

enum state {
	READING, /* a request is not whole yet */
	HELD,    /* it is, and its answer is being made */
	WRITING, /* the answer goes out, then the peer is closed */
};

struct sdd_peer {
	TAILQ_ENTRY(sdd_peer) link;
	struct sdd_peers *peers;
	struct event event;
	int descriptor;
	enum state state;
	uint8_t *in;
	size_t in_length;
	size_t in_capacity;
	uint8_t *out; /* what the socket has not taken yet */
	size_t out_length;
	size_t out_sent;
	char address[SDD_ADDRESS_MAX];
};

struct sdd_peers {
	struct event_base *base;
	struct sdd_peer_handler handler;
	size_t read_size;
	const struct timeval *timeout; /* one queue for all, since it is the same for all */
	size_t count;
	TAILQ_HEAD(peer_list, sdd_peer) list;
};

const char *sdd_peer_address(const struct sdd_peer *peer)
{
	return peer->address;
}

void sdd_peer_close(struct sdd_peer *peer)
{
	struct sdd_peers *peers = peer->peers;

	(void)event_del(&peer->event);
	(void)close(peer->descriptor);
	TAILQ_REMOVE(&peers->list, peer, link);
	peers->count--;
	free(peer->in);
	free(peer->out);
	free(peer);
	peers->handler.closed(peers->handler.context);
}

/* {{{ writing */

static void on_event(evutil_socket_t descriptor, short what, void *argument);

static bool watch(struct sdd_peer *peer, short what)
{
	struct sdd_peers *peers = peer->peers;

	return event_assign(&peer->event, peers->base, peer->descriptor, what | EV_PERSIST, on_event,
	                    peer) == 0 &&
	       event_add(&peer->event, peers->timeout) == 0;
}

/* Sends what the socket takes. False: the client is gone. */
static bool send_some(struct sdd_peer *peer, const uint8_t *bytes, size_t length, size_t *sent)
{
	*sent = 0;
	while (*sent < length) {
		ssize_t done = send(peer->descriptor, bytes + *sent, length - *sent, MSG_NOSIGNAL);

		if (done >= 0) {
			*sent += (size_t)done;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return true;
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

static bool keep_for_later(struct sdd_peer *peer, const uint8_t *bytes, size_t length)
{
	peer->out = malloc(length);
	if (peer->out == NULL) {
		return false;
	}
	memcpy(peer->out, bytes, length);
	peer->out_length = length;
	peer->out_sent = 0;
	(void)event_del(&peer->event);
	return watch(peer, EV_WRITE);
}

void sdd_peer_answer_and_close(struct sdd_peer *peer, const void *bytes, size_t length)
{
	size_t sent;

	peer->state = WRITING;
	free(peer->in); /* the request is done with */
	peer->in = NULL;
	if (!send_some(peer, bytes, length, &sent)) {
		sdd_log(SDD_LOG_DEBUG, "%s: gone before its answer: %s", peer->address, strerror(errno));
		sdd_peer_close(peer);
	} else if (sent == length) {
		sdd_peer_close(peer);
	} else if (!keep_for_later(peer, (const uint8_t *)bytes + sent, length - sent)) {
		sdd_log(SDD_LOG_ERROR, "%s: no memory for its answer", peer->address);
		sdd_peer_close(peer);
	}
}

static void write_on(struct sdd_peer *peer)
{
	size_t sent;

	if (!send_some(peer, peer->out + peer->out_sent, peer->out_length - peer->out_sent, &sent)) {
		sdd_log(SDD_LOG_DEBUG, "%s: gone during its answer: %s", peer->address, strerror(errno));
		sdd_peer_close(peer);
		return;
	}
	peer->out_sent += sent;
	if (peer->out_sent == peer->out_length) {
		sdd_peer_close(peer);
	}
}

/* }}} */

/* {{{ reading */

/* Room for another read. The buffer doubles with what came, so that a client holds memory for what
 * it sent and not for what it announced. */
static bool make_room(struct sdd_peer *peer)
{
	size_t capacity = peer->in_length * 2;
	uint8_t *in;

	if (peer->in_capacity - peer->in_length >= peer->peers->read_size) {
		return true;
	}
	if (capacity < peer->in_length + peer->peers->read_size) {
		capacity = peer->in_length + peer->peers->read_size;
	}
	in = realloc(peer->in, capacity);
	if (in == NULL) {
		return false;
	}
	peer->in = in;
	peer->in_capacity = capacity;
	return true;
}

static void read_on(struct sdd_peer *peer)
{
	struct sdd_peers *peers = peer->peers;
	ssize_t done;

	if (!make_room(peer)) {
		sdd_log(SDD_LOG_ERROR, "%s: no memory for its request", peer->address);
		sdd_peer_close(peer);
		return;
	}
	done = recv(peer->descriptor, peer->in + peer->in_length, peer->in_capacity - peer->in_length,
	            0);
	if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
		return;
	}
	if (done <= 0) {
		if (peer->in_length > 0) {
			sdd_log(SDD_LOG_NOTICE, "%s: gone after %zu bytes of a request: %s", peer->address,
			        peer->in_length, done < 0 ? strerror(errno) : "it closed");
		}
		sdd_peer_close(peer);
		return;
	}
	peer->in_length += (size_t)done;
	peers->handler.received(peers->handler.context, peer, peer->in, peer->in_length);
}

void sdd_peer_hold(struct sdd_peer *peer)
{
	peer->state = HELD;
	(void)event_del(&peer->event);
}

/* }}} */

static void on_event(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_peer *peer = argument;

	(void)descriptor;
	if (what & EV_TIMEOUT) {
		sdd_log(SDD_LOG_NOTICE, "%s: nothing came or went for too long, %zu bytes of a request",
		        peer->address, peer->in_length);
		sdd_peer_close(peer);
	} else if (what & EV_WRITE) {
		write_on(peer);
	} else {
		read_on(peer);
	}
}

bool sdd_peer_open(struct sdd_peers *peers, int descriptor, const char *address)
{
	struct sdd_peer *peer = calloc(1, sizeof(*peer));

	if (peer == NULL) {
		(void)close(descriptor);
		return false;
	}
	peer->peers = peers;
	peer->descriptor = descriptor;
	(void)snprintf(peer->address, sizeof(peer->address), "%s", address);
	if (!watch(peer, EV_READ)) {
		(void)close(descriptor);
		free(peer);
		return false;
	}
	TAILQ_INSERT_TAIL(&peers->list, peer, link);
	peers->count++;
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

void sdd_peers_close_idle(struct sdd_peers *peers)
{
	struct sdd_peer *peer = TAILQ_FIRST(&peers->list);

	while (peer != NULL) {
		struct sdd_peer *next = TAILQ_NEXT(peer, link);

		if (peer->state == READING) {
			sdd_peer_close(peer);
		}
		peer = next;
	}
}

void sdd_peers_free(struct sdd_peers *peers)
{
	if (peers != NULL) {
		while (!TAILQ_EMPTY(&peers->list)) {
			sdd_peer_close(TAILQ_FIRST(&peers->list));
		}
		free(peers);
	}
}
