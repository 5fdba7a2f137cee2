/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * One connected client: its bytes in both directions, and the time that it may take for them. A
 * connection knows no protocol. It hands the received bytes to a handler, which runs the request
 * at their head, writes a reply, and returns the request's length.
 *
 * The replies of a tick are sent at its end, all together, by sdd_connections_flush(): none is sent
 * before the changes that it reports are committed. Until then the tick's requests stay in memory,
 * so that sdd_connections_replay() can hand them over again.
 *
 * A connection's memory is in proportion to the bytes received, and to the replies that the client
 * has not read yet; of a long value, all replies together have one copy. An empty buffer is
 * retained if it is small, or if there are few connections, and for some seconds at most.
 */

#ifndef SDD_CONNECTION_H
#define SDD_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/system/log.h"

struct event_base;
struct sdd_address;
struct sdd_connection;
struct sdd_work;

/* All connections of a server, and what they share. */
struct sdd_connections;

struct sdd_connection_handler {
	/*
	 * Bytes have come. Runs the request at the head of those that were not consumed yet and returns
	 * its length; 0: it is not complete, or the connection is deferred. Called again while there
	 * are more bytes and the connection is neither finished nor suspended.
	 */
	size_t (*received)(void *context, struct sdd_connection *connection, const uint8_t *bytes,
	                   size_t length);
	/* A connection is about to be closed; `attachment` is what the handler attached to it, or NULL.
	 */
	void (*closing)(void *context, void *attachment);
	/* Whether a connection that is idle must be kept nevertheless, for what is attached to it. */
	bool (*is_needed)(void *context, const void *attachment);
	void *context;
	/* A connection's descriptor was closed. */
	void (*closed)(void *owner);
	void *owner;
};

struct sdd_connection_limits {
	size_t read_size;    /* bytes that are read at once, at least */
	int timeout_seconds; /* a client that has to send or to read something, and does neither for so
	                        long, is disconnected; and one whose request takes longer than this and
	                        a second for each 64 KB of it */
	size_t connections;  /* that are open at the same time */
	size_t memory;       /* bytes of all requests and replies that are in memory */
};

/* What is counted of all connections since the start. */
struct sdd_connections_numbers {
	uint64_t open; /* now */
	uint64_t most; /* allowed */
	uint64_t accepted;
	uint64_t rejected;    /* closed at once, because there was no memory */
	uint64_t idle_closed; /* to make room */
	uint64_t bytes_read;
	uint64_t bytes_written;
};

/* NULL: no memory. */
struct sdd_connections *sdd_connections_new(struct event_base *base,
                                            const struct sdd_connection_handler *handler,
                                            const struct sdd_connection_limits *limits);

/* Closes all connections. NULL is allowed. */
void sdd_connections_free(struct sdd_connections *connections);

/* So many may be open at the same time from now on; those that are open stay. */
void sdd_connections_set_most(struct sdd_connections *connections, size_t most);

/* How many clients are connected. */
size_t sdd_connections_count(const struct sdd_connections *connections);

void sdd_connections_numbers(const struct sdd_connections *connections,
                             struct sdd_connections_numbers *numbers);

/* All connections, of which this is one. */
const struct sdd_connections *sdd_connection_others(const struct sdd_connection *connection);

/* Makes room for one more connection: closes the one that has been idle for longest, if there are
 * as many as are allowed, or `is_short`. A connection is idle if it owes nothing, its client has
 * sent nothing for half a second, and the handler does not need it. False: there is no room. */
bool sdd_connections_make_room(struct sdd_connections *connections, bool is_short);

/* What was done in the present tick. The handler adds what a request does besides its own bytes and
 * those of its reply. */
struct sdd_work *sdd_connections_work(struct sdd_connections *connections);

/* Closes the connections that have no reply in progress at once, and the others after it. */
void sdd_connections_finish(struct sdd_connections *connections);

/* Serves the connection that was served last, if it has sent something since. This costs less than
 * asking the system which connection has. False: it has sent nothing. */
bool sdd_connections_poll(struct sdd_connections *connections);

/* Whether any connection is deferred; and the requests of all that are run in the next tick. */
bool sdd_connections_are_deferred(const struct sdd_connections *connections);
void sdd_connections_release(struct sdd_connections *connections);

/* The tick ends: sends what was written in it. If it has run any request, it began to at that time
 * of the boot clock. */
void sdd_connections_flush(struct sdd_connections *connections, int64_t began_ms);

