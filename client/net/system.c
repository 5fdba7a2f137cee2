/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The operating system; see platform.h. First what both have, then one #ifdef. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* getaddrinfo_a, SOCK_NONBLOCK; PHP's build says so already */
#endif

#include "client/net/platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32

#include <winsock2.h>
#include <ws2tcpip.h>

#include <bcrypt.h>

#define MSG_NOSIGNAL 0
#define MSG_DONTWAIT 0 /* the socket never blocks */

int64_t sd_platform_now_us(void)
{
	LARGE_INTEGER now;
	LARGE_INTEGER frequency; /* a second's ticks, some millions */

	(void)QueryPerformanceCounter(&now);
	(void)QueryPerformanceFrequency(&frequency);
	return now.QuadPart / frequency.QuadPart * 1000000 +
	       now.QuadPart % frequency.QuadPart * 1000000 / frequency.QuadPart;
}

void sd_platform_yield(void)
{
	(void)SwitchToThread();
}

int64_t sd_platform_wall_us(void)
{
	FILETIME now;

	GetSystemTimeAsFileTime(&now); /* tenths of microseconds since 1601 */
	return (int64_t)(((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) / 10) -
	       11644473600000000;
}

int64_t sd_platform_process(void)
{
	return (int64_t)GetCurrentProcessId();
}

void *sd_platform_share(size_t size)
{
	(void)size;
	return NULL;
}

void sd_platform_unshare(void *memory, size_t size)
{
	(void)memory;
	(void)size;
}

bool sd_platform_random(void *out, size_t length)
{
	return BCryptGenRandom(NULL, out, (ULONG)length, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
}

const char *sd_platform_error_text(char *out, size_t size)
{
	if (FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL,
	                   (DWORD)WSAGetLastError(), 0, out, (DWORD)size, NULL) == 0) {
		(void)snprintf(out, size, "error %d", WSAGetLastError());
	}
	return out;
}

static bool must_wait(void)
{
	int error = WSAGetLastError();

	return error == WSAEWOULDBLOCK || error == WSAENOTCONN;
}

static bool was_interrupted(void)
{
	return false;
}

static void set_last_error(int error)
{
	WSASetLastError(error);
}

static sd_socket open_socket(int family)
{
	SOCKET opened = WSASocketW(family, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_NO_HANDLE_INHERIT);
	u_long nonblocking = 1;

	if (opened == INVALID_SOCKET) {
		return SD_NO_SOCKET;
	}
	if (ioctlsocket(opened, FIONBIO, &nonblocking) != 0) {
		closesocket(opened);
		return SD_NO_SOCKET;
	}
	return (sd_socket)opened;
}

void sd_platform_close(sd_socket socket)
{
	(void)closesocket((SOCKET)socket);
}

static long send_two(sd_socket socket, const void *head, size_t head_length, const void *body,
                     size_t body_length)
{
	WSABUF parts[2] = {{(ULONG)head_length, (char *)head}, {(ULONG)body_length, (char *)body}};
	DWORD sent;

	return WSASend((SOCKET)socket, parts, 2, &sent, 0, NULL, NULL) == 0 ? (long)sent : -1;
}

static int poll_sockets(struct pollfd *sockets, size_t count, int timeout_ms)
{
	if (count == 0) {
		Sleep((DWORD)timeout_ms);
		return 0;
	}
	return WSAPoll(sockets, (ULONG)count, timeout_ms);
}

void sd_platform_keep(sd_socket socket)
{
	(void)socket;
}

enum sd_io sd_platform_await(sd_socket socket, void *out, size_t size, size_t *received)
{
	struct sd_wait wait = {.socket = socket, .for_reading = true};

	sd_platform_wait(&wait, 1, SD_PLATFORM_PATIENCE_MS);
	return wait.ready ? sd_platform_receive(socket, out, size, received) : SD_IO_AGAIN;
}

bool sd_platform_unix_address(const char *path, struct sd_address *address, char *reason,
                              size_t reason_size)
{
	(void)path;
	(void)address;
	(void)snprintf(reason, reason_size, "unix sockets are not supported on Windows");
	return false;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* glibc looks names up in a thread of its own, which can be waited for by a deadline; from 2.34 on
 * without a further library */
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
#define SD_LOOKUP_HAS_DEADLINE
#endif
#endif

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS: SO_NOSIGPIPE stands for it */
#endif

int64_t sd_platform_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void sd_platform_yield(void)
{
	(void)sched_yield();
}

int64_t sd_platform_wall_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Where the system can, a page that a child finds wiped: asking for it costs no call of the system. */
#ifdef MADV_WIPEONFORK

int64_t sd_platform_process(void)
{
	static _Atomic(int64_t) *known; /* in a page of its own; 0: not known yet */
	int64_t process;

	if (known == NULL) {
		void *page = mmap(NULL, sizeof(*known), PROT_READ | PROT_WRITE,
		                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (page == MAP_FAILED || madvise(page, sizeof(*known), MADV_WIPEONFORK) != 0) {
			return getpid();
		}
		known = page;
	}
	process = atomic_load_explicit(known, memory_order_relaxed);
	if (process == 0) {
		process = getpid();
		atomic_store_explicit(known, process, memory_order_relaxed);
	}
	return process;
}

#else

int64_t sd_platform_process(void)
{
	return getpid();
}

#endif

void *sd_platform_share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void sd_platform_unshare(void *memory, size_t size)
{
	(void)munmap(memory, size);
}

bool sd_platform_random(void *out, size_t length)
{
	return getentropy(out, length) == 0; /* 256 bytes at most; nobody here needs more */
}

const char *sd_platform_error_text(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", strerror(errno));
	return out;
}

static bool must_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINPROGRESS || errno == ENOTCONN;
}

static bool was_interrupted(void)
{
	return errno == EINTR;
}

static void set_last_error(int error)
{
	errno = error;
}

static sd_socket open_socket(int family)
{
#ifdef SOCK_NONBLOCK
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else /* macOS */
	int opened = socket(family, SOCK_STREAM, 0);

	if (opened != -1 && (fcntl(opened, F_SETFL, O_NONBLOCK) != 0 ||
	                     fcntl(opened, F_SETFD, FD_CLOEXEC) != 0 ||
	                     setsockopt(opened, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int)))) {
		(void)close(opened);
		return SD_NO_SOCKET;
	}
	return opened;
#endif
}

void sd_platform_close(sd_socket socket)
{
	(void)close((int)socket);
}

void sd_platform_keep(sd_socket socket)
{
	struct timeval patience = {.tv_usec = SD_PLATFORM_PATIENCE_MS * 1000};
	int flags = fcntl((int)socket, F_GETFL);

	/* where it stays as it was it is awaited by polling */
	if (flags != -1 &&
	    setsockopt((int)socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) == 0) {
		(void)fcntl((int)socket, F_SETFL, flags & ~O_NONBLOCK);
	}
}

enum sd_io sd_platform_await(sd_socket socket, void *out, size_t size, size_t *received)
{
	ssize_t done = recv((int)socket, out, size, 0);

	if (done < 0) {
		return must_wait() || was_interrupted() ? SD_IO_AGAIN : SD_IO_FAILED;
	}
	*received = (size_t)done;
	return done == 0 ? SD_IO_ENDED : SD_IO_DONE;
}

static long send_two(sd_socket socket, const void *head, size_t head_length, const void *body,
                     size_t body_length)
{
	struct iovec parts[2] = {{(void *)(uintptr_t)head, head_length},
	                         {(void *)(uintptr_t)body, body_length}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	if (body_length == 0) {
		return (long)send((int)socket, head, head_length, MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	return (long)sendmsg((int)socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static int poll_sockets(struct pollfd *sockets, size_t count, int timeout_ms)
{
	return poll(sockets, (nfds_t)count, timeout_ms);
}

bool sd_platform_unix_address(const char *path, struct sd_address *address, char *reason,
                              size_t reason_size)
{
	struct sockaddr_un unix_address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(unix_address.sun_path)) {
		(void)snprintf(reason, reason_size, "the path is too long");
		return false;
	}
	memcpy(unix_address.sun_path, path, strlen(path));
	memcpy(address->bytes, &unix_address, sizeof(unix_address));
	address->length = sizeof(unix_address);
	return true;
}

#endif

int64_t sd_platform_now_ms(void)
{
	return sd_platform_now_us() / 1000;
}

enum sd_io sd_platform_connect(const struct sd_address *address, sd_socket *opened)
{
	const struct sockaddr *socket_address = (const struct sockaddr *)address->bytes;

	*opened = open_socket(socket_address->sa_family);
	if (*opened == SD_NO_SOCKET) {
		return SD_IO_FAILED;
	}
	if (socket_address->sa_family != AF_UNIX) {
		/* a request is written whole and waits for its answer: nothing is gained by delay */
		(void)setsockopt(*opened, IPPROTO_TCP, TCP_NODELAY, (const char *)&(int){1}, sizeof(int));
	}
	if (connect(*opened, socket_address, (socklen_t)address->length) == 0) {
		return SD_IO_DONE;
	}
	if (must_wait() || was_interrupted()) {
		return SD_IO_AGAIN;
	}
	return SD_IO_FAILED;
}

enum sd_io sd_platform_connect_result(sd_socket socket)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(socket, SOL_SOCKET, SO_ERROR, (char *)&error, &length) != 0) {
		return SD_IO_FAILED;
	}
	set_last_error(error);
	return error == 0 ? SD_IO_DONE : SD_IO_FAILED;
}

enum sd_io sd_platform_send(sd_socket socket, const void *head, size_t head_length,
                            const void *body, size_t body_length, size_t *sent)
{
	long done;

	do {
		done = send_two(socket, head, head_length, body, body_length);
	} while (done < 0 && was_interrupted());
	if (done < 0) {
		return must_wait() ? SD_IO_AGAIN : SD_IO_FAILED;
	}
	*sent = (size_t)done;
	return SD_IO_DONE;
}

enum sd_io sd_platform_receive(sd_socket socket, void *out, size_t size, size_t *received)
{
	long done;

	do {
		done = (long)recv(socket, out, size, MSG_DONTWAIT);
	} while (done < 0 && was_interrupted());
	if (done < 0) {
		return must_wait() ? SD_IO_AGAIN : SD_IO_FAILED;
	}
	*received = (size_t)done;
	return done == 0 ? SD_IO_ENDED : SD_IO_DONE;
}

bool sd_platform_is_quiet(sd_socket socket)
{
	char byte;

	return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && must_wait();
}

void sd_platform_wait(struct sd_wait *waits, size_t count, int64_t timeout_ms)
{
	struct pollfd sockets[SD_PLATFORM_WAIT_MAX];

	for (size_t i = 0; i < count; i++) {
		sockets[i].fd = waits[i].socket;
		sockets[i].events =
		    (short)((waits[i].for_reading ? POLLIN : 0) | (waits[i].for_writing ? POLLOUT : 0));
		sockets[i].revents = 0;
	}
	/* an interrupted or failed wait marks nothing as ready: the caller looks at its deadlines and
	 * comes back */
	(void)poll_sockets(sockets, count, timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms);
	for (size_t i = 0; i < count; i++) {
		waits[i].ready = sockets[i].revents != 0;
	}
}

static size_t copy_addresses(const struct addrinfo *found, struct sd_address *addresses, size_t max)
{
	size_t count = 0;

	for (; found != NULL && count < max; found = found->ai_next) {
		if (found->ai_addrlen <= sizeof(addresses[count].bytes)) {
			memcpy(addresses[count].bytes, found->ai_addr, found->ai_addrlen);
			addresses[count].length = (uint32_t)found->ai_addrlen;
			count++;
		}
	}
	return count;
}

/* It belongs to the C library's thread until that is done with it, so it holds copies of all it needs
 * and may outlive the call that began it. */
struct sd_lookup {
	struct sd_lookup *next;
	struct addrinfo hints;
	char host[256];
	char port[6];
#ifdef SD_LOOKUP_HAS_DEADLINE
	struct gaicb request;
#endif
};

struct sd_resolver {
	struct sd_lookup *abandoned; /* their deadline passed before the answer came */
	int64_t process;          /* which began the first look-up in a thread */
};

struct sd_resolver *sd_resolver_new(void)
{
	return calloc(1, sizeof(struct sd_resolver));
}

static int lookup_now(const struct sd_lookup *lookup, int flags, struct addrinfo **found)
{
	struct addrinfo hints = lookup->hints;

	hints.ai_flags |= flags;
	*found = NULL;
	return getaddrinfo(lookup->host, lookup->port, &hints, found);
}

#ifdef SD_LOOKUP_HAS_DEADLINE

static void free_finished(struct sd_resolver *resolver)
{
	struct sd_lookup **link = &resolver->abandoned;

	while (*link != NULL) {
		struct sd_lookup *lookup = *link;

		if (gai_error(&lookup->request) == EAI_INPROGRESS) {
			link = &lookup->next;
			continue;
		}
		*link = lookup->next;
		if (lookup->request.ar_result != NULL) {
			freeaddrinfo(lookup->request.ar_result);
		}
		free(lookup);
	}
}

/* Whether the library's threads are this process's. After a fork they are the parent's: one of them
 * would be waited for in vain, so a child looks up by itself. */
static bool has_threads(struct sd_resolver *resolver)
{
	if (resolver->process == 0) {
		resolver->process = getpid();
	}
	return resolver->process == getpid();
}

/* Begins a look-up in a thread. EAI_INPROGRESS: it is under way; else it is over. */
static int begin_lookup(struct sd_resolver *resolver, struct sd_lookup *lookup,
                        struct addrinfo **found)
{
	struct gaicb *requests[1] = {&lookup->request};
	int error;

	free_finished(resolver);
	if (!has_threads(resolver)) {
		return lookup_now(lookup, 0, found);
	}
	lookup->request.ar_name = lookup->host;
	lookup->request.ar_service = lookup->port;
	lookup->request.ar_request = &lookup->hints;
	error = getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL);
	return error == 0 ? EAI_INPROGRESS : error;
}

static int look_at(struct sd_lookup *lookup, struct addrinfo **found)
{
	int error = gai_error(&lookup->request);

	*found = error == 0 ? lookup->request.ar_result : NULL;
	return error;
}

void sd_resolver_abandon(struct sd_resolver *resolver, struct sd_lookup *lookup)
{
	if (!has_threads(resolver)) {
		return; /* it is the parent's */
	}
	if (gai_cancel(&lookup->request) == EAI_NOTCANCELED) {
		lookup->next = resolver->abandoned;
		resolver->abandoned = lookup;
		return;
	}
	if (lookup->request.ar_result != NULL) {
		freeaddrinfo(lookup->request.ar_result);
	}
	free(lookup);
}

#else

static void free_finished(struct sd_resolver *resolver)
{
	(void)resolver;
}

static int begin_lookup(struct sd_resolver *resolver, struct sd_lookup *lookup,
                        struct addrinfo **found)
{
	(void)resolver;
	return lookup_now(lookup, 0, found);
}

static int look_at(struct sd_lookup *lookup, struct addrinfo **found)
{
	(void)lookup;
	*found = NULL;
	return EAI_FAIL; /* none is ever under way */
}

void sd_resolver_abandon(struct sd_resolver *resolver, struct sd_lookup *lookup)
{
	(void)resolver;
	free(lookup);
}

#ifndef EAI_INPROGRESS
#define EAI_INPROGRESS INT32_MAX /* no error of a look-up's */
#endif

#endif

void sd_resolver_free(struct sd_resolver *resolver)
{
	if (resolver != NULL) {
		free_finished(resolver); /* what a thread still works on is left to it */
		free(resolver);
	}
}

/* "[::1]" is how a URL writes an address; the look-up wants it bare. */
static void copy_host(const char *host, char *out, size_t size)
{
	size_t length = strlen(host);

	if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
		host++;
		length -= 2;
	}
	(void)snprintf(out, size, "%.*s", (int)length, host);
}

/* Takes over what was found, and gives it back; or says why nothing was. */
static enum sd_io end_lookup(int error, struct addrinfo *found, struct sd_found *out)
{
	if (error != 0) {
		(void)snprintf(out->reason, out->reason_size, "%s", gai_strerror(error));
		return SD_IO_FAILED;
	}
	out->count = copy_addresses(found, out->addresses, out->max);
	freeaddrinfo(found);
	if (out->count == 0) {
		(void)snprintf(out->reason, out->reason_size, "the name has no address");
		return SD_IO_FAILED;
	}
	return SD_IO_DONE;
}

enum sd_io sd_resolver_begin(struct sd_resolver *resolver, const char *host, uint16_t port,
                             struct sd_lookup **lookup, struct sd_found *out)
{
	struct sd_lookup *begun = calloc(1, sizeof(*begun));
	struct addrinfo *found = NULL;
	int error;

	*lookup = NULL;
	if (begun == NULL) {
		(void)snprintf(out->reason, out->reason_size, "out of memory");
		return SD_IO_FAILED;
	}
	copy_host(host, begun->host, sizeof(begun->host));
	(void)snprintf(begun->port, sizeof(begun->port), "%u", port);
	begun->hints.ai_socktype = SOCK_STREAM;
	begun->hints.ai_family = AF_UNSPEC;
	begun->hints.ai_flags = AI_NUMERICSERV;
	error = lookup_now(begun, AI_NUMERICHOST, &found);
	if (error == EAI_NONAME) {
		error = begin_lookup(resolver, begun, &found);
	}
	if (error == EAI_INPROGRESS) {
		*lookup = begun;
		return SD_IO_AGAIN;
	}
	free(begun);
	return end_lookup(error, found, out);
}

enum sd_io sd_resolver_look(struct sd_lookup *lookup, struct sd_found *out)
{
	struct addrinfo *found;
	int error = look_at(lookup, &found);

	if (error == EAI_INPROGRESS) {
		return SD_IO_AGAIN;
	}
	free(lookup);
	return end_lookup(error, found, out);
}
