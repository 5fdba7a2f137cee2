/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The servers of a pool, and which of them hold a key. With redundancy a key has two servers,
 * without it has one. Pure: no requests, no clock.
 */

#ifndef SD_POOL_H
#define SD_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "client/error.h"
#include "client/pool/modulo.h"
#include "client/pool/server.h"
#include "wire/bytes.h"

#define SD_OWNERS_MAX 2 /* servers of one key */

struct sd_pool {
	bool redundancy;
	const struct sd_server **servers; /* borrowed, in order of addition */
	struct sd_modulo modulo;          /* knows their number, too */
};

/* A pool without servers; cannot fail. With redundancy each key has two owners. */
void sd_pool_init(struct sd_pool *pool, bool redundancy);

/* Removes all servers and frees the memory. The pool can be used again. */
void sd_pool_clear(struct sd_pool *pool);

/* Adds a server, which must live until the pool is cleared. SD_OK, SD_DUPLICATE or SD_NO_MEMORY. */
enum sd_status sd_pool_add(struct sd_pool *pool, const struct sd_server *server,
                           struct sd_error *error);

/* Whether the pool has a server at the same address. */
bool sd_pool_has(const struct sd_pool *pool, const struct sd_server *server);

/* Says why keys cannot be placed: SD_NO_SERVERS or SD_NO_ROTATION. */
enum sd_status sd_pool_explain(const struct sd_pool *pool, struct sd_error *error);

/* Whether keys can be placed: SD_OK, SD_NO_SERVERS or SD_NO_ROTATION. */
static inline enum sd_status sd_pool_check(const struct sd_pool *pool, struct sd_error *error)
{
	bool can = pool->redundancy ? sd_modulo_has_second(&pool->modulo) : pool->modulo.count > 0;

	return can ? SD_OK : sd_pool_explain(pool, error);
}

/* How many servers have a key. */
static inline size_t sd_pool_copies(const struct sd_pool *pool)
{
	return pool->redundancy ? 2 : 1;
}

/*
 * The servers of a key, as indices in order of addition: owners[0] is the first and, with
 * redundancy, owners[1] the second. Returns their number. sd_pool_check() must have returned SD_OK.
 */
static inline size_t sd_pool_owners(const struct sd_pool *pool, struct sd_bytes key,
                                    size_t owners[SD_OWNERS_MAX])
{
	size_t count = sd_pool_copies(pool);

	sd_modulo_owners(&pool->modulo, key, count, owners);
	return count;
}

#endif
