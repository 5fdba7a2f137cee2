/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * What a process and a thread have besides objects: the dead marks, the network
 * and the error log. runtime.c also defines the module's globals, so that every
 * other file of the extension needs this one and not sharedance.c.
 */

#ifndef PHP_SHAREDANCE_RUNTIME_H
#define PHP_SHAREDANCE_RUNTIME_H

#include "php_sharedance.h"

struct sd_dead_marks;

/* Makes what all threads of the process share, and the children that it forks later. FAILURE: no
 * memory. */
zend_result php_sharedance_runtime_start(void);

/* Frees it. */
void php_sharedance_runtime_stop(void);

/* The dead marks that the process and its children share. */
const struct sd_dead_marks *php_sharedance_dead_marks(void);

/* This thread's network, which is made by the first call. Without memory PHP ends the script. */
struct sd_network *php_sharedance_network(void);

/* Closes what must not outlive the request: connections in the middle of an operation or with a
 * lock, and all of them unless sharedance.persistent is on. */
void php_sharedance_network_end_request(void);

/* Writes a line to the error log, if log_errors is on. */
void php_sharedance_log(const char *line);

#endif