/* The tick's batch was lost: discards the replies written in this tick, and hands its requests over
 * again. */
void sdd_connections_replay(struct sdd_connections *connections);

/* Takes over a connected, non-blocking descriptor; `address` is copied. False: no memory, and the
 * descriptor is closed. */
bool sdd_connection_open(struct sdd_connections *connections, int descriptor,
                         const struct sdd_address *address);

/* Logs a line about the client, which begins with its address, unless there were too many of that
 * `kind`, a constant string (client_log.h). There is no other way to log one. */
void sdd_connection_log(const struct sdd_connection *connection, enum sdd_log_level level,
                        const char *kind, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The address of its client as text, as in a line about it. */
void sdd_connection_describe(const struct sdd_connection *connection, char *text, size_t size);

/* {{{ for the handler */

/* Adds bytes, one or more, to the reply; the caller fills them in before it calls anything else.
 * NULL: there is no memory for them, and the connection is closed when the tick ends. */
uint8_t *sdd_connection_room(struct sdd_connection *connection, size_t length);

/* A larger one than those of all connections that were opened before. */
uint64_t sdd_connection_number(const struct sdd_connection *connection);

/* What makes two values the same. Their owner says what it means. */
struct sdd_value_identity {
	uint64_t offset;
	uint64_t check;
	size_t length; /* bytes of the value, 1 or more */
};

/* A long value, and how to get it. */
struct sdd_value_source {
	struct sdd_value_identity identity;
	bool (*read)(const void *context, void *room); /* false: it cannot be read */
	const void *context;
};

/* Adds a long value to the reply. All replies with the same value refer to one copy of it, which is
 * read if there is none, and lives until the last of them was sent. False: it cannot be read, and
 * is not added. Without memory for it, the connection is closed when the tick ends. */
bool sdd_connection_write_value(struct sdd_connection *connection,
                                const struct sdd_value_source *source);

/* Whether the present request may have so many bytes of memory besides, until it was run. */
bool sdd_connection_may_have(struct sdd_connection *connection, size_t length);

/* Adds these bytes to the reply. */
void sdd_connection_write(struct sdd_connection *connection, const void *bytes, size_t length);

/* There is no memory for the reply: the connection is closed without it when the tick ends. */
void sdd_connection_out_of_memory(struct sdd_connection *connection);

/* Discards what the present request has written. */
void sdd_connection_discard(struct sdd_connection *connection);

/* No further request is read: the connection is closed after its reply. */
void sdd_connection_finish(struct sdd_connection *connection);

/* The client's protocol keeps the connection open: it may be silent between two requests for as
 * long as it likes. */
void sdd_connection_set_persistent(struct sdd_connection *connection);

/* Whether it was set so. */
bool sdd_connection_is_persistent(const struct sdd_connection *connection);

/* The present request is answered later, by sdd_connection_resume(); the requests that follow it
 * wait until then. */
void sdd_connection_suspend(struct sdd_connection *connection);

/* The present request cannot be run yet: what it has written is discarded, and the handler, which
 * returns 0 then, gets it again after sdd_connections_release(). Until then the connection is
 * deferred: nothing more is read from it, no request of it runs, and it is not closed for its
 * silence. */
void sdd_connection_defer(struct sdd_connection *connection);

/* The present request is too much for this tick: what it has written is discarded, and the handler,
 * which returns 0 then, gets it again in another one, in turn with those of other connections. */
void sdd_connection_postpone(struct sdd_connection *connection);

/* Answers the request that suspended the connection. The requests that follow it run in the next
 * tick. */
void sdd_connection_resume(struct sdd_connection *connection, const void *bytes, size_t length);

/* The present request is not whole yet, and has so many bytes altogether. A long one is read on
 * when there is room for all of it, in order of arrival. */
void sdd_connection_expect(struct sdd_connection *connection, size_t length);

/* Attaches an object of the handler's, which ends with the connection; NULL: none. */
void sdd_connection_attach(struct sdd_connection *connection, void *attachment);
void *sdd_connection_attachment(const struct sdd_connection *connection);

/* The client was told the time of day: how far that was ahead of the time since boot. 0: it was not
 * told. */
void sdd_connection_set_told_offset(struct sdd_connection *connection, int64_t offset_ms);
int64_t sdd_connection_told_offset(const struct sdd_connection *connection);

/* Whether the connection was finished, or has no memory for its reply. */
bool sdd_connection_is_finished(const struct sdd_connection *connection);

/* }}} */

#endif
