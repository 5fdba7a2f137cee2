/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Sockets without a system; see fake_socket.h. */

#include "tests/unit/server/fake_socket.h"

#include <errno.h>
#include <string.h>

#include "server/net/socket.h"
#include "tests/unit/unit.h"

#define FIRST 1000 /* descriptors that no system call of the test returns */
#define FAKES_MAX 128

static struct fake_socket fakes[FAKES_MAX];
static int count;
static unsigned wakes;

int fake_socket_new(void)
{
	assert_true(count < FAKES_MAX);
	fakes[count] = (struct fake_socket){.takes = SIZE_MAX};
	return FIRST + count++;
}

struct fake_socket *fake_socket_of(int descriptor)
{
	assert_in_range(descriptor, FIRST, FIRST + count - 1);
	return &fakes[descriptor - FIRST];
}

bool fake_socket_forget_all(void)
{
	bool are_closed = true;

	for (int i = 0; i < count; i++) {
		are_closed = are_closed && fakes[i].socket == NULL;
	}
	count = 0;
	return are_closed;
}

void fake_socket_say(struct fake_socket *fake, const char *bytes)
{
	assert_int_equal(fake->unread_length, 0);
	fake->unread = bytes;
	fake->unread_length = strlen(bytes);
}

void fake_socket_readable(struct fake_socket *fake)
{
	if (fake->socket != NULL && (fake->socket->is_reading || fake->is_woken)) {
		fake->is_woken = false;
		fake->socket->handler->readable(fake->socket->context);
	}
}

void fake_socket_writable(struct fake_socket *fake)
{
	if (fake->socket != NULL && fake->socket->is_writing) {
		fake->socket->handler->writable(fake->socket->context);
	}
}

static struct fake_socket *first_woken(void)
{
	struct fake_socket *first = NULL;

	for (int i = 0; i < count; i++) {
		if (fakes[i].is_woken && (first == NULL || fakes[i].woken_as < first->woken_as)) {
			first = &fakes[i];
		}
	}
	return first;
}

void fake_socket_serve_woken(void)
{
	struct fake_socket *fake;

	while ((fake = first_woken()) != NULL) {
		fake_socket_readable(fake);
		fake->is_woken = false;
	}
}

bool fake_socket_expire(struct fake_socket *fake)
{
	if (fake->socket == NULL || !fake->socket->is_timed) {
		return false;
	}
	fake->socket->is_timed = false;
	fake->socket->handler->expired(fake->socket->context);
	return true;
}

/* {{{ what connections call */

ssize_t __wrap_recv(int descriptor, void *bytes, size_t size, int flags);
ssize_t __wrap_send(int descriptor, const void *bytes, size_t length, int flags);
ssize_t __wrap_sendmsg(int descriptor, const struct msghdr *message, int flags);

static size_t least(size_t one, size_t two)
{
	return one < two ? one : two;
}

static ssize_t fail_with(int error)
{
	errno = error;
	return -1;
}

ssize_t __wrap_recv(int descriptor, void *bytes, size_t size, int flags)
{
	struct fake_socket *fake = fake_socket_of(descriptor);
	size_t length = least(size, fake->unread_length);

	if (fake->is_broken) {
		return fail_with(ECONNRESET);
	}
	if (flags == MSG_PEEK) {
		return length > 0 || fake->has_ended ? (ssize_t)length : fail_with(EAGAIN);
	}
	if (length > 0) {
		memcpy(bytes, fake->unread, length);
		fake->unread += length;
		fake->unread_length -= length;
	} else if (fake->endless > 0) {
		length = least(size, fake->endless);
		memset(bytes, fake->repeated, length);
		fake->endless -= length;
	} else if (!fake->has_ended) {
		return fail_with(EAGAIN);
	}
	return (ssize_t)length;
}

ssize_t __wrap_send(int descriptor, const void *bytes, size_t length, int flags)
{
	struct fake_socket *fake = fake_socket_of(descriptor);
	size_t taken = least(length, fake->takes);

	(void)flags;
	if (fake->is_broken) {
		return fail_with(EPIPE);
	}
	if (fake->takes_once > 0) {
		taken = least(taken, fake->takes_once);
	}
	if (taken == 0) {
		return fail_with(EAGAIN);
	}
	if (fake->got_length < FAKE_SOCKET_KEPT) {
		memcpy(fake->got + fake->got_length, bytes,
		       least(taken, FAKE_SOCKET_KEPT - fake->got_length));
	}
	fake->got_length += taken;
	fake->takes -= fake->takes == SIZE_MAX ? 0 : taken;
	return (ssize_t)taken;
}

ssize_t __wrap_sendmsg(int descriptor, const struct msghdr *message, int flags)
{
	size_t takes_once = fake_socket_of(descriptor)->takes_once;
	size_t taken = 0;

	for (size_t i = 0; i < message->msg_iovlen; i++) {
		const struct iovec *part = &message->msg_iov[i];
		ssize_t of_part = __wrap_send(descriptor, part->iov_base, part->iov_len, flags);

		taken += of_part > 0 ? (size_t)of_part : 0;
		if (of_part < (ssize_t)part->iov_len || takes_once > 0) {
			return taken > 0 ? (ssize_t)taken : of_part;
		}
	}
	return (ssize_t)taken;
}

bool sdd_socket_open(struct sdd_socket *socket, struct event_base *base, int descriptor,
                     const struct sdd_socket_handler *handler, void *context)
{
	(void)base;
	*socket = (struct sdd_socket){.handler = handler, .context = context, .descriptor = descriptor};
	fake_socket_of(descriptor)->socket = socket;
	return true;
}

void sdd_socket_close(struct sdd_socket *socket)
{
	fake_socket_of(socket->descriptor)->socket = NULL;
}

void sdd_socket_change(struct event *event, bool *is_added, bool wanted)
{
	*is_added = wanted;
	for (int i = 0; i < count && !wanted; i++) {
		if (fakes[i].socket != NULL && event == &fakes[i].socket->read_event) {
			fakes[i].is_woken = false; /* as event_del() does */
		}
	}
}

bool sdd_socket_was_interrupted(void)
{
	return errno == EINTR;
}

enum sdd_socket_result sdd_socket_failure(void)
{
	return errno == EAGAIN ? SDD_SOCKET_LATER : SDD_SOCKET_FAILED;
}

void sdd_socket_wake(struct sdd_socket *socket)
{
	struct fake_socket *fake = fake_socket_of(socket->descriptor);

	fake->woken_as = fake->is_woken ? fake->woken_as : ++wakes;
	fake->is_woken = true;
}

void sdd_socket_start_timer(struct sdd_socket *socket, const struct timeval *timeout)
{
	(void)timeout;
	socket->is_timed = true;
	fake_socket_of(socket->descriptor)->timer_starts++;
	fake_socket_of(socket->descriptor)->timeout = timeout;
}

/* }}} */
