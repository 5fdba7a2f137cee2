/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The text form of a list of servers, as users write it into an INI file:
 *
 *   list       = server *( "," server )            white space around each is skipped
 *   server     = [ "tcp://" ] host [ ":" port [ ":" weight ] ] [ "?" parameters ]
 *              | "unix:" [ "//" ] path [ "?" parameters ]
 *   host       = a name, an IPv4 address, or an IPv6 address in [ ]
 *   path       = an absolute path; "%2C" is a comma, and so on
 *   parameters = parameter *( "&" parameter )
 *   parameter  = "weight=" integer | "timeout=" seconds | "protocol=" protocol
 *   protocol   = "meta" | "memcached" | "classic"
 *
 * Whatever is not of this form is an error that names the offset: nothing is
 * skipped, ignored or half used. There is no authentication: a user and a password are
 * refused, and no byte of them is shown.
 */

#ifndef SD_SERVER_LIST_H
#define SD_SERVER_LIST_H

#include "client/pool/server.h"

/* A walk over a list, from the beginning when `cursor` is 0. The text is borrowed and ends in a
 * NUL byte at text[length]. */
struct sd_server_list {
	const char *text;
	size_t length;
	size_t cursor; /* bytes: what has been read */
	size_t offset; /* where the last server began */
};

/*
 * Whether the whole text is a list of one or more servers, none of which is
 * there twice. SD_OK; else SD_BAD_SERVER or SD_DUPLICATE, with a text that follows the list's name
 * ("must be a list of servers: ... at offset 12").
 */
enum sd_status sd_server_list_check(const char *text, size_t length, struct sd_error *error);

/*
 * The next server. SD_OK; SD_ABSENT at the list's end; SD_BAD_SERVER, after
 * which the walk is over. `timeout`, in seconds, is what the text said.
 */
enum sd_status sd_server_list_next(struct sd_server_list *list, struct sd_server *server,
                                   double *timeout, struct sd_error *error);

#endif
