/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* client/net/node: for how long a node that probes a dead server keeps the others from it, and what
 * it does when its mark's slot was given to another server. */

#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "client/net/mark_slots.h"
#include "client/net/node.h"

#define NOW_MS 1000000
#define TIMEOUT_MS 2000

/* php.ini's limits, and a script's that asks. */
static const struct sd_marking configured = {
	.timeout_ms = TIMEOUT_MS, .connect_timeout_ms = 1000, .retry_interval_ms = 5000};

/* Whether another worker probes so long after a node began to, which has `left_ms`. */
static bool another_probes_after(int64_t ms, int64_t retry_interval_ms, int64_t left_ms)
{
	struct sd_connection_shared shared = {0};
	struct sd_server server = {.host = "a.example", .port = 1042};
	struct sd_options options = {.retry_interval_ms = retry_interval_ms, .marking = configured};
	struct sd_exchange exchange = {.deadline_ms = NOW_MS + left_ms};
	struct sd_dead_marks *marks = sd_dead_marks_new();
	struct sd_node *node = sd_node_new(&server, &shared, marks);
	const struct sd_mark_try how = {SD_ADMITTED, NOW_MS - 2, NOW_MS - 1, 1};
	enum sd_admission admission;

	assert_true(sd_mark_failed(&node->mark, &how, SD_EVIDENCE_SILENT, "Connection refused"));
	sd_node_begin(node, 1, &options, &exchange, NOW_MS * 1000);
	assert_int_equal(node->admission, SD_PROBES);
	admission = sd_mark_admit(&node->mark, NOW_MS + ms, 1);
	free(node);
	sd_dead_marks_free(marks);
	return admission == SD_PROBES;
}

static void one_probes_until_its_deadline(void **state)
{
	(void)state;
	assert_false(another_probes_after(TIMEOUT_MS - 1, 100, TIMEOUT_MS));
	assert_true(another_probes_after(TIMEOUT_MS, 100, TIMEOUT_MS));
}

static void one_probes_for_the_retry_interval_if_that_is_longer(void **state)
{
	(void)state;
	assert_false(another_probes_after(5000 - 1, 5000, TIMEOUT_MS));
	assert_true(another_probes_after(5000, 5000, TIMEOUT_MS));
}

/* It may be killed, and then nobody tries the server until that time. */
static void no_script_makes_its_probe_last_longer_than_php_ini_does(void **state)
{
	(void)state;
	assert_true(another_probes_after(TIMEOUT_MS, 100, 30000));
	assert_true(another_probes_after(5000, 3600000, TIMEOUT_MS));
	assert_true(another_probes_after(5000, 3600000, 3600000));
	assert_false(another_probes_after(TIMEOUT_MS - 1, 100, 30000));
}

/* It began to try when it knew the mark: that another worker probes meanwhile is no news. */
static void who_tries_in_a_hurry_waits_on_while_another_probes(void **state)
{
	struct sd_connection_shared shared = {0};
	struct sd_server server = {.host = "a.example", .port = 1042};
	struct sd_options options = {.retry_interval_ms = 100, .marking = configured};
	struct sd_exchange exchange = {.deadline_ms = NOW_MS + TIMEOUT_MS, .hurried = true};
	struct sd_dead_marks *marks = sd_dead_marks_new();
	struct sd_node *node = sd_node_new(&server, &shared, marks);
	const struct sd_mark_try how = {SD_ADMITTED, NOW_MS - 2, NOW_MS - 1, 1};
	char reason[SD_REASON_MAX];

	(void)state;
	assert_true(sd_mark_failed(&node->mark, &how, SD_EVIDENCE_SILENT, "Connection refused"));
	sd_node_begin(node, 1, &options, &exchange, NOW_MS * 1000);
	assert_int_equal(node->admission, SD_HURRIES);
	assert_int_equal(sd_mark_admit(&node->mark, NOW_MS, 1000), SD_PROBES);
	assert_false(sd_node_is_given_up(node, 0, NOW_MS + 1, reason));
	node->admission = SD_ADMITTED;
	assert_true(sd_node_is_given_up(node, 0, NOW_MS + 1, reason));
	free(node);
	sd_dead_marks_free(marks);
}

