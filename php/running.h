/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The operations in progress on an object. While there are any, the user's code may run,
 * and must not free what they use. One that PHP left by longjmp, after a fatal error, is no
 * longer in progress: no code of the extension sees it end, and shutdown functions and the
 * session's write come after it. It is known by the phase in which it began. An operation in a
 * Fiber may be one that waits there, and still be resumed by a shutdown function: it counts to the
 * end of the request.
 */

#ifndef PHP_SHAREDANCE_RUNNING_H
#define PHP_SHAREDANCE_RUNNING_H

#include "php_sharedance.h"

/* Zero-initialised nothing is in progress. */
struct php_sharedance_running {
	uint32_t count;
	uint8_t phase; /* in which the first of them began */
	bool in_fiber; /* one of them at least */
};

/* 0, until a longjmp has ended the script; then 1; and 2 as of our RSHUTDOWN, before which another
 * longjmp may have ended a shutdown function. */
static inline uint8_t php_sharedance_phase(void)
{
	return EXPECTED(!CG(unclean_shutdown)) ? 0 : 1 + SHAREDANCE_G(is_shutting_down);
}

static inline bool php_sharedance_is_running(const struct php_sharedance_running *running)
{
	return running->count > 0 && (running->phase == php_sharedance_phase() || running->in_fiber);
}

/* An operation begins and ends. */
static inline void php_sharedance_running_begin(struct php_sharedance_running *running)
{
	if (!php_sharedance_is_running(running)) {
		running->count = 0;
		running->phase = php_sharedance_phase();
		running->in_fiber = false;
	}
	running->count++;
	running->in_fiber |= EG(active_fiber) != NULL;
}

static inline void php_sharedance_running_end(struct php_sharedance_running *running)
{
	running->count--;
}

#endif
