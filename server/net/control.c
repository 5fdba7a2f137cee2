/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The control socket; see control.h. The server hears one peer at a time; others wait. */

#include "server/net/control.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/system/log.h"

#define NAME "sharedanced.control"
#define WAITING 4 /* peers that may wait to be heard */

static const struct timeval retry_delay = {1, 0};      /* before accept() is tried again */
static const struct timeval hear_timeout = {5, 0};     /* until a peer has said what it wants */
static const struct timeval send_timeout = {60, 0};    /* until a reader reads on */
static const struct timeval receive_timeout = {90, 0}; /* a flush may have to come first */

struct sdd_control {
	int directory;
	struct sdd_control_handler handler;
	int listening;
	struct event *connecting; /* of `listening` */
	struct event *retry;      /* pending while no peer is accepted, for want of a descriptor */
	int peer;                 /* that is heard; -1: none is */
	struct event *said;       /* of `peer` */
	struct event_base *base;
};

/* The address in a directory. A long path is reached by its descriptor. */
static bool make_address(struct sockaddr_un *address, const char *path, int directory)
{
	int length;

	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	length = snprintf(address->sun_path, sizeof(address->sun_path), "%s/" NAME, path);
	if (length >= (int)sizeof(address->sun_path)) {
		length = snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d/" NAME,
		                  directory);
	}
	return length < (int)sizeof(address->sun_path);
}

static void set_timeouts(int descriptor)
{
	(void)setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &send_timeout, sizeof(send_timeout));
	(void)setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &receive_timeout,
	                 sizeof(receive_timeout));
}

/* {{{ the server: who asks */

static bool may_ask(int peer)
{
	struct ucred who;
	socklen_t length = sizeof(who);

	if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &length) != 0) {
		return false;
	}
	if (who.uid != 0 && who.uid != geteuid()) {
		sdd_log(SDD_LOG_WARNING, "user %u may not use the control socket", (unsigned)who.uid);
		return false;
	}
	return true;
}

static void stop_hearing(struct sdd_control *control)
{
	event_free(control->said);
	control->said = NULL;
	control->peer = -1;
	(void)event_add(control->connecting, NULL);
}

static void on_said(evutil_socket_t peer, short what, void *argument)
{
	struct sdd_control *control = argument;
	char text[SDD_CONTROL_TEXT_MAX];
	ssize_t length = what & EV_READ ? recv(peer, text, sizeof(text), MSG_DONTWAIT) : 0;

	stop_hearing(control);
	if (length == sizeof("backup") - 1 && memcmp(text, "backup", (size_t)length) == 0) {
		control->handler.backup(control->handler.context, peer);
	} else {
		(void)close(peer);
	}
}

/* False: it cannot be heard, for want of memory. */
static bool begin_hearing(struct sdd_control *control, int peer)
{
	struct event *said = event_new(control->base, peer, EV_READ, on_said, control);

	if (said == NULL || event_add(said, &hear_timeout) != 0) {
		if (said != NULL) {
			event_free(said);
		}
		return false;
	}
	set_timeouts(peer);
	control->said = said;
	control->peer = peer;
	(void)event_del(control->connecting);
	return true;
}

static void on_connecting(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_control *control = argument;
	int peer = accept4(descriptor, NULL, NULL, SOCK_CLOEXEC);

	(void)what;
	if (peer == -1) {
		if (errno != EAGAIN) { /* the peer stays, and the event would fire without end */
			(void)event_del(control->connecting);
			(void)event_add(control->retry, &retry_delay);
		}
		return;
	}
	if (!may_ask(peer) || !begin_hearing(control, peer)) {
		(void)close(peer);
	}
}

static void on_retry(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_control *control = argument;

	(void)descriptor;
	(void)what;
	(void)event_add(control->connecting, NULL);
}

