/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* HTTP while the thread that serves is busy for long: it opens the store, or closes it. A thread of
 * its own answers everybody that the server is not ready, and why. */

#ifndef SDD_HTTP_ASIDE_H
#define SDD_HTTP_ASIDE_H

struct sdd_http_aside;
struct sdd_listener;

/* Begins to answer 503 and `reason`, a constant, to all who connect to what the listener has
 * bound, which is borrowed and has no other user meanwhile. NULL: it cannot, and clients have to
 * wait. */
struct sdd_http_aside *sdd_http_aside_begin(const struct sdd_listener *listener,
                                            const char *reason);

/* Ends that. NULL is allowed. */
void sdd_http_aside_end(struct sdd_http_aside *aside);

#endif
