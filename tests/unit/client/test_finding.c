/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* What was found out of a server's protocol: each event in each state, on a clock that is an
 * argument. */

#include "client/net/finding.h"
#include "tests/unit/unit.h"

#define NOW 1000000
#define INTERVAL 5000

static void nothing_is_known_at_first(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	assert_int_equal(sd_finding_protocol(&finding), SD_PROTOCOL_UNKNOWN);
	assert_false(sd_finding_is_still_classic(&finding, NOW, INTERVAL));
	assert_false(sd_finding_is_proven(&finding, NOW));
	assert_false(sd_finding_is_proven(&finding, 0)); /* a machine that has just been started */
}

static void a_classic_server_is_not_greeted_until_its_time_is_over(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	sd_finding_set_classic(&finding, NOW);
	assert_int_equal(sd_finding_protocol(&finding), SD_PROTOCOL_CLASSIC);
	assert_true(sd_finding_is_still_classic(&finding, NOW - 1, INTERVAL));
	assert_true(sd_finding_is_still_classic(&finding, NOW - INTERVAL, INTERVAL));
}

static void one_worker_greets_it_again_and_the_others_wait_for_what_it_finds(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	sd_finding_set_classic(&finding, NOW);
	assert_false(sd_finding_is_still_classic(&finding, NOW, INTERVAL));
	assert_true(sd_finding_is_still_classic(&finding, NOW, INTERVAL));
	assert_int_equal(sd_finding_protocol(&finding), SD_PROTOCOL_CLASSIC);
	/* it was killed: another one does */
	assert_true(sd_finding_is_still_classic(&finding, NOW + INTERVAL - 1, INTERVAL));
	assert_false(sd_finding_is_still_classic(&finding, NOW + INTERVAL, INTERVAL));
}

static void without_an_interval_it_is_greeted_each_time(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	sd_finding_set_classic(&finding, NOW);
	assert_false(sd_finding_is_still_classic(&finding, NOW, 0));
	assert_false(sd_finding_is_still_classic(&finding, NOW, 0));
}

static void a_server_that_spoke_meta_is_not_classic_and_its_proof_is_void(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	sd_finding_prove(&finding, NOW);
	sd_finding_set_classic(&finding, NOW + INTERVAL);
	sd_finding_set_meta(&finding);
	assert_int_equal(sd_finding_protocol(&finding), SD_PROTOCOL_META);
	assert_false(sd_finding_is_still_classic(&finding, NOW, INTERVAL));
	assert_false(sd_finding_is_proven(&finding, NOW));
	sd_finding_prove(&finding, NOW + 1); /* it can prove it anew */
	assert_true(sd_finding_is_proven(&finding, NOW + 1));
	sd_finding_set_classic(&finding, NOW + INTERVAL);
	assert_true(sd_finding_is_still_classic(&finding, NOW, INTERVAL));
}

static void what_is_forgotten_is_classic_and_never_meta(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	sd_finding_forget_classic(&finding);
	assert_int_equal(sd_finding_protocol(&finding), SD_PROTOCOL_UNKNOWN);
	sd_finding_set_classic(&finding, NOW + INTERVAL);
	sd_finding_forget_classic(&finding);
	assert_int_equal(sd_finding_protocol(&finding), SD_PROTOCOL_UNKNOWN);
	assert_false(sd_finding_is_still_classic(&finding, NOW, INTERVAL));
	sd_finding_set_meta(&finding);
	sd_finding_forget_classic(&finding);
	assert_int_equal(sd_finding_protocol(&finding), SD_PROTOCOL_META);
}

static void a_proof_counts_for_a_second_from_when_it_was_asked_for(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	sd_finding_prove(&finding, NOW);
	assert_true(sd_finding_is_proven(&finding, NOW));
	assert_true(sd_finding_is_proven(&finding, NOW + SD_PROOF_AGE_MAX_MS));
	assert_false(sd_finding_is_proven(&finding, NOW + SD_PROOF_AGE_MAX_MS + 1));
}

static void of_two_proofs_the_later_counts_in_whatever_order_they_are_told(void **state)
{
	struct sd_finding finding = {0};

	(void)state;
	sd_finding_prove(&finding, NOW + 500);
	sd_finding_prove(&finding, NOW);
	assert_true(sd_finding_is_proven(&finding, NOW + 500 + SD_PROOF_AGE_MAX_MS));
	sd_finding_prove(&finding, NOW + 700);
	assert_true(sd_finding_is_proven(&finding, NOW + 700 + SD_PROOF_AGE_MAX_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(a_classic_server_is_not_greeted_until_its_time_is_over),
		cmocka_unit_test(one_worker_greets_it_again_and_the_others_wait_for_what_it_finds),
		cmocka_unit_test(without_an_interval_it_is_greeted_each_time),
		cmocka_unit_test(a_server_that_spoke_meta_is_not_classic_and_its_proof_is_void),
		cmocka_unit_test(what_is_forgotten_is_classic_and_never_meta),
		cmocka_unit_test(a_proof_counts_for_a_second_from_when_it_was_asked_for),
		cmocka_unit_test(of_two_proofs_the_later_counts_in_whatever_order_they_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
