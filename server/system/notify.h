/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What the server tells the service manager that started it: systemd's protocol, sd_notify(3). */

#ifndef SDD_NOTIFY_H
#define SDD_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a service manager listens. */
bool sdd_notify_is_wanted(void);

/* Sends assignments, as "READY=1", one a line; it waits for nobody, and what cannot be sent is
 * lost. Does nothing if nobody listens. */
void sdd_notify(const char *assignments);

/* Microseconds within which the service manager wants to hear "WATCHDOG=1", each time; 0: it
 * does not. */
uint64_t sdd_notify_watchdog_us(void);

#endif
