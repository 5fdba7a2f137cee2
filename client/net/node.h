/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A server as one thread knows it, by its host and port: the connection that is
 * kept to it, what it was found to be, whether it may be asked now, and what has
 * been counted of it. Each list of exchanges that is performed is a round: a
 * place is admitted once in it, and blamed once and praised once.
 */

#ifndef SD_PLACE_H
#define SD_PLACE_H

#include "wire/busy_poll.h"
#include "client/net/dead_marks.h"
#include "client/net/connection.h"
#include "client/options.h"
#include "client/info.h"

/* Told of what an operator should know: a line without its end. */
typedef void sd_place_log(const char *line);

struct sd_place {
	struct sd_place *next;    /* of the thread's */
	struct sd_place *pending; /* among those that are to be begun */
	struct sd_server server;
	struct sd_link link;
	struct sd_busy busy;
	enum sd_protocol protocol; /* as it was found last */
	int64_t classic_until_ms;  /* not greeted before; 0: not known as classic */
	bool is_doubted;           /* taken for classic in this round */

	struct sd_mark *mark; /* borrowed; NULL: the table has no room, and it is never marked */
	uint64_t round;       /* when it was admitted last */
	enum sd_admission admission;
	bool has_failed;   /* in this round */
	bool has_answered; /* in this round */
	int64_t began_us;  /* the round */
	int64_t ended_us;  /* when the last was answered in it, or it began */
	struct sd_statistics statistics;
};

/* A place that was not asked yet. `shared` and `health` are borrowed. NULL: no memory; it is freed
 * by free(). */
struct sd_place *sd_place_new(const struct sd_server *server, struct sd_link_shared *shared,
                              struct sd_health *health);

/* The place whose link that is. */
struct sd_place *sd_place_of_link(struct sd_link *link);

/* Begins a round of the place's, of which `exchange` is the first: `admission` says whether they
 * may go there. */
void sd_place_begin(struct sd_place *place, uint64_t round, const struct sd_options *options,
                    const struct sd_exchange *exchange);

/* Ends an exchange, with SD_DEAD, that may not. */
void sd_place_refuse(struct sd_place *place, struct sd_exchange *exchange);

/* Whether the exchange may go to the place in that round: else it has ended, with SD_DEAD. */
static inline bool sd_place_admit(struct sd_place *place, uint64_t round,
                                  const struct sd_options *options, struct sd_exchange *exchange)
{
	if (place->round != round) {
		sd_place_begin(place, round, options, exchange);
	}
	if (place->admission == SD_SKIPPED) {
		sd_place_refuse(place, exchange);
		return false;
	}
	place->statistics.operations++;
	return true;
}

/* The same ahead of a round, for one who plans it. True: the exchange has ended. */
bool sd_place_skips(struct sd_place *place, struct sd_exchange *exchange, int64_t now_ms);

/*
 * Whether others have marked dead meanwhile who is waited for, and `heard` bytes
 * came from: `reason` says so. Who probes waits on, since the others wait for that.
 */
bool sd_place_is_given_up(const struct sd_place *place, size_t heard, char reason[SD_REASON_MAX]);

/* A round trip is over: its latency is counted. */
void sd_place_finish(struct sd_place *place);

/* Counts what became of an exchange that was routed to the place, and marks the server: of all that
 * ended with SD_OK in a round once will do. `log` is called where that changes the server's state
 * for all. */
void sd_place_account(struct sd_place *place, const struct sd_options *options, sd_place_log *log,
                      const struct sd_exchange *exchange);

void sd_place_note(struct sd_place *place, enum sd_note note);

void sd_place_view(const struct sd_place *place, struct sd_server_view *view);

#endif
