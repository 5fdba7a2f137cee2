/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* class SharedanceSession. */

#ifndef PHP_SHAREDANCE_SESSION_CLASS_H
#define PHP_SHAREDANCE_SESSION_CLASS_H

#include "php_sharedance.h"

/* Takes the class that the stub file describes, and sets how its objects are made and freed. */
void php_sharedance_session_register_class(zend_class_entry *ce);

#endif
