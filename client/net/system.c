/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The system's calls; see system.h. One #ifdef holds all that differs between Windows and
 * POSIX: first Windows, then POSIX, then what both share.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* SOCK_NONBLOCK, MADV_WIPEONFORK; PHP's build defines it already */
#endif

#include "client/net/system.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifdef _WIN32

#include <winsock2.h>
#include <ws2tcpip.h>

#include <bcrypt.h>

#define MSG_DONTWAIT 0 /* the socket never blocks */

/* {{{ errors */

int sd_system_error(void)
{
	switch (WSAGetLastError()) {
	case WSAEWOULDBLOCK:
		return EAGAIN;
	case WSAEINPROGRESS:
		return EINPROGRESS;
	case WSAENOTCONN:
		return ENOTCONN;
	default:
		return EIO;
	}
}

static void set_error(int error)
{
	WSASetLastError(error);
}

const char *sd_system_error_text(char *out, size_t size)
{
	if (FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS |
	                       FORMAT_MESSAGE_MAX_WIDTH_MASK /* no line break */,
	                   NULL, (DWORD)WSAGetLastError(), 0, out, (DWORD)size, NULL) == 0) {
		(void)snprintf(out, size, "error %d", WSAGetLastError());
	}
	return out;
}

/* }}} */

/* {{{ clocks */

int64_t sd_system_monotonic_us(void)
{
	LARGE_INTEGER now;
	LARGE_INTEGER frequency; /* ticks in a second: some millions */

	(void)QueryPerformanceCounter(&now);
	(void)QueryPerformanceFrequency(&frequency);
	return now.QuadPart / frequency.QuadPart * 1000000 +
	       now.QuadPart % frequency.QuadPart * 1000000 / frequency.QuadPart;
}

int64_t sd_system_wall_us(void)
{
	FILETIME now;

	GetSystemTimeAsFileTime(&now); /* tenths of microseconds since 1601 */
	return (int64_t)(((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) / 10) -
	       11644473600000000;
}

void sd_system_yield(void)
{
	(void)SwitchToThread();
}

void sd_system_sleep(int64_t ms)
{
	Sleep((DWORD)ms);
}

/* }}} */

/* {{{ the process and its memory */

int64_t sd_system_getpid(void)
{
	return (int64_t)GetCurrentProcessId();
}

int64_t sd_system_getuid(void)
{
	return 0;
}

bool sd_system_getentropy(void *out, size_t length)
{
	return BCryptGenRandom(NULL, out, (ULONG)length, BCRYPT_USE_SYSTEM_PREFERRED_RNG) == 0;
}

void *sd_system_map(size_t size, bool shared)
{
	(void)size;
	(void)shared;
	return NULL;
}

void sd_system_unmap(void *memory, size_t size)
{
	(void)memory;
	(void)size;
}

bool sd_system_wipe_on_fork(void *memory, size_t size)
{
	(void)memory;
	(void)size;
	return false;
}

/* }}} */

/* {{{ sockets */

sd_socket sd_system_socket(const struct sd_address *address)
{
	int family = ((const struct sockaddr *)address->bytes)->sa_family;
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

void sd_system_close(sd_socket socket)
{
	(void)closesocket((SOCKET)socket);
}

int sd_system_set_option(sd_socket socket, enum sd_socket_option option, int value)
{
	if (option != SD_NO_DELAY) {
		return -1;
	}
	return setsockopt((SOCKET)socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&value,
	                  sizeof(value));
}

int sd_system_set_blocking(sd_socket socket)
{
	(void)socket;
	return -1;
}

int sd_system_connect(sd_socket socket, const struct sd_address *address)
{
	int result =
		connect((SOCKET)socket, (const struct sockaddr *)address->bytes, (int)address->length);

	if (result != 0 && WSAGetLastError() == WSAEWOULDBLOCK) {
		set_error(WSAEINPROGRESS); /* its name for that is another one */
	}
	return result;
}

long sd_system_send(sd_socket socket, const void *head, size_t head_length, const void *body,
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

bool sd_system_unix_address(const char *path, struct sd_address *address)
{
	(void)path;
	(void)address;
	set_error(WSAEAFNOSUPPORT);
	return false;
}

/* }}} */

#else

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* macOS has SO_NOSIGPIPE instead */
#endif

/* {{{ errors */

int sd_system_error(void)
{
	return errno;
}

static void set_error(int error)
{
	errno = error;
}

const char *sd_system_error_text(char *out, size_t size)
{
	(void)snprintf(out, size, "%s", strerror(errno));
	return out;
}

/* }}} */

/* {{{ clocks */

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;

	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t sd_system_monotonic_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t sd_system_wall_us(void)
{
	return read_clock(CLOCK_REALTIME);
}

void sd_system_yield(void)
{
	(void)sched_yield();
}

void sd_system_sleep(int64_t ms)
{
	struct timespec time = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = ms % 1000 * 1000000};

	(void)nanosleep(&time, NULL);
}

/* }}} */

/* {{{ the process and its memory */

int64_t sd_system_getpid(void)
{
	return getpid();
}

int64_t sd_system_getuid(void)
{
	return geteuid();
}

bool sd_system_getentropy(void *out, size_t length)
{
	return getentropy(out, length) == 0;
}

void *sd_system_map(size_t size, bool shared)
{
	int flags = (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void sd_system_unmap(void *memory, size_t size)
{
	(void)munmap(memory, size);
}

bool sd_system_wipe_on_fork(void *memory, size_t size)
{
#ifdef MADV_WIPEONFORK
	/* qemu's user mode says yes to any advice, also to one that there is not, and does nothing */
	return madvise(memory, size, -1) != 0 && madvise(memory, size, MADV_WIPEONFORK) == 0;
#else
	(void)memory;
	(void)size;
	return false;
#endif
}

/* }}} */

/* {{{ sockets */

sd_socket sd_system_socket(const struct sd_address *address)
{
	int family = ((const struct sockaddr *)address->bytes)->sa_family;
#ifdef SOCK_NONBLOCK
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else /* macOS */
	int opened = socket(family, SOCK_STREAM, 0);

	if (opened != -1 &&
	    (fcntl(opened, F_SETFL, O_NONBLOCK) != 0 || fcntl(opened, F_SETFD, FD_CLOEXEC) != 0 ||
	     setsockopt(opened, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int)))) {
		(void)close(opened);
		return SD_NO_SOCKET;
	}
	return opened;
#endif
}

void sd_system_close(sd_socket socket)
{
	(void)close((int)socket);
}

#ifdef TCP_KEEPIDLE

static int set_keepalive(int socket, int seconds)
{
	int between = seconds / 3;

	return setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds)) != 0 ||
	               setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &between, sizeof(between)) != 0 ||
	               setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &(int){3}, sizeof(int)) != 0
	           ? -1
	           : setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
}

