/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Which servers stand behind a name; see identity.h. */

#include "client/net/identity.h"

#include "wire/hash.h"

uint64_t sd_identity_number(const uint8_t id[SD_GREETING_ID])
{
	uint64_t number = sd_fnv64(id, SD_GREETING_ID);

	return number > SD_TWO_IDS ? number : number + 2;
}

static bool was_replaced(struct sd_identity *identity, uint64_t id)
{
	for (size_t i = 0; i < SD_IDENTITY_REPLACED; i++) {
		if (atomic_load(&identity->replaced[i]) == id) {
			return true;
		}
	}
	return false;
}

static void record_replaced(struct sd_identity *identity, uint64_t id)
{
	for (size_t i = SD_IDENTITY_REPLACED - 1; i > 0; i--) {
		atomic_store(&identity->replaced[i], atomic_load(&identity->replaced[i - 1]));
	}
	atomic_store(&identity->replaced[0], id);
}

enum sd_identity_news sd_identity_take(struct sd_identity *identity, uint64_t id,
                                       int64_t greeted_us, int64_t now_us)
{
	uint64_t latest = atomic_load(&identity->latest);
	bool were_two;
	bool is_back;

	if (id == SD_NO_ID || id == latest ||
	    (latest != SD_NO_ID && greeted_us <= atomic_load(&identity->changed_us))) {
		return SD_IDENTITY_SAME;
	}
	were_two = sd_identity_is_two(identity, now_us);
	is_back = was_replaced(identity, id);
	if (!atomic_compare_exchange_strong(&identity->latest, &latest, id)) {
		return SD_IDENTITY_SAME; /* another worker was faster */
	}
	atomic_store(&identity->changed_us, now_us);
	if (latest == SD_NO_ID) {
		atomic_store(&identity->id, id);
		return SD_IDENTITY_SAME;
	}
	record_replaced(identity, latest);
	if (were_two || is_back) {
		atomic_store(&identity->id, SD_TWO_IDS);
		return were_two ? SD_IDENTITY_SAME : SD_IDENTITY_TWO;
	}
	atomic_store(&identity->told, 0);
	atomic_store(&identity->id, id);
	return SD_IDENTITY_CHANGED;
}

bool sd_identity_is_two(struct sd_identity *identity, int64_t now_us)
{
	uint64_t id = atomic_load(&identity->id);

	if (id != SD_TWO_IDS) {
		return false;
	}
	if (now_us - atomic_load(&identity->changed_us) < SD_TWO_SERVERS_US) {
		return true;
	}
	(void)atomic_compare_exchange_strong(&identity->id, &id, atomic_load(&identity->latest));
	return false;
}

uint64_t sd_identity_replaced(struct sd_identity *identity)
{
	return atomic_load(&identity->replaced[0]);
}

bool sd_identity_may_report(struct sd_identity *identity, uint64_t what)
{
	uint64_t bit = (uint64_t)1 << (what % 64);

	return (atomic_fetch_or(&identity->told, bit) & bit) == 0;
}

void sd_identity_clear(struct sd_identity *identity)
{
	atomic_store(&identity->id, SD_NO_ID);
	atomic_store(&identity->latest, SD_NO_ID);
	for (size_t i = 0; i < SD_IDENTITY_REPLACED; i++) {
		atomic_store(&identity->replaced[i], SD_NO_ID);
	}
	atomic_store(&identity->changed_us, 0);
	atomic_store(&identity->told, 0);
}
