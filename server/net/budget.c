/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The memory of all connections' buffers; see budget.h. */

#include "server/net/budget.h"

#include "server/system/log.h"

#define MEMORY_LITTLE 65536 /* bytes for which nobody is slowed down */

/* for memory that is not in a buffer */
static const struct sdd_buffer no_buffer;

static size_t memory_of(const struct sdd_connection *connection)
{
	return connection->in.length + sdd_outgoing_memory(&connection->out);
}

void sdd_budget_release(struct sdd_connections *connections, struct sdd_buffer *buffer)
{
	connections->memory_used -= buffer->capacity;
	sdd_buffer_release(buffer);
}

void sdd_budget_release_all(struct sdd_connection *connection)
{
	sdd_outgoing_clear(&connection->out);
	sdd_budget_release(connection->connections, &connection->in);
	sdd_budget_release(connection->connections, &connection->out.bytes);
}

static size_t left(const struct sdd_connections *connections)
{
	size_t memory = connections->limits.memory;
	size_t used = sdd_budget_used(connections);

	return used < memory ? memory - used : 0;
}

/* Whether a buffer can have room for `more` bytes. */
static bool memory_has_room(const struct sdd_connections *connections,
                            const struct sdd_buffer *buffer, size_t more)
{
	return buffer->length + more <= buffer->capacity + left(connections);
}

static void shrink(struct sdd_connections *connections, struct sdd_buffer *buffer)
{
	size_t capacity = buffer->capacity;

	sdd_buffer_shrink(buffer);
	connections->memory_used -= capacity - buffer->capacity;
}

/* Buffers have spare room only while there is memory. */
void sdd_budget_shrink(struct sdd_connections *connections)
{
	struct sdd_connection *connection;

	TAILQ_FOREACH(connection, &connections->list, link)
	{
		if (connection != connections->running) {
			shrink(connections, &connection->in);
			shrink(connections, &connection->out.bytes);
		}
	}
}

/* The connection that holds the most; of several, the one that connected first. `self` if no other
 * one can be closed: nobody is for a request to whom room was promised for its own. */
static struct sdd_connection *find_greediest(struct sdd_connection *self, bool is_for_request)
{
	struct sdd_connections *connections = self->connections;
	struct sdd_connection *greediest = self;
	struct sdd_connection *connection;

	TAILQ_FOREACH(connection, &connections->list, link)
	{
		if (connection != connections->running && !(is_for_request && connection->is_promised) &&
		    memory_of(connection) > memory_of(greediest)) {
			greediest = connection;
		}
	}
	return greediest;
}

static void log_greediest(const struct sdd_connection *connection)
{
	sdd_connection_log(connection, SDD_LOG_WARNING, "greediest",
	                   "closed: --memory is used up, and it holds the most, %zu bytes",
	                   memory_of(connection));
}

/* Takes the memory of a connection at once. It is closed when the tick ends, since somebody may be
 * in the middle of a list of connections. */
static void drop(struct sdd_connection *connection)
{
	log_greediest(connection);
	sdd_budget_release_all(connection);
	connection->in_before_tick = connection->in_done = 0;
	connection->out_before_tick = connection->out_before_request = 0;
	sdd_connection_activate(connection);
	connection->is_broken = true;
}

/* What the connection that holds the most leaves to the others: it is slowed down before it is in
 * their way. A promise leaves it to them. */
static size_t reserve_of(struct sdd_connection *connection, const struct sdd_buffer *buffer)
{
	bool is_slowed = buffer == &connection->in && !connection->is_promised &&
	                 memory_of(connection) > MEMORY_LITTLE &&
	                 find_greediest(connection, /* is_for_request */ false) == connection;

	return is_slowed ? connection->connections->limits.memory / SDD_BUDGET_RESERVE : 0;
}

/* Closes whoever holds the most until there is room for `more` bytes and the reserve. False: that
 * is this connection. */
static bool make_way(struct sdd_connection *connection, const struct sdd_buffer *buffer,
                     size_t more, bool is_for_request)
{
	while (!memory_has_room(connection->connections, buffer, more)) {
		struct sdd_connection *greediest = find_greediest(connection, is_for_request);

		if (greediest == connection) {
			return false;
		}
		drop(greediest);
	}
	return true;
}

