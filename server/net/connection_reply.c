/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the handler of a connection calls: it writes replies, and says how the connection continues;
 * see connection.h. */

#include <string.h>

#include "server/net/budget.h"
#include "server/net/connection_internal.h"
#include "server/net/promises.h"

void sdd_connection_out_of_memory(struct sdd_connection *connection)
{
	sdd_connection_activate(connection);
	if (!connection->is_broken) {
		sdd_connection_log(connection, SDD_LOG_ERROR, "no memory",
		                   "no memory for its answer (--memory)");
	}
	connection->is_broken = true;
}

uint8_t *sdd_connection_room(struct sdd_connection *connection, size_t length)
{
	struct sdd_outgoing *out = &connection->out;

	if (connection->is_broken || (sdd_buffer_room(&out->bytes) < length &&
	                              sdd_budget_make_room(connection, &out->bytes, length) == 0)) {
		sdd_connection_out_of_memory(connection);
		return NULL;
	}
	return sdd_outgoing_extend(out, length);
}

bool sdd_connection_may_have(struct sdd_connection *connection, size_t length)
{
	return sdd_budget_lend(connection, length);
}

void sdd_connection_write(struct sdd_connection *connection, const void *bytes, size_t length)
{
	uint8_t *room = length > 0 ? sdd_connection_room(connection, length) : NULL;

	if (room != NULL) {
		memcpy(room, bytes, length);
	}
}

/* The copy of a value, with a reference for this connection; it is read if there is none. NULL:
 * that failed, or (is_broken is set) there is no memory for it. */
static struct sdd_long_value *take_value(struct sdd_connection *connection,
                                         const struct sdd_value_source *source)
{
	struct sdd_long_values *values = &connection->connections->values;
	struct sdd_long_value *value = sdd_long_values_find(values, &source->identity);

	if (value != NULL) {
		return value;
	}
	value = sdd_budget_new_value(connection, &source->identity);
	if (value == NULL) {
		sdd_connection_out_of_memory(connection);
	} else if (source->read(source->context, value->bytes)) {
		sdd_long_value_publish(value);
	} else {
		sdd_long_value_release(value);
		value = NULL;
	}
	return value;
}

bool sdd_connection_write_value(struct sdd_connection *connection,
                                const struct sdd_value_source *source)
{
	struct sdd_long_value *value;

	if (connection->is_broken) {
		return true;
	}
	value = take_value(connection, source);
	if (value == NULL) {
		return connection->is_broken;
	}
	if (!sdd_outgoing_refer(&connection->out, value)) {
		sdd_long_value_release(value);
		sdd_connection_out_of_memory(connection);
	}
	return true;
}

void sdd_connection_discard(struct sdd_connection *connection)
{
	sdd_outgoing_truncate(&connection->out, connection->out_before_request);
}

void sdd_connection_finish(struct sdd_connection *connection)
{
	sdd_connection_activate(connection);
	connection->is_finished = true;
}

void sdd_connection_set_persistent(struct sdd_connection *connection)
{
	connection->is_persistent = true;
}

bool sdd_connection_is_persistent(const struct sdd_connection *connection)
{
	return connection->is_persistent;
}

void sdd_connection_suspend(struct sdd_connection *connection)
{
	connection->is_suspended = true;
}

void sdd_connection_defer(struct sdd_connection *connection)
{
	sdd_connection_discard(connection);
	connection->is_deferred = true;
	TAILQ_INSERT_TAIL(&connection->connections->deferred, connection, deferred_link);
}

void sdd_connection_postpone(struct sdd_connection *connection)
{
	sdd_connection_discard(connection);
	connection->is_postponed = true;
}

void sdd_connection_resume(struct sdd_connection *connection, const void *bytes, size_t length)
{
	bool is_of_earlier_tick;

	sdd_connection_activate(connection);
	is_of_earlier_tick = connection->in_done == connection->in_before_tick;
	sdd_connection_write(connection, bytes, length);
	if (is_of_earlier_tick) {
		/* a replay of this tick must not discard it */
		connection->out_before_tick = connection->out.length;
	}
	connection->is_suspended = false;
	connection->is_behind = connection->in.length > connection->in_done;
	/* the requests behind it come with the next tick: this one may be past its commit */
	sdd_socket_wake(&connection->socket);
}

void sdd_connection_expect(struct sdd_connection *connection, size_t length)
{
	connection->expected = sdd_promise_is_needed(length) ? length : 0;
}

void sdd_connection_attach(struct sdd_connection *connection, void *attachment)
{
	connection->attachment = attachment;
}

void *sdd_connection_attachment(const struct sdd_connection *connection)
{
	return connection->attachment;
}

void sdd_connection_set_told_offset(struct sdd_connection *connection, int64_t offset_ms)
{
	connection->told_offset_ms = offset_ms;
}

int64_t sdd_connection_told_offset(const struct sdd_connection *connection)
{
	return connection->told_offset_ms;
}

bool sdd_connection_is_finished(const struct sdd_connection *connection)
{
	return sdd_connection_has_finished(connection);
}
