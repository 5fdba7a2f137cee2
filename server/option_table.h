/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * All options of sharedanced: the one list that the command line, the configuration file, the help
 * and the sample of the configuration file are made from.
 */

#ifndef SDD_OPTION_TABLE_H
#define SDD_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an option takes, and the type of its field. */
enum sdd_option_kind {
	SDD_OPTION_TEXT,      /* any text but none: const char * */
	SDD_OPTION_ADDRESSES, /* one or more, separated by commas: struct sdd_addresses */
	SDD_OPTION_PORT,      /* text that is a number: const char * */
	SDD_OPTION_ENDPOINT,  /* an address and port, or unix:PATH: const char * */
	SDD_OPTION_NUMBER,    /* uint64_t, as all that follow but SYNC and FLAG */
	SDD_OPTION_SIZE,      /* a number that may end in K, M, G or T */
	SDD_OPTION_MODE,      /* of a file, octal */
	SDD_OPTION_USER,      /* a name or a number */
	SDD_OPTION_GROUP,
	SDD_OPTION_SYNC,   /* enum sdd_sync */
	SDD_OPTION_FLAG,   /* yes, no or, on the command line, nothing: bool */
	SDD_OPTION_ACTION, /* of the command line only: takes nothing, and has no field */
};

struct sdd_option {
	const char *name; /* the long form */
	const char *help; /* what it does */
	/* The default, as it would be given. NULL: none, or one that the system decides. */
	const char *standard;
	/* The default in words, if it cannot be given. NULL: none. */
	const char *standard_words;
	enum sdd_option_kind kind;
	char letter;               /* the short form; 0: none */
	bool is_command_line_only; /* it cannot be in a configuration file */
	bool reloads; /* a change takes effect when the configuration is read again: no text */
	uint64_t min; /* of a number; in bytes, if it is a size */
	uint64_t max;
	uint64_t unit; /* the number is stored multiplied by it; 0: by 1 */
	size_t offset; /* of the field in struct sdd_options */
};

#define SDD_OPTIONS_MAX 64 /* there are no more */

extern const struct sdd_option sdd_options_table[];
extern const size_t sdd_options_count;

/* What represents its value in the help: "NUMBER". "": it needs none. */
const char *sdd_option_value_name(const struct sdd_option *option);

/* NULL: there is none of that name. */
const struct sdd_option *sdd_option_find(const char *name);

/* Prints the help on stdout, or the sample of a configuration file: each option, commented out,
 * with its default. */
void sdd_options_print_help(void);
void sdd_options_print_sample(void);

#endif
