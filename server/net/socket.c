/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A connected socket; see socket.h. */

#include "server/net/socket.h"

#include <errno.h>
#include <event2/event.h>
#include <unistd.h>

static void on_readable(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_socket *socket = argument;

	(void)descriptor;
	(void)what;
	socket->handler->readable(socket->context);
}

static void on_writable(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_socket *socket = argument;

	(void)descriptor;
	(void)what;
	socket->handler->writable(socket->context);
}

static void on_timer(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_socket *socket = argument;

	(void)descriptor;
	(void)what;
	socket->handler->expired(socket->context);
}

bool sdd_socket_open(struct sdd_socket *socket, struct event_base *base, int descriptor,
                     const struct sdd_socket_handler *handler, void *context)
{
	socket->handler = handler;
	socket->context = context;
	socket->descriptor = descriptor;
	socket->is_reading = socket->is_writing = socket->is_timed = false;
	if (event_assign(&socket->read_event, base, descriptor, EV_READ | EV_PERSIST, on_readable,
	                 socket) != 0 ||
	    event_assign(&socket->write_event, base, descriptor, EV_WRITE | EV_PERSIST, on_writable,
	                 socket) != 0 ||
	    evtimer_assign(&socket->timer, base, on_timer, socket) != 0) {
		(void)close(descriptor);
		return false;
	}
	return true;
}

void sdd_socket_change(struct event *event, bool *is_added, bool wanted)
{
	*is_added = wanted;
	(void)(wanted ? event_add(event, NULL) : event_del(event));
}

void sdd_socket_close(struct sdd_socket *socket)
{
	(void)event_del(&socket->read_event); /* sdd_socket_wake() may have made it active */
	sdd_socket_watch_writing(socket, false);
	sdd_socket_stop_timer(socket);
	(void)close(socket->descriptor);
}

bool sdd_socket_was_interrupted(void)
{
	return errno == EINTR;
}

enum sdd_socket_result sdd_socket_failure(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK ? SDD_SOCKET_LATER : SDD_SOCKET_FAILED;
}

void sdd_socket_wake(struct sdd_socket *socket)
{
	event_active(&socket->read_event, EV_READ, 0);
}

void sdd_socket_start_timer(struct sdd_socket *socket, const struct timeval *timeout)
{
	socket->is_timed = true;
	(void)event_add(&socket->timer, timeout);
}
