/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A connected socket: its bytes, its events and its timer. This is all that a connection needs of
 * the system, so a test or an encrypted connection can take the place of this one file.
 *
 * Sockets are read and written right in the callbacks, which is several microseconds per round
 * trip faster than libevent's buffered events.
 */

#ifndef SDD_SOCKET_H
#define SDD_SOCKET_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

struct event_base;
struct timeval;

/* Called by the event loop; `context` is the one given to sdd_socket_open(). */
struct sdd_socket_handler {
	void (*readable)(void *context); /* bytes, or the end, have come; or sdd_socket_wake() */
	void (*writable)(void *context); /* the socket takes bytes again */
	void (*expired)(void *context);  /* the time given to sdd_socket_start_timer() has passed */
};

struct sdd_socket {
	const struct sdd_socket_handler *handler;
	void *context;
	struct event read_event;
	struct event write_event;
	struct event timer;
	int descriptor;
	bool is_reading; /* read_event is added */
	bool is_writing; /* write_event is added */
	bool is_timed;   /* timer is pending */
};

enum sdd_socket_result {
	SDD_SOCKET_DONE,   /* some bytes were received or sent */
	SDD_SOCKET_LATER,  /* none for now */
	SDD_SOCKET_ENDED,  /* the client sends no more */
	SDD_SOCKET_FAILED, /* errno says why */
};

/* Takes over a connected, non-blocking descriptor. The handler must outlive the socket. False: no
 * memory, and the descriptor is closed. */
bool sdd_socket_open(struct sdd_socket *socket, struct event_base *base, int descriptor,
                     const struct sdd_socket_handler *handler, void *context);

/* Stops all events and closes the descriptor. */
void sdd_socket_close(struct sdd_socket *socket);

/* What errno says of a call that failed; for the next two functions only. */
bool sdd_socket_was_interrupted(void);
enum sdd_socket_result sdd_socket_failure(void);

/* Receives up to `size` bytes once; *count is how many came. */
static inline enum sdd_socket_result sdd_socket_receive(struct sdd_socket *socket, void *bytes,
                                                        size_t size, size_t *count)
{
	ssize_t done = recv(socket->descriptor, bytes, size, 0);

	*count = done > 0 ? (size_t)done : 0;
	if (done > 0) {
		return SDD_SOCKET_DONE;
	}
	if (done == 0) {
		return SDD_SOCKET_ENDED;
	}
	return sdd_socket_was_interrupted() ? SDD_SOCKET_LATER : sdd_socket_failure();
}

/* Whether nothing has come, not even an end. */
static inline bool sdd_socket_is_quiet(const struct sdd_socket *socket)
{
	char byte;

	return recv(socket->descriptor, &byte, 1, MSG_PEEK) == -1 &&
	       sdd_socket_failure() == SDD_SOCKET_LATER;
}

/* Sends up to `length` bytes once; *count is how many the system took. */
static inline enum sdd_socket_result sdd_socket_send(struct sdd_socket *socket, const void *bytes,
                                                     size_t length, size_t *count)
{
	ssize_t done;

	do {
		done = send(socket->descriptor, bytes, length, MSG_NOSIGNAL);
	} while (done == -1 && sdd_socket_was_interrupted());
	*count = done >= 0 ? (size_t)done : 0;
	return done >= 0 ? SDD_SOCKET_DONE : sdd_socket_failure();
}

/* The same with bytes that are in several places, in order. */
static inline enum sdd_socket_result sdd_socket_send_parts(struct sdd_socket *socket,
                                                           struct iovec *parts, size_t part_count,
                                                           size_t *count)
{
	const struct msghdr message = {.msg_iov = parts, .msg_iovlen = part_count};
	ssize_t done;

	do {
		done = sendmsg(socket->descriptor, &message, MSG_NOSIGNAL);
	} while (done == -1 && sdd_socket_was_interrupted());
	*count = done >= 0 ? (size_t)done : 0;
	return done >= 0 ? SDD_SOCKET_DONE : sdd_socket_failure();
}

/* Adds or removes an event, for the functions below only. */
void sdd_socket_change(struct event *event, bool *is_added, bool wanted);

/* Whether `readable` is called when bytes come, and `writable` when the socket takes bytes. They
 * call libevent only if that changes anything. */
static inline void sdd_socket_watch_reading(struct sdd_socket *socket, bool wanted)
{
	if (socket->is_reading != wanted) {
		sdd_socket_change(&socket->read_event, &socket->is_reading, wanted);
	}
}

static inline void sdd_socket_watch_writing(struct sdd_socket *socket, bool wanted)
{
	if (socket->is_writing != wanted) {
		sdd_socket_change(&socket->write_event, &socket->is_writing, wanted);
	}
}

/* Calls `readable` in the next tick, whether or not bytes have come. */
void sdd_socket_wake(struct sdd_socket *socket);

/* Starts the timer, from now; or stops it. `timeout` is a common timeout of the event base. */
void sdd_socket_start_timer(struct sdd_socket *socket, const struct timeval *timeout);

static inline void sdd_socket_stop_timer(struct sdd_socket *socket)
{
	if (socket->is_timed) {
		sdd_socket_change(&socket->timer, &socket->is_timed, false);
	}
}

#endif
