/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Threads that use client/ as those of a PHP do: each has a network and a client of its own, and
 * all share the dead marks.
 *
 *   client THREADS ROUNDS PORT PORT
 *
 * In each round a thread writes an entry of its own and reads it, counts in an entry that all
 * share, and writes a session that all share, under its lock. The entry `counted` has to be there.
 * Prints how many of all that were right, wrong and failed, and whether the shared numbers are what
 * was acknowledged.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "client/net/network.h"

#define THREADS_MAX 64
#define VALUE_MAX 4096

struct text {
	struct sd_sink sink; /* first: the sink is the text */
	char bytes[VALUE_MAX];
};

struct worker {
	pthread_t thread;
	int number;
	struct sd_network *network;
	struct sd_client *client;
	struct sd_server servers[2];
	char last[64]; /* what the thread's own entry is; "": not known */
	unsigned right, wrong, failed;
	unsigned counted, may_have_counted;     /* in the shared entry */
	unsigned in_session, may_be_in_session; /* the same of the session */
};

static const struct sd_options options = {
	.connect_timeout_ms = 1000,
	.timeout_ms = 10000,
	.retry_interval_ms = 200,
	.marking = {1000, 10000, 200},
	.busy_poll_us = 50,
};
static struct sd_dead_marks *marks;
static pthread_barrier_t begin;
static int rounds;

/* {{{ texts */

static bool text_grow(struct sd_sink *sink, size_t wanted)
{
	struct text *text = (struct text *)sink;

	(void)wanted;
	if (sink->at != NULL) {
		return false; /* nothing here is longer */
	}
	sink->at = (uint8_t *)text->bytes;
	sink->room = VALUE_MAX;
	return true;
}

static void text_restart(struct sd_sink *sink)
{
	sink->at = NULL;
	sink->room = 0;
}

static struct sd_bytes text_fetched(const struct sd_sink *sink)
{
	const struct text *text = (const struct text *)sink;

	return (struct sd_bytes){text->bytes, sink->at == NULL ? 0 : VALUE_MAX - sink->room};
}

static void text_init(struct text *text)
{
	static const struct sd_sink_kind kind = {text_grow, text_restart, text_fetched};

	text->sink = (struct sd_sink){.kind = &kind};
}

static bool text_is(const struct text *text, const char *wanted)
{
	struct sd_bytes bytes = text_fetched(&text->sink);

	return bytes.length == strlen(wanted) && memcmp(bytes.data, wanted, bytes.length) == 0;
}

static long text_number(const struct text *text)
{
	struct sd_bytes bytes = text_fetched(&text->sink);
	char digits[24] = "";

	memcpy(digits, bytes.data, bytes.length < sizeof(digits) ? bytes.length : sizeof(digits) - 1);
	return strtol(digits, NULL, 10);
}

static struct sd_bytes bytes_of(const char *text)
{
	return (struct sd_bytes){text, strlen(text)};
}

/* }}} */

static void fail(struct worker *worker, const char *what, const struct sd_error *error)
{
	worker->failed++;
	(void)fprintf(stderr, "%s failed: %s\n", what, error->text);
}

static void ignore_line(const char *line)
{
	(void)line;
}

static void make_client(struct worker *worker)
{
	struct sd_error error;

	worker->network = sd_network_new(&options, marks, ignore_line);
	worker->client = sd_client_new(sd_network_transport(worker->network), &options, true);
	for (int i = 0; i < 2; i++) {
		if (sd_client_add_server(worker->client, &worker->servers[i], &error) != SD_OK) {
			abort();
		}
	}
}

/* {{{ what a thread does in a round */

static void use_own_entry(struct worker *worker, int round)
{
	char key[16];
	char value[64];
	struct sd_entry entry;
	struct sd_error error;
	struct text text;
	enum sd_status status;

	(void)snprintf(key, sizeof(key), "own-%d", worker->number);
	(void)snprintf(value, sizeof(value), "thread %d in round %d", worker->number, round);
	sd_entry_init(&entry, bytes_of(key));
	entry.data = bytes_of(value);
	if (sd_client_set(worker->client, &entry, 1, 600, &error) == SD_OK) {
		memcpy(worker->last, value, sizeof(value));
	} else {
		worker->last[0] = '\0';
		fail(worker, "set", &error);
	}
	text_init(&text);
	sd_entry_init(&entry, bytes_of(key));
	entry.sink = &text.sink;
	status = sd_client_get(worker->client, &entry, 1, &error);
	if (sd_status_is_failure(status)) {
		fail(worker, "get", &error);
	} else if (worker->last[0] == '\0' || (status == SD_OK && text_is(&text, worker->last))) {
		worker->right++;
	} else {
		worker->wrong++;
	}
}

