/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Look-ups in threads of their own, while the name server is silent; see client/net/system.h. */

#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/net/system.h"

#define MANY 100
#define SILENCE_MS 1000 /* in which this many look-ups of a name begin, or fewer: */
#define BEGIN_MOST 5

static atomic_bool is_silent; /* the name server */
static atomic_uint running;   /* look-ups */
static atomic_int began;      /* in all */
static atomic_int answered; /* the first look-up that is, by number, though the server is silent */
static int thread_error;    /* of pthread_create() */
static struct addrinfo answer; /* to the next look-up that ends */

int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **found);
void __wrap_freeaddrinfo(struct addrinfo *found);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);

static atomic_int found_and_not_freed;

int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **found)
{
	int number = atomic_fetch_add(&began, 1) + 1;

	(void)port;
	(void)hints;
	atomic_fetch_add(&running, 1);
	while (atomic_load(&is_silent) && atomic_load(&answered) > number &&
	       strcmp(host, "known") != 0) {
		sd_system_sleep(1);
	}
	atomic_fetch_sub(&running, 1);
	if (strcmp(host, "unknown") == 0) {
		return EAI_NONAME;
	}
	atomic_fetch_add(&found_and_not_freed, 1);
	*found = &answer;
	return 0;
}

void __wrap_freeaddrinfo(struct addrinfo *found)
{
	assert_ptr_equal(found, &answer);
	atomic_fetch_sub(&found_and_not_freed, 1);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument)
{
	return thread_error != 0 ? thread_error
	                         : __real_pthread_create(thread, attributes, run, argument);
}

static struct sd_lookup *begin(const char *host)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct sd_lookup *lookup = sd_system_lookup_begin(host, "1042", &hints);

	assert_non_null(lookup);
	return lookup;
}

/* Polls until it is over, for ten seconds at most, and leaves it. */
static int wait_for(struct sd_lookup *lookup)
{
	const struct addrinfo *found = NULL;
	int error = 0;

	for (int i = 0; !sd_system_lookup_poll(lookup, &error, &found); i++) {
		assert_true(i < 10000);
		sd_system_sleep(1);
	}
	assert_ptr_equal(found, error == 0 ? &answer : NULL);
	sd_system_lookup_leave(lookup);
	return error;
}

static void wait_until_none_runs(void)
{
	for (int i = 0; atomic_load(&running) > 0 || atomic_load(&found_and_not_freed) > 0; i++) {
		assert_true(i < 10000);
		sd_system_sleep(1);
	}
}

static int begin_test(void **state)
{
	(void)state;
	atomic_store(&is_silent, true);
	atomic_store(&began, 0);
	atomic_store(&answered, INT_MAX);
	thread_error = 0;
	return 0;
}

static void what_is_found_is_told_once_it_is(void **state)
{
	const struct addrinfo *found;
	struct sd_lookup *lookup = begin("a.example");
	int error;

	(void)state;
	assert_false(sd_system_lookup_poll(lookup, &error, &found));
	atomic_store(&is_silent, false);
	assert_int_equal(wait_for(lookup), 0);
	assert_int_equal(wait_for(begin("unknown")), EAI_NONAME);
	wait_until_none_runs();
}

/* Asks again and again, as a script whose time is shorter than the silence, and gives up each time.
 */
static void ask_for_ms(const char *host, int64_t ms)
{
	int64_t end_us = sd_system_monotonic_us() + ms * 1000;

	while (sd_system_monotonic_us() < end_us) {
		sd_system_lookup_leave(begin(host));
		sd_system_sleep(1);
	}
}

static void however_often_a_silent_name_is_asked_for_few_threads_wait(void **state)
{
	(void)state;
	ask_for_ms("a.example", SILENCE_MS);
	assert_in_range(atomic_load(&began), 2, BEGIN_MOST);
	ask_for_ms("b.example", SILENCE_MS);
	assert_in_range(atomic_load(&began), 4, 2 * BEGIN_MOST);
	assert_int_equal(atomic_load(&running), atomic_load(&began));
	assert_int_equal(wait_for(begin("known")), 0); /* another name is not held up */
	atomic_store(&is_silent, false);
	wait_until_none_runs();
}

