/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The listener: what is bound refuses clients until it is listened on, and whose a path is. */

#include "server/net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define BACKLOG 8
#define MODE 0750

struct fixture {
	struct event_base *base;
	struct sdd_listener *listener;
	char folder[100];
	struct sockaddr_un path;
	struct sockaddr_in address;
	unsigned accepted;
	bool is_full;   /* there is no room for another client */
	unsigned looks; /* for room */
};

static bool on_accepted(void *context, int descriptor, const struct sdd_address *address)
{
	struct fixture *fixture = context;

	(void)address;
	fixture->accepted++;
	(void)close(descriptor);
	return true;
}

static bool makes_room(void *context, bool is_short)
{
	struct fixture *fixture = context;

	(void)is_short;
	fixture->looks++;
	return !fixture->is_full;
}

static struct sdd_listener *new_listener(struct fixture *fixture)
{
	const struct sdd_listener_handler handler = {
		.accepted = on_accepted, .makes_room = makes_room, .context = fixture};
	struct sdd_listener *listener = sdd_listener_new(fixture->base, &handler);

	assert_non_null(listener);
	return listener;
}

/* The address of a port that was free a moment ago. */
static void find_port(struct fixture *fixture)
{
	int descriptor = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t length = sizeof(fixture->address);

	fixture->address.sin_family = AF_INET;
	fixture->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(descriptor, (struct sockaddr *)&fixture->address, length), 0);
	assert_int_equal(getsockname(descriptor, (struct sockaddr *)&fixture->address, &length), 0);
	(void)close(descriptor);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const char *parent = getenv("TMPDIR");

	assert_non_null(fixture);
	fixture->base = event_base_new();
	assert_non_null(fixture->base);
	(void)snprintf(fixture->folder, sizeof(fixture->folder), "%s/sharedanced-test-XXXXXX",
	               parent == NULL ? "/tmp" : parent);
	assert_non_null(mkdtemp(fixture->folder));
	fixture->path.sun_family = AF_UNIX;
	(void)snprintf(fixture->path.sun_path, sizeof(fixture->path.sun_path), "%.80s/socket",
	               fixture->folder);
	find_port(fixture);
	fixture->listener = new_listener(fixture);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	sdd_listener_free(fixture->listener);
	event_base_free(fixture->base);
	(void)unlink(fixture->path.sun_path);
	assert_int_equal(rmdir(fixture->folder), 0);
	free(fixture);
	return 0;
}

/* The error of a client that connects; 0: it is connected, and closes. */
static int connect_error(const struct sockaddr *address, socklen_t length)
{
	int descriptor = socket(address->sa_family, SOCK_STREAM, 0);
	int error = connect(descriptor, address, length) == 0 ? 0 : errno;

	(void)close(descriptor);
	return error;
}

static int connect_to_path(const struct fixture *fixture)
{
	return connect_error((const struct sockaddr *)&fixture->path, sizeof(fixture->path));
}

static int connect_to_port(const struct fixture *fixture)
{
	return connect_error((const struct sockaddr *)&fixture->address, sizeof(fixture->address));
}

static void tick(struct fixture *fixture)
{
	(void)event_base_loop(fixture->base, EVLOOP_NONBLOCK);
}

static void clients_are_refused_until_it_listens(void **state)
{
	struct fixture *fixture = *state;
	char port[8];

	(void)snprintf(port, sizeof(port), "%u", ntohs(fixture->address.sin_port));
	assert_true(sdd_listener_bind_unix(fixture->listener, fixture->path.sun_path, MODE));
	assert_true(sdd_listener_bind_tcp(fixture->listener, "127.0.0.1", port));
	assert_int_equal(connect_to_path(fixture), ECONNREFUSED);
	assert_int_equal(connect_to_port(fixture), ECONNREFUSED);
	tick(fixture);
	assert_int_equal(fixture->accepted, 0);

	assert_true(sdd_listener_listen(fixture->listener, BACKLOG));
	assert_int_equal(connect_to_path(fixture), 0);
	assert_int_equal(connect_to_port(fixture), 0);
	tick(fixture);
	assert_int_equal(fixture->accepted, 2);

	sdd_listener_stop(fixture->listener);
	assert_int_equal(connect_to_path(fixture), ENOENT);
	assert_int_equal(connect_to_port(fixture), ECONNREFUSED);
}

static void a_path_has_its_mode_and_the_mask_stays(void **state)
{
	struct fixture *fixture = *state;
	struct stat found;
	mode_t before = umask(022);

	assert_true(sdd_listener_bind_unix(fixture->listener, fixture->path.sun_path, MODE));
	assert_int_equal(stat(fixture->path.sun_path, &found), 0);
	assert_int_equal(found.st_mode & 07777, MODE);
	assert_int_equal(umask(before), 022);
}

/* Two that start at the same time: the path of the first looks as if it was left. */
static void a_path_that_another_took_over_is_not_listened_on_nor_removed(void **state)
{
	struct fixture *fixture = *state;
	struct sdd_listener *second = new_listener(fixture);

	assert_true(sdd_listener_bind_unix(fixture->listener, fixture->path.sun_path, MODE));
	assert_true(sdd_listener_bind_unix(second, fixture->path.sun_path, MODE));
	assert_false(sdd_listener_listen(fixture->listener, BACKLOG));
	sdd_listener_stop(fixture->listener);
	assert_true(sdd_listener_listen(second, BACKLOG));
	assert_int_equal(connect_to_path(fixture), 0);
	sdd_listener_free(second);
	assert_int_equal(connect_to_path(fixture), ENOENT);
}

