/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* class SharedanceServer: the object and what class Sharedance does with it. */

#ifndef PHP_SHAREDANCE_SERVER_CLASS_H
#define PHP_SHAREDANCE_SERVER_CLASS_H

#include "php_sharedance.h"

#include "client/pool/server.h"
#include "php/user_transport.h"

struct php_sharedance_server {
	struct sd_server server;
	bool constructed;
	uint32_t pools;      /* Sharedance objects that have it */
	bool overrides_send; /* a subclass has a send() of its own: requests go through `user` */
	struct php_sharedance_user_transport user;
	zend_object std; /* last, as Zend requires */
};

extern zend_class_entry *php_sharedance_server_ce;

static inline struct php_sharedance_server *php_sharedance_server_from(zend_object *object)
{
	return (struct php_sharedance_server *)((char *)object -
	                                        offsetof(struct php_sharedance_server, std));
}

/* Takes the class that the stub file describes, and sets how its objects are made and freed. */
void php_sharedance_server_register_class(zend_class_entry *ce);

/* A new SharedanceServer object of a server that sd_server_init() made. `timeout` is in seconds. */
zend_object *php_sharedance_server_create(const struct sd_server *server, double timeout);

/* Calls the object's close(), which a subclass may override. */
void php_sharedance_server_close(zend_object *object);

#endif
