/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The server as a service. The log has a line about each start. The service manager, if there is
 * one, learns when the server serves, reads its configuration again or stops, its health, and that
 * the event loop runs.
 */

#ifndef SDD_SERVICE_H
#define SDD_SERVICE_H

struct event_base;
struct sdd_listener;
struct sdd_service;
struct sdd_store;

/* Logs the line of each start: version, addresses, number of entries and directory; then that the
 * server is ready. */
void sdd_service_log_start(const char *directory, const struct sdd_listener *listener,
                           const struct sdd_store *store);

/* The server answers requests from now on. Base and store are borrowed. NULL: no service manager
 * listens, or no memory. */
struct sdd_service *sdd_service_ready(struct event_base *base, const struct sdd_store *store);

/* The configuration is being read again; it ends with sdd_service_reloaded(). In these and in those
 * that follow NULL is allowed. */
void sdd_service_reloading(struct sdd_service *service);
void sdd_service_reloaded(struct sdd_service *service);

/* The server stops. */
void sdd_service_stopping(struct sdd_service *service);

void sdd_service_free(struct sdd_service *service);

#endif
