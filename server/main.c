/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * sharedanced: puts the parts together, in the order in which they need each other, and takes them
 * apart again. Sockets are bound before privileges are dropped. The store is opened afterwards, so
 * that its files belong to the user. Clients can connect once it is open, and are answered then.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/http_service.h"
#include "server/maintenance.h"
#include "server/net/connection.h"
#include "server/net/control.h"
#include "server/net/listener.h"
#include "server/net/loop.h"
#include "server/options.h"
#include "server/protocol/dispatch.h"
#include "server/service.h"
#include "server/store/backup.h"
#include "server/store/directory.h"
#include "server/store/store.h"
#include "server/system/daemon.h"
#include "server/system/log.h"
#include "server/system/log_file.h"
#include "server/system/pid_file.h"
#include "server/take_backup.h"

#define EXIT_WRONG_OPTION 2
#define DESCRIPTORS_KEPT 64 /* that are not for clients */

struct server {
	struct sdd_options options;
	int argc; /* of the command line */
	char **argv;
	int status;    /* of the process, if it cannot start */
	int directory; /* its descriptor, open until the process ends */
	struct sdd_loop *loop;
	struct sdd_listener *listener;
	struct sdd_store *store;
	struct sdd_connections *connections;
	struct sdd_dispatch *requests;
	struct sdd_maintenance *maintenance;
	struct sdd_control *control;   /* NULL: no backup can be asked for */
	struct sdd_service *service;   /* NULL: no service manager listens */
	struct sdd_http_service *http; /* NULL: no --http */
	bool has_accepted;             /* a client, in this tick */
	bool stopping;
	bool is_broken; /* the store: another process may be able to go on */
};

/* {{{ options, and those that change while it serves */

/* The store and the listener need some descriptors. */
static size_t most_connections(const struct sdd_options *options)
{
	size_t descriptors = sdd_daemon_descriptors();

	if (options->max_connections > 0) {
		return options->max_connections;
	}
	return descriptors > 2 * DESCRIPTORS_KEPT ? descriptors - DESCRIPTORS_KEPT : descriptors / 2;
}

static struct sdd_dispatch_settings dispatch_settings(const struct sdd_options *options)
{
	return (struct sdd_dispatch_settings){
		.max_request_size = options->max_request_size,
		.expiration_ms = (int64_t)options->expiration_ms,
		.lock_lease_s = (int64_t)options->lock_lease,
		.lock_waiters = options->lock_waiters,
		.lock_memory = options->memory / 16,
	};
}

static void apply_changes(struct server *server)
{
	const struct sdd_options *options = &server->options;
	const struct sdd_dispatch_settings settings = dispatch_settings(options);

	sdd_log_set_debug(options->debug);
	sdd_log_set_time(options->log_time);
	sdd_connections_set_most(server->connections, most_connections(options));
	sdd_dispatch_set(server->requests, &settings);
}

/* Reads the options again, of which the command line's cannot have changed. */
static void reload(struct server *server)
{
	struct sdd_options options;

	if (sdd_options_parse(&options, server->argc, server->argv) != SDD_OPTIONS_OK) {
		sdd_log(SDD_LOG_WARNING, "SIGHUP: the configuration is wrong, and the old one is kept");
		sdd_options_free(&options);
		return;
	}
	sdd_options_take_changes(&server->options, &options);
	apply_changes(server);
	sdd_log(SDD_LOG_NOTICE, "SIGHUP: the configuration was read again");
	sdd_options_free(&options);
}

/* }}} */

/* {{{ handlers of the loop and of the connections */

static bool on_accepted(void *context, int descriptor, const struct sdd_address *address)
{
	struct server *server = context;

	server->has_accepted = true; /* its first request is there or about to come */
	return sdd_connection_open(server->connections, descriptor, address);
}

static bool on_room_wanted(void *context, bool is_short)
{
	struct server *server = context;

	return sdd_connections_make_room(server->connections, is_short);
}

static bool on_poll(void *context)
{
	struct server *server = context;

	return sdd_connections_poll(server->connections);
}

