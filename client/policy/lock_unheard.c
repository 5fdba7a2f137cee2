/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Locks that nobody has heard of; see lock_unheard.h. */

#include "client/policy/lock_unheard.h"

#include "client/policy/operation.h"

#define LIMIT_MS 100 /* so a server that is still silent costs little */

void sd_lock_request_withdrawal(const struct sd_lock *lock, const struct sd_server *server,
                                struct sd_exchange *exchange)
{
	sd_exchange_init(exchange);
	exchange->server = server;
	exchange->request.kind = SD_UNLOCK;
	exchange->request.key = (struct sd_bytes){lock->key, lock->key_length};
	exchange->request.holder = lock->holder;
	exchange->request.is_session = lock->is_session;
	exchange->request.insists = true;
}

void sd_lock_forget_unheard(struct sd_lock *lock, const struct sd_server *server)
{
	for (size_t i = 0; i < SD_OWNERS_MAX; i++) {
		lock->unheard[i] = lock->unheard[i] == server ? NULL : lock->unheard[i];
	}
}

void sd_lock_record_unheard(struct sd_lock *lock, const struct sd_server *server)
{
	sd_lock_forget_unheard(lock, server);
	for (size_t i = 0; i < SD_OWNERS_MAX; i++) {
		if (lock->unheard[i] == NULL) {
			lock->unheard[i] = server;
			return;
		}
	}
}

void sd_lock_withdraw_unheard(const struct sd_policy *policy, struct sd_lock *lock)
{
	struct sd_exchange exchange;

	if (lock->holder == 0) {
		return;
	}
	for (size_t i = 0; i < SD_OWNERS_MAX; i++) {
		if (lock->unheard[i] == NULL) {
			continue;
		}
		sd_lock_request_withdrawal(lock, lock->unheard[i], &exchange);
		exchange.request.limit_ms = LIMIT_MS;
		sd_operation_perform_one(policy, &exchange);
		if (!sd_status_is_failure(exchange.reply.status)) {
			lock->unheard[i] = NULL;
		}
	}
}