/* Else the server would never be marked again by this worker. */
static void a_mark_that_was_given_away_is_found_again(void **state)
{
	struct sd_connection_shared shared = {0};
	struct sd_server server = {.host = "a.example", .port = 1042};
	struct sd_options options = {.retry_interval_ms = 100};
	struct sd_exchange exchange = {.deadline_ms = NOW_MS + TIMEOUT_MS};
	struct sd_dead_marks *marks = sd_dead_marks_new();
	struct sd_node *node = sd_node_new(&server, &shared, marks);
	struct sd_mark_slot *before = node->mark.slot;

	(void)state;
	atomic_store(&before->owner, node->mark.owner ^ 1);
	sd_node_begin(node, 1, &options, &exchange, NOW_MS * 1000);
	assert_int_equal(node->admission, SD_ADMITTED);
	assert_non_null(node->mark.slot);
	assert_ptr_not_equal(node->mark.slot, before);
	assert_true(sd_mark_has_slot(&node->mark));
	free(node);
	sd_dead_marks_free(marks);
}

/* What is found out in a round goes to the server's slot, not to the one that it had before. */
static void a_slot_that_was_given_away_in_a_round_learns_nothing_more(void **state)
{
	struct sd_connection_shared shared = {0};
	struct sd_server server = {.host = "a.example", .port = 1042};
	struct sd_options options = {.retry_interval_ms = 100};
	struct sd_exchange exchange = {.deadline_ms = NOW_MS + TIMEOUT_MS};
	struct sd_dead_marks *marks = sd_dead_marks_new();
	struct sd_node *node = sd_node_new(&server, &shared, marks);
	struct sd_mark_slot *before = node->mark.slot;

	(void)state;
	sd_node_begin(node, 1, &options, &exchange, NOW_MS * 1000);
	sd_finding_set_classic(&before->finding, NOW_MS + 10); /* the new owner's */
	atomic_store(&before->owner, node->mark.owner ^ 1);
	exchange.reply.status = SD_CLOSED;
	sd_node_account(node, &options, NULL, &exchange);
	assert_int_equal(sd_finding_protocol(&before->finding), SD_PROTOCOL_CLASSIC);
	assert_ptr_not_equal(node->finding, &before->finding);
	assert_ptr_not_equal(node->identity, &before->identity);
	free(node);
	sd_dead_marks_free(marks);
}

/* One that connected long ago would show until it ends what has long been proven. */
static void what_a_server_says_of_itself_is_what_any_worker_was_told_last(void **state)
{
	struct sd_connection_shared shared = {0};
	struct sd_server server = {.host = "a.example", .port = 1042};
	struct sd_dead_marks *marks = sd_dead_marks_new();
	struct sd_node *first = sd_node_new(&server, &shared, marks);
	struct sd_node *later = sd_node_new(&server, &shared, marks);
	struct sd_server_info info;

	(void)state;
	first->facts.greeting =
		(struct sd_greeting){.version = "1-sharedanced", .has_unproven = true, .unproven = 4};
	sd_node_share_greeting(first);
	sd_node_info(first, &server, &info);
	assert_int_equal(info.unproven, 4);
	later->facts.greeting =
		(struct sd_greeting){.version = "2-sharedanced", .has_unproven = true, .unproven = 0};
	sd_node_share_greeting(later);
	sd_node_info(first, &server, &info);
	assert_true(info.has_unproven);
	assert_int_equal(info.unproven, 0);
	assert_string_equal(info.version, "2-sharedanced");
	free(first);
	free(later);
	sd_dead_marks_free(marks);
}

/* Which latency counts a round that took so long. */
static size_t latency_of(int64_t took_us)
{
	struct sd_node node = {.began_us = NOW_MS};
	size_t found = 0;

	sd_node_finish(&node, NOW_MS + took_us, false);
	while (found < SD_LATENCIES && node.statistics.latencies[found] == 0) {
		found++;
	}
	return found;
}

static void a_round_counts_as_the_first_latency_that_is_not_shorter(void **state)
{
	(void)state;
	assert_int_equal(latency_of(0), 0);
	for (size_t i = 0; i < SD_LATENCIES - 1; i++) {
		assert_int_equal(latency_of(SD_LATENCY_US(i)), i);
		assert_int_equal(latency_of(SD_LATENCY_US(i) + 1), i + 1);
	}
	assert_int_equal(latency_of(INT64_C(3600) * 1000000), SD_LATENCIES - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_probes_until_its_deadline),
		cmocka_unit_test(one_probes_for_the_retry_interval_if_that_is_longer),
		cmocka_unit_test(no_script_makes_its_probe_last_longer_than_php_ini_does),
		cmocka_unit_test(who_tries_in_a_hurry_waits_on_while_another_probes),
		cmocka_unit_test(a_mark_that_was_given_away_is_found_again),
		cmocka_unit_test(a_slot_that_was_given_away_in_a_round_learns_nothing_more),
		cmocka_unit_test(what_a_server_says_of_itself_is_what_any_worker_was_told_last),
		cmocka_unit_test(a_round_counts_as_the_first_latency_that_is_not_shorter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