/* Makes the limit allow `more` bytes in the buffer. */
static bool admit(struct sdd_connection *connection, const struct sdd_buffer *buffer, size_t more)
{
	struct sdd_connections *connections = connection->connections;
	size_t reserve;

	if (memory_has_room(connections, buffer,
	                    more + connections->limits.memory / SDD_BUDGET_RESERVE)) {
		return true;
	}
	sdd_budget_shrink(connections);
	reserve = reserve_of(connection, buffer);
	if (!make_way(connection, buffer, more + reserve, buffer == &connection->in)) {
		connection->is_starved = connections->are_starved = true;
		return false;
	}
	return true;
}

/* How long a buffer may grow that needs room for `more` bytes: it doubles while there is memory
 * that nobody is likely to need, but not beyond what was promised. */
static size_t maximum_of(const struct sdd_connection *connection, const struct sdd_buffer *buffer,
                         size_t more)
{
	const struct sdd_connections *connections = connection->connections;
	size_t reserve = connections->limits.memory / SDD_BUDGET_RESERVE;
	size_t least = buffer->length + more;
	size_t most = buffer->capacity + left(connections);

	if (buffer == &connection->in && connection->is_promised) {
		return connection->expected > least ? connection->expected : least;
	}
	return most > reserve && most - reserve > least ? most - reserve : least;
}

size_t sdd_budget_make_room(struct sdd_connection *connection, struct sdd_buffer *buffer,
                            size_t more)
{
	struct sdd_connections *connections = connection->connections;
	size_t capacity;
	bool is_made;

	connections->has_chores = true;
	if (more > connections->limits.memory || !admit(connection, buffer, more)) {
		return 0;
	}
	capacity = buffer->capacity;
	buffer->maximum = maximum_of(connection, buffer, more);
	is_made = sdd_buffer_make_room(buffer, more);
	connections->memory_used += buffer->capacity - capacity;
	return is_made ? sdd_buffer_room(buffer) : 0;
}

struct sdd_long_value *sdd_budget_new_value(struct sdd_connection *connection,
                                            const struct sdd_value_identity *identity)
{
	struct sdd_connections *connections = connection->connections;

	connections->has_chores = true;
	if (identity->length > connections->limits.memory ||
	    !admit(connection, &no_buffer, identity->length)) {
		return NULL;
	}
	return sdd_long_values_new(&connections->values, identity);
}

bool sdd_budget_lend(struct sdd_connection *connection, size_t length)
{
	struct sdd_connections *connections = connection->connections;

	connections->has_chores = true;
	if (length > connections->limits.memory) {
		return false;
	}
	if (memory_has_room(connections, &no_buffer, length)) {
		return true;
	}
	sdd_budget_shrink(connections);
	return make_way(connection, &no_buffer, length, /* is_for_request */ true);
}

/* Whoever is not starved either goes on, or has to be done within its own time. */
static bool is_somebody_to_wait_for(const struct sdd_connections *connections)
{
	const struct sdd_connection *connection;

	TAILQ_FOREACH(connection, &connections->list, link)
	{
		if (!connection->is_starved && memory_of(connection) > MEMORY_LITTLE) {
			return true;
		}
	}
	return false;
}

bool sdd_budget_gives_up(const struct sdd_connection *connection)
{
	const struct sdd_connections *connections = connection->connections;
	const struct sdd_connection *other;

	if (is_somebody_to_wait_for(connections)) {
		return false;
	}
	TAILQ_FOREACH(other, &connections->list, link)
	{
		if (memory_of(other) > memory_of(connection)) {
			return false;
		}
	}
	log_greediest(connection);
	return true;
}

void sdd_budget_feed(struct sdd_connections *connections)
{
	size_t reserve = connections->limits.memory / SDD_BUDGET_RESERVE;
	struct sdd_connection *connection;

	if (!connections->are_starved || left(connections) < reserve + reserve / 2) {
		return;
	}
	connections->are_starved = false;
	TAILQ_FOREACH(connection, &connections->list, link)
	{
		if (connection->is_starved) {
			connection->is_starved = false;
			connection->request_since_us = 0;
			sdd_socket_wake(&connection->socket);
		}
	}
}
