/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Locks that a server may have given without anybody hearing of it: the answer was lost, with its
 * connection. The lock is there for as long as the server takes that connection for alive. The
 * holder releases it by its token at the end, if the server can be reached by then.
 */

#ifndef SD_LOCK_UNHEARD_H
#define SD_LOCK_UNHEARD_H

#include "client/policy/lock.h"
#include "client/transport/request.h"

/* Makes *exchange the release of such a lock, on whichever connection it is. */
void sd_lock_request_withdrawal(const struct sd_lock *lock, const struct sd_server *server,
                                struct sd_exchange *exchange);

/* The server, which is borrowed, may have given the lock; or it is known whether it has. */
void sd_lock_record_unheard(struct sd_lock *lock, const struct sd_server *server);
void sd_lock_forget_unheard(struct sd_lock *lock, const struct sd_server *server);

/* Releases what servers may have given. One that still does not answer is soon left alone, and
 * marked by nobody for that. */
void sd_lock_withdraw_unheard(const struct sd_policy *policy, struct sd_lock *lock);

#endif
