/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The same load for all servers: clients that pipeline, by the meta protocol or by redis's, in one
 * thread. Prints one line of JSON: requests a second, and how long they took from being sent to
 * being answered.
 *
 * It ends after so many requests, or fails after a minute a million of them. Each client has always
 * "depth" requests under way; what is answered is replaced at once. Answers are counted and their
 * frames checked, values are not looked at.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MAX_CLIENTS 1024
#define MAX_DEPTH 256
#define MAX_FRAME_BYTES 128 /* of a request or an answer around its value */
#define LIFE_S "86400"
#define LEAST_SECONDS 60

/* Latencies: 64 steps for each power of two of nanoseconds, so that none is off by over 2 %. */
#define STEPS_LOG 6
#define STEPS (1 << STEPS_LOG)
#define BUCKETS (64 * STEPS)

struct flight {
	int64_t sent_ns;
	bool set;
};

struct client {
	int fd;
	bool wants_write; /* epoll tells when it can be written to */
	char *out;        /* requests that are not written yet, from out_from to out_to */
	size_t out_from, out_to;
	char *in; /* answers that are not whole yet */
	size_t in_used;
	struct flight flights[MAX_DEPTH]; /* a ring, the oldest at "first" */
	unsigned first, flying;
};

static struct {
	const char *target;
	bool resp;
	bool sequential;
	unsigned clients, depth, sets_percent;
	uint64_t requests, size, keys, first_key;
} options = {.clients = 1, .depth = 1, .requests = 1000, .size = 1024, .keys = 1000};

static struct client *clients;
static char *value;
static uint64_t sent, answered, misses;
static uint64_t histogram[BUCKETS];
static uint64_t random_state = 88172645463325252u;
static int epoll;

static void fail(const char *what)
{
	(void)fprintf(stderr, "load: %s%s%s\n", what, errno ? ": " : "", errno ? strerror(errno) : "");
	exit(1);
}

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* xorshift64: the same keys in each run */
static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static unsigned bucket_of(uint64_t ns)
{
	unsigned power;

	if (ns < STEPS) {
		return (unsigned)ns;
	}
	power = 63 - (unsigned)__builtin_clzll(ns) - STEPS_LOG;
	return (power + 1) * STEPS + (unsigned)(ns >> power) - STEPS;
}

/* The least number of nanoseconds that falls in a bucket. */
static uint64_t bucket_ns(unsigned bucket)
{
	unsigned power = bucket / STEPS;

	return power == 0 ? bucket : (uint64_t)(bucket % STEPS + STEPS) << (power - 1);
}

/* Microseconds that a share of all requests took at most. */
static double quantile_us(double share)
{
	uint64_t below = 0;
	unsigned bucket = 0;

	while (bucket < BUCKETS - 1 &&
	       (double)(below += histogram[bucket]) < share * (double)answered) {
		bucket++;
	}
	return (double)bucket_ns(bucket) / 1000;
}

/* --- requests --- */

static char *append(char *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length);
	return at + length;
}

/* All keys are of the same length. */
static char *append_key(char *at, uint64_t key)
{
	at = append(at, "load-");
	for (int i = 9; i >= 0; i--) {
		at[i] = (char)('0' + key % 10);
		key /= 10;
	}
	return at + 10;
}

static char *append_value(char *at)
{
	memcpy(at, value, options.size);
	return append(at + options.size, "\r\n");
}

static char *append_meta(char *at, bool set, uint64_t key)
{
	at = append_key(append(at, set ? "ms " : "mg "), key);
	if (!set) {
		return append(at, " v\r\n");
	}
	at += sprintf(at, " %llu T" LIFE_S "\r\n", (unsigned long long)options.size);
	return append_value(at);
}

static char *append_resp(char *at, bool set, uint64_t key)
{
	if (!set) {
		return append(append_key(append(at, "*2\r\n$3\r\nGET\r\n$15\r\n"), key), "\r\n");
	}
	at = append_key(append(at, "*5\r\n$3\r\nSET\r\n$15\r\n"), key);
	at += sprintf(at, "\r\n$%llu\r\n", (unsigned long long)options.size);
	return append(append_value(at), "$2\r\nEX\r\n$5\r\n" LIFE_S "\r\n");
}

