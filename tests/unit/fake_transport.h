/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A transport without sockets: each server does what its script says, on a
 * clock that only perform() moves, and all that was asked is written down.
 * Being asked for a server without a script fails the test.
 */

#ifndef FAKE_TRANSPORT_H
#define FAKE_TRANSPORT_H

#include <stdbool.h>

#include "client/transport.h"

#define FAKE_SCRIPTS_MAX 8
#define FAKE_ASKED_MAX 16
#define FAKE_BYTES_MAX 512 /* of a key or a value */

enum fake_act {
	FAKE_ANSWERS,
	FAKE_STALLS,         /* takes the request and never answers */
	FAKE_NEVER_CONNECTS, /* as a host that is switched off */
};

/* What one server does whenever it is asked. */
struct fake_script {
	const struct sd_server *server;
	enum fake_act act;
	int64_t after_ms;      /* FAKE_ANSWERS: how long it takes */
	enum sd_status status; /* FAKE_ANSWERS: what comes of it */
	const char *reason;    /* with a failure */
	const char *value;     /* goes to the sink of a get, whatever the status; NULL: none */
};

/* One exchange as it was asked. */
struct fake_asked {
	const struct sd_server *server;
	enum sd_operation operation;
	char key[FAKE_BYTES_MAX + 1];
	char data[FAKE_BYTES_MAX + 1];
	int64_t ttl;
	const struct sd_sink *sink;
	int64_t at_ms; /* when */
	int64_t deadline_ms;
	int64_t connect_deadline_ms;
	unsigned call; /* which perform() it came in: 1, 2 ... */
};

struct fake_transport {
	struct sd_transport transport; /* first, so that one is the other */
	int64_t *clock_ms;             /* borrowed; several fakes may share one */
	struct fake_script scripts[FAKE_SCRIPTS_MAX];
	size_t script_count;
	struct fake_asked asked[FAKE_ASKED_MAX];
	size_t asked_count;
	unsigned calls;
};

/* A fake that knows no server yet. */
void fake_init(struct fake_transport *fake, int64_t *clock_ms);

/* What has been asked is forgotten, the scripts are kept. */
void fake_forget(struct fake_transport *fake);

/* Each sets a server's script, in the place of the one it had. */
void fake_script(struct fake_transport *fake, const struct fake_script *script);
void fake_answers(struct fake_transport *fake, const struct sd_server *server,
                  enum sd_status status, int64_t after_ms);
void fake_has(struct fake_transport *fake, const struct sd_server *server, const char *value,
              int64_t after_ms);
void fake_refuses(struct fake_transport *fake, const struct sd_server *server, int64_t after_ms);
void fake_breaks_off(struct fake_transport *fake, const struct sd_server *server, const char *part,
                     int64_t after_ms);
void fake_stalls(struct fake_transport *fake, const struct sd_server *server);
void fake_never_connects(struct fake_transport *fake, const struct sd_server *server);

#endif
