/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The slots of the table of dead marks, and whose they are. For dead_marks.c only.
 *
 * A slot's owner is one word: the user's number, and a hash of the server that is keyed with a
 * secret of the table. So no user's script ever finds another user's slot, whatever name it gives a
 * server. The word changes by compare-and-swap, and by way of SD_MARK_TAKEN while what the slot
 * says is cleared: if a worker is killed at that, the slot is free.
 */

#ifndef SD_MARK_SLOTS_H
#define SD_MARK_SLOTS_H

#include <stdatomic.h>
#include <stdint.h>

#include "client/net/dead_marks.h"

#define SD_MARK_REASON_WORDS (SD_DEAD_MARKS_REASON_MAX / sizeof(uint64_t))
#define SD_MARK_VERSION_WORDS (SD_MARK_VERSION_MAX / sizeof(uint64_t))

#define SD_MARK_FREE ((uint64_t)0)
#define SD_MARK_TAKEN ((uint64_t)1)
#define SD_MARK_USER_SHIFT 32 /* of the user's number in an owner */

struct sd_mark_slot {
	_Atomic uint64_t owner; /* or SD_MARK_FREE or SD_MARK_TAKEN */
	_Atomic uint64_t word;
	_Atomic int64_t heard_ms; /* when the latest request that was answered was sent */
	_Atomic int64_t tried_ms; /* when the latest attempt that set a mark began */
	_Atomic int64_t dead_since_ms;
	_Atomic int64_t refused_ms; /* the first refusal of the outage; 0: none */
	_Atomic int64_t hurried_ms; /* when the next one in a hurry tries */
	_Atomic int64_t claimed_ms; /* when it was given to its owner */
	_Atomic uint64_t failures;
	struct sd_finding finding;
	struct sd_identity identity;
	_Atomic int64_t clock_us;      /* the server's minus the monotonic one; 0: not known */
	_Atomic uint64_t reason_check; /* a hash of the reason; 0: there is none */
	_Atomic uint64_t reason[SD_MARK_REASON_WORDS];
	_Atomic uint64_t version_check; /* the same of the server's version */
	_Atomic uint64_t version[SD_MARK_VERSION_WORDS];
	_Atomic uint64_t unproven; /* entries, and 1; 0: the server has not said */
	/* on lines of their own: each round adds to them */
	_Alignas(64) _Atomic uint64_t counters[SD_COUNTERS]; /* what all workers have counted */
};

/* The tag that the owner's word has. */
static inline unsigned sd_mark_tag(uint64_t owner)
{
	return (unsigned)(owner >> 16) & 0xffffu;
}

#endif
