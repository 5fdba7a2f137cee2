/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Values of options; see option_values.h. */

#include "server/option_values.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/option_table.h"
#include "server/options.h"

#define ENDPOINT "an address and port, as 127.0.0.1:9142 or [::1]:9142, or unix:PATH"

/* Returns false. */
static bool want(char wanted[SDD_OPTION_WANTED_MAX], const char *what)
{
	(void)snprintf(wanted, SDD_OPTION_WANTED_MAX, "%s", what);
	return false;
}

/* Digits only: strtoull() by itself would accept a sign and white space. */
static bool read_digits(const char *value, uint64_t *number, const char **end)
{
	char *stopped;

	if (value[0] < '0' || value[0] > '9') {
		return false;
	}
	errno = 0;
	*number = strtoull(value, &stopped, 10);
	*end = stopped;
	return errno == 0;
}

/* How far K, M, G or T shift a number; 0 for anything else. */
static unsigned shift_of(char suffix)
{
	static const char suffixes[] = "KMGT";
	const char *found = suffix == '\0' ? NULL : strchr(suffixes, suffix);

	return found == NULL ? 0 : 10 * (unsigned)(found - suffixes + 1);
}

/* Does not multiply it by the unit. */
static bool read_number(const struct sdd_option *option, const char *value, uint64_t *number,
                        char wanted[SDD_OPTION_WANTED_MAX])
{
	bool is_size = option->kind == SDD_OPTION_SIZE;
	const char *end;

	if (read_digits(value, number, &end)) {
		unsigned shift = is_size ? shift_of(*end) : 0;

		end += shift != 0;
		if (*end == '\0' && *number <= option->max >> shift && *number << shift >= option->min) {
			*number <<= shift;
			return true;
		}
	}
	(void)snprintf(wanted, SDD_OPTION_WANTED_MAX, "a number %sbetween %llu and %llu",
	               is_size ? "of bytes " : "", (unsigned long long)option->min,
	               (unsigned long long)option->max);
	return false;
}

static bool read_mode(const char *value, uint64_t *mode)
{
	size_t length = strlen(value);

	if (length < 1 || length > 4 || strspn(value, "01234567") != length) {
		return false;
	}
	*mode = strtoul(value, NULL, 8);
	return *mode <= 0777;
}

static bool read_id(const struct sdd_option *option, const char *value, uint64_t *id)
{
	const struct passwd *user = option->kind == SDD_OPTION_USER ? getpwnam(value) : NULL;
	const struct group *group = option->kind == SDD_OPTION_GROUP ? getgrnam(value) : NULL;
	const char *end;

	if (user != NULL || group != NULL) {
		*id = user != NULL ? user->pw_uid : group->gr_gid;
		return true;
	}
	return read_digits(value, id, &end) && *end == '\0' && *id <= option->max;
}

static bool read_sync(const char *value, enum sdd_sync *sync)
{
	static const char *const words[] = {
		[SDD_SYNC_ALWAYS] = "always",
		[SDD_SYNC_INTERVAL] = "interval",
		[SDD_SYNC_NEVER] = "never",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) == 0) {
			*sync = (enum sdd_sync)i;
			return true;
		}
	}
	return false;
}

static bool read_flag(const char *value, bool *flag)
{
	*flag = strcmp(value, "yes") == 0;
	return *flag || strcmp(value, "no") == 0;
}

/* One address after the other, with blanks around it or not. */
static bool add_addresses(const char *value, struct sdd_addresses *addresses,
                          char wanted[SDD_OPTION_WANTED_MAX])
{
	for (;;) {
		size_t length;
		const char *comma = strchr(value, ',');

		value += strspn(value, " \t");
		length = comma == NULL ? strlen(value) : (size_t)(comma - value);
		while (length > 0 && (value[length - 1] == ' ' || value[length - 1] == '\t')) {
			length--;
		}
		if (length == 0 || length >= sizeof(addresses->texts[0]) ||
		    addresses->count == SDD_ADDRESSES_MAX) {
			(void)snprintf(wanted, SDD_OPTION_WANTED_MAX,
			               "an address, or at most %d that are separated by commas",
			               SDD_ADDRESSES_MAX);
			return false;
		}
		memcpy(addresses->texts[addresses->count], value, length);
		addresses->texts[addresses->count++][length] = '\0';
		if (comma == NULL) {
			return true;
		}
		value = comma + 1;
	}
}

