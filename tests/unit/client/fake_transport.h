/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A transport without sockets, on a clock that only perform() and pause() move.
 * Each server does what its script says: it answers the same whatever it is
 * asked, or it is a store, a small model of a real server that keeps what it is
 * given and holds conditions against it. All that was asked is written down.
 * Being asked for a server without a script fails the test.
 *
 * Several fakes may share one clock and one store: they are several clients.
 */

#ifndef FAKE_TRANSPORT_H
#define FAKE_TRANSPORT_H

#include <stdbool.h>

#include "client/transport/transport.h"

#define FAKE_SCRIPTS_MAX 8
#define FAKE_ASKED_MAX 1024
#define FAKE_ENTRIES_MAX 16
#define FAKE_BYTES_MAX 512 /* of a key or a value */
#define FAKE_TTL 1800      /* seconds that a sharedanced keeps what has no time to live */
#define FAKE_NEVER INT64_MAX
#define FAKE_OTHER_NAME 1000

/* {{{ stores */

enum fake_act {
	FAKE_ANSWERS,
	FAKE_STALLS,         /* takes the request and never answers */
	FAKE_NEVER_CONNECTS, /* as a host that is switched off */
	FAKE_REFUSES,        /* as a host without the server */
	FAKE_LOSES_ANSWERS,  /* carries the request out, but nobody hears of it */
	FAKE_IS_MARKED,      /* is marked dead, and not tried */
	FAKE_IS_GIVEN_UP,    /* carries the request out, and is marked dead before the answer comes */
	FAKE_IS_CUT,         /* the same, and ends the connection: what may be repeated is */
};

enum fake_kind {
	FAKE_SHAREDANCED,
	FAKE_MEMCACHED,     /* knows E and leaves tombstones, but cannot compare, lock or prove */
	FAKE_OLD_MEMCACHED, /* orders nothing: its versions are its own */
	FAKE_CLASSIC,
};

/* What a store knows of how long sessions live. */
enum fake_ttl {
	FAKE_TOLD,
	FAKE_UNTOLD_OLD,   /* nothing, and it has been up for as long */
	FAKE_UNTOLD_YOUNG, /* nothing: it proves an absence too early, until it is told */
};

struct fake_entry {
	char key[FAKE_BYTES_MAX + 1]; /* "": there is none */
	char value[FAKE_BYTES_MAX + 1];
	uint64_t version;
	bool is_tombstone;
	bool unproven;
	bool damaged;       /* on the disk: only a write that does not depend on it helps */
	int64_t expires_ms; /* or FAKE_NEVER */
};

struct fake_lock {
	char key[FAKE_BYTES_MAX + 1]; /* "": there is none */
	uint64_t connection;
	int64_t until_ms;
	uint64_t holder; /* 0: the connection is */
};

/* Zero-initialised it is a sharedanced that is up, in its first epoch, and empty. */
struct fake_store {
	enum fake_kind kind;
	enum fake_act act;
	int64_t after_ms;      /* how long an answer takes */
	enum fake_act befalls; /* the next write that it carries out: FAKE_LOSES_ANSWERS,
	                          FAKE_IS_GIVEN_UP or FAKE_IS_CUT. Then, and if that is repeated, it
	                          does `act` */
	bool in_later_epoch;   /* nothing being there proves nothing */
	enum fake_ttl ttl;
	bool is_full;              /* refuses sets */
	bool is_stubborn;          /* refuses what is newer than an entry as if it was older */
	bool is_strange;           /* no connection to it is up: it is greeted first */
	int64_t refusing_since_ms; /* it is marked dead since then, because it refused; only requests
	                              that insist are carried out. 0: it is not */
	bool is_marked_when_refusing;
	bool was_two;      /* by both names of which it is reached: another server had one of them */
	bool is_ambiguous; /* another server stands behind its name, too */
	bool tells_time;   /* in its greeting: then versions that are far ahead are known */
	int64_t wall_us;   /* its clock against the clock of all */
	uint64_t last_version;
	struct fake_entry entries[FAKE_ENTRIES_MAX];
	struct fake_lock locks[FAKE_ENTRIES_MAX];
	int64_t room_from_ms; /* until then nobody may wait for a lock: so many do */
};

/* The entry of that key, a tombstone or an expired one included; NULL: there is none. */
struct fake_entry *fake_entry_of(struct fake_store *store, const char *key);

/* Puts a value, proven and for ever, or a tombstone there, without any condition. */
struct fake_entry *fake_put(struct fake_store *store, const char *key, const char *value,
                            uint64_t version);
struct fake_entry *fake_put_tombstone(struct fake_store *store, const char *key, uint64_t version);
void fake_evict(struct fake_store *store, const char *key);

