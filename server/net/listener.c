/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Listening; see listener.h. */

#include "server/net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/system/log.h"

#define ENDPOINTS_MAX 32
#define ACCEPTS_PER_TICK 64     /* so that connected clients get their share of the tick */
#define SYSTEM_TIMEOUT_MS 10000 /* after --timeout, until the system ends a silent connection */
#define RETRY_US 100000         /* until accepting is tried again if no descriptor was freed */

/* An address, or a path, that is listened on. */
struct endpoint {
	int descriptor;
	struct event *event; /* added when it is listened on */
	bool is_path;
};

struct sdd_listener {
	struct event_base *base;
	struct sdd_listener_handler handler;
	struct endpoint endpoints[ENDPOINTS_MAX];
	size_t count;
	char unix_path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* to be removed; "": none */
	struct stat unix_file;                                       /* what was bound there */
	struct event *retry; /* pending while accepting is paused */
	struct sdd_log_limit shortage;
	bool is_remote; /* other machines can connect to one of the endpoints */
	bool is_paused;
};

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

/* Descriptors or memory ran out. A descriptor that is ready but cannot be accepted from would make
 * the loop spin, so none is watched until something is freed. */
static void pause_accepting(struct sdd_listener *listener, const char *why)
{
	static const struct timeval delay = {0, RETRY_US};

	for (size_t i = 0; i < listener->count; i++) {
		(void)event_del(listener->endpoints[i].event);
	}
	sdd_log_limited(&listener->shortage, SDD_LOG_WARNING,
	                "cannot accept new connections for now: %s", why);
	listener->is_paused = true;
	(void)event_add(listener->retry, &delay);
}

static void resume_accepting(struct sdd_listener *listener)
{
	listener->is_paused = false;
	(void)event_del(listener->retry);
	for (size_t i = 0; i < listener->count; i++) {
		(void)event_add(listener->endpoints[i].event, NULL);
	}
}

void sdd_listener_descriptor_freed(struct sdd_listener *listener)
{
	if (listener->is_paused) {
		resume_accepting(listener);
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

/* accept() without a client takes ten times as long as poll(): it makes a socket first. */
static bool is_client_waiting(int descriptor)
{
	struct pollfd endpoint = {.fd = descriptor, .events = POLLIN};

	return poll(&endpoint, 1, 0) == 1;
}

static bool makes_room(const struct sdd_listener *listener, bool is_short)
{
	return listener->handler.makes_room(listener->handler.context, is_short);
}

static void on_connecting(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_listener *listener = argument;
	int left = ACCEPTS_PER_TICK;

	(void)what;
	do {
		struct sdd_address address = {.length = sizeof(address.bytes)};
		int accepted;

		if (!makes_room(listener, false)) {
			pause_accepting(listener, "--max-connections are open, and none of them is idle");
			return;
		}
		accepted = accept4(descriptor, (struct sockaddr *)&address.bytes, &address.length,
		                   SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (accepted == -1) {
			int error = errno;

			if (is_shortage(error) && makes_room(listener, true)) {
				continue;
			}
			if (is_shortage(error)) {
				pause_accepting(listener, strerror(error));
			}
			return; /* the client has closed already */
		}
		if (!listener->handler.accepted(listener->handler.context, accepted, &address)) {
			pause_accepting(listener, "out of memory");
			return;
		}
	} while (--left > 0 && is_client_waiting(descriptor));
}

/* }}} */

/* {{{ listening */

/* Closes the descriptor if it fails. */
static bool add_endpoint(struct sdd_listener *listener, int descriptor, bool is_path)
{
	struct endpoint *endpoint = &listener->endpoints[listener->count];

	if (listener->count == ENDPOINTS_MAX) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on more than %d addresses", ENDPOINTS_MAX);
		(void)close(descriptor);
		return false;
	}
	endpoint->descriptor = descriptor;
	endpoint->is_path = is_path;
	endpoint->event =
		event_new(listener->base, descriptor, EV_READ | EV_PERSIST, on_connecting, listener);
	if (endpoint->event == NULL) {
		sdd_log(SDD_LOG_ERROR, "cannot listen: out of memory");
		(void)close(descriptor);
		return false;
	}
	listener->count++;
	return true;
}

static bool is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)(const void *)address;

		return ntohl(ipv4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}
	if (address->sa_family == AF_INET6) {
		const struct in6_addr *ipv6 =
			&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

		return IN6_IS_ADDR_LOOPBACK(ipv6) ||
		       (IN6_IS_ADDR_V4MAPPED(ipv6) && ipv6->s6_addr[12] == IN_LOOPBACKNET);
	}
	return false;
}

