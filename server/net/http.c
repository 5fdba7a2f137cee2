/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * HTTP; see http.h. libevent reads, parses and writes, and frees its connections by itself. What it
 * does not bound is bounded here: how many there are, and how long one lasts. So each has a slot,
 * with its descriptor and the number that the system gave to the socket. These tell whether it is
 * still there, and shutdown() ends it, as if the client had gone.
 */

#include "server/net/http.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "server/net/listener.h"
#include "server/system/clock.h"
#include "server/system/log.h"

#define LISTENERS_MAX 32
#define BACKLOG 16
#define REQUEST_MAX 4096 /* bytes of the headers, and of a body, which nothing is done with */
#define EXCHANGE_MS 5000 /* from the connection to the end of the answer */

/* How many are accepted in a period. An answer takes the thread that serves 0.2 ms, so that all of
 * them take less than a hundredth of its time. */
#define ACCEPTS 2

static const struct timeval period = {0, 100000};

struct slot {
	struct bufferevent *arriving; /* its descriptor is not known yet; else NULL */
	int descriptor;               /* -1: the slot is free, or it is arriving */
	uint64_t socket;              /* the system's number */
	int64_t until_ms;
};

struct sdd_http {
	struct event_base *base;
	struct sdd_http_handler handler;
	struct evhttp *server;
	struct evconnlistener *listeners[LISTENERS_MAX]; /* `server` frees them */
	size_t count;
	struct slot slots[SDD_HTTP_CONNECTIONS];
	unsigned accepted;        /* in this period */
	struct event *arrival;    /* made active when somebody has connected */
	struct event *period_end; /* pending while there are connections, or accepting is paused */
	bool is_timed;
	bool is_accepting;
};

/* {{{ slots */

static bool is_free(const struct slot *slot)
{
	return slot->arriving == NULL && slot->descriptor == -1;
}

static struct slot *find_free(struct sdd_http *http)
{
	for (size_t i = 0; i < SDD_HTTP_CONNECTIONS; i++) {
		if (is_free(&http->slots[i])) {
			return &http->slots[i];
		}
	}
	return NULL;
}

/* The system's number of a socket, which no other one ever gets; 0: there is none. */
static uint64_t socket_number(int descriptor)
{
	uint64_t number = 0;
	socklen_t length = sizeof(number);

	return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &number, &length) == 0 ? number : 0;
}

static void set_accepting(struct sdd_http *http, bool accepts)
{
	if (accepts == http->is_accepting) {
		return;
	}
	for (size_t i = 0; i < http->count; i++) {
		(void)(accepts ? evconnlistener_enable(http->listeners[i])
		               : evconnlistener_disable(http->listeners[i]));
	}
	http->is_accepting = accepts;
}

static void begin_period(struct sdd_http *http)
{
	if (!http->is_timed) {
		http->is_timed = event_add(http->period_end, &period) == 0;
	}
}

/* Makes the bufferevent of a connection that was accepted. libevent gives it its descriptor when
 * this has returned. */
static struct bufferevent *on_accepted(struct event_base *base, void *argument)
{
	struct sdd_http *http = argument;
	struct slot *slot = find_free(http);
	struct bufferevent *event = bufferevent_socket_new(base, -1, 0);

	if (slot != NULL && event != NULL) {
		bufferevent_incref(event);
		slot->arriving = event;
		slot->until_ms = sdd_clock_monotonic_ms() + EXCHANGE_MS;
		event_active(http->arrival, EV_TIMEOUT, 0);
	}
	http->accepted++;
	begin_period(http);
	if (http->accepted >= ACCEPTS || find_free(http) == NULL) {
		set_accepting(http, false);
	}
	return event;
}

