/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A write that one of two servers took, and the other refused because it has something newer. That
 * came before, from a client whose clock is ahead: then ours must be on top, for no acknowledged
 * write may be lost. Or it came after, from somebody who saw ours on the server that took it, and
 * may have been told that it is done: then ours must not be on top, for it happens once. So both
 * servers are read:
 *
 * - The one that took the write has something newer now: somebody wrote over it. The write is done.
 * - It still has the write. There the write is *raised*: replaced by itself with the next version
 *   above what is in the way, on the condition that nobody wrote over it meanwhile. Who saw it and
 *   made something of it has to get past that server too, which refuses him from now on, so that
 *   he makes his once more (change.c). Then the other server is written to, on the condition that
 *   it has what it had when it was read; if not, both are read again.
 * - It still has the write, and the other server may have taken it, too, before it refused it: what
 *   that one has may be made of it. Nobody can tell, and the write fails.
 * - It cannot be asked any more, or was restarted since it took the write: somebody who saw the
 *   write may have gone on with the other server alone. Nobody can tell, and the write fails.
 */

#ifndef SD_CONTEST_H
#define SD_CONTEST_H

#include "client/entry.h"

/* What is written, besides the entry's own value. */
struct sd_written_value {
	enum sd_request_kind kind; /* SD_SET or SD_DELETE */
	int64_t ttl;
};

/* Whether a write was refused by a version that orders writes. */
static inline bool sd_contest_is_refused(const struct sd_replica *replica)
{
	return replica->written == SD_WRITE_REFUSED && !replica->exchange.reply.far_ahead;
}

/* Sets what the write has led to on all servers of the entry. */
void sd_contest_set_all(struct sd_entry *entry, enum sd_written written);

/* Takes the reply of a server on which the write was to be raised. Either it is; or somebody has
 * written over it meanwhile, and the write is done on both; or nobody knows, and it has failed. So
 * it has if the reply came on another connection than that of the read: the server may have been
 * restarted in between. */
void sd_contest_take_reply(struct sd_entry *entry, size_t owner);

/*
 * If the entry's write was taken by one server and refused by the other, and both were read: says
 * what it has led to, or prepares what is to be written next. The same if it was raised. Else it
 * returns false.
 */
bool sd_contest_prepare(struct sd_entry *entry, const struct sd_written_value *value,
                        int64_t left_ms);

#endif