static bool on_tick_ended(void *context)
{
	struct server *server = context;
	bool has_accepted = server->has_accepted;
	bool has_received = sdd_dispatch_end_tick(server->requests);

	server->has_accepted = false;
	if (!sdd_maintenance_end_tick(server->maintenance)) {
		server->is_broken = true;
		sdd_loop_stop(server->loop);
	}
	return has_accepted || has_received;
}

static bool on_watched_tick_ended(void *context)
{
	struct server *server = context;

	sdd_http_service_end_tick(server->http);
	return on_tick_ended(context);
}

static void stop_when_alone(struct server *server)
{
	if (server->stopping && sdd_connections_count(server->connections) == 0) {
		sdd_loop_stop(server->loop);
	}
}

static void on_stopping(void *context)
{
	struct server *server = context;

	server->stopping = true;
	sdd_service_stopping(server->service);
	sdd_http_service_stopping(server->http);
	sdd_listener_stop(server->listener);
	sdd_connections_finish(server->connections);
	stop_when_alone(server);
}

static void reopen_log_file(const struct sdd_options *options)
{
	if (sdd_log_file_reopen(options->log_file)) {
		sdd_log(SDD_LOG_NOTICE, "SIGHUP: the log file was opened again");
	} else {
		sdd_log(SDD_LOG_WARNING,
		        "SIGHUP: the log file cannot be opened again, and the old one is kept: %s",
		        strerror(errno));
	}
}

static void on_hangup(void *context)
{
	struct server *server = context;

	sdd_service_reloading(server->service);
	if (sdd_log_file_is_open()) {
		reopen_log_file(&server->options);
	}
	if (server->options.config != NULL) {
		reload(server);
	} else if (!sdd_log_file_is_open()) {
		sdd_log(SDD_LOG_NOTICE, "SIGHUP: there is no --config and no --log-file to read again");
	}
	sdd_service_reloaded(server->service);
}

static void on_backup_wanted(void *context, int peer)
{
	const struct server *server = context;
	const struct sdd_backup_receiver receiver = {
		.peer = peer,
		.open = sdd_control_open_file,
		.cut = sdd_control_cut,
		.end = sdd_control_end,
	};

	sdd_store_start_backup(server->store, &receiver);
}

static void on_connection_closed(void *context)
{
	struct server *server = context;

	sdd_listener_descriptor_freed(server->listener);
	stop_when_alone(server);
}

/* }}} */

static bool bind_addresses(struct server *server, const struct sdd_options *options)
{
	const struct sdd_loop_handlers handlers = {
		.poll = on_poll,
		.tick_ended = options->http == NULL ? on_tick_ended : on_watched_tick_ended,
		.stopping = on_stopping,
		.hangup = on_hangup,
		.context = server,
	};
	const struct sdd_listener_handler listener_handler = {
		.accepted = on_accepted,
		.makes_room = on_room_wanted,
		.context = server,
		.timeout_seconds = (int)options->timeout,
	};

	server->loop = sdd_loop_new(&handlers, options->busy_poll_us);
	if (server->loop != NULL) {
		server->listener = sdd_listener_new(sdd_loop_base(server->loop), &listener_handler);
	}
	if (server->listener == NULL) {
		sdd_log(SDD_LOG_ERROR, "the event loop cannot be made");
		return false;
	}
	if (options->unix_socket != NULL &&
	    !sdd_listener_bind_unix(server->listener, options->unix_socket,
	                            (mode_t)options->unix_socket_mode)) {
		return false;
	}
	for (size_t i = 0; i < options->addresses.count; i++) {
		if (!sdd_listener_bind_tcp(server->listener, options->addresses.texts[i], options->port)) {
			return false;
		}
	}
	if (options->http != NULL) {
		server->http = sdd_http_service_bind(sdd_loop_base(server->loop), options->http,
		                                     (mode_t)options->unix_socket_mode);
	}
	return options->http == NULL || server->http != NULL;
}

