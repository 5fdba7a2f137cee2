/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * sharedanced: puts the parts together, in the order in which they need each
 * other, and takes them apart again. Sockets are bound before privileges are
 * dropped, the store is opened after, so that its files are the user's.
 */

#include <stdlib.h>
#include <sys/stat.h>

#include "server/system/daemon.h"
#include "server/maintenance.h"
#include "server/system/log.h"
#include "server/net/loop.h"
#include "server/options.h"
#include "server/net/connection.h"
#include "server/protocol/dispatch.h"
#include "server/store/store.h"

#define EXIT_WRONG_OPTION 2

struct server {
	struct sdd_loop *loop;
	struct sdd_store *store;
	struct sdd_peers *peers;
	struct sdd_requests *requests;
	struct sdd_upkeep *upkeep;
	bool served; /* somebody, in this turn */
	bool stopping;
};

/* {{{ what the loop and the peers tell */

static bool on_accepted(void *context, int descriptor, const struct sdd_address *address)
{
	struct server *server = context;

	server->served = true; /* the request comes at once, if it is not there yet */
	return sdd_peer_open(server->peers, descriptor, address);
}

static bool on_look(void *context)
{
	struct server *server = context;

	return sdd_peers_look(server->peers);
}

static bool on_turn_ended(void *context)
{
	struct server *server = context;
	bool served = server->served;

	server->served = false;
	sdd_requests_end_turn(server->requests, server->peers);
	sdd_upkeep_end_turn(server->upkeep);
	return served;
}

static void stop_when_alone(struct server *server)
{
	if (server->stopping && sdd_peers_count(server->peers) == 0) {
		sdd_loop_stop(server->loop);
	}
}

static void on_stopping(void *context)
{
	struct server *server = context;

	server->stopping = true;
	sdd_peers_finish(server->peers);
	stop_when_alone(server);
}

static size_t on_peer_received(void *context, struct sdd_peer *peer, const uint8_t *bytes,
                               size_t length)
{
	struct server *server = context;

	server->served = true;
	return sdd_requests_received(server->requests, peer, bytes, length);
}

static void on_peer_closing(void *context, void *attachment)
{
	struct server *server = context;

	sdd_requests_closing(server->requests, attachment);
}

static void on_peer_closed(void *context)
{
	struct server *server = context;

	sdd_loop_descriptor_freed(server->loop);
	stop_when_alone(server);
}

/* }}} */

static bool start_listening(struct server *server, const struct sdd_options *options)
{
	const struct sdd_loop_handlers handlers = {
	    .accepted = on_accepted,
	    .look = on_look,
	    .turn_ended = on_turn_ended,
	    .stopping = on_stopping,
	    .context = server,
	};

	server->loop = sdd_loop_new(&handlers, options->busy_poll_us);
	if (server->loop == NULL) {
		sdd_log(SDD_LOG_ERROR, "the event loop cannot be made");
		return false;
	}
	return (options->unix_socket == NULL ||
	        sdd_loop_listen_unix(server->loop, options->unix_socket, options->backlog)) &&
	       (options->ip == NULL ||
	        sdd_loop_listen_tcp(server->loop, options->ip, options->port, options->backlog));
}

static bool open_store(struct server *server, const struct sdd_options *options)
{
	char reason[SDD_STORE_REASON_MAX];

	server->store = sdd_store_open(options->directory, options->max_size, options->sync, reason);
	if (server->store == NULL) {
		sdd_log(SDD_LOG_ERROR, "the store in %s cannot be opened: %s", options->directory, reason);
		return false;
	}
	return true;
}

static bool start_serving(struct server *server, const struct sdd_options *options)
{
	const struct sdd_peer_handler handler = {
	    .received = on_peer_received,
	    .closing = on_peer_closing,
	    .closed = on_peer_closed,
	    .context = server,
	};

	server->requests =
	    sdd_requests_new(sdd_loop_base(server->loop), server->store, options->max_request_size,
	                     options->expiration_ms);
	server->peers = sdd_peers_new(sdd_loop_base(server->loop), &handler, options->read_size,
	                              options->timeout);
	server->upkeep = sdd_upkeep_new(sdd_loop_base(server->loop), server->store);
	if (server->requests == NULL || server->peers == NULL || server->upkeep == NULL) {
		sdd_log(SDD_LOG_ERROR, "out of memory");
		return false;
	}
	return true;
}

/* Makes what only the first user may make, gives it to the one that serves, and becomes that. */
static bool change_user(const struct sdd_options *options)
{
	return sdd_daemon_make_directory(options->directory, options->change_user, options->uid,
	                                 options->gid) &&
	       (!options->change_user ||
	        ((options->unix_socket == NULL ||
	          sdd_daemon_give_path(options->unix_socket, options->uid, options->gid)) &&
	         sdd_daemon_become(options->uid, options->gid))) &&
	       sdd_daemon_check_directory(options->directory);
}

static bool start(struct server *server, const struct sdd_options *options)
{
	(void)umask(077);
	sdd_daemon_raise_descriptors();
	sdd_daemon_keep_memory();
	return (!options->daemonize || sdd_daemon_detach()) && start_listening(server, options) &&
	       change_user(options) && open_store(server, options) && start_serving(server, options);
}

int main(int argc, char *argv[])
{
	struct server server = {0};
	struct sdd_options options;
	int status = EXIT_FAILURE;

	if (!sdd_daemon_open_standard_files()) {
		return EXIT_FAILURE;
	}
	switch (sdd_options_parse(&options, argc, argv)) {
	case SDD_OPTIONS_OK:
		break;
	case SDD_OPTIONS_EXIT:
		return EXIT_SUCCESS;
	case SDD_OPTIONS_WRONG:
		return EXIT_WRONG_OPTION;
	}
	sdd_log_set_debug(options.debug);
	if (start(&server, &options)) {
		sdd_log(SDD_LOG_NOTICE, "ready");
		sdd_daemon_ready();
		sdd_loop_run(server.loop);
		status = EXIT_SUCCESS;
	}
	sdd_upkeep_free(server.upkeep);
	sdd_peers_free(server.peers);
	sdd_requests_free(server.requests);
	sdd_store_close(server.store);
	sdd_loop_free(server.loop);
	return status;
}
