/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The event loop; see loop.h. */

#include "server/net/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "server/busy.h"
#include "server/system/log.h"

#define LISTENERS_MAX 8
#define ACCEPTS_PER_TURN 64 /* so that those who are connected get their turn too */
#define LOOKS_MAX 16        /* turns of one client before it is seen who else there is */
#define RETRY_SECONDS 1     /* after which accepting is tried again without a descriptor freed */

struct listener {
	int descriptor;
	struct event *event;
};

struct sdd_loop {
	struct event_base *base;
	struct sdd_loop_handlers handlers;
	struct listener listeners[LISTENERS_MAX];
	size_t listener_count;
	char unix_path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* to be removed; "": none */
	struct event *signals[2];
	struct event *retry; /* pending while accepting is paused */
	struct sdd_log_limit shortage;
	struct sdd_busy busy;
	unsigned looks; /* turns that were one client's since it was seen who there is */
	bool paused;
	bool stopping;
	bool stopped;
};

int64_t sdd_loop_now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sdd_address_describe(const struct sdd_address *address, char text[SDD_ADDRESS_MAX])
{
	char host[INET6_ADDRSTRLEN];
	char port[8];

	if (address->bytes.ss_family == AF_UNIX ||
	    getnameinfo((const struct sockaddr *)&address->bytes, address->length, host, sizeof(host),
	                port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		(void)snprintf(text, SDD_ADDRESS_MAX, "a local client");
	} else {
		(void)snprintf(text, SDD_ADDRESS_MAX,
		               address->bytes.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	}
}

/* {{{ accepting */

/* Descriptors or memory ran out. A listener that is ready and cannot be accepted from would make
 * the loop spin: it waits until something is given back. */
static void pause_accepting(struct sdd_loop *loop, const char *why)
{
	static const struct timeval delay = {RETRY_SECONDS, 0};

	for (size_t i = 0; i < loop->listener_count; i++) {
		(void)event_del(loop->listeners[i].event);
	}
	sdd_log_limited(&loop->shortage, SDD_LOG_WARNING, "new clients have to wait: %s", why);
	loop->paused = true;
	(void)event_add(loop->retry, &delay);
}

static void resume_accepting(struct sdd_loop *loop)
{
	if (loop->stopping) {
		return;
	}
	loop->paused = false;
	(void)event_del(loop->retry);
	for (size_t i = 0; i < loop->listener_count; i++) {
		(void)event_add(loop->listeners[i].event, NULL);
	}
}

void sdd_loop_descriptor_freed(struct sdd_loop *loop)
{
	if (loop->paused) {
		resume_accepting(loop);
	}
}

static void on_retry(evutil_socket_t descriptor, short what, void *argument)
{
	(void)descriptor;
	(void)what;
	resume_accepting(argument);
}

static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* An accept() in vain takes ten times as long as asking first: it makes a socket before it looks. */
static bool somebody_waits(int descriptor)
{
	struct pollfd listener = {.fd = descriptor, .events = POLLIN};

	return poll(&listener, 1, 0) == 1;
}

static void on_listener(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_loop *loop = argument;
	int left = ACCEPTS_PER_TURN;

	(void)what;
	do {
		struct sdd_address address = {.length = sizeof(address.bytes)};
		int accepted = accept4(descriptor, (struct sockaddr *)&address.bytes, &address.length,
		                       SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (accepted == -1) {
			if (is_shortage(errno)) {
				pause_accepting(loop, strerror(errno));
			}
			return; /* one that is gone already */
		}
		if (!loop->handlers.accepted(loop->handlers.context, accepted, &address)) {
			pause_accepting(loop, "out of memory");
			return;
		}
	} while (--left > 0 && somebody_waits(descriptor));
}

/* }}} */

/* {{{ listening */

static bool add_listener(struct sdd_loop *loop, int descriptor)
{
	struct listener *listener = &loop->listeners[loop->listener_count];

	listener->descriptor = descriptor;
	listener->event =
	    event_new(loop->base, descriptor, EV_READ | EV_PERSIST, on_listener, loop);
	if (listener->event == NULL || event_add(listener->event, NULL) != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot listen: out of memory");
		return false;
	}
	loop->listener_count++;
	return true;
}

static int bind_tcp(const struct addrinfo *address, int backlog)
{
	int on = 1;
	int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (descriptor == -1) {
		return -1;
	}
	(void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* what is accepted has these too: an answer is written whole, and nothing is gained by delay; and
	 * a client whose machine is gone holds no lock for longer than a minute */
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &(int){30}, sizeof(int));
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &(int){10}, sizeof(int));
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &(int){3}, sizeof(int));
	if (address->ai_family == AF_INET6) {
		on = 0; /* as upstream: "::" is for IPv4 too */
		(void)setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	if (bind(descriptor, address->ai_addr, address->ai_addrlen) == 0 &&
	    listen(descriptor, backlog) == 0) {
		return descriptor;
	}
	(void)close(descriptor);
	return -1;
}

static void log_listening(int descriptor)
{
	struct sdd_address address = {.length = sizeof(address.bytes)};
	char text[SDD_ADDRESS_MAX];

	if (getsockname(descriptor, (struct sockaddr *)&address.bytes, &address.length) == 0) {
		sdd_address_describe(&address, text);
		sdd_log(SDD_LOG_NOTICE, "listening on %s", text);
	}
}

static bool listen_on(struct sdd_loop *loop, const struct addrinfo *address, int backlog)
{
	int descriptor = bind_tcp(address, backlog);
	int error = errno;
	struct sdd_address wanted = {.length = address->ai_addrlen};
	char text[SDD_ADDRESS_MAX];

	if (descriptor == -1) {
		memcpy(&wanted.bytes, address->ai_addr, address->ai_addrlen);
		sdd_address_describe(&wanted, text);
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: %s", text, strerror(error));
		return false;
	}
	if (!add_listener(loop, descriptor)) {
		(void)close(descriptor);
		return false;
	}
	log_listening(descriptor);
	return true;
}

bool sdd_loop_listen_tcp(struct sdd_loop *loop, const char *ip, const char *port, int backlog)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
	                         .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	int error = getaddrinfo(ip, port, &hints, &found);
	bool listening = error == 0;

	if (error != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: %s", ip, gai_strerror(error));
		return false;
	}
	for (struct addrinfo *address = found; listening && address != NULL &&
	                                       loop->listener_count < LISTENERS_MAX;
	     address = address->ai_next) {
		listening = listen_on(loop, address, backlog);
	}
	freeaddrinfo(found);
	return listening;
}

/* A socket that nobody answers at was left by a server that died; one that is answered is in use.
 * Anything but a socket is somebody's file: connecting to it is refused, too. */
static bool remove_stale_path(const struct sockaddr_un *address)
{
	struct stat found;
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool refused = probe != -1 &&
	               connect(probe, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
	               errno == ECONNREFUSED && lstat(address->sun_path, &found) == 0 &&
	               S_ISSOCK(found.st_mode);

	if (probe != -1) {
		(void)close(probe);
	}
	return refused && unlink(address->sun_path) == 0;
}

bool sdd_loop_listen_unix(struct sdd_loop *loop, const char *path, int backlog)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const struct sockaddr *generic = (const struct sockaddr *)&address;
	int descriptor;

	if (strlen(path) >= sizeof(address.sun_path)) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: the path is too long", path);
		return false;
	}
	memcpy(address.sun_path, path, strlen(path));
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor == -1 ||
	    (bind(descriptor, generic, sizeof(address)) != 0 &&
	     !(errno == EADDRINUSE && remove_stale_path(&address) &&
	       bind(descriptor, generic, sizeof(address)) == 0)) ||
	    listen(descriptor, backlog) != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: %s", path, strerror(errno));
		if (descriptor != -1) {
			(void)close(descriptor);
		}
		return false;
	}
	memcpy(loop->unix_path, address.sun_path, sizeof(loop->unix_path));
	if (!add_listener(loop, descriptor)) {
		(void)close(descriptor);
		return false;
	}
	sdd_log(SDD_LOG_NOTICE, "listening on %s", path);
	return true;
}

