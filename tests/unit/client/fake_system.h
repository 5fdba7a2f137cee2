/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A double of client/net/system.c and system_lookup.c: a system with a clock of its own and one
 * server, which is reached at any address. The test says how the server behaves, and which call
 * fails. The clock advances a little with each call, and by more only where a call waits. So how
 * long an operation takes, and whether it uses up the processor meanwhile, depends on no machine.
 *
 * It ends the process where a socket is used after it was closed, or an operation does not end.
 */

#ifndef FAKE_SYSTEM_H
#define FAKE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of calls. */
enum fake_call {
	FAKE_SOCKET,
	FAKE_SET_OPTION,
	FAKE_SET_BLOCKING,
	FAKE_CONNECT,
	FAKE_CONNECT_ERROR, /* the error is SO_ERROR's */
	FAKE_SEND,
	FAKE_RECEIVE,
	FAKE_PEEK,
	FAKE_AWAIT,
	FAKE_POLL,
	FAKE_GETENTROPY,
	FAKE_MAP,
	FAKE_WIPE_ON_FORK,
	FAKE_GETADDRINFO, /* the errors are EAI_ ones */
	FAKE_LOOKUP_BEGIN,
	FAKE_LOOKUP_POLL, /* the same */
	FAKE_CALLS,
};

#define FAKE_NAMES_MAX 4

/* What the server says it is to those who reach it by that port. Another port is another server. */
struct fake_name {
	unsigned port;    /* 0: none */
	char id;          /* 0: it has none */
	unsigned process; /* which start */
};

/* How the server and the sockets to it behave. All zero: sharedanced, at once, on TCP. */
struct fake_server {
	bool is_classic;
	bool has_nothing;          /* by the classic protocol it has no entry */
	bool is_silent;            /* it takes requests and answers none */
	bool ignores_requests;     /* it answers the greeting only */
	bool takes_holders;        /* the tokens of locks' holders, it says */
	bool tells_unproven;       /* how many entries are, it says */
	bool is_endless;           /* each answer goes on for ever */
	unsigned long greets;      /* bytes of the greeting's answers come; 0: all do */
	uint64_t announces;        /* bytes of each value, of which five come; 0: five */
	unsigned long stops_after; /* bytes of its answers, or of the first value, come; 0: all do */
	unsigned stops_port;       /* only by that port; 0: by any */
	unsigned stops_number;     /* only on connections up to that number; 0: on all */
	int64_t stops_us;          /* the rest comes so long after the answer began; 0: never */
	int64_t answers_us;        /* until an answer, or the end of an empty one, begins to come */
	int64_t drip_us;           /* between two bytes of an answer; 0: it comes at once */
	int64_t connect_us;        /* how long connecting takes; 0: it is done at once */
	int64_t full_until_us;     /* until then its queue of connections is full */
	bool never_blocks;         /* a receive that may block does not */
	bool is_ready_in_vain;     /* poll() says that its sockets are ready, and they are not */
	size_t sends_at_most;      /* bytes, by one call; 0: all */
	size_t receives_at_most;   /* the same */
	unsigned looked_up_after;  /* polls of a look-up; a name has two addresses */
	int64_t call_us;           /* how long a call takes; 0: a microsecond */
	int64_t wall_ahead_us;     /* of the time of day that it tells; 0: it tells none */
	const char *says_instead;  /* if it is asked for it once more; NULL: it tells it */
	uint64_t version;          /* of what it has; 0: six */
	int64_t closes_at_us;      /* then it closes what is open, once; 0: never */
	int64_t silent_until_us;
	int64_t takes_us;    /* between two sends of which its line takes something; 0: none */
	unsigned stopped_at; /* after the poll of that number, from 1, the process is not running */
	int64_t stopped_us;  /* for so long */
	struct fake_name names[FAKE_NAMES_MAX];
};

extern struct fake_server fake_server;

/* {{{ faults */

/* The call of that kind and number, counted from 0 since fake_system_reset(), fails with `error`;
 * so does each one after it if `lasting`. EINTR that lasts fails every second call. */
void fake_system_fail(enum fake_call call, unsigned number, int error, bool lasting);

/* Whether that call was made. */
bool fake_system_has_failed(void);

/* No call fails any more. */
void fake_system_heal(void);

/* }}} */

/* Everything as at first: no socket, no call counted, and a server as above. The clock goes on. */
void fake_system_reset(void);

/* Microseconds on the clock. */
int64_t fake_system_now_us(void);

/* Calls of that kind; of FAKE_CALLS: of all kinds, those of the clock not counted. */
unsigned fake_system_calls(enum fake_call call);

/* Sockets that are open. */
unsigned fake_system_open(void);

/* Time passes, as if the process were not running. */
void fake_system_pass_ms(int64_t ms);

/* The server closes all connections, as at a restart, or a firewall forgets them: they stay open,
 * and nothing comes any more. */
void fake_system_close_all(void);
void fake_system_forget_all(void);

/* The value of an option of the socket that was opened last; -1: it was not set. */
int fake_system_option(int option);

#endif
