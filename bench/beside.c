/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What others notice of a client that stores very much: it sends so many quiet sets in one stream,
 * and meanwhile other clients set and get an entry of their own, one request after the other.
 * Prints one line of JSON: the sets a second, and how long the requests of the others took.
 *
 * usage: beside PORT SETS CLIENTS
 */

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 16
#define REQUESTS_MAX 1000000 /* of one client */
#define PAUSE_NS 200000      /* of a client between two requests */
#define SETS_MAX 100000000
#define VALUE "0123456789"
#define VALUE_LENGTH "10"
#define LIFE_S "3600"
#define CHUNK (64u * 1024u)
#define TIMEOUT_S 60 /* of an answer, and until the server takes more */

struct client {
	int fd;
	unsigned number;
	double *took_ms; /* of each request */
	size_t count;
};

static uint16_t port;
static atomic_bool is_over;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static double now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int connect_to_server(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
	struct timeval timeout = {.tv_sec = TIMEOUT_S};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		fail("connect");
	}
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	return fd;
}

static void send_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

		if (sent <= 0) {
			fail("send");
		}
		bytes += sent;
		length -= (size_t)sent;
	}
}

/* Sends a request and waits for its answer, which is known beforehand. */
static void ask(int fd, const char *request, const char *answer)
{
	size_t length = strlen(answer);
	size_t have = 0;
	char got[256];

	send_all(fd, request, strlen(request));
	while (have < length) {
		ssize_t received = recv(fd, got + have, sizeof(got) - have, 0);

		if (received <= 0) {
			fail("recv");
		}
		have += (size_t)received;
	}
	if (have != length || memcmp(got, answer, length) != 0) {
		(void)fprintf(stderr, "an answer that was not expected: %.*s\n", (int)have, got);
		exit(1);
	}
}

/* {{{ the others */

static void *run_client(void *argument)
{
	struct client *client = argument;
	char set[128];
	char get[128];

	(void)sprintf(set, "ms beside-%u " VALUE_LENGTH " T" LIFE_S "\r\n" VALUE "\r\n",
	              client->number);
	(void)sprintf(get, "mg beside-%u v\r\n", client->number);
	while (!is_over && client->count < REQUESTS_MAX) {
		bool sets = client->count % 2 == 0;
		double began_ms = now_ms();

		if (sets) {
			ask(client->fd, set, "HD\r\n");
		} else {
			ask(client->fd, get, "VA " VALUE_LENGTH "\r\n" VALUE "\r\n");
		}
		client->took_ms[client->count++] = now_ms() - began_ms;
		(void)nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
	}
	return NULL;
}

static void open_client(struct client *client, unsigned number)
{
	*client = (struct client){.fd = connect_to_server(),
	                          .number = number,
	                          .took_ms = calloc(REQUESTS_MAX, sizeof(double))};
	if (client->took_ms == NULL) {
		fail("memory");
	}
}

static int compare(const void *one, const void *two)
{
	double difference = *(const double *)one - *(const double *)two;

	return (difference > 0) - (difference < 0);
}

/* All times together, in their order. */
static double *sorted(const struct client *clients, unsigned count, size_t *total)
{
	double *all = NULL;

	*total = 0;
	for (unsigned i = 0; i < count; i++) {
		all = realloc(all, (*total + clients[i].count) * sizeof(double));
		if (all == NULL) {
			fail("memory");
		}
		memcpy(all + *total, clients[i].took_ms, clients[i].count * sizeof(double));
		*total += clients[i].count;
	}
	qsort(all, *total, sizeof(double), compare);
	return all;
}

/* }}} */

/* Stores them and waits until the server has run all; returns how many seconds that took. */
static double store(int fd, unsigned long sets)
{
	static char chunk[CHUNK + 128];
	double began_ms = now_ms();
	size_t length = 0;

	for (unsigned long i = 0; i < sets; i++) {
		length += (size_t)sprintf(chunk + length,
		                          "ms bulk-%lu " VALUE_LENGTH " T" LIFE_S " q\r\n" VALUE "\r\n", i);
		if (length >= CHUNK) {
			send_all(fd, chunk, length);
			length = 0;
		}
	}
	send_all(fd, chunk, length);
	ask(fd, "mn\r\n", "MN\r\n");
	return (now_ms() - began_ms) / 1e3;
}

static void print(unsigned long sets, double seconds, const double *took_ms, size_t count)
{
	printf("{\"per_second\":%.0f,\"requests\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
	       "\"p999_ms\":%.3f}\n",
	       (double)sets / seconds, count, took_ms[count / 2],
	       took_ms[(size_t)((double)count * 0.99)], took_ms[(size_t)((double)count * 0.999)]);
}

int main(int argc, char **argv)
{
	unsigned long sets = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned count = argc == 4 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	pthread_t threads[CLIENTS_MAX];
	struct client clients[CLIENTS_MAX];
	double *took_ms;
	double seconds;
	size_t total;

	if (sets < 1 || sets > SETS_MAX || count < 1 || count > CLIENTS_MAX) {
		(void)fprintf(stderr, "usage: beside PORT SETS CLIENTS\n");
		return 2;
	}
	port = (uint16_t)strtoul(argv[1], NULL, 10);
	for (unsigned i = 0; i < count; i++) {
		open_client(&clients[i], i);
		if (pthread_create(&threads[i], NULL, run_client, &clients[i]) != 0) {
			fail("pthread_create");
		}
	}
	seconds = store(connect_to_server(), sets);
	is_over = true;
	for (unsigned i = 0; i < count; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	took_ms = sorted(clients, count, &total);
	if (total == 0) {
		(void)fprintf(stderr, "no request of another client was answered meanwhile\n");
		return 1;
	}
	print(sets, seconds, took_ms, total);
	return 0;
}