/* A host and a port, between which the last colon is, or the path of a socket. */
static bool is_endpoint(const char *value)
{
	const char *colon = strrchr(value, ':');
	const char *end;
	uint64_t port;

	if (strncmp(value, "unix:", 5) == 0) {
		return value[5] != '\0';
	}
	return colon != NULL && colon > value && read_digits(colon + 1, &port, &end) && *end == '\0' &&
	       port <= UINT16_MAX &&
	       /* several colons are an IPv6 address, which has brackets around it */
	       (strchr(value, ':') == colon || (value[0] == '[' && colon[-1] == ']'));
}

static void *field_of(const struct sdd_option *option, struct sdd_options *options)
{
	return (char *)options + option->offset;
}

/* A number in the option's unit. */
static bool read_size(const struct sdd_option *option, const char *value, uint64_t *size,
                      char wanted[SDD_OPTION_WANTED_MAX])
{
	uint64_t number;

	if (!read_number(option, value, &number, wanted)) {
		return false;
	}
	*size = number * (option->unit == 0 ? 1 : option->unit);
	return true;
}

bool sdd_option_store(const struct sdd_option *option, const char *value,
                      struct sdd_options *options, char wanted[SDD_OPTION_WANTED_MAX])
{
	void *field = field_of(option, options);
	uint64_t number;

	switch (option->kind) {
	case SDD_OPTION_TEXT:
		*(const char **)field = value;
		return value[0] != '\0' || want(wanted, "a path");
	case SDD_OPTION_ADDRESSES:
		return add_addresses(value, field, wanted);
	case SDD_OPTION_PORT: /* the system's resolver takes text */
		*(const char **)field = value;
		return read_number(option, value, &number, wanted);
	case SDD_OPTION_ENDPOINT:
		*(const char **)field = value;
		return is_endpoint(value) || want(wanted, ENDPOINT);
	case SDD_OPTION_NUMBER:
	case SDD_OPTION_SIZE:
		return read_size(option, value, field, wanted);
	case SDD_OPTION_MODE:
		return read_mode(value, field) || want(wanted, "an octal number between 0 and 0777");
	case SDD_OPTION_USER:
		return read_id(option, value, field) || want(wanted, "the name or number of a user");
	case SDD_OPTION_GROUP:
		return read_id(option, value, field) || want(wanted, "the name or number of a group");
	case SDD_OPTION_SYNC:
		return read_sync(value, field) || want(wanted, "always, interval or never");
	case SDD_OPTION_FLAG:
		return read_flag(value, field) || want(wanted, "yes or no");
	case SDD_OPTION_ACTION:
		break;
	}
	return false;
}

static size_t size_of_value(const struct sdd_option *option)
{
	switch (option->kind) {
	case SDD_OPTION_ADDRESSES:
		return sizeof(struct sdd_addresses);
	case SDD_OPTION_SYNC:
		return sizeof(enum sdd_sync);
	case SDD_OPTION_FLAG:
		return sizeof(bool);
	case SDD_OPTION_TEXT:
	case SDD_OPTION_PORT:
	case SDD_OPTION_ENDPOINT:
		return sizeof(const char *);
	case SDD_OPTION_ACTION:
		return 0;
	default:
		return sizeof(uint64_t);
	}
}

static bool is_text(const struct sdd_option *option)
{
	return option->kind == SDD_OPTION_TEXT || option->kind == SDD_OPTION_PORT ||
	       option->kind == SDD_OPTION_ENDPOINT;
}

bool sdd_option_is_same(const struct sdd_option *option, const struct sdd_options *one,
                        const struct sdd_options *other)
{
	const char *first = (const char *)one + option->offset;
	const char *second = (const char *)other + option->offset;

	if (is_text(option)) {
		const char *text = *(const char *const *)(const void *)first;
		const char *other_text = *(const char *const *)(const void *)second;

		return text == other_text ||
		       (text != NULL && other_text != NULL && strcmp(text, other_text) == 0);
	}
	return memcmp(first, second, size_of_value(option)) == 0;
}

void sdd_option_copy(const struct sdd_option *option, struct sdd_options *to,
                     const struct sdd_options *from)
{
	memcpy(field_of(option, to), (const char *)from + option->offset, size_of_value(option));
}