static void a_path_that_was_removed_is_not_listened_on(void **state)
{
	struct fixture *fixture = *state;

	assert_true(sdd_listener_bind_unix(fixture->listener, fixture->path.sun_path, MODE));
	assert_int_equal(unlink(fixture->path.sun_path), 0);
	assert_false(sdd_listener_listen(fixture->listener, BACKLOG));
}

/* Both can bind it, and one can listen. */
static void a_port_that_another_listens_on_meanwhile_is_refused(void **state)
{
	struct fixture *fixture = *state;
	struct sdd_listener *second = new_listener(fixture);
	char port[8];

	(void)snprintf(port, sizeof(port), "%u", ntohs(fixture->address.sin_port));
	assert_true(sdd_listener_bind_tcp(fixture->listener, "127.0.0.1", port));
	assert_true(sdd_listener_bind_tcp(second, "127.0.0.1", port));
	assert_true(sdd_listener_listen(second, BACKLOG));
	assert_false(sdd_listener_listen(fixture->listener, BACKLOG));
	sdd_listener_free(second);
}

/* Those who are connected get their share of the time. */
static void of_many_who_connect_at_once_some_are_accepted_in_each_tick(void **state)
{
	enum { MANY = 100 };
	struct fixture *fixture = *state;
	int clients[MANY];

	assert_true(sdd_listener_bind_unix(fixture->listener, fixture->path.sun_path, MODE));
	assert_true(sdd_listener_listen(fixture->listener, MANY));
	for (int i = 0; i < MANY; i++) {
		clients[i] = socket(AF_UNIX, SOCK_STREAM, 0);
		assert_int_equal(
			connect(clients[i], (const struct sockaddr *)&fixture->path, sizeof(fixture->path)), 0);
	}
	(void)event_base_loop(fixture->base, EVLOOP_ONCE); /* as the loop does */
	assert_true(fixture->accepted >= MANY / 4 && fixture->accepted <= MANY * 3 / 4);
	(void)event_base_loop(fixture->base, EVLOOP_ONCE);
	assert_int_equal(fixture->accepted, MANY);
	for (int i = 0; i < MANY; i++) {
		(void)close(clients[i]);
	}
}

/* {{{ no room */

/* A client that has connected, and is not accepted: there is no room. */
static int wait_for_room(struct fixture *fixture)
{
	int client = socket(AF_UNIX, SOCK_STREAM, 0);

	fixture->is_full = true;
	assert_true(sdd_listener_bind_unix(fixture->listener, fixture->path.sun_path, MODE));
	assert_true(sdd_listener_listen(fixture->listener, BACKLOG));
	assert_int_equal(
		connect(client, (const struct sockaddr *)&fixture->path, sizeof(fixture->path)), 0);
	tick(fixture);
	assert_int_equal(fixture->looks, 1);
	tick(fixture); /* it does not look again and again */
	assert_int_equal(fixture->looks, 1);
	return client;
}

static void who_waits_is_accepted_as_soon_as_somebody_is_gone(void **state)
{
	struct fixture *fixture = *state;
	int client = wait_for_room(fixture);

	fixture->is_full = false;
	sdd_listener_descriptor_freed(fixture->listener);
	tick(fixture);
	assert_int_equal(fixture->accepted, 1);
	(void)close(client);
}

/* Somebody becomes idle, and nothing happens then. */
static void who_waits_is_accepted_soon_though_nobody_is_gone(void **state)
{
	struct fixture *fixture = *state;
	int client = wait_for_room(fixture);

	(void)event_base_loop(fixture->base, EVLOOP_ONCE); /* which ends with the timer */
	tick(fixture);
	assert_int_equal(fixture->looks, 2);
	fixture->is_full = false;
	(void)event_base_loop(fixture->base, EVLOOP_ONCE);
	tick(fixture);
	assert_int_equal(fixture->accepted, 1);
	(void)close(client);
}

/* All connections are closed then, and each of them frees a descriptor. */
static void who_waits_when_the_server_stops_is_not_accepted(void **state)
{
	struct fixture *fixture = *state;
	int client = wait_for_room(fixture);

	fixture->is_full = false;
	sdd_listener_stop(fixture->listener);
	sdd_listener_descriptor_freed(fixture->listener);
	tick(fixture);
	assert_int_equal(fixture->accepted, 0);
	(void)close(client);
}

/* }}} */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(clients_are_refused_until_it_listens, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_path_has_its_mode_and_the_mask_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_path_that_another_took_over_is_not_listened_on_nor_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_path_that_was_removed_is_not_listened_on, set_up,
	                                    tear_down),
		cmocka_unit_test_setup_teardown(of_many_who_connect_at_once_some_are_accepted_in_each_tick,
	                                    set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_waits_is_accepted_as_soon_as_somebody_is_gone, set_up,
	                                    tear_down),
		cmocka_unit_test_setup_teardown(who_waits_is_accepted_soon_though_nobody_is_gone, set_up,
	                                    tear_down),
		cmocka_unit_test_setup_teardown(who_waits_when_the_server_stops_is_not_accepted, set_up,
	                                    tear_down),
		cmocka_unit_test_setup_teardown(a_port_that_another_listens_on_meanwhile_is_refused, set_up,
	                                    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