/* Who takes a server over that runs as root has the machine. So whoever wants that has to say it,
 * if other machines can connect. */
static bool check_user(struct server *server, const struct sdd_options *options)
{
	if (geteuid() != 0 || options->has_uid) {
		return true;
	}
	if (!sdd_listener_is_local(server->listener) ||
	    (server->http != NULL && !sdd_http_service_is_local(server->http))) {
		sdd_log(SDD_LOG_ERROR, "other machines can connect to a server that runs as root: give "
		                       "--uid=USER (--uid=root, if it has to be root)");
		server->status = EXIT_WRONG_OPTION;
		return false;
	}
	sdd_log(SDD_LOG_WARNING, "the server runs as root: give --uid=USER");
	return true;
}

static bool open_store(struct server *server, const struct sdd_options *options)
{
	char reason[SDD_STORE_REASON_MAX];

	sdd_http_service_busy(server->http, "starting: the store is being opened");
	server->store = sdd_store_open(options->directory, options->max_size, options->sync, reason);
	if (server->store == NULL) {
		sdd_log(SDD_LOG_ERROR, "the store in %s cannot be opened: %s", options->directory, reason);
		return false;
	}
	sdd_store_set_memory(server->store, options->memory);
	return true;
}

static struct sdd_connections *make_connections(struct server *server,
                                                const struct sdd_options *options)
{
	const struct sdd_connection_handler handler = {
		.received = sdd_dispatch_received,
		.closing = sdd_dispatch_closing,
		.is_needed = sdd_dispatch_is_needed,
		.context = server->requests,
		.closed = on_connection_closed,
		.owner = server,
	};
	const struct sdd_connection_limits limits = {
		.read_size = options->read_size,
		.timeout_seconds = (int)options->timeout,
		.connections = most_connections(options),
		/* of the rest, most is the store's: sdd_store_set_memory() */
		.memory = options->memory / 8 * 5,
	};

	return sdd_connections_new(sdd_loop_base(server->loop), &handler, &limits);
}

static bool start_serving(struct server *server, const struct sdd_options *options)
{
	const struct sdd_dispatch_settings settings = dispatch_settings(options);
	struct event_base *base = sdd_loop_base(server->loop);

	server->requests = sdd_dispatch_new(base, server->store, &settings);
	server->connections = server->requests != NULL ? make_connections(server, options) : NULL;
	server->maintenance = sdd_maintenance_new(base, server->store);
	if (server->connections == NULL || server->maintenance == NULL) {
		sdd_log(SDD_LOG_ERROR, "out of memory");
		return false;
	}
	sdd_dispatch_attach(server->requests, server->connections);
	return true;
}

/* Gives a unix socket to the user that will serve, and to the group that may connect to it. */
static bool give_socket(const struct sdd_options *options, const char *path)
{
	bool has_group = options->unix_socket_group != SDD_NOT_GIVEN;

	return path == NULL ||
	       ((!options->change_user ||
	         sdd_daemon_give_path(path, (uid_t)options->uid, (gid_t)options->gid)) &&
	        (!has_group || sdd_daemon_give_path_to_group(path, (gid_t)options->unix_socket_group)));
}

static bool become_user(const struct sdd_options *options)
{
	if (options->change_user && !sdd_daemon_become((uid_t)options->uid, (gid_t)options->gid)) {
		return false;
	}
	sdd_daemon_set_core(options->core); /* the system has changed it with the user */
	/* it is opened again by that user, so that is who has to be able to */
	if (options->log_file != NULL && !sdd_log_file_open(options->log_file)) {
		bool is_wrong = errno != EROFS; /* or the store can be read all the same */

		sdd_log(is_wrong ? SDD_LOG_ERROR : SDD_LOG_WARNING,
		        "log file %s cannot be opened by user %u: %s", options->log_file,
		        (unsigned)geteuid(), strerror(errno));
		return !is_wrong;
	}
	return true;
}

