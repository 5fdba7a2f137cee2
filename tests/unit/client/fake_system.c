/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A system with one server, without the system; see fake_system.h. */

#include "tests/unit/client/fake_system.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "client/net/system.h"
#include "tests/unit/client/fake_peer.h"

#define SOCKETS_MAX 256
#define FIRST_SOCKET 100
#define CALLS_MAX 3000000 /* of an operation that does not end */
#define OPTIONS_MAX 8
#define SIGNAL_US 1000 /* until a signal interrupts a call that waits */
#define STEP_US 100    /* of a wait */
#define PID 4711

enum state {
	FRESH, /* not connected, and not about to be */
	CONNECTING,
	UP,
	FORGOTTEN, /* the server no longer knows of it, and nobody has said so */
};

struct fake_socket {
	bool is_open;
	bool is_blocking;
	enum state state;
	int64_t up_us;   /* CONNECTING: when it is up */
	int64_t free_us; /* when it takes something again */
	int options[OPTIONS_MAX];
	struct fake_peer peer;
};

struct fake_server fake_server;

static struct fake_socket sockets[SOCKETS_MAX];
static size_t last_socket;
static _Alignas(16) char shared_pages[1 << 18]; /* of one client at a time */
static unsigned counts[FAKE_CALLS + 1];
static int64_t now_us = 1000000000;
static int system_error;

static struct {
	enum fake_call call;
	unsigned number;
	int error;
	bool is_planned;
	bool is_lasting;
	bool has_failed;
} fault;

/* {{{ faults and time */

static _Noreturn void die(const char *why)
{
	(void)fprintf(stderr, "fake_system: %s\n", why);
	abort();
}

static bool is_faulty(unsigned number)
{
	if (number == fault.number) {
		return true;
	}
	if (!fault.is_lasting || number < fault.number) {
		return false;
	}
	return fault.error != EINTR || (number - fault.number) % 2 == 0;
}

/* Counts a call. True: it is to fail. */
static bool fails(enum fake_call call)
{
	unsigned number = counts[call]++;

	now_us += fake_server.call_us > 0 ? fake_server.call_us : 1;
	if (++counts[FAKE_CALLS] > CALLS_MAX) {
		die("the operation does not end");
	}
	if (!fault.is_planned || fault.call != call || !is_faulty(number)) {
		return false;
	}
	fault.has_failed = true;
	system_error = fault.error;
	return true;
}

static int refuse(int error)
{
	system_error = error;
	return -1;
}

void fake_system_fail(enum fake_call call, unsigned number, int error, bool lasting)
{
	fault.call = call;
	fault.number = number;
	fault.error = error;
	fault.is_lasting = lasting;
	fault.is_planned = true;
	fault.has_failed = false;
}

bool fake_system_has_failed(void)
{
	return fault.has_failed;
}

void fake_system_heal(void)
{
	fault.is_planned = false;
}

void fake_system_reset(void)
{
	fake_system_heal();
	memset(&fake_server, 0, sizeof(fake_server));
	memset(sockets, 0, sizeof(sockets));
	memset(counts, 0, sizeof(counts));
}

int64_t fake_system_now_us(void)
{
	return now_us;
}

unsigned fake_system_calls(enum fake_call call)
{
	return counts[call];
}

void fake_system_pass_ms(int64_t ms)
{
	now_us += ms * 1000;
}

/* }}} */

/* {{{ sockets, for tests */

unsigned fake_system_open(void)
{
	unsigned count = 0;

	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		count += sockets[i].is_open;
	}
	return count;
}

void fake_system_close_all(void)
{
	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		sockets[i].peer.has_closed = true;
	}
}

void fake_system_forget_all(void)
{
	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		sockets[i].state = FORGOTTEN;
	}
}

int fake_system_option(int option)
{
	return sockets[last_socket].options[option];
}

/* }}} */

/* {{{ sockets */

static struct fake_socket *socket_of(sd_socket number)
{
	size_t i = (size_t)(number - FIRST_SOCKET);