static void make_request(struct client *client, int64_t now)
{
	struct flight *flight = &client->flights[(client->first + client->flying) % options.depth];
	uint64_t key = options.first_key + (options.sequential ? sent : random_number() % options.keys);
	bool set = options.sets_percent == 100 ||
	           (options.sets_percent > 0 && random_number() % 100 < options.sets_percent);
	char *end = client->out + client->out_to;

	end = options.resp ? append_resp(end, set, key) : append_meta(end, set, key);
	client->out_to = (size_t)(end - client->out);
	*flight = (struct flight){.sent_ns = now, .set = set};
	client->flying++;
	sent++;
}

static void watch_writing(struct client *client, bool wanted)
{
	struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0u), .data.ptr = client};

	if (client->wants_write != wanted && epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event) != 0) {
		fail("epoll_ctl");
	}
	client->wants_write = wanted;
}

static void write_out(struct client *client)
{
	ssize_t written = 0;

	while (client->out_from < client->out_to && written >= 0) {
		written = send(client->fd, client->out + client->out_from,
		               client->out_to - client->out_from, MSG_DONTWAIT | MSG_NOSIGNAL);
		client->out_from += written > 0 ? (size_t)written : 0;
	}
	if (written < 0 && errno != EAGAIN) {
		fail("send");
	}
	if (client->out_from == client->out_to) {
		client->out_from = client->out_to = 0;
	}
	watch_writing(client, client->out_to > 0);
}

/* Only where all is written that was made: so "depth" requests are all that a buffer must hold. */
static void fill(struct client *client)
{
	int64_t now = now_ns();

	if (client->out_to == 0) {
		while (client->flying < options.depth && sent < options.requests) {
			make_request(client, now);
		}
	}
	if (client->out_to > 0) {
		write_out(client);
	}
}

/* --- answers --- */

static size_t found_bytes(void)
{
	static size_t bytes;

	if (bytes == 0) {
		char frame[MAX_FRAME_BYTES];
		const char *format = options.resp ? "$%llu\r\n" : "VA %llu\r\n";

		bytes = (size_t)snprintf(frame, sizeof(frame), format, (unsigned long long)options.size) +
		        options.size + strlen("\r\n");
	}
	return bytes;
}

/* The length of the answer that begins here, or 0 where it is not whole. */
static size_t answer_length(const char *at, size_t length, bool set)
{
	const char *done = options.resp ? "+OK\r\n" : "HD\r\n";
	const char *missed = options.resp ? "$-1\r\n" : "EN\r\n";
	const char *expected = set ? done : missed;
	size_t bytes = strlen(expected);

	if (length < bytes) {
		return 0;
	}
	if (memcmp(at, expected, bytes) == 0) {
		misses += !set;
		return bytes;
	}
	if (set || (at[0] != 'V' && at[0] != '$')) {
		errno = 0;
		fail("an answer that was not expected");
	}
	bytes = found_bytes();
	if (length >= bytes && memcmp(at + bytes - 2, "\r\n", 2) != 0) {
		errno = 0;
		fail("a value of another size");
	}
	return length >= bytes ? bytes : 0;
}

static void take_answer(struct client *client, int64_t now)
{
	histogram[bucket_of((uint64_t)(now - client->flights[client->first].sent_ns))]++;
	client->first = (client->first + 1) % options.depth;
	client->flying--;
	answered++;
}

static size_t in_capacity(void)
{
	return 4 * (options.size + MAX_FRAME_BYTES) + 65536;
}

static void read_answers(struct client *client)
{
	size_t taken = 0, length;
	ssize_t got =
		recv(client->fd, client->in + client->in_used, in_capacity() - client->in_used, 0);
	int64_t now = now_ns();

	if (got <= 0) {
		fail("the server closed");
	}
	client->in_used += (size_t)got;
	while (client->flying > 0 &&
	       (length = answer_length(client->in + taken, client->in_used - taken,
	                               client->flights[client->first].set)) > 0) {
		taken += length;
		take_answer(client, now);
	}
	client->in_used -= taken;
	memmove(client->in, client->in + taken, client->in_used);
}

/* --- the whole --- */

static int connect_to(const char *target)
{
	struct sockaddr_un path = {.sun_family = AF_UNIX};
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	                              .sin_port = htons((uint16_t)atoi(target))};
	bool tcp = target[0] != '/';
	int fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0);

	snprintf(path.sun_path, sizeof(path.sun_path), "%s", target);
	if (connect(fd, tcp ? (struct sockaddr *)&address : (struct sockaddr *)&path,
	            tcp ? sizeof(address) : sizeof(path)) != 0) {
		fail(target);
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	return fd;
}

