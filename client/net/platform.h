/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The operating system, as far as the client needs it: sockets that never
 * block, a clock that never goes back, names that become addresses by a
 * deadline. All that differs between POSIX and Windows stands in platform.c
 * behind one #ifdef, and no other file of the client includes a system's header.
 */

#ifndef SD_PLATFORM_H
#define SD_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef intptr_t sd_socket;
#define SD_NO_SOCKET ((sd_socket)-1)

/* A socket's address, of whatever family. */
struct sd_address {
	_Alignas(8) unsigned char bytes[128];
	uint32_t length;
};

enum sd_io {
	SD_IO_DONE,
	SD_IO_AGAIN,  /* not now: wait for the socket */
	SD_IO_ENDED,  /* receiving: the peer closed its side */
	SD_IO_FAILED, /* sd_platform_error() says why */
};

/* Milliseconds on a monotonic clock. */
int64_t sd_platform_now_ms(void);

/* Microseconds on the same clock. */
int64_t sd_platform_now_us(void);

/* Lets others run that want this processor. */
void sd_platform_yield(void);

/* Microseconds since 1970, by the system's clock, which may go back. */
int64_t sd_platform_wall_us(void);

/* This process: another number in a child that was forked. */
int64_t sd_platform_process(void);

/* Fills `out` with bytes that nobody can guess. False: the system has none. */
bool sd_platform_random(void *out, size_t length);

/* Zeroed memory that this process shares with those that it forks from now on. NULL: there is none,
 * or the system has no such thing. */
void *sd_platform_share(size_t size);
void sd_platform_unshare(void *memory, size_t size);

/* This thread's last error: its text, written to `out`, which is returned. */
const char *sd_platform_error_text(char *out, size_t size);

/* Opens a non-blocking socket that a child process does not inherit across exec, and begins to
 * connect it. SD_IO_DONE, SD_IO_AGAIN (wait for writing, then send) or SD_IO_FAILED, with
 * *opened SD_NO_SOCKET. */
enum sd_io sd_platform_connect(const struct sd_address *address, sd_socket *opened);

/* Sends of `head`, then `body`, what the system takes at once; neither is changed. Never raises a
 * signal. While the connection is not up yet the answer is SD_IO_AGAIN, and SD_IO_FAILED when it
 * will not be. */
enum sd_io sd_platform_send(sd_socket socket, const void *head, size_t head_length,
                            const void *body, size_t body_length, size_t *sent);

/* Receives up to `size` bytes, at least 1 if SD_IO_DONE. */
enum sd_io sd_platform_receive(sd_socket socket, void *out, size_t size, size_t *received);

/* Once for a connection that is up and will be awaited. */
void sd_platform_keep(sd_socket socket);

#define SD_PLATFORM_PATIENCE_MS 50

/* The same, but where nothing is there it waits, SD_PLATFORM_PATIENCE_MS at the longest: in one
 * call of the system, where there are such. SD_IO_AGAIN: nothing came, or a signal did. */
enum sd_io sd_platform_await(sd_socket socket, void *out, size_t size, size_t *received);

/* What became of a connection that sd_platform_connect() began: SD_IO_DONE or SD_IO_FAILED. */
enum sd_io sd_platform_connect_result(sd_socket socket);

/* Whether nothing came on a connection and it has not ended: as a kept one must be. Does not wait.
 */
bool sd_platform_is_quiet(sd_socket socket);

void sd_platform_close(sd_socket socket);

#define SD_PLATFORM_WAIT_MAX 64 /* sockets waited for at once */

struct sd_wait {
	sd_socket socket;
	bool for_reading;
	bool for_writing;
	bool ready; /* set by the call: ready, hung up or in error */
};

/* Waits for any of at most SD_PLATFORM_WAIT_MAX sockets, `timeout_ms` at the longest. With none it
 * is a pause. */
void sd_platform_wait(struct sd_wait *waits, size_t count, int64_t timeout_ms);

/* Looks names up; what is left unfinished is kept here until it is over. */
struct sd_resolver;

/* NULL: no memory. */
struct sd_resolver *sd_resolver_new(void);
void sd_resolver_free(struct sd_resolver *resolver);

/* Where addresses go, or the reason why there are none. */
struct sd_found {
	struct sd_address *addresses;
	size_t max;
	size_t count; /* set */
	char *reason;
	size_t reason_size;
};

/* A name that is being looked up. */
struct sd_lookup;

/*
 * Begins to look for the addresses of a host and TCP port; numeric hosts cost no
 * look-up. SD_IO_DONE, SD_IO_FAILED, or SD_IO_AGAIN: it is under way, in a thread of
 * the C library's, and *lookup is to be looked at from time to time. Where there is
 * no such thread (elsewhere than glibc, and in a child), the call itself takes as
 * long as the resolver's own limits let it.
 */
enum sd_io sd_resolver_begin(struct sd_resolver *resolver, const char *host, uint16_t port,
                             struct sd_lookup **lookup, struct sd_found *out);

/* What became of it: the same three; it is gone, but for SD_IO_AGAIN. */
enum sd_io sd_resolver_look(struct sd_lookup *lookup, struct sd_found *out);

/* Nobody waits for it any more. */
void sd_resolver_abandon(struct sd_resolver *resolver, struct sd_lookup *lookup);

/* The address of a unix socket. False, with a reason, where there are none. */
bool sd_platform_unix_address(const char *path, struct sd_address *address, char *reason,
                              size_t reason_size);

#endif