	if (number < FIRST_SOCKET || i >= SOCKETS_MAX || !sockets[i].is_open) {
		die("a socket is used that is not open");
	}
	if (sockets[i].state == CONNECTING && now_us >= sockets[i].up_us) {
		sockets[i].state = UP;
	}
	return &sockets[i];
}

bool sd_system_is_tcp(const struct sd_address *address)
{
	return ((const struct sockaddr *)address->bytes)->sa_family != AF_UNIX;
}

sd_socket sd_system_socket(const struct sd_address *address)
{
	(void)address;
	if (fails(FAKE_SOCKET)) {
		return SD_NO_SOCKET;
	}
	for (size_t i = 0; i < SOCKETS_MAX; i++) {
		if (!sockets[i].is_open) {
			memset(&sockets[i], 0, sizeof(sockets[i]));
			memset(sockets[i].options, 0xff, sizeof(sockets[i].options));
			sockets[i].is_open = true;
			last_socket = i;
			return (sd_socket)(FIRST_SOCKET + i);
		}
	}
	die("sockets are not closed");
}

void sd_system_close(sd_socket socket)
{
	socket_of(socket)->is_open = false;
}

int sd_system_set_option(sd_socket socket, enum sd_socket_option option, int value)
{
	struct fake_socket *fake = socket_of(socket);

	if (fails(FAKE_SET_OPTION)) {
		return -1;
	}
	fake->options[option] = value;
	return 0;
}

int sd_system_set_blocking(sd_socket socket)
{
	struct fake_socket *fake = socket_of(socket);

	if (fails(FAKE_SET_BLOCKING)) {
		return -1;
	}
	fake->is_blocking = true;
	return 0;
}

int sd_system_connect(sd_socket socket, const struct sd_address *address)
{
	struct fake_socket *fake = socket_of(socket);
	bool is_faulty_call = fails(FAKE_CONNECT);
	bool goes_on = system_error == EINPROGRESS || system_error == EINTR;

	if (is_faulty_call && !goes_on) {
		return -1;
	}
	if (now_us < fake_server.full_until_us) {
		return refuse(sd_system_is_tcp(address) ? ECONNREFUSED : EAGAIN);
	}
	if (sd_system_is_tcp(address)) {
		fake->peer.port = ntohs(((const struct sockaddr_in *)address->bytes)->sin_port);
	}
	fake->state = CONNECTING;
	fake->up_us = now_us + fake_server.connect_us;
	if (is_faulty_call) {
		return -1;
	}
	return fake_server.connect_us > 0 ? refuse(EINPROGRESS) : 0;
}

int sd_system_connect_error(sd_socket socket)
{
	(void)socket_of(socket);
	if (!fails(FAKE_CONNECT_ERROR)) {
		system_error = 0;
	}
	return system_error;
}

static size_t at_most(size_t size, size_t limit)
{
	return limit > 0 && size > limit ? limit : size;
}

/* The server may have been restarted since the connection was up. */
static void close_in_time(struct fake_socket *fake)
{
	int64_t at_us = fake_server.closes_at_us;

	if (at_us != 0 && now_us >= at_us && fake->state != FRESH && fake->up_us < at_us) {
		fake->peer.has_closed = true;
	}
}

static long receive_now(struct fake_socket *fake, void *out, size_t size, bool peek)
{
	long received;

	close_in_time(fake);
	if (fake->state == FRESH) {
		return refuse(ENOTCONN);
	}
	if (fake->state != UP) {
		return refuse(EAGAIN);
	}
	received =
		fake_peer_take(&fake->peer, out, at_most(size, fake_server.receives_at_most), now_us, peek);
	return received < 0 ? refuse(EAGAIN) : received;
}

static long receive_patiently(struct fake_socket *fake, void *out, size_t size)
{
	int64_t until_us = now_us + (int64_t)fake->options[SD_RECEIVE_TIMEOUT_MS] * 1000;
	bool waits = fake->is_blocking && !fake_server.never_blocks;
	long received;

	if (!fake->is_blocking) {
		die("a socket that does not block is waited for");
	}
	while ((received = receive_now(fake, out, size, false)) < 0 && waits && now_us < until_us) {
		now_us += STEP_US;
	}
	return received;
}

