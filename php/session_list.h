/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * This thread's open sessions. By this list a session whose lock another handler of the same
 * process has is refused at once, instead of waiting for itself, and a session that a request left
 * open is found.
 */

#ifndef PHP_SHAREDANCE_SESSION_LIST_H
#define PHP_SHAREDANCE_SESSION_LIST_H

#include "php_sharedance.h"

#include "php/open_session.h"

/* Adds a session that is not in the list. It must stay where it is until it is removed. */
void php_sharedance_session_list_add(struct php_sharedance_open_session *open);

/* Removes it, if it is in the list. */
void php_sharedance_session_list_remove(struct php_sharedance_open_session *open);

/* Any open session of the thread, or NULL. */
struct php_sharedance_open_session *php_sharedance_session_list_first(void);

/* Whether another session of this thread has the lock of this one's key, on a server that this
 * one's client has too. */
bool php_sharedance_session_list_has_holder(const struct php_sharedance_open_session *open);

/* Whether PHP's session is active, or any other of this thread is open. */
bool php_sharedance_session_list_is_active(void);

#endif
