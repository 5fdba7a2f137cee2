/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The limits of the meta protocol, which both ends share. */

#ifndef SD_META_H
#define SD_META_H

#define SD_META_KEY_MAX 250               /* bytes of a key in a line, as in memcached */
#define SD_META_BINARY_KEY_MAX 254        /* bytes of a key that is sent in base64, decoded */
#define SD_META_WHO "sharedance"          /* with `mn`: asks a sharedanced who it is */
#define SD_META_TTL 'T'                   /* behind it, with seconds: how long entries may live */
#define SD_META_MONTH (30 * 24 * 60 * 60) /* seconds: a time to live above it is a date */

#endif
