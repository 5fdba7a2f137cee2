/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Reading a file to its end; see input.h. */

#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/cli.h"

/* Waits until there is something to read. False, with a message. */
static bool wait_for_input(int descriptor, const char *name, int64_t silence_ms)
{
	struct pollfd input = {.fd = descriptor, .events = POLLIN};
	double ends = cli_now() + (double)silence_ms / 1000;
	double left = ends - cli_now();
	int ready;

	do {
		ready = poll(&input, 1, left > 0 ? (int)(left * 1000) + 1 : 0);
		left = ends - cli_now();
	} while (ready < 0 && errno == EINTR);
	if (ready == 0) {
		cli_complain("%s has been silent for %.3g seconds", name, (double)silence_ms / 1000);
	} else if (ready < 0) {
		cli_complain("%s cannot be read: %s", name, strerror(errno));
	}
	return ready > 0;
}

bool cli_read_all(int descriptor, const char *name, size_t most, int64_t silence_ms,
                  struct cli_text *text)
{
	uint8_t bytes[65536];
	size_t length = 0;
	ssize_t more;

	do {
		if (!wait_for_input(descriptor, name, silence_ms)) {
			return false;
		}
		more = read(descriptor, bytes, sizeof(bytes));
		length += more > 0 ? (size_t)more : 0;
		if (length > most || (more > 0 && !sd_sink_put(&text->sink, bytes, (size_t)more, 0))) {
			cli_complain("%s is longer than %zu bytes", name, most);
			return false;
		}
	} while (more > 0 || (more == -1 && (errno == EINTR || errno == EAGAIN)));
	if (more == -1) {
		cli_complain("%s cannot be read: %s", name, strerror(errno));
	}
	return more == 0;
}

bool cli_read_path(const char *path, size_t most, int64_t silence_ms, struct cli_text *text)
{
	/* a FIFO without a writer would not be opened else */
	int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool is_read;

	if (descriptor == -1) {
		cli_complain("%s cannot be read: %s", path, strerror(errno));
		return false;
	}
	is_read = cli_read_all(descriptor, path, most, silence_ms, text);
	(void)close(descriptor);
	return is_read;
}