long sd_system_receive(sd_socket socket, void *out, size_t size, enum sd_receive_mode mode)
{
	static const enum fake_call calls[] = {[SD_RECEIVE_NOW] = FAKE_RECEIVE,
	                                       [SD_RECEIVE_PEEK] = FAKE_PEEK,
	                                       [SD_RECEIVE_WAIT] = FAKE_AWAIT};
	struct fake_socket *fake = socket_of(socket);

	if (fails(calls[mode])) {
		now_us += mode == SD_RECEIVE_WAIT && system_error == EINTR ? SIGNAL_US : 0;
		return -1;
	}
	return mode == SD_RECEIVE_WAIT ? receive_patiently(fake, out, size)
	                               : receive_now(fake, out, size, mode == SD_RECEIVE_PEEK);
}

long sd_system_send(sd_socket socket, const void *head, size_t head_length, const void *body,
                    size_t body_length)
{
	struct fake_socket *fake = socket_of(socket);
	size_t first = at_most(head_length, fake_server.sends_at_most);
	size_t second = at_most(first + body_length, fake_server.sends_at_most) - first;

	if (fails(FAKE_SEND)) {
		/* after a reset the socket is ready, and what the server had sent before can be received */
		fake->peer.has_closed =
			fake->peer.has_closed || system_error == EPIPE || system_error == ECONNRESET;
		return -1;
	}
	close_in_time(fake);
	if (fake->state == FRESH || fake->peer.has_closed) {
		return refuse(fake->state == FRESH ? ENOTCONN : EPIPE);
	}
	if (fake->state == CONNECTING || now_us < fake->free_us) {
		return refuse(EAGAIN);
	}
	fake->free_us = now_us + fake_server.takes_us;
	if (first < head_length) {
		second = 0;
	}
	if (fake->state == UP) {
		fake_peer_hear(&fake->peer, head, first, now_us);
		fake_peer_hear(&fake->peer, body, second, now_us);
	}
	return (long)(first + second);
}

static bool is_ready(const struct sd_socket_wait *wait)
{
	struct fake_socket *fake = socket_of(wait->socket);
	char byte;

	close_in_time(fake);
	if (fake_server.is_ready_in_vain || fake->state == FRESH) {
		return true;
	}
	return (wait->for_writing && fake->state != CONNECTING && now_us >= fake->free_us) ||
	       (wait->for_reading && fake->state == UP &&
	        fake_peer_take(&fake->peer, &byte, 1, now_us, true) >= 0);
}

int sd_system_poll(struct sd_socket_wait *waits, size_t count, int timeout_ms)
{
	int64_t until_us = now_us + (int64_t)timeout_ms * 1000;
	int ready = 0;

	if (timeout_ms < 0) {
		die("a wait without an end");
	}
	for (size_t i = 0; i < count; i++) {
		waits[i].ready = false;
	}
	if (fails(FAKE_POLL)) {
		now_us += system_error == EINTR ? SIGNAL_US : 0;
		return -1;
	}
	for (;;) {
		for (size_t i = 0; i < count; i++) {
			waits[i].ready = waits[i].socket != SD_NO_SOCKET && is_ready(&waits[i]);
			ready += waits[i].ready;
		}
		if (ready > 0 || now_us >= until_us) {
			now_us += counts[FAKE_POLL] == fake_server.stopped_at ? fake_server.stopped_us : 0;
			return ready;
		}
		now_us += STEP_US;
	}
}

bool sd_system_unix_address(const char *path, struct sd_address *address)
{
	struct sockaddr_un unix_address = {.sun_family = AF_UNIX};

	(void)path;
	memcpy(address->bytes, &unix_address, sizeof(unix_address));
	address->length = sizeof(unix_address);
	return true;
}

/* }}} */

/* {{{ errors, clocks, the process */

int sd_system_error(void)
{
	return system_error;
}

