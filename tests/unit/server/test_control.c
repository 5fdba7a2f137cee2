/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Who is heard on the control socket, also if libevent has had no memory. */

#include <event2/event.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "server/net/control.h"
#include "tests/unit/unit.h"

/* {{{ calls of the test's own: the linker has these called */

static bool fails_to_hear; /* event_add() with a timeout fails */
static bool is_stranger;   /* a peer is some other user */

int __real_event_add(struct event *event, const struct timeval *timeout);
int __wrap_event_add(struct event *event, const struct timeval *timeout);
int __real_getsockopt(int descriptor, int level, int name, void *value, socklen_t *length);
int __wrap_getsockopt(int descriptor, int level, int name, void *value, socklen_t *length);

int __wrap_event_add(struct event *event, const struct timeval *timeout)
{
	return fails_to_hear && timeout != NULL ? -1 : __real_event_add(event, timeout);
}

int __wrap_getsockopt(int descriptor, int level, int name, void *value, socklen_t *length)
{
	int result = __real_getsockopt(descriptor, level, name, value, length);

	if (name == SO_PEERCRED && is_stranger) {
		((struct ucred *)value)->uid = geteuid() + 1;
	}
	return result;
}

/* }}} */

static void on_backup(void *context, int peer)
{
	int *backups = context;

	(*backups)++;
	(void)close(peer);
}

/* Connects, asks for a backup, and has the server do what there is to do. */
static void ask(struct event_base *base, const char *path, bool as_stranger)
{
	uid_t uid;
	gid_t gid;
	int peer = sdd_control_connect(path, &uid, &gid);

	assert_true(peer != -1);
	assert_true(sdd_control_send(peer, "backup"));
	is_stranger = as_stranger;
	for (int i = 0; i < 4; i++) {
		assert_true(event_base_loop(base, EVLOOP_NONBLOCK) != -1);
	}
	is_stranger = false;
	(void)close(peer);
}

static void test_a_stranger_is_not_heard_after_a_peer_that_could_not_be(void **state)
{
	struct event_base *base = event_base_new();
	int backups = 0;
	const struct sdd_control_handler handler = {.backup = on_backup, .context = &backups};
	char path[] = "/tmp/sharedance-control-XXXXXX";
	struct sdd_control *control;
	int directory;

	(void)state;
	assert_non_null(mkdtemp(path));
	directory = open(path, O_RDONLY | O_DIRECTORY);
	control = sdd_control_new(base, path, directory, &handler);
	assert_non_null(control);

	ask(base, path, /* as_stranger */ false);
	assert_int_equal(backups, 1);
	ask(base, path, /* as_stranger */ true);
	assert_int_equal(backups, 1);

	fails_to_hear = true;
	ask(base, path, /* as_stranger */ false);
	fails_to_hear = false;
	assert_int_equal(backups, 1);
	ask(base, path, /* as_stranger */ true);
	assert_int_equal(backups, 1);
	ask(base, path, /* as_stranger */ false);
	assert_int_equal(backups, 2);

	sdd_control_free(control);
	event_base_free(base);
	(void)close(directory);
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stranger_is_not_heard_after_a_peer_that_could_not_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
