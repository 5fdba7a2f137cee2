/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The other end of a connection: what the test sends as a client, and the replies that it gets. */

#ifndef TEST_CLIENT_H
#define TEST_CLIENT_H

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/net/connection.h"
#include "server/net/listener.h"
#include "tests/unit/unit.h"

/* Connects a client that has sent these bytes already: the connection runs its requests in this
 * tick. Returns the client's descriptor. */
static inline int connect_and_send(struct sdd_connections *connections, const char *bytes)
{
	struct sdd_address address = {.length = sizeof(address.bytes)};
	int ends[2];

	address.bytes.ss_family = AF_UNIX;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(send(ends[0], bytes, strlen(bytes), 0), strlen(bytes));
	assert_true(sdd_connection_open(connections, ends[1], &address));
	return ends[0];
}

/* The replies that have come; valid until the next call. */
static inline const char *replies(int descriptor)
{
	static char text[4096];
	ssize_t length = recv(descriptor, text, sizeof(text) - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	return text;
}

#endif
