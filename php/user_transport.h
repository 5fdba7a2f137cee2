/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * A transport that calls the send() of a PHP object for each request, with the
 * raw classic request as its argument. This is how users bring transports of
 * their own.
 *
 * A SharedanceException that send() throws belongs to the operation in progress, whose
 * caller takes it when the operation is over. A send() may begin operations of its own, and a Fiber
 * may leave one half done: each takes what its own requests threw.
 */

#ifndef PHP_SHAREDANCE_USER_TRANSPORT_H
#define PHP_SHAREDANCE_USER_TRANSPORT_H

#include "php_sharedance.h"

#include "client/transport/transport.h"

struct php_sharedance_user_transport {
	struct sd_transport transport; /* first: it is a transport */
	zend_object *object;           /* borrowed: the object contains this transport */
};

/* Makes a transport that calls the object's send(). */
void php_sharedance_user_transport_init(struct php_sharedance_user_transport *user,
                                        zend_object *object);

/* Takes what a send() of the operation that has just ended threw last: the caller owns it. NULL: no
 * send() threw. */
zend_object *php_sharedance_user_transport_take_failure(void);

/* Frees it. */
void php_sharedance_user_transport_forget_failure(void);

#endif
