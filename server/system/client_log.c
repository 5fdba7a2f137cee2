/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Lines about clients; see client_log.h. */

#include "server/system/client_log.h"

#include <stdio.h>
#include <string.h>

#include "server/system/clock.h"

#define TEXT_MAX 512 /* bytes, terminator included */
#define HOST_MAX 64  /* bytes, terminator included */
#define WINDOW_MS 60000

/* The lines of one kind about one address, of about a minute. */
struct account {
	const char *kind; /* NULL: nothing was counted here yet */
	char host[HOST_MAX];
	int64_t since_ms;
	unsigned lines;         /* since then */
	unsigned long left_out; /* since the last line */
};

static struct account accounts[SDD_CLIENT_LOG_ADDRESSES];
static struct account others = {.kind = "", .host = "other clients"};

static void write_host(char host[HOST_MAX], const char *address)
{
	const char *port = strrchr(address, ':');
	size_t length = port != NULL ? (size_t)(port - address) : strlen(address);

	length = length < HOST_MAX ? length : HOST_MAX - 1;
	memcpy(host, address, length);
	host[length] = '\0';
}

static bool is_over(const struct account *account, int64_t now_ms)
{
	return now_ms - account->since_ms >= WINDOW_MS;
}

/* Makes it the account of another kind or address. The number of lines that it left out is logged,
 * because nothing else would say so.
 */
static void reuse(struct account *account, const char *kind, const char *host, int64_t now_ms)
{
	if (account->left_out > 0) {
		sdd_log(SDD_LOG_NOTICE, "%s: %lu more lines were left out: %s", account->host,
		        account->left_out, account->kind);
	}
	*account = (struct account){.kind = kind, .since_ms = now_ms};
	memcpy(account->host, host, HOST_MAX);
}

static struct account *account_of(const char *kind, const char *host, int64_t now_ms)
{
	struct account *unused = NULL;

	for (size_t i = 0; i < SDD_CLIENT_LOG_ADDRESSES; i++) {
		struct account *account = &accounts[i];

		if (account->kind == NULL) {
			unused = unused != NULL ? unused : account;
			break; /* nor is any behind it in use */
		}
		if (strcmp(account->kind, kind) == 0 && strcmp(account->host, host) == 0) {
			return account;
		}
		if (unused == NULL && is_over(account, now_ms)) {
			unused = account;
		}
	}
	if (unused == NULL) {
		return &others;
	}
	reuse(unused, kind, host, now_ms);
	return unused;
}

/* Whether the account has a line left. */
static bool take_from_account(struct account *account, int64_t now_ms)
{
	if (is_over(account, now_ms)) {
		account->since_ms = now_ms;
		account->lines = 0;
	}
	if (account->lines == SDD_CLIENT_LOG_LINES) {
		account->left_out++;
		return false;
	}
	account->lines++;
	return true;
}

void sdd_client_log(enum sdd_log_level level, const char *kind, const char *address,
                    const char *format, va_list arguments)
{
	int64_t now_ms = sdd_clock_monotonic_ms();
	struct account *account;
	char host[HOST_MAX] = "";
	char text[TEXT_MAX];

	if (!sdd_log_shows(level)) {
		return;
	}
	write_host(host, address);
	account = account_of(kind, host, now_ms);
	if (!take_from_account(account, now_ms)) {
		return;
	}
	(void)vsnprintf(text, sizeof(text), format, arguments);
	if (account->left_out == 0) {
		sdd_log(level, "%s: %s", address, text);
	} else {
		sdd_log(level, "%s: %s (%lu lines like it were left out)", address, text,
		        account->left_out);
	}
	account->left_out = 0;
}
