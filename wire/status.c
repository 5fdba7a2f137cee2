/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The sentences of status.h's table. */

#include "wire/status.h"

const char *sd_status_sentence(enum sd_status status)
{
	switch (status) {
#define SD_STATUS_CASE(name, sentence)                                                             \
	case SD_##name:                                                                                \
		return sentence;
		SD_STATUS_MAP(SD_STATUS_CASE)
#undef SD_STATUS_CASE
	}
	return "unknown status";
}
