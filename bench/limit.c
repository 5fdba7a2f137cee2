/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What the wire itself costs: a server that only answers, and a client that only asks.
 *
 *   limit serve WHERE [close]  WHERE is "tcp", for a free port of 127.0.0.1, or a path. Prints
 *                              "port N" or "ready" when it serves. With "close" each connection
 *                              ends behind its first answer, as in the classic protocol.
 *   limit ask WHERE [close]    WHERE is a port or a path. Reads lines "REQUEST ANSWER COUNT", bytes
 *                              and number, asks so often, and prints how many nanoseconds all of
 *                              it took. With a second WHERE both are asked at the same time.
 *
 * A request is two 32-bit numbers, its own length and that of its answer, and bytes that mean
 * nothing. The server waits by epoll, as ours, memcached and redis do; all else is the least that
 * there can be.
 */

#include <arpa/inet.h>
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

#define MAX_BYTES (2u << 20) /* of a request or an answer */
#define MAX_DESCRIPTORS 1024
#define MAX_EVENTS 64
#define MAX_TARGETS 2
#define HEADER_BYTES (2 * sizeof(uint32_t))

struct peer {
	uint32_t read; /* bytes of the request that have come */
	uint32_t header[2];
};

static struct peer peers[MAX_DESCRIPTORS];
static unsigned char bytes[MAX_BYTES];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static socklen_t unix_address(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(address->sun_path, sizeof(address->sun_path), "%s", path);
	return sizeof(*address);
}

static socklen_t tcp_address(int port, struct sockaddr_in *address)
{
	*address = (struct sockaddr_in){.sin_family = AF_INET,
	                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	                                .sin_port = htons((uint16_t)port)};
	return sizeof(*address);
}

static void no_delay(int fd)
{
	int on = 1;

	/* fails on unix sockets, which have no delay */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void write_all(int fd, const unsigned char *data, size_t length)
{
	while (length > 0) {
		ssize_t written = send(fd, data, length, MSG_NOSIGNAL);

		if (written <= 0) {
			fail("send");
		}
		data += written;
		length -= (size_t)written;
	}
}

static int listen_on(const char *where)
{
	struct sockaddr_un path;
	struct sockaddr_in address;
	socklen_t length = sizeof(address);
	bool tcp = strcmp(where, "tcp") == 0;
	int fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0);

	if (tcp) {
		length = tcp_address(0, &address);
	} else {
		length = unix_address(where, &path);
	}
	if (bind(fd, tcp ? (struct sockaddr *)&address : (struct sockaddr *)&path, length) != 0 ||
	    listen(fd, 128) != 0) {
		fail(where);
	}
	if (tcp) {
		(void)getsockname(fd, (struct sockaddr *)&address, &length);
		printf("port %d\n", ntohs(address.sin_port));
	} else {
		printf("ready\n");
	}
	(void)fflush(stdout);
	return fd;
}

static void watch(int epoll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (fd >= MAX_DESCRIPTORS || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
		fail("epoll_ctl");
	}
}

/* Reads what is there; true when the request is whole. At the connection's end it is closed. */
static bool read_some(int fd, struct peer *peer)
{
	ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

	if (got <= 0) {
		(void)close(fd);
		return false;
	}
	if (peer->read == 0) {
		if ((size_t)got < HEADER_BYTES) {
			fail("a request without its header");
		}
		memcpy(peer->header, bytes, HEADER_BYTES);
	}
	peer->read += (uint32_t)got;
	return peer->read >= peer->header[0];
}

static void serve_one(int fd, bool closing)
{
	struct peer *peer = &peers[fd];

	if (!read_some(fd, peer)) {
		return;
	}
	write_all(fd, bytes, peer->header[1]);
	peer->read = 0;
	if (closing) {
		(void)close(fd);
	}
}

static int accept_one(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0 || fd >= MAX_DESCRIPTORS) {
		fail("accept");
	}
	no_delay(fd);
	peers[fd].read = 0;
	return fd;
}

static _Noreturn void serve(const char *where, bool closing)
{
	int listener = listen_on(where);
	int epoll = epoll_create1(0);
	struct epoll_event events[MAX_EVENTS];

	watch(epoll, listener);
	for (;;) {
		int ready = epoll_wait(epoll, events, MAX_EVENTS, -1);

		for (int i = 0; i < ready; i++) {
			if (events[i].data.fd == listener) {
				watch(epoll, accept_one(listener));
			} else {
				serve_one(events[i].data.fd, closing);
			}
		}
	}
}

static int connect_to(const char *target)
{
	struct sockaddr_un path;
	struct sockaddr_in address;
	bool tcp = target[0] != '/';
	int fd = socket(tcp ? AF_INET : AF_UNIX, SOCK_STREAM, 0);
	socklen_t length = tcp ? tcp_address(atoi(target), &address) : unix_address(target, &path);

	if (connect(fd, tcp ? (struct sockaddr *)&address : (struct sockaddr *)&path, length) != 0) {
		fail(target);
	}
	no_delay(fd);
	return fd;
}

static void send_request(int fd, const uint32_t header[2])
{
	memcpy(bytes, header, HEADER_BYTES);
	write_all(fd, bytes, header[0]);
}

static void read_answer(int fd, size_t left)
{
	while (left > 0) {
		ssize_t got = recv(fd, bytes, left, 0);

		if (got <= 0) {
			fail("recv");
		}
		left -= (size_t)got;
	}
}

/* All are asked before any answer is waited for. */
static void ask_kept(const int *fds, int number, const uint32_t header[2])
{
	for (int i = 0; i < number; i++) {
		send_request(fds[i], header);
	}
	for (int i = 0; i < number; i++) {
		read_answer(fds[i], header[1]);
	}
}

/* The classic protocol's way: the end of the connection is the end of the answer. */
static void ask_and_close(const char *target, const uint32_t header[2])
{
	int fd = connect_to(target);

	send_request(fd, header);
	read_answer(fd, header[1]);
	while (recv(fd, bytes, sizeof(bytes), 0) > 0) {
	}
	(void)close(fd);
}

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void read_line(const char *line, uint32_t header[2], unsigned *count)
{
	if (sscanf(line, "%u %u %u", &header[0], &header[1], count) != 3 || header[0] < HEADER_BYTES ||
	    header[0] > MAX_BYTES || header[1] > MAX_BYTES) {
		fail("a line that is not REQUEST ANSWER COUNT");
	}
}

/* "number" targets are asked on kept connections; none: the one is asked on a new one each time. */
static int ask(char **targets, int number)
{
	int fds[MAX_TARGETS];
	char line[128];

	for (int i = 0; i < number; i++) {
		fds[i] = connect_to(targets[i]);
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		uint32_t header[2];
		unsigned count;
		int64_t start;

		read_line(line, header, &count);
		start = now_ns();
		while (count-- > 0) {
			if (number == 0) {
				ask_and_close(targets[0], header);
			} else {
				ask_kept(fds, number, header);
			}
		}
		printf("%lld\n", (long long)(now_ns() - start));
		(void)fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	bool closing = argc == 4 && strcmp(argv[3], "close") == 0;

	if (argc >= 3 && strcmp(argv[1], "serve") == 0) {
		serve(argv[2], closing);
	}
	if (argc >= 3 && argc - 2 <= MAX_TARGETS && strcmp(argv[1], "ask") == 0) {
		return ask(argv + 2, closing ? 0 : argc - 2);
	}
	(void)fprintf(stderr, "limit serve|ask WHERE [close], limit ask WHERE WHERE\n");
	return 2;
}