const char *sd_system_error_text(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", strerror(system_error));
	return out;
}

int64_t sd_system_monotonic_us(void)
{
	return now_us;
}

int64_t sd_system_wall_us(void)
{
	return now_us;
}

void sd_system_yield(void)
{
	now_us += 1;
}

void sd_system_sleep(int64_t ms)
{
	now_us += ms * 1000;
}

int64_t sd_system_getuid(void)
{
	return 0;
}

int64_t sd_system_getpid(void)
{
	return PID;
}

bool sd_system_getentropy(void *out, size_t length)
{
	memset(out, 7, length);
	return !fails(FAKE_GETENTROPY);
}

void *sd_system_map(size_t size, bool shared)
{
	if (fails(FAKE_MAP)) {
		return NULL;
	}
	return shared && size <= sizeof(shared_pages) ? memset(shared_pages, 0, size) : calloc(1, size);
}

void sd_system_unmap(void *memory, size_t size)
{
	(void)size;
	if (memory != shared_pages) {
		free(memory);
	}
}

bool sd_system_wipe_on_fork(void *memory, size_t size)
{
	(void)memory;
	(void)size;
	return false;
}

/* }}} */

/* {{{ names */

static struct addrinfo *new_address(struct addrinfo *next)
{
	struct addrinfo *address = calloc(1, sizeof(*address));
	struct sockaddr_in *bytes = calloc(1, sizeof(*bytes));

	bytes->sin_family = AF_INET;
	address->ai_addr = (struct sockaddr *)bytes;
	address->ai_addrlen = sizeof(*bytes);
	address->ai_next = next;
	return address;
}

int sd_system_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                          struct addrinfo **found)
{
	bool is_numeric = host[0] >= '0' && host[0] <= '9';

	if (fails(FAKE_GETADDRINFO)) {
		return system_error;
	}
	if ((hints->ai_flags & AI_NUMERICHOST) != 0 && !is_numeric) {
		return EAI_NONAME;
	}
	*found = new_address(is_numeric ? NULL : new_address(NULL));
	for (struct addrinfo *each = *found; each != NULL; each = each->ai_next) {
		((struct sockaddr_in *)each->ai_addr)->sin_port = htons((uint16_t)atoi(port));
	}
	return 0;
}

void sd_system_freeaddrinfo(struct addrinfo *found)
{
	while (found != NULL) {
		struct addrinfo *next = found->ai_next;

		free(found->ai_addr);
		free(found);
		found = next;
	}
}

struct sd_lookup {
	unsigned polls; /* before it is over */
	struct addrinfo *found;
};

struct sd_lookup *sd_system_lookup_begin(const char *host, const char *port,
                                         const struct addrinfo *hints)
{
	struct sd_lookup *lookup;

	(void)host;
	(void)port;
	(void)hints;
	if (fails(FAKE_LOOKUP_BEGIN)) {
		return NULL;
	}
	lookup = calloc(1, sizeof(*lookup));
	lookup->polls = fake_server.looked_up_after;
	return lookup;
}

/* Whether no descriptor is to be had: then the system calls every name unknown. */
static bool lacks_descriptors(void)
{
	return fault.is_planned && fault.is_lasting && fault.call == FAKE_SOCKET &&
	       (fault.error == EMFILE || fault.error == ENFILE);
}

bool sd_system_lookup_poll(struct sd_lookup *lookup, int *error, const struct addrinfo **found)
{
	bool has_failed = fails(FAKE_LOOKUP_POLL);

	if (lacks_descriptors()) {
		has_failed = true;
		system_error = EAI_NONAME;
	}

	if (!has_failed && lookup->polls > 0) {
		lookup->polls--;
		return false;
	}
	*error = has_failed ? system_error : 0;
	lookup->found = has_failed ? NULL : new_address(new_address(NULL));
	*found = lookup->found;
	return true;
}

void sd_system_lookup_leave(struct sd_lookup *lookup)
{
	sd_system_freeaddrinfo(lookup->found);
	free(lookup);
}

/* }}} */
