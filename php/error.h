/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* A failure of the client becomes an exception or a warning of PHP here, and nowhere else. */

#ifndef PHP_SHAREDANCE_ERROR_H
#define PHP_SHAREDANCE_ERROR_H

#include "php_sharedance.h"

#include "client/error.h"

struct sd_session;

/* The codes of exceptions: constants of class SharedanceException, hence never renumbered. */
#define PHP_SHAREDANCE_REFUSED 1
#define PHP_SHAREDANCE_BAD_ANSWER 2
#define PHP_SHAREDANCE_CLOSED 3
#define PHP_SHAREDANCE_TIMEOUT 4
#define PHP_SHAREDANCE_UNREACHABLE 5
#define PHP_SHAREDANCE_DEAD 6
#define PHP_SHAREDANCE_UNSUPPORTED 7
#define PHP_SHAREDANCE_NO_SERVERS 8
#define PHP_SHAREDANCE_NO_ROTATION 9
#define PHP_SHAREDANCE_NO_MEMORY 10
#define PHP_SHAREDANCE_UNPROVEN 11
#define PHP_SHAREDANCE_AMBIGUOUS 12
#define PHP_SHAREDANCE_NO_INTEGER 13 /* a number that is too large for PHP */

/* Set when the module registers its classes. */
extern zend_class_entry *php_sharedance_exception_ce;
extern zend_class_entry *php_sharedance_connection_exception_ce;
extern zend_class_entry *php_sharedance_timeout_exception_ce;
extern zend_class_entry *php_sharedance_unsupported_exception_ce;
extern zend_class_entry *php_sharedance_unproven_exception_ce;
extern zend_class_entry *php_sharedance_partial_exception_ce;

/*
 * Throws a ValueError that names the argument if an argument was wrong, else a
 * SharedanceException of the class and with the code that belong to the status.
 * Throws nothing if an exception was thrown already (SD_ABORTED), or if PHP is
 * about to end the script at its memory limit.
 */
void php_sharedance_throw(const struct sd_error *error);

/* The same for a method whose first argument is an array of keys or values. */
void php_sharedance_throw_of_many(const struct sd_error *error);

/*
 * Throws a SharedancePartialException in place of the exception that was thrown: with its message
 * and code, and with it as the previous one.
 */
void php_sharedance_throw_partial(zval *partial, zval *failed);

/* Throws a ValueError for the running method's argument of that number, counted from 1. The
 * message is the argument's name and the error's text. */
void php_sharedance_throw_argument(uint32_t number, const struct sd_error *error);

/* Takes the arguments of all calls out of the trace of the exception that was just thrown. PHP's
 * class SessionHandler does not mark its own as sensitive. */
void php_sharedance_hide_arguments(void);

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