static void all_who_share_a_look_up_are_told(void **state)
{
	struct sd_lookup *lookups[MANY];
	int number;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		lookups[i] = begin("a.example");
	}
	sd_system_lookup_leave(lookups[MANY - 1]);
	atomic_store(&is_silent, false);
	for (int i = 0; i < MANY - 1; i++) {
		assert_int_equal(wait_for(lookups[i]), 0);
	}
	wait_until_none_runs();
	number = atomic_load(&began);
	assert_in_range(number, 1, BEGIN_MOST);
	assert_int_equal(wait_for(begin("a.example")), 0); /* which is a new one */
	wait_until_none_runs();
	assert_int_equal(atomic_load(&began), number + 1);
}

/* The old look-ups wait for their next try. */
static void a_name_server_that_is_back_is_found_so_after_as_long_as_it_was_away(void **state)
{
	int64_t began_us;

	(void)state;
	ask_for_ms("a.example", SILENCE_MS);
	atomic_store(&answered, atomic_load(&began) + 1);
	began_us = sd_system_monotonic_us();
	while (atomic_load(&began) < atomic_load(&answered)) {
		ask_for_ms("a.example", 1);
		assert_true(sd_system_monotonic_us() - began_us < 2 * SILENCE_MS * 1000);
	}
	/* whoever comes now shares the newest, which is answered */
	assert_int_equal(wait_for(begin("a.example")), 0);
	atomic_store(&is_silent, false);
	wait_until_none_runs();
}

static int look_up_in_child(struct sd_lookup *lookup)
{
	const struct addrinfo *found;
	int error = 0;

	if (!sd_system_lookup_poll(lookup, &error, &found) || error != EAI_AGAIN) {
		return 1; /* it would wait for a thread that it does not have */
	}
	sd_system_lookup_leave(lookup);
	atomic_store(&began, 0);
	sd_system_lookup_leave(begin("a.example"));
	for (int i = 0; atomic_load(&began) == 0; i++) {
		if (i == 10000) {
			return 2; /* it shares one of the parent's */
		}
		sd_system_sleep(1);
	}
	return wait_for(begin("known")) == 0 ? 0 : 3;
}

static void a_child_process_does_not_wait_for_its_parents_threads(void **state)
{
	struct sd_lookup *lookup = begin("a.example");
	struct sd_lookup *left = begin("a.example");
	int status;
	pid_t child;

	(void)state;
	sd_system_lookup_leave(left);
	child = fork();
	if (child == 0) {
		_exit(look_up_in_child(lookup));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	atomic_store(&is_silent, false);
	assert_int_equal(wait_for(lookup), 0); /* the parent's own goes on */
	wait_until_none_runs();
}

static void a_thread_that_cannot_be_started_is_an_error_with_a_reason(void **state)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM};

	(void)state;
	atomic_store(&is_silent, false);
	thread_error = EAGAIN;
	assert_null(sd_system_lookup_begin("a.example", "1042", &hints));
	assert_int_equal(sd_system_error(), EAGAIN);
	thread_error = 0;
	assert_int_equal(wait_for(begin("a.example")), 0);
	wait_until_none_runs();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_found_is_told_once_it_is, begin_test),
		cmocka_unit_test_setup(however_often_a_silent_name_is_asked_for_few_threads_wait,
	                           begin_test),
		cmocka_unit_test_setup(all_who_share_a_look_up_are_told, begin_test),
		cmocka_unit_test_setup(a_name_server_that_is_back_is_found_so_after_as_long_as_it_was_away,
	                           begin_test),
		cmocka_unit_test_setup(a_child_process_does_not_wait_for_its_parents_threads, begin_test),
		cmocka_unit_test_setup(a_thread_that_cannot_be_started_is_an_error_with_a_reason,
	                           begin_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
