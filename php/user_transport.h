/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A transport that calls the send() of a PHP object for each request, with the
 * raw classic request as its argument. This is how users bring transports of
 * their own.
 */

#ifndef PHP_SHAREDANCE_USER_TRANSPORT_H
#define PHP_SHAREDANCE_USER_TRANSPORT_H

#include "php_sharedance.h"

#include "client/transport/transport.h"

struct php_sharedance_user_transport {
	struct sd_transport transport; /* first: it is a transport */
	zend_object *object;           /* borrowed: the object contains this transport */
	zend_object *failure; /* owned: the SharedanceException that send() threw last, or NULL. Who
	                         takes it sets NULL. */
};

/* Makes a transport that calls the object's send(). */
void php_sharedance_user_transport_init(struct php_sharedance_user_transport *user,
                                        zend_object *object);

/* Frees what it owns; the object is being freed. */
void php_sharedance_user_transport_clear(struct php_sharedance_user_transport *user);

#endif
