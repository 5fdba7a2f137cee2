/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The text of a failure; see error.h. */

#include "client/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum sd_status sd_error_set(struct sd_error *error, enum sd_status status, const char *format, ...)
{
	va_list arguments;

	error->status = status;
	error->server = NULL;
	va_start(arguments, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return status;
}

void sd_error_add(struct sd_error *error, const char *format, ...)
{
	size_t length = strlen(error->text);
	va_list arguments;

	if (length > 0) {
		(void)snprintf(error->text + length, sizeof(error->text) - length, "; ");
		length = strlen(error->text);
	}
	va_start(arguments, format);
	(void)vsnprintf(error->text + length, sizeof(error->text) - length, format, arguments);
	va_end(arguments);
}
