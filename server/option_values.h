/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The value of an option: text that is checked and stored in its field. */

#ifndef SDD_OPTION_VALUES_H
#define SDD_OPTION_VALUES_H

#include <stdbool.h>

struct sdd_option;
struct sdd_options;

#define SDD_OPTION_WANTED_MAX 128 /* bytes, terminator included */

/* Stores the value in the option's field; text stays where it is. Addresses are added to those that
 * are there. False: `wanted` says what the value has to be, as in "must be ...". */
bool sdd_option_store(const struct sdd_option *option, const char *value,
                      struct sdd_options *options, char wanted[SDD_OPTION_WANTED_MAX]);

/* Whether both have the same value in the option's field. */
bool sdd_option_is_same(const struct sdd_option *option, const struct sdd_options *one,
                        const struct sdd_options *other);

/* Copies the option's field. */
void sdd_option_copy(const struct sdd_option *option, struct sdd_options *to,
                     const struct sdd_options *from);

#endif
