/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * class Sharedance: the object, and how its methods begin and end an operation.
 * The methods are in three files: Sharedance.c has those about the servers,
 * Sharedance_entry.c those on one key, Sharedance_multi.c those on many.
 */

#ifndef PHP_SHAREDANCE_POOL_CLASS_H
#define PHP_SHAREDANCE_POOL_CLASS_H

#include "php_sharedance.h"

#include "client/error.h"
#include "php/running.h"

struct sd_client;

struct php_sharedance_pool {
	struct sd_client *client; /* NULL: not constructed */
	zend_object **servers;    /* SharedanceServer objects, owned, in the client's order */
	uint32_t count;           /* servers */
	struct php_sharedance_running running; /* operations in progress, those of sessions too, during
	                             which the servers cannot be changed: a user's send() may use this
	                             object */
	uint32_t borrowed;                     /* sessions that rely on its servers */
	bool redundancy;
	zend_object std; /* last, as Zend requires */
};

extern zend_class_entry *php_sharedance_pool_ce;

static inline struct php_sharedance_pool *php_sharedance_pool_from(zend_object *object)
{
	return (struct php_sharedance_pool *)((char *)object -
	                                      offsetof(struct php_sharedance_pool, std));
}

/* Takes the class that the stub file describes, and sets how its objects are made and freed. */
void php_sharedance_pool_register_class(zend_class_entry *ce);

/* {{{ for the methods */

/* The object behind $this. If it was not constructed: NULL, and an Error is thrown. */
struct php_sharedance_pool *php_sharedance_pool_this(zval *this);

/*
 * An operation of the client, which began with php_sharedance_running_begin(), has ended with that
 * status. On a failure it throws: without redundancy the exception of a user's send() as it is,
 * else what `throw` makes of the error, with such an exception as the previous one. An exception
 * that is not thrown is freed: its destructor is the user's code, and may change the servers.
 */
void php_sharedance_pool_end(struct php_sharedance_pool *intern, enum sd_status status,
                             const struct sd_error *error,
                             void (*throw)(const struct sd_error *error));

/* Throws a ValueError for that argument and returns false if a time to live is negative, or so long
 * that it must be a date. */
bool php_sharedance_pool_check_ttl(zend_long ttl, uint32_t argument);

/* }}} */

/* {{{ for class SharedanceSession */

/* The object's client, whose servers do not change until it is returned. If the object was not
 * constructed: NULL, and an Error is thrown. */
struct sd_client *php_sharedance_pool_borrow(zend_object *object);
void php_sharedance_pool_return(zend_object *object);

/* An operation of a session on the object's servers begins and ends. What users' send() threw
 * meanwhile is freed, because a warning has reported it. */
void php_sharedance_pool_enter(zend_object *object);
void php_sharedance_pool_leave(zend_object *object);

/* }}} */

#endif
