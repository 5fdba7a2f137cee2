/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The classic protocol, as exchanges use it: a request becomes bytes, a server's answer
 * becomes a reply. wire/classic.h knows the bytes. Pure: no I/O, no clock.
 */

#ifndef SD_TRANSPORT_CLASSIC_H
#define SD_TRANSPORT_CLASSIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/transport/request.h"
#include "wire/classic.h"

/*
 * Whether a classic server can do what the exchange asks for. Its protocol has no time to
 * live, no conditions, no arithmetic and no locks, and its keys are printable ASCII, and
 * not the reserved one.
 * False: the exchange has ended, with the reason.
 */
bool sd_classic_suits(struct sd_exchange *exchange);

/*
 * Writes what is sent before the data of a get, set or delete to `head`: the header and
 * the key, which sd_classic_suits() has checked. Returns its length in bytes.
 */
size_t sd_classic_encode(const struct sd_exchange *exchange, uint8_t head[SD_CLASSIC_HEAD_MAX]);

/*
 * Ends a get, set or delete by the complete answer of a classic server, which has
 * `length` bytes. The bytes of an answer to a get are not read, and may be NULL.
 */
void sd_classic_decode(struct sd_exchange *exchange, const void *answer, size_t length);

#endif