static int bind_tcp(const struct addrinfo *address, int timeout_seconds, bool is_ipv6_only)
{
	int on = 1;
	unsigned unacknowledged_ms = 1000u * (unsigned)timeout_seconds + SYSTEM_TIMEOUT_MS;
	int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (descriptor == -1) {
		return -1;
	}
	(void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Accepted sockets inherit these. A reply is written as a whole, so delay gains nothing. And a
	 * client whose machine has vanished holds no lock for longer than a minute. */
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &(int){30}, sizeof(int));
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &(int){10}, sizeof(int));
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &(int){3}, sizeof(int));
	/* keepalive says nothing while a reply waits to be acknowledged: that of a lock, say. Nor does
	 * a client acknowledge what it has no room for, which it may need the whole timeout to read. */
	(void)setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
	                 sizeof(unacknowledged_ms));
	if (address->ai_family == AF_INET6) {
		on = is_ipv6_only; /* else as upstream: "::" is for IPv4 too */
		(void)setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	if (bind(descriptor, address->ai_addr, address->ai_addrlen) == 0) {
		return descriptor;
	}
	(void)close(descriptor);
	return -1;
}

/* Whether this server itself listens there: an address may be given twice. */
static bool is_bound(const struct sdd_listener *listener, const char *wanted)
{
	for (size_t i = 0; i < listener->count; i++) {
		struct sdd_address bound = {.length = sizeof(bound.bytes)};
		char text[SDD_ADDRESS_MAX];

		if (getsockname(listener->endpoints[i].descriptor, (struct sockaddr *)&bound.bytes,
		                &bound.length) == 0) {
			sdd_address_describe(&bound, text);
			if (strcmp(text, wanted) == 0) {
				return true;
			}
		}
	}
	return false;
}

static bool bind_address(struct sdd_listener *listener, const struct addrinfo *address)
{
	struct sdd_address wanted = {.length = address->ai_addrlen};
	char text[SDD_ADDRESS_MAX];
	char other[SDD_ADDRESS_MAX]; /* "0.0.0.0" beside "::", and the other way round */
	bool is_any_ipv4;
	int descriptor;

	memcpy(&wanted.bytes, address->ai_addr, address->ai_addrlen);
	sdd_address_describe(&wanted, text);
	is_any_ipv4 = strncmp(text, "0.0.0.0:", 8) == 0;
	(void)snprintf(other, sizeof(other), "%s%s", is_any_ipv4 ? "[::]" : "0.0.0.0",
	               strrchr(text, ':'));
	if (is_bound(listener, text) || (is_any_ipv4 && is_bound(listener, other))) {
		return true;
	}
	descriptor = bind_tcp(address, listener->handler.timeout_seconds, is_bound(listener, other));
	if (descriptor == -1) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: %s", text, strerror(errno));
		return false;
	}
	listener->is_remote |= !is_loopback(address->ai_addr);
	return add_endpoint(listener, descriptor, false);
}

bool sdd_listener_is_local(const struct sdd_listener *listener)
{
	return !listener->is_remote;
}

bool sdd_listener_bind_tcp(struct sdd_listener *listener, const char *host, const char *port)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC,
	                         .ai_socktype = SOCK_STREAM,
	                         .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	struct addrinfo *found = NULL;
	bool is_any = strcmp(host, "*") == 0; /* not every C library knows that name */
	int error = getaddrinfo(is_any ? NULL : host, port, &hints, &found);
	bool bound = error == 0;

	if (error != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: %s", host, gai_strerror(error));
		return false;
	}
	for (struct addrinfo *address = found; bound && address != NULL; address = address->ai_next) {
		bound = bind_address(listener, address);
	}
	freeaddrinfo(found);
	return bound;
}

/* Removes a socket that refuses connections: a server that died left it. One that accepts them is
 * in use. Connecting to a plain file is refused too, so the path must be that of a socket. */
static bool remove_stale_path(const struct sockaddr_un *address)
{
	struct stat found;
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool refused =
		probe != -1 && connect(probe, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
		errno == ECONNREFUSED && lstat(address->sun_path, &found) == 0 && S_ISSOCK(found.st_mode);

	if (probe != -1) {
		(void)close(probe);
	}
	return refused && unlink(address->sun_path) == 0;
}

/* Binds the socket to its path. The path has its mode from the first moment on: a chmod() later
 * could be led to another file. */
static bool bind_path(int descriptor, const struct sockaddr_un *address, mode_t mode)
{
	const struct sockaddr *generic = (const struct sockaddr *)address;
	mode_t kept = umask(~mode & 0777);
	bool bound = bind(descriptor, generic, sizeof(*address)) == 0 ||
	             (errno == EADDRINUSE && remove_stale_path(address) &&
	              bind(descriptor, generic, sizeof(*address)) == 0);

	(void)umask(kept);
	return bound;
}

bool sdd_listener_bind_unix(struct sdd_listener *listener, const char *path, mode_t mode)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor;

	if (strlen(path) >= sizeof(address.sun_path)) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: the path is too long", path);
		return false;
	}
	memcpy(address.sun_path, path, strlen(path));
	descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (descriptor == -1 || !bind_path(descriptor, &address, mode) ||
	    lstat(path, &listener->unix_file) != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: %s", path, strerror(errno));
		if (descriptor != -1) {
			(void)close(descriptor);
		}
		return false;
	}
	memcpy(listener->unix_path, address.sun_path, sizeof(listener->unix_path));
	return add_endpoint(listener, descriptor, true);
}

