/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The server as it is seen over HTTP: /metrics, /healthz, /readyz and the page, from the moment
 * when its address is bound until the process ends. While the server starts or stops, all of them
 * except /healthz say so. In all of these functions NULL is allowed: there is no --http.
 */

#ifndef SDD_HTTP_SERVICE_H
#define SDD_HTTP_SERVICE_H

#include <stdbool.h>
#include <sys/types.h>

struct event_base;
struct sdd_dispatch;
struct sdd_http_service;
struct sdd_loop;

/* Binds an address and port, or a unix socket whose path gets `mode`; warns if other machines can
 * connect. The base is borrowed. NULL, with a message in the log. */
struct sdd_http_service *sdd_http_service_bind(struct event_base *base, const char *address,
                                               mode_t mode);

/* No other machine can connect. */
bool sdd_http_service_is_local(const struct sdd_http_service *service);

/* The server starts or stops, and its event loop does not run for a while: who asks is told
 * `reason`, a constant, by a thread of its own. */
void sdd_http_service_busy(struct sdd_http_service *service, const char *reason);

/* The server serves from now on. All are borrowed, until sdd_http_service_busy() or _free(). False,
 * with a message in the log. */
bool sdd_http_service_serve(struct sdd_http_service *service, struct sdd_loop *loop,
                            struct sdd_dispatch *dispatch);

/* To be called when a tick ends, before the batch does, if there is --http. */
void sdd_http_service_end_tick(struct sdd_http_service *service);

/* The server takes no new clients, and serves those that it has to the end. */
void sdd_http_service_stopping(struct sdd_http_service *service);

void sdd_http_service_free(struct sdd_http_service *service);

#endif
