/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Messages to the service manager; see notify.h. */

#include "server/system/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char *path_of_socket(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	/* an absolute path, or a name of the abstract namespace */
	return path != NULL && (path[0] == '/' || path[0] == '@') && path[1] != '\0' ? path : NULL;
}

bool sdd_notify_is_wanted(void)
{
	return path_of_socket() != NULL;
}

void sdd_notify(const char *assignments)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = path_of_socket();
	size_t length = path == NULL ? 0 : strlen(path);
	int descriptor;

	if (path == NULL || length > sizeof(address.sun_path)) {
		return;
	}
	memcpy(address.sun_path, path, length);
	if (path[0] == '@') {
		address.sun_path[0] = '\0';
	}
	descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (descriptor != -1) {
		(void)sendto(descriptor, assignments, strlen(assignments), MSG_DONTWAIT | MSG_NOSIGNAL,
		             (const struct sockaddr *)&address,
		             (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
		(void)close(descriptor);
	}
}

/* 0 if it is none. */
static uint64_t number_of(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? 0 : strtoull(text, NULL, 10);
}

uint64_t sdd_notify_watchdog_us(void)
{
	uint64_t process = number_of("WATCHDOG_PID");

	/* what another process is to send, this one must not */
	return process == 0 || process == (uint64_t)getpid() ? number_of("WATCHDOG_USEC") : 0;
}
