/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the results of the system's calls mean; see platform.h. */

#include "client/net/platform.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>

/* {{{ the process */

static _Atomic(void *) wiped_page; /* all 0 in each child; NULL: there is none yet */

/* Makes that page. NULL: the system has none. Threads that do so at the same time get the same one.
 */
static void *make_wiped_page(size_t size)
{
	void *page = sd_system_map(size, /* shared */ false);
	void *first = NULL;

	if (page == NULL) {
		return NULL;
	}
	if (sd_system_wipe_on_fork(page, size) &&
	    atomic_compare_exchange_strong(&wiped_page, &first, page)) {
		return page;
	}
	sd_system_unmap(page, size);
	return first;
}

/* If the system can wipe a page in each child, the number is kept in such a page: then asking for
 * it costs no system call. */
int64_t sd_platform_process(void)
{
	_Atomic(int64_t) *known = atomic_load_explicit(&wiped_page, memory_order_acquire);
	int64_t process;

	if (known == NULL) {
		known = make_wiped_page(sizeof(*known));
	}
	if (known == NULL) {
		return sd_system_getpid();
	}
	process = atomic_load_explicit(known, memory_order_relaxed);
	if (process == 0) { /* not known yet */
		process = sd_system_getpid();
		atomic_store_explicit(known, process, memory_order_relaxed);
	}
	return process;
}

/* }}} */

/* {{{ sockets */

/* Not only a unix socket whose backlog is full answers EAGAIN: TCP does so for want of room in a
 * table of the system. */
static enum sd_connect connect_result_of(int error)
{
	if (error == EINPROGRESS || error == EINTR) {
		return SD_CONNECT_BEGUN;
	}
	return error == EAGAIN ? SD_CONNECT_LATER : SD_CONNECT_FAILED;
}

bool sd_platform_is_local_error(void)
{
	switch (sd_system_error()) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
	case EADDRNOTAVAIL:
	case EACCES:
		return true;
	default:
		return false;
	}
}

bool sd_platform_is_timeout_error(void)
{
	return sd_system_error() == ETIMEDOUT;
}

enum sd_connect sd_platform_connect(const struct sd_address *address, sd_socket *opened)
{
	*opened = sd_system_socket(address);
	if (*opened == SD_NO_SOCKET) {
		return SD_CONNECT_FAILED;
	}
	if (sd_system_is_tcp(address)) {
		/* a request is written whole and then waits for its answer: a delay gains nothing */
		(void)sd_system_set_option(*opened, SD_NO_DELAY, 1);
	}
	if (sd_system_connect(*opened, address) == 0) {
		return SD_CONNECT_BEGUN;
	}
	return connect_result_of(sd_system_error());
}

enum sd_io sd_platform_connect_result(sd_socket socket)
{
	return sd_system_connect_error(socket) == 0 ? SD_IO_DONE : SD_IO_FAILED;
}

enum sd_io sd_platform_send_failure(void)
{
	int error = sd_system_error();
	bool is_connecting = error == ENOTCONN || error == EINPROGRESS;

	if (error == EPIPE || error == ECONNRESET) {
		return SD_IO_ENDED;
	}
	return error == EAGAIN || error == EINTR || is_connecting ? SD_IO_AGAIN : SD_IO_FAILED;
}

enum sd_io sd_platform_receive_failure(long result)
{
	int error;

	if (result == 0) {
		return SD_IO_ENDED;
	}
	error = sd_system_error();
	return error == EAGAIN || error == EINTR ? SD_IO_AGAIN : SD_IO_FAILED;
}

bool sd_platform_set_persistent(sd_socket socket)
{
	/* a unix socket, for one, has none of these, and needs none */
	if (sd_system_set_option(socket, SD_KEEPALIVE_S, SD_PLATFORM_KEEPALIVE_S) == 0) {
		(void)sd_system_set_option(socket, SD_USER_TIMEOUT_MS, SD_PLATFORM_KEEPALIVE_S * 1000);
	}
	return sd_system_set_option(socket, SD_RECEIVE_TIMEOUT_MS, SD_PLATFORM_PATIENCE_MS) == 0 &&
	       sd_system_set_blocking(socket) == 0;
}

bool sd_platform_is_quiet(sd_socket socket)
{
	char byte;

	return sd_system_receive(socket, &byte, 1, SD_RECEIVE_PEEK) < 0 &&
	       sd_system_error() == EAGAIN;
}

void sd_platform_wait(struct sd_socket_wait *waits, size_t count, int64_t timeout_ms)
{
	int timeout = timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms;

	timeout = timeout > 0 ? timeout : 0;
	if (sd_system_poll(waits, count, timeout) >= 0 || sd_system_error() == EINTR) {
		return;
	}
	sd_system_sleep(timeout < SD_PLATFORM_PAUSE_MS ? timeout : SD_PLATFORM_PAUSE_MS);
	for (size_t i = 0; i < count; i++) {
		waits[i].ready = waits[i].socket != SD_NO_SOCKET;
	}
}

bool sd_platform_unix_address(const char *path, struct sd_address *address, char *reason,
                              size_t reason_size)
{
	if (sd_system_unix_address(path, address)) {
		return true;
	}
	(void)snprintf(reason, reason_size, "%s",
	               sd_system_error() == ENAMETOOLONG ? "the path is too long"
	                                                 : "unix sockets are not supported on Windows");
	return false;
}

/* }}} */
