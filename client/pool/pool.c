/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The servers of a pool; see pool.h. The rule that places keys is in modulo.c. */

#include "client/pool/pool.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void sd_pool_init(struct sd_pool *pool, bool redundancy)
{
	memset(pool, 0, sizeof(*pool));
	pool->redundancy = redundancy;
}

void sd_pool_clear(struct sd_pool *pool)
{
	free(pool->servers);
	pool->servers = NULL;
	sd_modulo_clear(&pool->modulo);
}

bool sd_pool_has(const struct sd_pool *pool, const struct sd_server *server)
{
	for (size_t i = 0; i < pool->modulo.count; i++) {
		if (sd_server_same(pool->servers[i], server)) {
			return true;
		}
	}
	return false;
}

enum sd_status sd_pool_add(struct sd_pool *pool, const struct sd_server *server,
                           struct sd_error *error)
{
	const struct sd_server **servers;
	char name[SD_SERVER_NAME_MAX];

	if (sd_pool_has(pool, server)) {
		return sd_error_set(error, SD_DUPLICATE, "must not be added twice, %s is there already",
		                    sd_server_name(server, name));
	}
	servers = realloc(pool->servers, (pool->modulo.count + 1) * sizeof(*servers));
	if (servers == NULL) {
		return sd_error_set(error, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
	pool->servers = servers;
	servers[pool->modulo.count] = server;
	if (sd_modulo_add(&pool->modulo, server->weight) != SD_OK) {
		return sd_error_set(error, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
	return SD_OK;
}

enum sd_status sd_pool_explain(const struct sd_pool *pool, struct sd_error *error)
{
	const struct sd_modulo *modulo = &pool->modulo;

	if (modulo->count == 0) {
		return sd_error_set(error, SD_NO_SERVERS, "No Servers Registered");
	}
	if (modulo->max_weight == 1) { /* then one server is the only number that is too small */
		return sd_error_set(
			error, SD_NO_ROTATION,
			"Bucket rotation not allowed: at least two servers are needed, but there "
			"is only one");
	}
	return sd_error_set(error, SD_NO_ROTATION,
	                    "Bucket rotation not allowed: with a weight of %u at least %" PRIu64
	                    " servers are needed, but there %s %zu",
	                    modulo->max_weight, (uint64_t)modulo->max_weight + 1,
	                    modulo->count == 1 ? "is only" : "are only", modulo->count);
}