#else /* macOS has another name for the first of them, and the system's intervals */

static int set_keepalive(int socket, int seconds)
{
	(void)seconds;
	return setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &(int){1}, sizeof(int));
}

#endif

int sd_system_set_option(sd_socket socket, enum sd_socket_option option, int value)
{
	struct timeval time = {.tv_sec = value / 1000, .tv_usec = value % 1000 * 1000};

	switch (option) {
	case SD_NO_DELAY:
		return setsockopt((int)socket, IPPROTO_TCP, TCP_NODELAY, &value, sizeof(value));
	case SD_RECEIVE_TIMEOUT_MS:
		return setsockopt((int)socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	case SD_KEEPALIVE_S:
		return set_keepalive((int)socket, value);
	case SD_USER_TIMEOUT_MS:
#ifdef TCP_USER_TIMEOUT
		return setsockopt((int)socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &value, sizeof(value));
#else
		return -1;
#endif
	}
	return -1;
}

int sd_system_set_blocking(sd_socket socket)
{
	int flags = fcntl((int)socket, F_GETFL);

	return flags == -1 ? -1 : fcntl((int)socket, F_SETFL, flags & ~O_NONBLOCK);
}

int sd_system_connect(sd_socket socket, const struct sd_address *address)
{
	return connect((int)socket, (const struct sockaddr *)address->bytes,
	               (socklen_t)address->length);
}

long sd_system_send(sd_socket socket, const void *head, size_t head_length, const void *body,
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

bool sd_system_unix_address(const char *path, struct sd_address *address)
{
	struct sockaddr_un unix_address = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(unix_address.sun_path)) {
		set_error(ENAMETOOLONG);
		return false;
	}
	memcpy(unix_address.sun_path, path, strlen(path));
	memcpy(address->bytes, &unix_address, sizeof(unix_address));
	address->length = sizeof(unix_address);
	return true;
}

/* }}} */

#endif

bool sd_system_is_tcp(const struct sd_address *address)
{
	return ((const struct sockaddr *)address->bytes)->sa_family != AF_UNIX;
}

int sd_system_connect_error(sd_socket socket)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (getsockopt(socket, SOL_SOCKET, SO_ERROR, (char *)&error, &length) != 0) {
		return sd_system_error();
	}
	set_error(error);
	return error;
}

long sd_system_receive(sd_socket socket, void *out, size_t size, enum sd_receive_mode mode)
{
	static const int flags[] = {
		[SD_RECEIVE_NOW] = MSG_DONTWAIT,
		[SD_RECEIVE_PEEK] = MSG_PEEK | MSG_DONTWAIT,
		[SD_RECEIVE_WAIT] = 0,
	};

	return (long)recv(socket, out, size, flags[mode]);
}

int sd_system_poll(struct sd_socket_wait *waits, size_t count, int timeout_ms)
{
	struct pollfd sockets[SD_SYSTEM_POLL_MAX];
	size_t used = 0;
	int result;

	for (size_t i = 0; i < count; i++) {
		if (waits[i].socket != SD_NO_SOCKET) {
			sockets[used].fd = waits[i].socket;
			sockets[used].events =
				(short)((waits[i].for_reading ? POLLIN : 0) | (waits[i].for_writing ? POLLOUT : 0));
			sockets[used++].revents = 0;
		}
	}
	result = poll_sockets(sockets, used, timeout_ms);
	used = 0;
	for (size_t i = 0; i < count; i++) {
		waits[i].ready = waits[i].socket != SD_NO_SOCKET && sockets[used++].revents != 0;
	}
	return result;
}
