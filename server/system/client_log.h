/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Lines about clients. Each of them can be caused by anybody who reaches the port, as often as they
 * like. So each kind of line has at most SDD_CLIENT_LOG_LINES a minute for each address, and the
 * next one says how many were left out. If many addresses have lines in one minute, those that find
 * no place in the table count as one.
 *
 * All lines about clients go through here, by sdd_connection_log() (net/connection.h). It is called
 * by the thread that serves.
 */

#ifndef SDD_CLIENT_LOG_H
#define SDD_CLIENT_LOG_H

#include <stdarg.h>

#include "server/system/log.h"

#define SDD_CLIENT_LOG_LINES 2        /* a minute */
#define SDD_CLIENT_LOG_ADDRESSES 256u /* with a kind of line each, which are distinguished */

/* Logs "ADDRESS: TEXT", or leaves it out. `kind` is a constant string, which names what happened. A
 * port at the address' end does not count: it differs with each connection. */
void sdd_client_log(enum sdd_log_level level, const char *kind, const char *address,
                    const char *format, va_list arguments) __attribute__((format(printf, 4, 0)));

#endif
