/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What was found out of a server's protocol; see finding.h. */

#include "client/net/finding.h"

#define TIME_MASK (((uint64_t)1 << SD_FINDING_PROTOCOL_SHIFT) - 1)

static uint64_t word_of(enum sd_protocol protocol, int64_t until_ms)
{
	return (uint64_t)protocol << SD_FINDING_PROTOCOL_SHIFT | ((uint64_t)until_ms & TIME_MASK);
}

static enum sd_protocol protocol_of(uint64_t word)
{
	return (enum sd_protocol)(word >> SD_FINDING_PROTOCOL_SHIFT);
}

void sd_finding_set_meta(struct sd_finding *finding)
{
	atomic_store(&finding->word, word_of(SD_PROTOCOL_META, 0));
	atomic_store(&finding->proven_ms, 0);
}

void sd_finding_set_classic(struct sd_finding *finding, int64_t until_ms)
{
	atomic_store(&finding->word, word_of(SD_PROTOCOL_CLASSIC, until_ms));
}

void sd_finding_forget_classic(struct sd_finding *finding)
{
	uint64_t word = atomic_load(&finding->word);

	if (protocol_of(word) == SD_PROTOCOL_CLASSIC) {
		/* if it changes meanwhile, another worker has found out more lately */
		(void)atomic_compare_exchange_strong(&finding->word, &word, 0);
	}
}

bool sd_finding_is_still_classic(struct sd_finding *finding, int64_t now_ms, int64_t interval_ms)
{
	uint64_t word = atomic_load(&finding->word);

	if (protocol_of(word) != SD_PROTOCOL_CLASSIC) {
		return false;
	}
	if (now_ms < (int64_t)(word & TIME_MASK)) {
		return true;
	}
	if (atomic_compare_exchange_strong(&finding->word, &word,
	                                   word_of(SD_PROTOCOL_CLASSIC, now_ms + interval_ms))) {
		return false;
	}
	return protocol_of(word) == SD_PROTOCOL_CLASSIC; /* another worker was faster */
}

void sd_finding_prove(struct sd_finding *finding, int64_t given_ms)
{
	int64_t proven_ms = atomic_load(&finding->proven_ms);

	while (proven_ms < given_ms &&
	       !atomic_compare_exchange_weak(&finding->proven_ms, &proven_ms, given_ms)) {
	}
}

bool sd_finding_is_proven(struct sd_finding *finding, int64_t now_ms)
{
	int64_t proven_ms = atomic_load(&finding->proven_ms);

	return proven_ms != 0 && now_ms - proven_ms <= SD_PROOF_AGE_MAX_MS;
}