static void open_client(struct client *client)
{
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};

	client->fd = connect_to(options.target);
	client->out = malloc(options.depth * (options.size + MAX_FRAME_BYTES));
	client->in = malloc(in_capacity());
	if (client->out == NULL || client->in == NULL ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) != 0) {
		fail("a client");
	}
}

static void run(int64_t deadline_ns)
{
	struct epoll_event events[MAX_CLIENTS];

	for (unsigned i = 0; i < options.clients; i++) {
		fill(&clients[i]);
	}
	while (answered < options.requests) {
		int ready = epoll_wait(epoll, events, MAX_CLIENTS, 1000);

		for (int i = 0; i < ready; i++) {
			if (events[i].events & ~(unsigned)EPOLLOUT) {
				read_answers(events[i].data.ptr);
			}
			fill(events[i].data.ptr);
		}
		if (now_ns() > deadline_ns) {
			errno = 0;
			fail("it takes too long");
		}
	}
}

static uint64_t number(const char *text, uint64_t least, uint64_t most)
{
	uint64_t result = strtoull(text, NULL, 10);

	if (result < least || result > most) {
		(void)fprintf(stderr, "load: %s is not from %llu to %llu\n", text,
		              (unsigned long long)least, (unsigned long long)most);
		exit(2);
	}
	return result;
}

static void read_option(int which)
{
	switch (which) {
	case 't':
		options.target = optarg;
		break;
	case 'p':
		options.resp = strcmp(optarg, "resp") == 0;
		break;
	case 'c':
		options.clients = (unsigned)number(optarg, 1, MAX_CLIENTS);
		break;
	case 'd':
		options.depth = (unsigned)number(optarg, 1, MAX_DEPTH);
		break;
	case 'n':
		options.requests = number(optarg, 1, 100000000);
		break;
	case 's':
		options.sets_percent = (unsigned)number(optarg, 0, 100);
		break;
	case 'b':
		options.size = number(optarg, 1, 1 << 20);
		break;
	case 'k':
		options.keys = number(optarg, 1, 1000000000);
		break;
	case 'f':
		options.first_key = number(optarg, 0, 1000000000);
		break;
	case 'q':
		options.sequential = true;
		break;
	default:
		exit(2);
	}
}

static void read_options(int argc, char **argv)
{
	static const struct option known[] = {
		{"target", required_argument, NULL, 't'},   /* a port of 127.0.0.1, or a path */
		{"protocol", required_argument, NULL, 'p'}, /* meta or resp */
		{"clients", required_argument, NULL, 'c'},
		{"depth", required_argument, NULL, 'd'}, /* requests under way of each */
		{"requests", required_argument, NULL, 'n'},
		{"sets", required_argument, NULL, 's'}, /* per cent, the others are gets */
		{"size", required_argument, NULL, 'b'}, /* of a value, bytes */
		{"keys", required_argument, NULL, 'k'},
		{"first", required_argument, NULL, 'f'}, /* the first key's number */
		{"sequential", no_argument, NULL, 'q'},  /* one key after the other */
		{NULL, 0, NULL, 0},
	};
	int which;

	while ((which = getopt_long(argc, argv, "", known, NULL)) != -1) {
		read_option(which);
	}
	if (options.target == NULL) {
		(void)fprintf(stderr, "load: --target is missing\n");
		exit(2);
	}
}

int main(int argc, char **argv)
{
	int64_t start;
	double seconds;

	read_options(argc, argv);
	epoll = epoll_create1(0);
	clients = calloc(options.clients, sizeof(*clients));
	value = malloc(options.size);
	if (clients == NULL || value == NULL) {
		fail("memory");
	}
	memset(value, 'v', options.size);
	for (unsigned i = 0; i < options.clients; i++) {
		open_client(&clients[i]);
	}
	start = now_ns();
	run(start + (int64_t)(LEAST_SECONDS + options.requests * 60 / 1000000) * 1000000000);
	seconds = (double)(now_ns() - start) / 1e9;
	printf("{\"requests\":%llu,\"misses\":%llu,\"seconds\":%.6f,\"per_second\":%.0f,"
	       "\"p50_us\":%.2f,\"p99_us\":%.2f,\"p999_us\":%.2f}\n",
	       (unsigned long long)answered, (unsigned long long)misses, seconds,
	       (double)answered / seconds, quantile_us(0.5), quantile_us(0.99), quantile_us(0.999));
	return 0;
}
