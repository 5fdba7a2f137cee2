/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A failure of the client becomes an exception or a warning of PHP here, and nowhere else. */

#ifndef PHP_SHAREDANCE_ERROR_H
#define PHP_SHAREDANCE_ERROR_H

#include "php_sharedance.h"

#include "client/error.h"

struct sd_session;

/* Set when the module registers its classes. */
extern zend_class_entry *php_sharedance_exception_ce;

/*
 * Throws a ValueError that names the argument if an argument was wrong, else a
 * SharedanceException. Throws nothing if an exception was thrown already
 * (SD_ABORTED), or if PHP is about to end the script at its memory limit.
 */
void php_sharedance_throw(const struct sd_error *error);

/* The same for a method whose first argument is an array of keys or values. */
void php_sharedance_throw_of_many(const struct sd_error *error);

/* Throws a ValueError for the running method's argument of that number, counted from 1. The
 * message is the argument's name and the error's text. */
void php_sharedance_throw_argument(uint32_t number, const struct sd_error *error);

/*
 * Warns that a session could not be read, written, deleted or unlocked, as
 * `what` says. `bytes` is the size of the data to be written, else 0. Does
 * nothing if an exception was thrown: that says enough.
 */
void php_sharedance_warn_session(const char *what, const struct sd_session *session, size_t bytes,
                                 const struct sd_error *error);

/* Warns that something was wrong before any server was asked. The message is the subject and the
 * error's text. */
void php_sharedance_warn(const char *subject, const struct sd_error *error);

#endif
