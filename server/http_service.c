/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The server as it is seen over HTTP; see http_service.h. */

#include "server/http_service.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "server/net/http.h"
#include "server/net/http_aside.h"
#include "server/net/listener.h"
#include "server/net/loop.h"
#include "server/protocol/dispatch.h"
#include "server/protocol/history.h"
#include "server/protocol/monitor.h"
#include "server/system/log.h"

#define SILENT_S 5 /* after so many seconds the system may end who acknowledges nothing */

static const struct timeval sample_period = {SDD_HISTORY_PERIOD_S, 0};

struct sdd_http_service {
	struct event_base *base;
	struct sdd_listener *listener;
	struct sdd_http_aside *aside; /* NULL: the event loop runs */
	struct sdd_http *http;        /* NULL: it does not */
	struct sdd_loop *loop;
	struct sdd_monitor *monitor;
	struct event *sampling;
	bool is_stopping;
};

/* {{{ what is answered while the server serves */

static void answer_page(struct sdd_http_service *service, struct sdd_http_reply *reply)
{
	reply->type = "text/html; charset=utf-8";
	sdd_monitor_write_page(service->monitor, sdd_loop_ended_us(service->loop), &reply->text);
}

static void answer_metrics(struct sdd_http_service *service, struct sdd_http_reply *reply)
{
	reply->type = "text/plain; version=0.0.4; charset=utf-8";
	sdd_monitor_write_metrics(service->monitor, sdd_loop_ended_us(service->loop), &reply->text);
}

static void answer_health(struct sdd_http_service *service, struct sdd_http_reply *reply)
{
	(void)service;
	sdd_text_add(&reply->text, "the server serves\n");
}

static void answer_readiness(struct sdd_http_service *service, struct sdd_http_reply *reply)
{
	reply->status = service->is_stopping ? 503 : 200;
	sdd_text_add(&reply->text, service->is_stopping
	                               ? "stopping: only clients that are connected are served\n"
	                               : "ready\n");
}

static void answer(void *context, const char *path, struct sdd_http_reply *reply)
{
	static const struct {
		const char *path;
		void (*answer)(struct sdd_http_service *service, struct sdd_http_reply *reply);
	} paths[] = {
		{"/", answer_page},
		{"/metrics", answer_metrics},
		{"/healthz", answer_health},
		{"/readyz", answer_readiness},
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (strcmp(path, paths[i].path) == 0) {
			paths[i].answer(context, reply);
			return;
		}
	}
	reply->status = 404;
	sdd_text_add(&reply->text, "there are /, /metrics, /healthz and /readyz\n");
}

/* }}} */

static void on_sampling(evutil_socket_t descriptor, short what, void *argument)
{
	struct sdd_http_service *service = argument;

	(void)descriptor;
	(void)what;
	sdd_monitor_sample(service->monitor, sdd_loop_ended_us(service->loop));
}

void sdd_http_service_end_tick(struct sdd_http_service *service)
{
	if (service != NULL && service->monitor != NULL) {
		sdd_monitor_end_tick(service->monitor, sdd_loop_ended_us(service->loop));
	}
}

/* Says where, and who else can read it. */
static void log_addresses(const struct sdd_listener *listener, bool is_path)
{
	char text[SDD_ADDRESS_MAX];

	for (size_t i = 0; sdd_listener_endpoint(listener, i, text) != -1; i++) {
		sdd_log(SDD_LOG_NOTICE, "HTTP is answered on %s%s%s", is_path ? "unix:" : "http://", text,
		        is_path ? "" : "/");
	}
	if (!sdd_listener_is_local(listener)) {
		sdd_log(SDD_LOG_WARNING, "other machines can read the server's numbers by HTTP, which asks "
		                         "for no password: let a firewall say who may");
	}
}

bool sdd_http_service_is_local(const struct sdd_http_service *service)
{
	return sdd_listener_is_local(service->listener);
}

struct sdd_http_service *sdd_http_service_bind(struct event_base *base, const char *address,
                                               mode_t mode)
{
	static const struct sdd_listener_handler handler = {.timeout_seconds = SILENT_S};
	bool is_path = strncmp(address, "unix:", 5) == 0;
	struct sdd_http_service *service;

	if (is_path && !sdd_http_takes_paths()) {
		sdd_log(SDD_LOG_ERROR, "HTTP cannot be answered on a unix socket with this system's C "
		                       "library: give an address and port to --http");
		return NULL;
	}
	service = calloc(1, sizeof(*service));
	if (service == NULL) {
		return NULL;
	}
	service->base = base;
	service->listener = sdd_listener_new(base, &handler);
	if (service->listener == NULL || !sdd_listener_bind_text(service->listener, address, mode)) {
		sdd_http_service_free(service);
		return NULL;
	}
	log_addresses(service->listener, is_path);
	return service;
}

/* Ends what belongs to one of its phases, and leaves the address bound. */
static void end_phase(struct sdd_http_service *service)
{
	sdd_http_aside_end(service->aside);
	service->aside = NULL;
	if (service->sampling != NULL) {
		event_free(service->sampling);
		service->sampling = NULL;
	}
	sdd_http_free(service->http);
	service->http = NULL;
	sdd_monitor_free(service->monitor);
	service->monitor = NULL;
}

void sdd_http_service_busy(struct sdd_http_service *service, const char *reason)
{
	if (service != NULL) {
		end_phase(service);
		service->aside = sdd_http_aside_begin(service->listener, reason);
	}
}

bool sdd_http_service_serve(struct sdd_http_service *service, struct sdd_loop *loop,
                            struct sdd_dispatch *dispatch)
{
	const struct sdd_http_handler handler = {.answer = answer, .context = service};

	if (service == NULL) {
		return true;
	}
	end_phase(service);
	service->loop = loop;
	service->monitor = sdd_dispatch_monitor(dispatch);
	service->sampling = event_new(service->base, -1, EV_PERSIST, on_sampling, service);
	if (service->monitor == NULL || service->sampling == NULL ||
	    event_add(service->sampling, &sample_period) != 0) {
		sdd_log(SDD_LOG_ERROR, "HTTP cannot be answered: out of memory");
		return false;
	}
	service->http = sdd_http_new(service->base, service->listener, &handler);
	return service->http != NULL;
}

void sdd_http_service_stopping(struct sdd_http_service *service)
{
	if (service != NULL) {
		service->is_stopping = true;
	}
}

void sdd_http_service_free(struct sdd_http_service *service)
{
	if (service != NULL) {
		end_phase(service);
		sdd_listener_free(service->listener);
		free(service);
	}
}
