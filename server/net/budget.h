/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The memory of all connections' buffers, which has one limit. If it is reached, the connection
 * that holds the most is the one that suffers: it is not read any more, and if another one needs
 * memory meanwhile, it is closed. For connection*.c only.
 *
 * Invariant: `memory_used` is the sum of the capacities of all buffers. The copies of long values
 * come on top of that. Each counts once, however many replies refer to it; of these each one holds
 * its share.
 */

#ifndef SDD_BUDGET_H
#define SDD_BUDGET_H

#include "server/net/connection_internal.h"

/* This part of the memory is not for the connection that holds the most, nor for long requests. */
#define SDD_BUDGET_RESERVE 8

/* Bytes that are in use. */
static inline size_t sdd_budget_used(const struct sdd_connections *connections)
{
	return connections->memory_used + connections->values.used;
}

/* Frees the spare room of all buffers. */
void sdd_budget_shrink(struct sdd_connections *connections);

/* Makes room for at least `more` bytes at the end of a buffer of this connection that has less.
 * Returns for how many there is room then. It may take the memory of another one, which is closed
 * when the tick ends. 0: there is no memory, or (is_starved is set) this connection holds the most.
 */
size_t sdd_budget_make_room(struct sdd_connection *connection, struct sdd_buffer *buffer,
                            size_t more);

/* A copy of a long value, as sdd_long_values_new(), for a reply of this connection. NULL: as
 * sdd_budget_make_room(). */
struct sdd_long_value *sdd_budget_new_value(struct sdd_connection *connection,
                                            const struct sdd_value_identity *identity);

/* Whether this connection may have so many bytes besides its buffers, until its present request was
 * run. It may take the memory of another one, as a request may. False: there is none, and the
 * request has to do without it. */
bool sdd_budget_lend(struct sdd_connection *connection, size_t length);

/* Frees the memory of a buffer. */
void sdd_budget_release(struct sdd_connections *connections, struct sdd_buffer *buffer);

/* Frees the memory of both directions, with what is in there. */
void sdd_budget_release_all(struct sdd_connection *connection);

/* The timeout of a connection that is starved has passed. True: it is to be closed, since only
 * those who wait for memory have any, and it has the most; a line says so. */
bool sdd_budget_gives_up(const struct sdd_connection *connection);

/* Lets connections that were starved be read again, if there is memory again. The time of a request
 * begins again. */
void sdd_budget_feed(struct sdd_connections *connections);

#endif