/* The server was away: what it has may be old, and its locks went with their connections. */
void fake_restart(struct fake_store *store);

/* A client's connection to it ends, and a new one follows; the server notices it, or, if it was
 * forgotten on the way, does not. */
struct fake_transport;
void fake_cut(struct fake_transport *fake, struct fake_store *store);
void fake_forget_connection(struct fake_transport *fake);

/* The server comes back on a new disk. */
void fake_wipe(struct fake_store *store);

/* }}} */

/* What one server does whenever it is asked. */
struct fake_script {
	const struct sd_server *server;
	struct fake_store *store; /* borrowed; the rest is ignored then. NULL: it has none */
	enum fake_act act;
	int64_t after_ms;      /* FAKE_ANSWERS: how long it takes */
	enum sd_status status; /* FAKE_ANSWERS: what comes of it */
	const char *reason;    /* with a failure */
	uint64_t version;      /* that the reply tells */
	const char *value;     /* goes to the sink of a get, whatever the status; NULL: none */
	bool is_greeted;       /* a connection is up: it is known whose store it is */
	bool has_moved;        /* a new connection leads to another store than the one before */
};

/* One exchange as it was asked. */
struct fake_asked {
	const struct sd_server *server;
	enum sd_request_kind kind;
	char key[FAKE_BYTES_MAX + 1];
	char data[FAKE_BYTES_MAX + 1];
	int64_t ttl;
	enum sd_condition condition;
	uint64_t version;
	uint64_t seen;
	uint64_t compared;
	uint64_t holder;
	uint64_t connection;
	int64_t wait_ms;
	bool hurried;
	bool insists;
	bool held;
	bool must_compare;
	bool is_repair;
	const struct sd_sink *sink;
	int64_t at_ms; /* when */
	int64_t deadline_ms;
	int64_t connect_deadline_ms;
	int64_t value_deadline_ms;
	int64_t patience_ms;
	int64_t full_ms;
	int64_t limit_ms;
	enum sd_status status; /* before it is performed */
	unsigned round;        /* which perform() it came in: 1, 2 ... */
};

struct fake_transport {
	struct sd_transport transport; /* first, so that one is the other */
	int64_t process;               /* its number */
	int64_t *clock_ms;             /* borrowed; several fakes may share one */
	int64_t wall_us;               /* its own clock against that one; may be behind */
	bool is_for_sessions;          /* all that is asked is, or nothing */
	uint64_t last_version;         /* the largest that was given or came in an answer */
	uint64_t connection; /* its number, as a lock's owner; larger by FAKE_OTHER_NAME on the
	                        second name of a store */

	/* what happens elsewhere: called before the exchanges of each perform() are carried out */
	void (*meanwhile)(struct fake_transport *fake, void *context);
	/* the same between the first exchange of a perform() and the others, which are late */
	void (*between)(struct fake_transport *fake, void *context);
	/* the same after what `befalls` a store has done so, and once more after all exchanges of that
	 * perform(), before any is repeated: `unheard` is 0 then */
	void (*meanwhile_unheard)(struct fake_transport *fake, void *context);
	unsigned unheard;
	void *context;

	struct fake_script scripts[FAKE_SCRIPTS_MAX];
	size_t script_count;
	struct fake_asked asked[FAKE_ASKED_MAX];
	size_t asked_count;
	unsigned rounds;
	unsigned
		must_greet; /* so many greetings, before names of one store are known to be one server */
	unsigned events[2];                   /* by enum sd_event */
	const struct sd_server *event_server; /* the server of the last one */
	int64_t paused_ms[FAKE_ENTRIES_MAX];  /* the first pauses */
	size_t pauses;
};

/* A fake that knows no server yet. */
void fake_init(struct fake_transport *fake, int64_t *clock_ms);

/* What has been asked is forgotten, the scripts are kept. */
void fake_forget(struct fake_transport *fake);

/* Each sets a server's script, in the place of the one it had. One store by two names is one
 * server. */
void fake_script(struct fake_transport *fake, const struct fake_script *script);
void fake_is(struct fake_transport *fake, const struct sd_server *server, struct fake_store *store);
void fake_answers(struct fake_transport *fake, const struct sd_server *server,
                  enum sd_status status, int64_t after_ms);
void fake_has(struct fake_transport *fake, const struct sd_server *server, const char *value,
              int64_t after_ms);
void fake_refuses(struct fake_transport *fake, const struct sd_server *server, int64_t after_ms);
void fake_breaks_off(struct fake_transport *fake, const struct sd_server *server, const char *part,
                     int64_t after_ms);
void fake_stalls(struct fake_transport *fake, const struct sd_server *server);
void fake_never_connects(struct fake_transport *fake, const struct sd_server *server);
void fake_is_marked(struct fake_transport *fake, const struct sd_server *server);

#endif
