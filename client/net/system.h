/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Every call of the operating system that client/net makes. Each function of system.c and of
 * system_lookup.c is the system's call of about that name, and decides nothing (but how many
 * threads look a name up): platform.h says what a result means. All that differs between POSIX and
 * Windows is there, behind one #ifdef a file. Unit tests link tests/unit/client/fake_system.c in
 * their place, which can fail any call.
 *
 * A call that fails returns -1 or what its comment says, and sd_system_error() says why.
 */

#ifndef SD_SYSTEM_H
#define SD_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef intptr_t sd_socket;
#define SD_NO_SOCKET ((sd_socket)-1)

/* A socket's address, of any family. */
struct sd_address {
	_Alignas(8) unsigned char bytes[128];
	uint32_t length;
};

/* {{{ errors */

/* The error of this thread's last call that failed, as errno has it. On Windows only EAGAIN,
 * EINPROGRESS and ENOTCONN are told apart from the others. */
int sd_system_error(void);

/* Writes the text of that error to `out`, and returns `out`. */
const char *sd_system_error_text(char *out, size_t size);

/* }}} */

/* {{{ clocks */

/* Microseconds on a clock that never goes back. */
int64_t sd_system_monotonic_us(void);

/* Microseconds since 1970, by the system's clock, which may go back. */
int64_t sd_system_wall_us(void);

/* Lets other processes run that wait for this processor. */
void sd_system_yield(void);

void sd_system_sleep(int64_t ms); /* a signal may end it early */

/* }}} */

/* {{{ the process and its memory */

int64_t sd_system_getpid(void);
int64_t sd_system_getuid(void);                      /* the effective user; 0 on Windows */
bool sd_system_getentropy(void *out, size_t length); /* at most 256 bytes */

/* Zeroed pages. If `shared`, children that are forked from now on have the same ones. NULL: it
 * failed. */
void *sd_system_map(size_t size, bool shared);
void sd_system_unmap(void *memory, size_t size);

/* Each child that is forked from now on has zeroes in those pages. False: it failed. */
bool sd_system_wipe_on_fork(void *memory, size_t size);

/* }}} */

/* {{{ sockets */

/* Whether it is an address of TCP, not of a unix socket. */
bool sd_system_is_tcp(const struct sd_address *address);

/* A stream socket of the address's family, which does not block and is not inherited across exec.
 * SD_NO_SOCKET: it failed. */
sd_socket sd_system_socket(const struct sd_address *address);

void sd_system_close(sd_socket socket);

enum sd_socket_option {
	SD_NO_DELAY,           /* what is sent goes out at once; for TCP only */
	SD_RECEIVE_TIMEOUT_MS, /* how long sd_system_receive() may block */
	SD_KEEPALIVE_S,        /* idle seconds before TCP probes the other side, three times */
	SD_USER_TIMEOUT_MS,    /* how long TCP waits until what was sent is acknowledged */
};

int sd_system_set_option(sd_socket socket, enum sd_socket_option option, int value);

/* From now on sd_system_receive() blocks if it may. */
int sd_system_set_blocking(sd_socket socket);

/* connect(): 0; -1 with the error, EINPROGRESS if it is not done yet. */
int sd_system_connect(sd_socket socket, const struct sd_address *address);

/* What SO_ERROR says, which is then this thread's error too; 0: nothing is wrong. */
int sd_system_connect_error(sd_socket socket);

enum sd_receive_mode {
	SD_RECEIVE_NOW,  /* does not block */
	SD_RECEIVE_PEEK, /* the same, and what is received stays there */
	SD_RECEIVE_WAIT, /* blocks, if the socket is blocking; it does on POSIX only */
};

/* Returns how many bytes it received; 0: the server closed its side. */
long sd_system_receive(sd_socket socket, void *out, size_t size, enum sd_receive_mode mode);

/* Sends as much of `head`, then `body`, as the system takes now, and returns how much that was.
 * Does not block, and raises no signal. */
long sd_system_send(sd_socket socket, const void *head, size_t head_length, const void *body,
                    size_t body_length);

#define SD_SYSTEM_POLL_MAX 64 /* sockets that one call can wait for */

struct sd_socket_wait {
	sd_socket socket; /* SD_NO_SOCKET: none, which is never ready */
	bool for_reading;
	bool for_writing;
	bool ready; /* the result: ready, hung up or in error */
};

/* Waits for any of at most SD_SYSTEM_POLL_MAX sockets, for at most `timeout_ms`. Returns how many
 * are ready. */
int sd_system_poll(struct sd_socket_wait *waits, size_t count, int timeout_ms);

/* The address of a unix socket. False: the system has none (EAFNOSUPPORT), or the path is too long
 * (ENAMETOOLONG). */
bool sd_system_unix_address(const char *path, struct sd_address *address);

/* }}} */

/* {{{ names, as <netdb.h> has them */

struct addrinfo;

int sd_system_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                          struct addrinfo **found);
void sd_system_freeaddrinfo(struct addrinfo *found);

/* A look-up in a thread of its own, so that the wait for it can have a deadline. It may be one that
 * is in progress already. On Windows the first poll takes as long as the look-up does. */
struct sd_lookup;

/* Begins to look a name up, as sd_system_getaddrinfo() does. NULL: no thread could be started, or
 * memory is short, as sd_system_error() says. */
struct sd_lookup *sd_system_lookup_begin(const char *host, const char *port,
                                         const struct addrinfo *hints);

/* Whether it is over. Then *error is as sd_system_getaddrinfo() returns it, and *found is the
 * look-up's until the caller leaves it. In a child process, one that the parent began is over with
 * EAI_AGAIN. */
bool sd_system_lookup_poll(struct sd_lookup *lookup, int *error, const struct addrinfo **found);

/* The caller no longer needs it. */
void sd_system_lookup_leave(struct sd_lookup *lookup);

/* }}} */

#endif