bool sdd_listener_bind_text(struct sdd_listener *listener, const char *text, mode_t mode)
{
	const char *colon = strrchr(text, ':');
	char host[256];
	size_t length = colon == NULL ? 0 : (size_t)(colon - text);

	if (strncmp(text, "unix:", 5) == 0) {
		return sdd_listener_bind_unix(listener, text + 5, mode);
	}
	if (length == 0 || length >= sizeof(host)) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: no address", text);
		return false;
	}
	if (text[0] == '[' && text[length - 1] == ']') {
		text++;
		length -= 2;
	}
	memcpy(host, text, length);
	host[length] = '\0';
	return sdd_listener_bind_tcp(listener, host, colon + 1);
}

/* Another server that starts takes a path over that is bound and not listened on: it looks as if
 * its server had died. */
static bool is_path_ours(const struct sdd_listener *listener)
{
	struct stat found;

	if (lstat(listener->unix_path, &found) != 0) {
		return errno != ENOENT; /* the user that serves may not be allowed to look */
	}
	return found.st_ino == listener->unix_file.st_ino && found.st_dev == listener->unix_file.st_dev;
}

static void describe_endpoint(const struct sdd_listener *listener, const struct endpoint *endpoint,
                              char text[SDD_ADDRESS_MAX])
{
	struct sdd_address address = {.length = sizeof(address.bytes)};

	if (endpoint->is_path) {
		(void)snprintf(text, SDD_ADDRESS_MAX, "%s", listener->unix_path);
	} else {
		(void)getsockname(endpoint->descriptor, (struct sockaddr *)&address.bytes, &address.length);
		sdd_address_describe(&address, text);
	}
}

int sdd_listener_endpoint(const struct sdd_listener *listener, size_t i, char text[SDD_ADDRESS_MAX])
{
	if (i >= listener->count) {
		return -1;
	}
	describe_endpoint(listener, &listener->endpoints[i], text);
	return listener->endpoints[i].descriptor;
}

const char *sdd_listener_describe(const struct sdd_listener *listener, char *out, size_t size)
{
	size_t length = 0;
	char text[SDD_ADDRESS_MAX];

	out[0] = '\0';
	for (size_t i = 0; i < listener->count && length < size; i++) {
		describe_endpoint(listener, &listener->endpoints[i], text);
		length += (size_t)snprintf(out + length, size - length, "%s%s", i > 0 ? ", " : "", text);
	}
	return out;
}

static bool listen_on(struct sdd_listener *listener, struct endpoint *endpoint, int backlog)
{
	char text[SDD_ADDRESS_MAX];

	describe_endpoint(listener, endpoint, text);
	if (endpoint->is_path && !is_path_ours(listener)) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: another server has taken the path", text);
		return false;
	}
	if (listen(endpoint->descriptor, backlog) != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: %s", text, strerror(errno));
		return false;
	}
	if (event_add(endpoint->event, NULL) != 0) {
		sdd_log(SDD_LOG_ERROR, "cannot listen on %s: out of memory", text);
		return false;
	}
	sdd_log(SDD_LOG_NOTICE, "listening on %s", text);
	return true;
}

bool sdd_listener_listen(struct sdd_listener *listener, int backlog)
{
	for (size_t i = 0; i < listener->count; i++) {
		if (!listen_on(listener, &listener->endpoints[i], backlog)) {
			return false;
		}
	}
	return true;
}

void sdd_listener_stop(struct sdd_listener *listener)
{
	(void)event_del(listener->retry);
	for (size_t i = 0; i < listener->count; i++) {
		event_free(listener->endpoints[i].event);
		(void)close(listener->endpoints[i].descriptor);
	}
	listener->count = 0;
	if (listener->unix_path[0] != '\0') {
		if (is_path_ours(listener)) {
			(void)unlink(listener->unix_path);
		}
		listener->unix_path[0] = '\0';
	}
}

/* }}} */

struct sdd_listener *sdd_listener_new(struct event_base *base,
                                      const struct sdd_listener_handler *handler)
{
	struct sdd_listener *listener = calloc(1, sizeof(*listener));

	if (listener == NULL) {
		return NULL;
	}
	listener->base = base;
	listener->handler = *handler;
	listener->retry = evtimer_new(base, on_retry, listener);
	if (listener->retry == NULL) {
		free(listener);
		return NULL;
	}
	return listener;
}

void sdd_listener_free(struct sdd_listener *listener)
{
	if (listener != NULL) {
		sdd_listener_stop(listener);
		event_free(listener->retry);
		free(listener);
	}
}