static void stop_listening(struct sdd_loop *loop)
{
	for (size_t i = 0; i < loop->listener_count; i++) {
		event_free(loop->listeners[i].event);
		(void)close(loop->listeners[i].descriptor);
	}
	loop->listener_count = 0;
	if (loop->unix_path[0] != '\0') {
		(void)unlink(loop->unix_path);
		loop->unix_path[0] = '\0';
	}
}

/* }}} */

/* {{{ running */

static void on_signal(evutil_socket_t signal_number, short what, void *argument)
{
	struct sdd_loop *loop = argument;

	(void)what;
	if (!loop->stopping) {
		sdd_log(SDD_LOG_NOTICE, "stopping: %s", strsignal((int)signal_number));
		loop->stopping = true;
		(void)event_del(loop->retry);
		stop_listening(loop);
		loop->handlers.stopping(loop->handlers.context);
	}
}

static int64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Handles what is ready. False: nothing can be waited for. */
static bool turn(struct sdd_loop *loop, bool looks)
{
	if (looks && loop->looks < LOOKS_MAX && loop->handlers.look(loop->handlers.context)) {
		loop->looks++;
		return true;
	}
	loop->looks = 0;
	/* without "once" it would go on as long as anything is ready, and never end the turn */
	return event_base_loop(loop->base, EVLOOP_ONCE | (looks ? EVLOOP_NONBLOCK : 0)) != -1;
}

