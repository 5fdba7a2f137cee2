/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The INI settings sharedance.*: how they are checked and stored in the module's globals. */

#ifndef PHP_SHAREDANCE_SETTINGS_H
#define PHP_SHAREDANCE_SETTINGS_H

#include "php_sharedance.h"

/* Makes the settings known to PHP, as the module starts; the arguments are those of MINIT. */
void php_sharedance_settings_register(int type, int module_number);

#endif