/* Before anything else is read or closed: so the descriptors are those of the connections. */
static void on_arrival(evutil_socket_t unused, short what, void *argument)
{
	struct sdd_http *http = argument;

	(void)unused;
	(void)what;
	for (size_t i = 0; i < SDD_HTTP_CONNECTIONS; i++) {
		struct slot *slot = &http->slots[i];

		if (slot->arriving != NULL) {
			slot->descriptor = bufferevent_getfd(slot->arriving);
			slot->socket = socket_number(slot->descriptor);
			bufferevent_decref(slot->arriving);
			slot->arriving = NULL;
		}
	}
}

/* Frees the slot of a connection that has ended, and ends one whose time is over. */
static void look_after(struct slot *slot, int64_t now_ms)
{
	if (slot->descriptor == -1) {
		return;
	}
	if (slot->socket == 0 || socket_number(slot->descriptor) != slot->socket) {
		slot->descriptor = -1;
	} else if (now_ms >= slot->until_ms) {
		(void)shutdown(slot->descriptor, SHUT_RDWR);
	}
}

static void on_period_end(evutil_socket_t unused, short what, void *argument)
{
	struct sdd_http *http = argument;
	int64_t now_ms = sdd_clock_monotonic_ms();
	bool is_needed = http->accepted > 0;

	(void)unused;
	(void)what;
	http->accepted = 0;
	http->is_timed = false;
	for (size_t i = 0; i < SDD_HTTP_CONNECTIONS; i++) {
		look_after(&http->slots[i], now_ms);
		is_needed |= !is_free(&http->slots[i]);
	}
	if (find_free(http) != NULL) {
		set_accepting(http, true);
	}
	if (is_needed || !http->is_accepting) {
		begin_period(http);
	}
}

/* The system has no descriptor or no memory for another one. */
static void on_shortage(struct evconnlistener *listener, void *argument)
{
	struct sdd_http *http = argument;

	(void)listener;
	set_accepting(http, false);
	begin_period(http);
}

/* }}} */

/* {{{ answers */

static void add_headers(struct evhttp_request *request, const struct sdd_http_reply *reply)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	char length[24];

	(void)snprintf(length, sizeof(length), "%zu", reply->text.length);
	(void)evhttp_add_header(headers, "Content-Type", reply->type);
	(void)evhttp_add_header(headers, "Content-Length", length);
	(void)evhttp_add_header(headers, "Connection", "close");
	(void)evhttp_add_header(headers, "Cache-Control", "no-store");
	(void)evhttp_add_header(headers, "X-Content-Type-Options", "nosniff");
	(void)evhttp_add_header(
		headers, "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
		"base-uri 'none'; form-action 'none'");
	if (reply->status == HTTP_BADMETHOD) {
		(void)evhttp_add_header(headers, "Allow", "GET, HEAD");
	}
}

static const char *phrase_of(int status)
{
	switch (status) {
	case HTTP_OK:
		return "OK";
	case HTTP_NOTFOUND:
		return "Not Found";
	case HTTP_BADMETHOD:
		return "Method Not Allowed";
	default:
		return "Service Unavailable";
	}
}

static void send_reply(struct evhttp_request *request, const struct sdd_http_reply *reply)
{
	struct evbuffer *body = NULL;

	add_headers(request, reply);
	if (evhttp_request_get_command(request) != EVHTTP_REQ_HEAD && reply->text.length > 0) {
		body = evbuffer_new();
		if (body == NULL || evbuffer_add(body, reply->text.bytes, reply->text.length) != 0) {
			evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
			if (body != NULL) {
				evbuffer_free(body);
			}
			return;
		}
	}
	evhttp_send_reply(request, reply->status, phrase_of(reply->status), body);
	if (body != NULL) {
		evbuffer_free(body);
	}
}