/* The first user makes the directory and gives sockets away, the one who serves opens it. */
static bool prepare_directory(struct server *server, const struct sdd_options *options)
{
	bool has_http_path = options->http != NULL && strncmp(options->http, "unix:", 5) == 0;

	if (!sdd_directory_make(options->directory, options->change_user, (uid_t)options->uid,
	                        (gid_t)options->gid) ||
	    !give_socket(options, options->unix_socket) ||
	    !give_socket(options, has_http_path ? options->http + 5 : NULL) || !become_user(options)) {
		return false;
	}
	server->directory = sdd_directory_open(options->directory);
	return server->directory != -1;
}

static void open_control(struct server *server, const struct sdd_options *options)
{
	const struct sdd_control_handler handler = {.backup = on_backup_wanted, .context = server};

	server->control = sdd_control_new(sdd_loop_base(server->loop), options->directory,
	                                  server->directory, &handler);
}

static bool start(struct server *server, const struct sdd_options *options)
{
	(void)umask(077);
	sdd_daemon_ignore_signals();
	sdd_daemon_raise_descriptors();
	sdd_daemon_retain_memory(options->memory);
	sdd_daemon_set_core(options->core);
	return (!options->daemonize || sdd_daemon_detach()) && bind_addresses(server, options) &&
	       check_user(server, options) &&
	       (options->pid_file == NULL || sdd_pid_file_open(options->pid_file)) &&
	       prepare_directory(server, options) && open_store(server, options) &&
	       start_serving(server, options) &&
	       sdd_listener_listen(server->listener, (int)options->backlog) &&
	       sdd_http_service_serve(server->http, server->loop, server->requests);
}

/* Closes all, what uses the store before it. False: something that was acknowledged may be lost. */
static bool close_all(struct server *server)
{
	bool is_safe;

	sdd_http_service_busy(server->http, "stopping: the store is being closed");
	sdd_service_free(server->service);
	sdd_control_free(server->control);
	sdd_maintenance_free(server->maintenance);
	sdd_connections_free(server->connections);
	sdd_dispatch_free(server->requests);
	is_safe = sdd_store_close(server->store);
	sdd_pid_file_remove();
	sdd_http_service_free(server->http);
	sdd_listener_free(server->listener);
	sdd_loop_free(server->loop);
	return is_safe;
}

static void serve(struct server *server)
{
	open_control(server, &server->options);
	sdd_pid_file_write();
	sdd_service_log_start(server->options.directory, server->listener, server->store);
	server->service = sdd_service_ready(sdd_loop_base(server->loop), server->store);
	sdd_daemon_ready();
	sdd_log_file_only();
	sdd_loop_run(server->loop);
	server->status = server->is_broken ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Does what the options ask for. Returns the status of the process. */
static int run(struct server *server)
{
	const struct sdd_options *options = &server->options;

	sdd_log_set_debug(options->debug);
	sdd_log_set_time(options->log_time);
	if (options->backup != NULL) {
		sdd_daemon_ignore_signals();
		sdd_daemon_set_core(options->core);
		return sdd_take_backup(options->directory, options->backup) ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	if (start(server, options)) {
		serve(server);
	}
	return close_all(server) ? server->status : EXIT_FAILURE;
}

/* Half of a sample is a configuration, too. */
static bool is_printed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout)) {
		return true;
	}
	sdd_log(SDD_LOG_ERROR, "stdout cannot be written");
	return false;
}

int main(int argc, char *argv[])
{
	struct server server = {.argc = argc, .argv = argv, .status = EXIT_FAILURE, .directory = -1};
	int status = EXIT_FAILURE;

	if (!sdd_daemon_open_standard_files()) {
		return EXIT_FAILURE;
	}
	switch (sdd_options_parse(&server.options, argc, argv)) {
	case SDD_OPTIONS_OK:
		status = run(&server);
		break;
	case SDD_OPTIONS_EXIT:
		status = is_printed() ? EXIT_SUCCESS : EXIT_FAILURE;
		break;
	case SDD_OPTIONS_WRONG:
		status = EXIT_WRONG_OPTION;
		break;
	}
	sdd_options_free(&server.options);
	return status;
}
