/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A write that one of two servers took, and the other refused because it has something newer.
 * Either the newer one was written earlier, by a client whose clock is ahead. Then this write has
 * to win, because no acknowledged write may be lost. Or the newer one was written later, by a
 * client that had read this write on the server that took it. Then this write must not win, because
 * a write happens once. So both servers are read:
 *
 * - The server that took the write has something newer now: another client wrote over it. The write
 *   is done.
 * - It still has the write. There the write is *raised*: replaced by itself with the next version
 *   above the other server's, on the condition that nobody wrote over it meanwhile. A client that
 *   read the write and makes a change of it needs that server too. The server now refuses that
 *   change, so the client makes it once more (change.c). Then the write goes to the other server,
 *   on the condition that this one has what it had when it was read. If not, both are read again.
 * - It still has the write, and the other server may have taken it, too, before it refused it. So
 *   the other's entry may be made of the write. Nobody can tell, and the write fails.
 * - It cannot be asked any more, or was restarted since it took the write. A client that read the
 *   write may have continued with the other server only. Nobody can tell, and the write fails.
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

/* Takes the reply of a server on which the write was to be raised. Either it is raised; or another
 * client has written over it meanwhile, and the write is done on both; or nobody knows, and it has
 * failed. It has also failed if the reply came on another connection than that of the read, because
 * the server may have been restarted in between. */
void sd_contest_take_reply(struct sd_entry *entry, size_t owner);

/*
 * If the entry's write was taken by one server and refused by the other, and both were read: says
 * what it has led to, or prepares what is to be written next. The same if it was raised. Else it
 * returns false.
 */
bool sd_contest_prepare(struct sd_entry *entry, const struct sd_written_value *value,
                        int64_t left_ms);

#endif
