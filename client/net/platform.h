/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The operating system, as far as the client needs it: sockets, clocks, memory. It says what the
 * results of the system's calls (system.h) mean to a connection. No call blocks, except
 * sd_platform_await() and sd_platform_wait(), which end after the time that they are given; and
 * none is repeated here: the caller, who knows the deadline, does that. What needs no explanation,
 * the clocks above all, is asked of the system directly.
 */

#ifndef SD_PLATFORM_H
#define SD_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/net/system.h"

enum sd_io {
	SD_IO_DONE,
	SD_IO_AGAIN,  /* not now: wait for the socket, or poll the look-up again */
	SD_IO_ENDED,  /* the server closed the connection */
	SD_IO_FAILED, /* sd_platform_error_text() says why */
};

/* Milliseconds on the monotonic clock (sd_system_monotonic_us()). */
static inline int64_t sd_platform_now_ms(void)
{
	return sd_system_monotonic_us() / 1000;
}

/* This process's number: a forked child has another one. */
int64_t sd_platform_process(void);

/* The user that this process runs as. */
static inline int64_t sd_platform_user(void)
{
	return sd_system_getuid();
}

/* Fills `out` with at most 256 bytes that nobody can guess. False: the system has none. */
static inline bool sd_platform_random(void *out, size_t length)
{
	return sd_system_getentropy(out, length);
}

/* Zeroed memory that this process shares with all children that it forks from now on. NULL: no
 * memory, or the system cannot share it. */
static inline void *sd_platform_share(size_t size)
{
	return sd_system_map(size, /* shared */ true);
}

static inline void sd_platform_unshare(void *memory, size_t size)
{
	sd_system_unmap(memory, size);
}

/* Writes the text of this thread's last error to `out`, and returns `out`. */
static inline const char *sd_platform_error_text(char *out, size_t size)
{
	return sd_system_error_text(out, size);
}

enum sd_connect {
	SD_CONNECT_BEGUN,  /* or done: wait for writing, then send */
	SD_CONNECT_LATER,  /* the server's queue is full, and no attempt is in progress: try again later
	                    */
	SD_CONNECT_FAILED, /* sd_platform_error_text() says why */
};

/* Whether this thread's last error is a want of this machine or process: of descriptors, memory,
 * ports or rights. It shows nothing of the server. */
bool sd_platform_is_local_error(void);

/* Whether this thread's last error is that nobody answered. */
bool sd_platform_is_timeout_error(void);

/* Opens a non-blocking socket that a child process does not inherit across exec, and begins to
 * connect it. Whatever the result, *opened is a socket that the caller closes, or
 * SD_NO_SOCKET. */
enum sd_connect sd_platform_connect(const struct sd_address *address, sd_socket *opened);

/* The result of a call that did not transfer anything; for the next functions only. */
enum sd_io sd_platform_send_failure(void);
enum sd_io sd_platform_receive_failure(long result);

/* Sends as much of `head`, then `body`, as the system takes now. Never raises a signal. SD_IO_AGAIN
 * while the connection is not up yet, SD_IO_FAILED if it will never be. After SD_IO_ENDED there may
 * be bytes to receive that the server sent before. */
static inline enum sd_io sd_platform_send(sd_socket socket, const void *head, size_t head_length,
                                          const void *body, size_t body_length, size_t *sent)
{
	long done = sd_system_send(socket, head, head_length, body, body_length);

	*sent = done > 0 ? (size_t)done : 0;
	return done >= 0 ? SD_IO_DONE : sd_platform_send_failure();
}

/* Receives up to `size` bytes, at least 1 if SD_IO_DONE. */
static inline enum sd_io sd_platform_receive(sd_socket socket, void *out, size_t size,
                                             size_t *received)
{
	long done = sd_system_receive(socket, out, size, SD_RECEIVE_NOW);

	*received = done > 0 ? (size_t)done : 0;
	return done > 0 ? SD_IO_DONE : sd_platform_receive_failure(done);
}

#define SD_PLATFORM_PATIENCE_MS 50

#define SD_PLATFORM_KEEPALIVE_S 30

/* To be called once for a connection that is up and will be kept: TCP finds out within some
 * SD_PLATFORM_KEEPALIVE_S whether the other side is still there, though nobody asks it anything.
 * True: sd_platform_await() may be called for it. */
bool sd_platform_set_persistent(sd_socket socket);

/* Receives, but if nothing is there it waits for at most SD_PLATFORM_PATIENCE_MS, in the same
 * system call. SD_IO_AGAIN: nothing came, or a signal did. */
static inline enum sd_io sd_platform_await(sd_socket socket, void *out, size_t size,
                                           size_t *received)
{
	long done = sd_system_receive(socket, out, size, SD_RECEIVE_WAIT);

	*received = done > 0 ? (size_t)done : 0;
	return done > 0 ? SD_IO_DONE : sd_platform_receive_failure(done);
}

/* The result of a connection that sd_platform_connect() began: SD_IO_DONE or SD_IO_FAILED. */
enum sd_io sd_platform_connect_result(sd_socket socket);

/* Whether a connection is open with nothing to receive, as a kept one must be. Does not wait. */
bool sd_platform_is_quiet(sd_socket socket);

static inline void sd_platform_close(sd_socket socket)
{
	sd_system_close(socket);
}

#define SD_PLATFORM_WAIT_MAX SD_SYSTEM_POLL_MAX /* sockets that one call can wait for */

/* The pause before something is tried again that may have changed. */
#define SD_PLATFORM_PAUSE_MS 5

/* Waits for any of at most SD_PLATFORM_WAIT_MAX sockets, for at most `timeout_ms`. Without a socket
 * it is a pause. A signal may end it early. If the system cannot wait, it is a short pause, after
 * which all are taken for ready. */
void sd_platform_wait(struct sd_socket_wait *waits, size_t count, int64_t timeout_ms);

/* The address of a unix socket. False, with a reason, if the system has none or the path is too
 * long. */
bool sd_platform_unix_address(const char *path, struct sd_address *address, char *reason,
                              size_t reason_size);

#endif
