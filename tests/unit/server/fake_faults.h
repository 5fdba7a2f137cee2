/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Faults that are planned for calls by their number, counted from the last fake_faults_clear() on,
 * from 0. The doubles of files (fake_io.c) and of the B-tree (fake_btree.c) share them, so that one
 * test walks through the calls of both. Threads may call.
 */

#ifndef FAKE_FAULTS_H
#define FAKE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

/* {{{ for tests */

/* Plans a fault: the call of that number fails with `error`, and each one after it if `lasting`. A
 * call that has failed has done nothing, except that a close closes. EINTR that lasts fails every
 * second call, so that whoever tries it again comes to an end. */
void fake_faults_fail(int number, int error, bool lasting);

/* Plans a fault: the read or write of that number transfers half of its bytes, rounded down; and so
 * does each one after it if `lasting`. */
void fake_faults_shorten(int number, bool lasting);

/* Besides another fault: nothing that is changed by the call of that number or a later one comes to
 * anything, although each call succeeds: the process has died before it. */
void fake_faults_stop(int number);

/* Whether that call was reached. */
bool fake_faults_have_stopped(void);

/* No fault is planned any more, and calls are counted from 0 again. */
void fake_faults_clear(void);

/* How many calls there were. */
int fake_faults_calls(void);

/* }}} */

/* {{{ for doubles */

/* Counts a call. True, with errno: it is to fail. */
bool fake_faults_step(void);

/* How much the call that was counted last transfers of so many bytes. */
size_t fake_faults_shortened(size_t length);

/* }}} */

#endif