static void on_request(struct evhttp_request *request, void *argument)
{
	const struct sdd_http *http = argument;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = uri != NULL ? evhttp_uri_get_path(uri) : NULL;
	enum evhttp_cmd_type method = evhttp_request_get_command(request);
	struct sdd_http_reply reply = {
		.status = HTTP_OK,
		.type = "text/plain; charset=utf-8",
		.text = {.most = SDD_HTTP_REPLY_MAX},
	};

	if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
		reply.status = HTTP_BADMETHOD;
		sdd_text_add(&reply.text, "only GET and HEAD are answered\n");
	} else {
		http->handler.answer(http->handler.context, path == NULL ? "" : path, &reply);
	}
	if (reply.text.is_cut) {
		evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
	} else {
		send_reply(request, &reply);
	}
	sdd_text_free(&reply.text);
}

/* }}} */

/* What libevent has to say is about clients, of whom there may be any number. */
static void drop_line(int severity, const char *line)
{
	(void)severity;
	(void)line;
}

static bool add_listener(struct sdd_http *http, int descriptor)
{
	struct evconnlistener *listener =
		evconnlistener_new(http->base, NULL, NULL, LEV_OPT_CLOSE_ON_EXEC, BACKLOG, descriptor);

	if (listener == NULL || evhttp_bind_listener(http->server, listener) == NULL) {
		if (listener != NULL) {
			evconnlistener_free(listener);
		}
		return false;
	}
	evconnlistener_set_error_cb(listener, on_shortage);
	http->listeners[http->count++] = listener;
	return true;
}

static bool set_up(struct sdd_http *http, const struct sdd_listener *listener)
{
	char text[SDD_ADDRESS_MAX];
	int descriptor;

	http->server = evhttp_new(http->base);
	http->arrival = event_new(http->base, -1, 0, on_arrival, http);
	http->period_end = evtimer_new(http->base, on_period_end, http);
	if (http->server == NULL || http->arrival == NULL || http->period_end == NULL) {
		return false;
	}
	event_set_log_callback(drop_line);
	evhttp_set_max_headers_size(http->server, REQUEST_MAX);
	evhttp_set_max_body_size(http->server, REQUEST_MAX);
	evhttp_set_timeout(http->server, EXCHANGE_MS / 1000);
	evhttp_set_allowed_methods(http->server, UINT16_MAX); /* each gets an answer */
	evhttp_set_bevcb(http->server, on_accepted, http);
	evhttp_set_gencb(http->server, on_request, http);
	for (size_t i = 0; (descriptor = sdd_listener_endpoint(listener, i, text)) != -1; i++) {
		if (i == LISTENERS_MAX || !add_listener(http, descriptor)) {
			return false;
		}
	}
	return true;
}

bool sdd_http_takes_paths(void)
{
	const struct sockaddr_un client = {.sun_family = AF_UNIX};
	char host[NI_MAXHOST];
	char service[NI_MAXSERV];

	return getnameinfo((const struct sockaddr *)&client, sizeof(client.sun_family), host,
	                   sizeof(host), service, sizeof(service),
	                   NI_NUMERICHOST | NI_NUMERICSERV) == 0;
}

struct sdd_http *sdd_http_new(struct event_base *base, const struct sdd_listener *listener,
                              const struct sdd_http_handler *handler)
{
	struct sdd_http *http = calloc(1, sizeof(*http));

	if (http != NULL) {
		http->base = base;
		http->handler = *handler;
		http->is_accepting = true;
		for (size_t i = 0; i < SDD_HTTP_CONNECTIONS; i++) {
			http->slots[i].descriptor = -1;
		}
		if (set_up(http, listener)) {
			return http;
		}
		sdd_http_free(http);
	}
	sdd_log(SDD_LOG_ERROR, "HTTP cannot be answered: out of memory");
	return NULL;
}

void sdd_http_free(struct sdd_http *http)
{
	if (http == NULL) {
		return;
	}
	if (http->arrival != NULL) {
		on_arrival(-1, 0, http); /* gives back what it would have */
		event_free(http->arrival);
	}
	if (http->period_end != NULL) {
		event_free(http->period_end);
	}
	if (http->server != NULL) {
		evhttp_free(http->server);
	}
	free(http);
}