void sdd_loop_run(struct sdd_loop *loop)
{
	bool looks = false;

	while (!loop->stopped) {
		int64_t began_us = 0;
		bool served;

		if (looks) {
			(void)sched_yield(); /* the client may wait for this processor, or another server */
			began_us = now_us();
		}
		if (!turn(loop, looks)) {
			break;
		}
		served = loop->handlers.turn_ended(loop->handlers.context);
		looks = sdd_busy_looks(&loop->busy, served, began_us, now_us());
	}
}

void sdd_loop_stop(struct sdd_loop *loop)
{
	loop->stopped = true;
}

struct event_base *sdd_loop_base(struct sdd_loop *loop)
{
	return loop->base;
}

struct sdd_loop *sdd_loop_new(const struct sdd_loop_handlers *handlers, int64_t busy_poll_us)
{
	static const int signal_numbers[] = {SIGTERM, SIGINT};
	struct sdd_loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL) {
		return NULL;
	}
	loop->handlers = *handlers;
	loop->busy.limit_us = busy_poll_us;
	loop->base = event_base_new();
	if (loop->base == NULL) {
		free(loop);
		return NULL;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	loop->retry = evtimer_new(loop->base, on_retry, loop);
	for (int i = 0; i < 2; i++) {
		loop->signals[i] = evsignal_new(loop->base, signal_numbers[i], on_signal, loop);
		if (loop->signals[i] == NULL || event_add(loop->signals[i], NULL) != 0) {
			sdd_loop_free(loop);
			return NULL;
		}
	}
	if (loop->retry == NULL) {
		sdd_loop_free(loop);
		return NULL;
	}
	return loop;
}

void sdd_loop_free(struct sdd_loop *loop)
{
	if (loop == NULL) {
		return;
	}
	stop_listening(loop);
	for (int i = 0; i < 2; i++) {
		if (loop->signals[i] != NULL) {
			event_free(loop->signals[i]);
		}
	}
	if (loop->retry != NULL) {
		event_free(loop->retry);
	}
	event_base_free(loop->base);
	free(loop);
}

/* }}} */