static void count_with_others(struct worker *worker)
{
	const struct sd_change change = {.kind = SD_ADJUST, .delta = 1};
	struct sd_entry entry;
	struct sd_error error;
	struct text text;

	text_init(&text);
	sd_entry_init(&entry, bytes_of("counted"));
	entry.sink = &text.sink;
	if (sd_client_change(worker->client, &entry, &change, &error) == SD_OK) {
		worker->counted++;
		worker->right++;
	} else {
		worker->may_have_counted++;
		fail(worker, "increment", &error);
	}
}

static void use_session(struct worker *worker)
{
	static const struct sd_session_rules rules = {.locks = true, .lease_s = 60, .wait_ms = 20000};
	char value[24];
	struct sd_session session;
	struct sd_error error;
	struct text text;
	enum sd_status status;

	text_init(&text);
	if (sd_client_open_session(worker->client, bytes_of("session"), &session, &error) != SD_OK) {
		abort();
	}
	status = sd_session_begin(&session, &rules, &text.sink, &error);
	if (status != SD_OK && status != SD_ABSENT) {
		fail(worker, "session", &error);
		return;
	}
	(void)snprintf(value, sizeof(value), "%ld", status == SD_OK ? text_number(&text) + 1 : 1);
	if (sd_session_write(&session, bytes_of(value), 600, &error) == SD_OK) {
		worker->in_session++;
		worker->right++;
	} else {
		worker->may_be_in_session++;
		fail(worker, "session's write", &error);
	}
	if (sd_session_end(&session, &error) != SD_OK) {
		fail(worker, "unlock", &error);
	}
}

/* }}} */

static void *run(void *argument)
{
	struct worker *worker = argument;
	struct sd_server_info info;

	make_client(worker);
	(void)pthread_barrier_wait(&begin);
	for (int round = 0; round < rounds; round++) {
		use_own_entry(worker, round);
		count_with_others(worker);
		use_session(worker);
		(void)sd_network_info(worker->network, &worker->servers[round % 2], &info);
		if (round % 100 == 99) { /* as a thread that ends, and another that takes its place */
			sd_client_free(worker->client);
			sd_network_free(worker->network);
			make_client(worker);
		}
	}
	sd_client_free(worker->client);
	sd_network_free(worker->network);
	return NULL;
}

/* Whether the shared number is what was acknowledged, and at most what may have been written. */
static bool is_number(struct worker *worker, const char *key, unsigned least, unsigned more)
{
	struct sd_entry entry;
	struct sd_error error;
	struct text text;
	long number;

	text_init(&text);
	sd_entry_init(&entry, bytes_of(key));
	entry.sink = &text.sink;
	if (sd_client_get(worker->client, &entry, 1, &error) != SD_OK) {
		fail(worker, "get", &error);
		return false;
	}
	number = text_number(&text);
	(void)fprintf(stderr, "%s: %ld, acknowledged %u, not known %u\n", key, number, least, more);
	return number >= (long)least && number <= (long)(least + more);
}

int main(int count, char **arguments)
{
	static struct worker workers[THREADS_MAX];
	struct worker all = {.number = 0};
	int threads = count == 5 ? atoi(arguments[1]) : 0;
	struct sd_error error;
	enum sd_server_part part;

	if (threads < 1 || threads > THREADS_MAX) {
		return 2;
	}
	rounds = atoi(arguments[2]);
	marks = sd_dead_marks_new();
	for (int i = 0; i < 2; i++) { /* a name, so that it is looked up in a thread of its own */
		if (sd_server_init(&all.servers[i], "localhost", 9, atoi(arguments[3 + i]), 10, 1, &part,
		                   &error) != SD_OK) {
			return 2;
		}
	}
	(void)pthread_barrier_init(&begin, NULL, (unsigned)threads);
	for (int i = 0; i < threads; i++) {
		workers[i].number = i;
		memcpy(workers[i].servers, all.servers, sizeof(all.servers));
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0) {
			return 2;
		}
	}
	for (int i = 0; i < threads; i++) {
		(void)pthread_join(workers[i].thread, NULL);
		all.right += workers[i].right;
		all.wrong += workers[i].wrong;
		all.failed += workers[i].failed;
		all.counted += workers[i].counted;
		all.may_have_counted += workers[i].may_have_counted;
		all.in_session += workers[i].in_session;
		all.may_be_in_session += workers[i].may_be_in_session;
	}
	make_client(&all);
	printf("right %u, wrong %u, failed %u, counted %s, session %s\n", all.right, all.wrong,
	       all.failed,
	       is_number(&all, "counted", all.counted, all.may_have_counted) ? "right" : "WRONG",
	       is_number(&all, "session", all.in_session, all.may_be_in_session) ? "right" : "WRONG");
	sd_client_free(all.client);
	sd_network_free(all.network);
	sd_dead_marks_free(marks);
	return 0;
}
