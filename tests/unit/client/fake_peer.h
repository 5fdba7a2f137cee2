/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What fake_server does on one connection: it hears requests, by the meta or the classic protocol,
 * and answers each as `fake_server` (fake_system.h) says. Every key has the value "right".
 */

#ifndef FAKE_PEER_H
#define FAKE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAKE_PEER_KEPT 4096 /* bytes of the answers that were not received */

/* Zero-initialised nothing was heard. */
struct fake_peer {
	unsigned port;      /* by which it was reached */
	char line[512];     /* what came of a request's line, or of a classic request's head */
	size_t line_length; /* the rest of a longer one is forgotten */
	size_t heard;       /* bytes of a classic request */
	size_t value_left;  /* bytes of the value that follows the line, its end included */
	unsigned greeted;   /* lines of the greeting */
	unsigned number;    /* of those that were greeted, from 1 */
	char answers[FAKE_PEER_KEPT];
	size_t answers_length;
	size_t taken;
	bool is_greeting;    /* these are the greeting's */
	int64_t answered_us; /* when the answer before nothing was left began */
	bool has_closed;     /* after the answers */
};

/* The lines of all requests without their tokens, each with the number of its connection in front,
 * from 1, since a test emptied it: "1 mg key v c t G\n". The oldest that fit. */
extern char fake_peer_heard[FAKE_PEER_KEPT];
extern unsigned fake_peer_connections;

/* The first line of the last greeting. */
extern char fake_peer_greeting[64];

/* The client sends bytes. */
void fake_peer_hear(struct fake_peer *peer, const void *bytes, size_t length, int64_t now_us);

/* Takes up to `size` bytes of what has come by now, or looks at them. 0: the end; -1: nothing. */
long fake_peer_take(struct fake_peer *peer, void *out, size_t size, int64_t now_us, bool peek);

#endif
