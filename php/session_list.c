/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* This thread's open sessions; see session_list.h. The list is in the thread's globals. */

#include "php/session_list.h"

#include <string.h>

#include "ext/session/php_session.h"

#include "client/client.h"

void php_sharedance_session_list_add(struct php_sharedance_open_session *open)
{
	open->next = SHAREDANCE_G(open_sessions);
	SHAREDANCE_G(open_sessions) = open;
}

void php_sharedance_session_list_remove(struct php_sharedance_open_session *open)
{
	struct php_sharedance_open_session **at = &SHAREDANCE_G(open_sessions);

	while (*at != NULL && *at != open) {
		at = &(*at)->next;
	}
	if (*at == open) {
		*at = open->next;
		open->next = NULL;
	}
}

struct php_sharedance_open_session *php_sharedance_session_list_first(void)
{
	return SHAREDANCE_G(open_sessions);
}

static bool has_same_key(const struct php_sharedance_open_session *one,
                         const struct php_sharedance_open_session *other)
{
	const struct sd_lock *lock = &one->session.lock;

	return lock->key_length == other->session.lock.key_length &&
	       memcmp(lock->key, other->session.lock.key, lock->key_length) == 0;
}

/* Whether it has its lock on a server that the client has too. */
static bool has_lock_on(const struct php_sharedance_open_session *open,
                        const struct sd_client *client)
{
	const struct sd_entry *entry = &open->session.entry;

	if (open->session.lock.holders == 0) {
		return false;
	}
	for (size_t i = 0; i < SD_OWNERS_MAX; i++) {
		if (entry->replicas[i].lock != SD_LOCK_NONE &&
		    sd_client_has_server(client, entry->replicas[i].exchange.server)) {
			return true;
		}
	}
	return false;
}

bool php_sharedance_session_list_has_holder(const struct php_sharedance_open_session *open)
{
	for (const struct php_sharedance_open_session *each = SHAREDANCE_G(open_sessions); each != NULL;
	     each = each->next) {
		if (each != open && each->id != NULL && has_same_key(each, open) &&
		    has_lock_on(each, open->client)) {
			return true;
		}
	}
	return false;
}

bool php_sharedance_session_list_is_active(void)
{
	return PS(session_status) == php_session_active || SHAREDANCE_G(open_sessions) != NULL;
}
