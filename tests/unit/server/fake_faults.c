/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Faults of calls by their number; see fake_faults.h. */

#include "tests/unit/server/fake_faults.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>

enum fault { NO_FAULT, FAIL, SHORTEN };

static atomic_int calls;
static enum fault fault;
static int fault_number;
static int fault_error;
static bool fault_lasts;
static int stop_number = INT_MAX;

/* Whether the fault is that of the call with this number. */
static bool is_faulty(int number)
{
	if (fault_lasts && fault == FAIL && fault_error == EINTR) {
		return number >= fault_number && (number - fault_number) % 2 == 0;
	}
	return number == fault_number || (fault_lasts && number > fault_number);
}

bool fake_faults_step(void)
{
	int number = atomic_fetch_add(&calls, 1);

	if (fault == FAIL && is_faulty(number)) {
		errno = fault_error;
		return true;
	}
	return false;
}

size_t fake_faults_shortened(size_t length)
{
	return fault == SHORTEN && is_faulty(atomic_load(&calls) - 1) && length > 1 ? length / 2
	                                                                            : length;
}

bool fake_faults_have_stopped(void)
{
	return atomic_load(&calls) > stop_number;
}

void fake_faults_clear(void)
{
	fault = NO_FAULT;
	fault_lasts = false;
	stop_number = INT_MAX;
	atomic_store(&calls, 0);
}

void fake_faults_fail(int number, int error, bool lasting)
{
	fault = FAIL;
	fault_number = number;
	fault_error = error;
	fault_lasts = lasting;
}

void fake_faults_shorten(int number, bool lasting)
{
	fault = SHORTEN;
	fault_number = number;
	fault_lasts = lasting;
}

void fake_faults_stop(int number)
{
	stop_number = number;
}

int fake_faults_calls(void)
{
	return atomic_load(&calls);
}