static bool listen_at(struct sdd_control *control, const char *path)
{
	struct sockaddr_un address;

	control->listening = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (control->listening == -1 || !make_address(&address, path, control->directory)) {
		return false;
	}
	/* what is there was left by a process that died: the directory is locked */
	(void)unlinkat(control->directory, NAME, 0);
	return bind(control->listening, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	       listen(control->listening, WAITING) == 0;
}

struct sdd_control *sdd_control_new(struct event_base *base, const char *path, int directory,
                                    const struct sdd_control_handler *handler)
{
	struct sdd_control *control = calloc(1, sizeof(*control));

	if (control == NULL) {
		return NULL;
	}
	control->base = base;
	control->directory = directory;
	control->handler = *handler;
	control->peer = -1;
	if (!listen_at(control, path)) {
		sdd_log(SDD_LOG_WARNING, "no backup can be asked for: %s/" NAME ": %s", path,
		        strerror(errno));
		sdd_control_free(control);
		return NULL;
	}
	control->connecting =
		event_new(base, control->listening, EV_READ | EV_PERSIST, on_connecting, control);
	control->retry = evtimer_new(base, on_retry, control);
	if (control->connecting == NULL || control->retry == NULL ||
	    event_add(control->connecting, NULL) != 0) {
		sdd_control_free(control);
		return NULL;
	}
	return control;
}

void sdd_control_free(struct sdd_control *control)
{
	if (control == NULL) {
		return;
	}
	if (control->peer != -1) {
		(void)close(control->peer);
		event_free(control->said);
	}
	if (control->retry != NULL) {
		event_free(control->retry);
	}
	if (control->connecting != NULL) {
		event_free(control->connecting);
		(void)unlinkat(control->directory, NAME, 0);
	}
	if (control->listening != -1) {
		(void)close(control->listening);
	}
	free(control);
}

/* }}} */

/* {{{ the server: answers */

/* Sends a message, with a descriptor unless that is -1. */
static bool send_message(int peer, const char *text, int descriptor)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights = {.room = {0}};
	struct iovec bytes = {(void *)(uintptr_t)text, strlen(text)};
	struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1};

	if (descriptor != -1) {
		rights.head.cmsg_level = SOL_SOCKET;
		rights.head.cmsg_type = SCM_RIGHTS;
		rights.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&rights.head), &descriptor, sizeof(int));
		message.msg_control = rights.room;
		message.msg_controllen = sizeof(rights.room);
	}
	return sendmsg(peer, &message, MSG_NOSIGNAL) != -1;
}

int sdd_control_open_file(int peer, const char *name)
{
	char text[SDD_CONTROL_TEXT_MAX];
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		return -1;
	}
	set_timeouts(ends[0]);
	set_timeouts(ends[1]);
	(void)snprintf(text, sizeof(text), "file %s", name);
	if (!send_message(peer, text, ends[1])) {
		int error = errno;

		(void)close(ends[0]);
		ends[0] = -1;
		errno = error;
	}
	(void)close(ends[1]);
	return ends[0];
}

void sdd_control_cut(int descriptor)
{
	(void)shutdown(descriptor, SHUT_RDWR);
}

void sdd_control_end(int peer, const char *failure)
{
	char text[SDD_CONTROL_TEXT_MAX] = "done";

	if (failure != NULL) {
		(void)snprintf(text, sizeof(text), "failed %s", failure);
	}
	(void)send_message(peer, text, -1);
	(void)close(peer);
}

/* }}} */

/* {{{ who asks */

int sdd_control_connect(const char *path, uid_t *uid, gid_t *gid)
{
	int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int peer = directory == -1 ? -1 : socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	struct ucred who;
	socklen_t length = sizeof(who);
	int error;

	if (peer != -1 && make_address(&address, path, directory) &&
	    connect(peer, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0) {
		*uid = who.uid;
		*gid = who.gid;
		set_timeouts(peer);
		(void)close(directory);
		return peer;
	}
	error = errno;
	if (peer != -1) {
		(void)close(peer);
	}
	if (directory != -1) {
		(void)close(directory);
	}
	errno = error;
	return -1;
}

bool sdd_control_send(int peer, const char *text)
{
	return send_message(peer, text, -1);
}

bool sdd_control_receive(int peer, char text[SDD_CONTROL_TEXT_MAX], int *descriptor)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} rights = {.room = {0}};
	struct iovec bytes = {text, SDD_CONTROL_TEXT_MAX - 1};
	struct msghdr message = {.msg_iov = &bytes,
	                         .msg_iovlen = 1,
	                         .msg_control = rights.room,
	                         .msg_controllen = sizeof(rights.room)};
	const struct cmsghdr *head;
	ssize_t length;

	do {
		length = recvmsg(peer, &message, MSG_CMSG_CLOEXEC);
	} while (length == -1 && errno == EINTR);
	head = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;

	*descriptor = -1;
	text[length > 0 ? length : 0] = '\0';
	if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
		memcpy(descriptor, CMSG_DATA(head), sizeof(int));
	}
	return length > 0;
}

/* }}} */
