/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Dead marks, on a clock that is an argument; and real processes that share them and are killed. */

#include "tests/unit/unit.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/net/dead_marks.h"
#include "client/net/mark_slots.h"

#define NOW 1000000
#define LEASE 2000
#define INTERVAL 5000
#define UID 1000
#define CHILDREN 8
#define WRITES 3000 /* of a reason, by each child */
/* that fill a table, and more: names share a slot if the table's secret gives them one hash */
#define NAMES_MAX (2 * SD_DEAD_MARKS_MAX)

struct world {
	struct sd_dead_marks *marks;
	struct sd_mark mark; /* of a.example */
	struct sd_mark_info info;
};

static struct world the_world;

static struct sd_server server_of(const char *host, uint16_t port)
{
	struct sd_server server = {.port = port};

	(void)snprintf(server.host, sizeof(server.host), "%s", host);
	return server;
}

static int open_world(void **state)
{
	struct sd_server server = server_of("a.example", 1042);

	the_world.marks = sd_dead_marks_new();
	assert_non_null(the_world.marks);
	assert_true(sd_dead_marks_is_shared(the_world.marks));
	assert_true(sd_dead_marks_find(the_world.marks, &server, UID, NOW, &the_world.mark));
	*state = &the_world;
	return 0;
}

static int close_world(void **state)
{
	sd_dead_marks_free(((struct world *)*state)->marks);
	return 0;
}

static bool fail_at(struct world *world, enum sd_admission admission, enum sd_evidence evidence,
                    int64_t began_ms, int64_t now_ms)
{
	const struct sd_mark_try how = {admission, began_ms, now_ms, INTERVAL};

	return sd_mark_failed(&world->mark, &how, evidence, "Connection refused");
}

static bool answer_at(struct world *world, enum sd_admission admission, int64_t now_ms,
                      int64_t *dead_ms)
{
	const struct sd_mark_try how = {admission, now_ms, now_ms, INTERVAL};

	return sd_mark_answered(&world->mark, &how, dead_ms);
}

static const struct sd_mark_info *info_of(struct world *world)
{
	sd_mark_info(&world->mark, &world->info);
	return &world->info;
}

/* {{{ the table */

/* The slot of a server, of that user. NULL: there is no room. */
static const struct sd_mark_slot *slot_of(struct world *world, const char *host, unsigned port,
                                          int64_t uid, int64_t now_ms)
{
	struct sd_server server = server_of(host, (uint16_t)port);
	struct sd_mark mark;
	bool is_found = sd_dead_marks_find(world->marks, &server, uid, now_ms, &mark);

	assert_int_equal(is_found, mark.slot != NULL);
	return mark.slot;
}

static void a_server_has_one_mark_whatever_its_case(void **state)
{
	struct world *world = *state;
	const struct sd_mark_slot *slot = world->mark.slot;

	assert_ptr_equal(slot_of(world, "A.Example", 1042, UID, NOW), slot);
	assert_ptr_not_equal(slot_of(world, "a.example", 1043, UID, NOW), slot);
	assert_ptr_not_equal(slot_of(world, "b.example", 1042, UID, NOW), slot);
}

static void paths_differ_by_case(void **state)
{
	struct world *world = *state;

	assert_ptr_not_equal(slot_of(world, "unix:/run/s", 0, UID, NOW),
	                     slot_of(world, "unix:/run/S", 0, UID, NOW));
}

static void each_user_has_a_mark_of_its_own(void **state)
{
	struct world *world = *state;
	struct sd_server server = server_of("a.example", 1042);
	struct sd_mark others;

	assert_true(sd_dead_marks_find(world->marks, &server, UID + 1, NOW, &others));
	assert_ptr_not_equal(others.slot, world->mark.slot);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_true(sd_mark_is_dead(&world->mark, NOW));
	assert_false(sd_mark_is_dead(&others, NOW));
}

/* By FNV-1a, which has no secret, this name of another user's is a.example of the first one. */
#define COLLIDING                                                                                  \
	"xs4fcyg4a3myc83hgi1lue8yj7ah3h4vtsves570wi0ujkpor5gqacgw8c72gw5a416bjipyct"                   \
	"o6dpgcfkgw235qz01xzekffcso1l145j2ie8gyf341uh46ujsn9hdo6w8dpfjri2e2erjlz9dq"                   \
	"0fqaf28q8dinfrwfhodm02a38kch5s22m98apcbej41sashe8qkbauq5q0vknpq2srzghhkqe7c9"

static void no_name_of_one_user_leads_to_another_users_slot(void **state)
{
	struct world *world = *state;

	assert_ptr_not_equal(slot_of(world, COLLIDING, 1, UID + 1, NOW), world->mark.slot);
	/* whatever two names hash to, their users differ */
	for (unsigned i = 1; i < 100; i++) {
		struct sd_server server = server_of("many.example", (uint16_t)i);
		struct sd_mark mark;

		assert_true(sd_dead_marks_find(world->marks, &server, UID + i, NOW, &mark));
		assert_int_equal(mark.owner >> SD_MARK_USER_SHIFT, UID + i);
		assert_int_equal(atomic_load(&mark.slot->owner), mark.owner);
	}
}

static void each_table_has_a_secret_of_its_own(void **state)
{
	struct world *world = *state;
	struct sd_server server = server_of("a.example", 1042);
	struct sd_dead_marks *others = sd_dead_marks_new();
	struct sd_mark mark;

	assert_non_null(others);
	assert_true(sd_dead_marks_find(others, &server, UID, NOW, &mark));
	assert_int_not_equal(mark.owner, world->mark.owner);
	sd_dead_marks_free(others);
}

/* The owner has changed since the mark was found, and the word has the same tag by chance. */
static void nothing_is_set_or_read_in_a_slot_that_is_anothers(void **state)
{
	struct world *world = *state;
	struct sd_mark stale = world->mark;
	const struct sd_mark_try how = {SD_PROBES, NOW + 1, NOW + 2, INTERVAL};
	const struct sd_mark_round round = {3, {100, 200}, 2, 0};
	const struct sd_mark_round heard = {3, {100, 200}, 2, NOW + 3};
	static struct sd_mark_slot before;
	static struct sd_mark_info nothing;
	struct sd_statistics statistics;
	int64_t dead_ms;

	for (int is_marked = 0; is_marked < 2; is_marked++) {
		sd_mark_set_clock(&world->mark, 5000000);
		sd_mark_set_greeting(&world->mark, "1.0-sharedanced", true, 7);
		sd_mark_count_round(&world->mark, &round);
		if (is_marked) {
			assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW, NOW));
		}
		memcpy(&before, world->mark.slot, sizeof(before));
		stale.owner = world->mark.owner ^ 1;
		assert_int_equal(sd_mark_tag(stale.owner), sd_mark_tag(world->mark.owner));
		sd_mark_hear(&stale, NOW + 3);
		(void)sd_mark_failed(&stale, &how, SD_EVIDENCE_SILENT, "hanged");
		(void)sd_mark_failed(&stale, &how, SD_EVIDENCE_REFUSES, "hanged");
		(void)sd_mark_answered(&stale, &how, &dead_ms);
		(void)sd_mark_admit(&stale, NOW + INTERVAL, LEASE);
		sd_mark_complain(&stale, "no server");
		sd_mark_set_clock(&stale, 1);
		sd_mark_set_greeting(&stale, "no version", false, 0);
		sd_mark_count(&stale, SD_COUNTER(misses), 1);
		sd_mark_count_round(&stale, &heard);
		assert_memory_equal(&before, world->mark.slot, sizeof(before));

		assert_int_equal(sd_mark_clock(&stale), 0);
		assert_int_equal(sd_mark_refusing_since(&stale), 0);
		assert_false(sd_mark_is_dead(&stale, NOW));
		assert_false(sd_mark_has_slot(&stale));
		sd_mark_statistics(&stale, &statistics);
		assert_int_equal(statistics.operations, 0);
		sd_mark_info(&stale, &world->info);
		assert_memory_equal(&world->info, &nothing, sizeof(nothing));
	}
}

/* Fills the table with servers of a user. */
static void fill_table(struct world *world, int64_t uid)
{
	for (unsigned i = 1; slot_of(world, "many.example", i, uid, NOW) != NULL; i++) {
		assert_in_range(i, 1, NAMES_MAX);
	}
}

static void a_full_table_says_so_and_keeps_what_is_in_use(void **state)
{
	struct world *world = *state;

	fill_table(world, UID);
	assert_null(slot_of(world, "more.example", 1, UID, NOW + SD_DEAD_MARKS_UNUSED_MS - 1));
	assert_ptr_equal(slot_of(world, "a.example", 1042, UID, NOW), world->mark.slot);
	assert_true(sd_mark_has_slot(&world->mark));
}

static void the_slot_that_was_unused_for_longest_is_given_to_another_server(void **state)
{
	struct world *world = *state;
	int64_t later_ms = NOW + SD_DEAD_MARKS_UNUSED_MS;
	int64_t dead_ms;

	fill_table(world, UID);
	(void)answer_at(world, SD_ADMITTED, NOW + 1, &dead_ms); /* all others were unused for longer */
	assert_ptr_not_equal(slot_of(world, "more.example", 1, UID, later_ms), world->mark.slot);
	assert_true(sd_mark_has_slot(&world->mark));
	for (unsigned i = 2; sd_mark_has_slot(&world->mark); i++) {
		assert_in_range(i, 2, NAMES_MAX);
		assert_non_null(slot_of(world, "more.example", i, UID, later_ms + 1));
	}
}

/* Another server's mark, in the slot of this one. */
static struct sd_mark take_slot_over(struct world *world)
{
	struct sd_mark fresh = {.slot = NULL};

	fill_table(world, UID);
	for (unsigned i = 1; fresh.slot != world->mark.slot; i++) {
		struct sd_server server = server_of("more.example", (uint16_t)i);

		assert_in_range(i, 1, NAMES_MAX);
		assert_true(sd_dead_marks_find(world->marks, &server, UID,
		                               NOW + 2 * SD_DEAD_MARKS_UNUSED_MS, &fresh));
	}
	return fresh;
}

static void a_slot_that_was_given_away_is_not_changed_for_who_had_it(void **state)
{
	struct world *world = *state;
	int64_t later_ms = NOW + 2 * SD_DEAD_MARKS_UNUSED_MS;
	struct sd_mark fresh;
	int64_t dead_ms;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	fresh = take_slot_over(world);
	assert_false(sd_mark_is_dead(&fresh, NOW)); /* it does not inherit the mark, */
	assert_int_equal(sd_mark_admit(&fresh, NOW, LEASE), SD_ADMITTED);
	assert_false(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, later_ms, later_ms));
	assert_false(sd_mark_is_dead(&fresh, later_ms)); /* nor is it marked for the other, */
	assert_false(sd_mark_is_dead(&world->mark, NOW));
	assert_false(answer_at(world, SD_ADMITTED, later_ms, &dead_ms));
	assert_int_equal(sd_mark_admit(&fresh, later_ms, LEASE), SD_ADMITTED); /* nor alive for it */
	assert_false(sd_mark_is_alive(&fresh));
}

static void what_was_found_of_one_server_is_not_anothers(void **state)
{
	struct world *world = *state;
	struct sd_finding *finding = sd_mark_finding(&world->mark);
	struct sd_identity *identity = sd_mark_identity(&world->mark);
	struct sd_mark fresh;

	sd_finding_set_classic(finding, NOW + LEASE);
	sd_finding_prove(finding, NOW);
	(void)sd_identity_take(identity, 7, NOW, NOW);
	sd_mark_set_clock(&world->mark, 5);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW, NOW));
	assert_int_equal(sd_mark_refusing_since(&world->mark), NOW);

	fresh = take_slot_over(world);
	assert_ptr_equal(sd_mark_finding(&fresh), finding);
	assert_int_equal(sd_finding_protocol(finding), SD_PROTOCOL_UNKNOWN);
	assert_false(sd_finding_is_proven(finding, NOW));
	assert_int_equal(sd_identity_id(identity), SD_NO_ID);
	assert_int_equal(sd_mark_clock(&fresh), 0);
	assert_int_equal(sd_mark_refusing_since(&fresh), 0);
}

static void what_was_counted_of_one_server_is_not_anothers(void **state)
{
	struct world *world = *state;
	const struct sd_mark_round round = {3, {100, 200}, 2, 0};
	struct sd_statistics statistics;
	struct sd_mark fresh;

	sd_mark_count_round(&world->mark, &round);
	sd_mark_count_round(&world->mark, &round);
	sd_mark_count(&world->mark, SD_COUNTER(repairs), 5);
	sd_mark_set_greeting(&world->mark, "1.0-sharedanced", true, 0);
	sd_mark_statistics(&world->mark, &statistics);
	assert_int_equal(statistics.operations, 6);
	assert_int_equal(statistics.bytes.sent, 200);
	assert_int_equal(statistics.bytes.received, 400);
	assert_int_equal(statistics.latencies[2], 2);
	assert_int_equal(statistics.repairs, 5);
	assert_string_equal(info_of(world)->version, "1.0-sharedanced");
	assert_true(info_of(world)->has_unproven);
	assert_int_equal(info_of(world)->unproven, 0);

	fresh = take_slot_over(world);
	sd_mark_count_round(&world->mark, &round); /* by who had the slot */
	sd_mark_count(&world->mark, SD_COUNTER(misses), 1);
	sd_mark_set_greeting(&world->mark, "old", false, 0);
	sd_mark_statistics(&fresh, &statistics);
	for (size_t i = 0; i < SD_COUNTERS; i++) {
		assert_int_equal(((const uint64_t *)&statistics)[i], 0);
	}
	world->mark = fresh;
	assert_string_equal(info_of(world)->version, "");
	assert_false(info_of(world)->has_unproven);
}

static void only_the_owner_of_a_slot_is_alive_by_it(void **state)
{
	struct world *world = *state;
	struct sd_mark other = world->mark;
	int64_t dead_ms;

	assert_false(sd_mark_is_alive(&world->mark));
	(void)answer_at(world, SD_ADMITTED, NOW, &dead_ms);
	assert_true(sd_mark_is_alive(&world->mark));
	other.owner ^= 1; /* with the same tag */
	assert_false(sd_mark_is_alive(&other));
	other.owner = world->mark.owner ^ (uint64_t)1 << 31; /* with another one */
	assert_false(sd_mark_is_alive(&other));
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW + 1, NOW + 1));
	assert_false(sd_mark_is_alive(&world->mark));
	/* a slot that was just taken, whose word still is the former owner's */
	atomic_store(&world->mark.slot->word, sd_mark_word_alive(sd_mark_tag(other.owner))
	                                          << SD_MARK_TAG_SHIFT);
	assert_false(sd_mark_is_alive(&world->mark));
}

static void no_user_can_use_the_table_up_for_others(void **state)
{
	struct world *world = *state;

	fill_table(world, UID);
	for (int64_t uid = UID + 1; uid < UID + 20; uid++) {
		for (unsigned i = 0; i < 4; i++) {
			assert_non_null(slot_of(world, "theirs.example", i, uid, NOW + 1));
		}
	}
	for (int64_t uid = UID + 1; uid < UID + 20; uid++) { /* and they keep them, */
		const struct sd_mark_slot *slot = slot_of(world, "theirs.example", 0, uid, NOW + 1);

		for (unsigned i = 0; i < 10; i++) {
			(void)slot_of(world, "greedy.example", i, UID, NOW + 2); /* whatever the first does */
		}
		assert_ptr_equal(slot_of(world, "theirs.example", 0, uid, NOW + 1), slot);
	}
}

/* }}} */

/* {{{ one server */

static void who_was_never_asked_is_admitted(void **state)
{
	struct world *world = *state;

	assert_int_equal(sd_mark_admit(&world->mark, NOW, LEASE), SD_ADMITTED);
	assert_int_equal(info_of(world)->state, SD_MARK_UNKNOWN);
	assert_int_equal(world->info.since_ms, 0);
	assert_string_equal(world->info.reason, "");
}

static void an_answer_makes_alive_without_a_word(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_false(answer_at(world, SD_ADMITTED, NOW, &dead_ms));
	assert_int_equal(info_of(world)->state, SD_ALIVE);
	assert_int_equal(world->info.since_ms, NOW);
}

static void one_failure_marks_and_one_caller_is_told(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW + 1));
	assert_false(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW + 2));
	assert_int_equal(info_of(world)->state, SD_SILENT);
	assert_int_equal(world->info.since_ms, NOW + 1);
	assert_int_equal(world->info.until_ms, NOW + 1 + INTERVAL);
	assert_int_equal(world->info.failures, 2);
	assert_string_equal(world->info.reason, "Connection refused");
}

static void a_failure_that_shows_nothing_marks_nobody(void **state)
{
	struct world *world = *state;

	assert_false(fail_at(world, SD_ADMITTED, SD_EVIDENCE_NONE, NOW, NOW));
	assert_false(fail_at(world, SD_ADMITTED, SD_EVIDENCE_WRONG, NOW, NOW));
	assert_int_equal(info_of(world)->state, SD_MARK_UNKNOWN);
	assert_int_equal(world->info.failures, 2);
}

static void a_dead_one_is_skipped_until_its_time_and_then_probed_by_one(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 4999, LEASE), SD_SKIPPED);
	assert_true(sd_mark_is_dead(&world->mark, NOW + 4999));
	assert_false(sd_mark_is_dead(&world->mark, NOW + 5000));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000, LEASE), SD_SKIPPED);
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000 + LEASE - 1, LEASE), SD_SKIPPED);
}

static void another_probes_where_the_first_never_came_back(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000 + LEASE, LEASE), SD_PROBES);
}

static void a_probe_that_is_answered_brings_back_to_life(void **state)
{
	struct world *world = *state;
	int64_t dead_ms = 0;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_true(answer_at(world, SD_PROBES, NOW + 5100, &dead_ms));
	assert_int_equal(dead_ms, 5100);
	assert_false(answer_at(world, SD_PROBES, NOW + 5100, &dead_ms)); /* only one caller is told */
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5100, LEASE), SD_ADMITTED_ALIVE);
	assert_int_equal(info_of(world)->state, SD_ALIVE);
}

static void a_probe_that_fails_buys_another_interval_without_a_word(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_SILENT, NOW + 5000, NOW + 6000));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 10999, LEASE), SD_SKIPPED);
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 11000, LEASE), SD_PROBES);
	assert_int_equal(info_of(world)->since_ms, NOW); /* dead all the time */
}

static void a_probe_that_shows_nothing_leaves_the_next_one_to_another_soon(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_NONE, NOW + 5000, NOW + 5001));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5100, LEASE), SD_SKIPPED);
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5101, LEASE), SD_PROBES);
}

static void one_in_a_hurry_tries_beside_the_probes_and_delays_none(void **state)
{
	struct world *world = *state;
	const struct sd_mark *mark = &world->mark;
	int64_t dead_ms;

	assert_int_equal(sd_mark_admit(mark, NOW, SD_NO_LEASE), SD_ADMITTED);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_int_equal(sd_mark_admit(mark, NOW + 4999, SD_NO_LEASE), SD_SKIPPED);
	for (int64_t at_ms = NOW + 5000; at_ms < NOW + 6000; at_ms += 100) {
		assert_int_equal(sd_mark_admit(mark, at_ms, SD_NO_LEASE), SD_HURRIES);
		assert_int_equal(sd_mark_admit(mark, at_ms, SD_NO_LEASE), SD_SKIPPED);
		assert_false(fail_at(world, SD_HURRIES, SD_EVIDENCE_NONE, at_ms, at_ms + 1));
		assert_int_equal(sd_mark_admit(mark, at_ms + 99, SD_NO_LEASE), SD_SKIPPED);
		assert_false(sd_mark_is_dead(mark, at_ms + 2)); /* it is time for a probe still, */
		assert_int_equal(info_of(world)->state, SD_SILENT);
	}
	assert_int_equal(sd_mark_admit(mark, NOW + 6000, LEASE), SD_PROBES);
	assert_int_equal(sd_mark_admit(mark, NOW + 7000, SD_NO_LEASE), SD_SKIPPED); /* which is one, */
	assert_int_equal(sd_mark_admit(mark, NOW + 8000, SD_NO_LEASE), SD_HURRIES); /* in its lease */
	/* that it refuses is a finding, whoever made it */
	assert_false(fail_at(world, SD_HURRIES, SD_EVIDENCE_REFUSES, NOW + 8000, NOW + 8001));
	assert_int_equal(info_of(world)->state, SD_REFUSING);
	assert_int_equal(world->info.until_ms, NOW + 8101);
	assert_int_equal(sd_mark_admit(mark, NOW + 8101, SD_NO_LEASE), SD_HURRIES);
	assert_false(fail_at(world, SD_HURRIES, SD_EVIDENCE_REFUSES, NOW + 8101, NOW + 8101));
	assert_int_equal(info_of(world)->until_ms, NOW + 8301);
	assert_int_equal(sd_mark_admit(mark, NOW + 8301, SD_NO_LEASE), SD_HURRIES);
	assert_true(answer_at(world, SD_HURRIES, NOW + 8302, &dead_ms));
	assert_int_equal(sd_mark_admit(mark, NOW + 8302, SD_NO_LEASE), SD_ADMITTED_ALIVE);
}

static void a_late_answer_to_what_was_asked_before_the_attempt_brings_nobody_back(void **state)
{
	struct world *world = *state;
	const struct sd_mark_try early = {SD_ADMITTED, NOW, NOW + 1100, INTERVAL};
	int64_t dead_ms;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW + 1000));
	sd_mark_hear(&world->mark, NOW);
	assert_false(sd_mark_answered(&world->mark, &early, &dead_ms));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 1100, LEASE), SD_SKIPPED);
}

static void a_round_lifts_the_mark_if_it_began_after_the_attempt_and_was_answered(void **state)
{
	struct world *world = *state;
	const struct sd_mark_round unanswered = {1, {1, 0}, 0, 0};
	const struct sd_mark_round earlier = {1, {1, 1}, 0, NOW};
	const struct sd_mark_round later = {1, {1, 1}, 0, NOW + 1};

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW + 1000));
	sd_mark_count_round(&world->mark, &unanswered);
	sd_mark_count_round(&world->mark, &earlier);
	assert_true(sd_mark_is_dead(&world->mark, NOW + 1000));
	sd_mark_count_round(&world->mark, &later);
	assert_false(sd_mark_is_dead(&world->mark, NOW + 1000));
}

static void an_answer_to_what_was_asked_after_the_attempt_began_lifts_the_mark(void **state)
{
	struct world *world = *state;
	const struct sd_mark_try how = {SD_ADMITTED_ALIVE, NOW + 1, NOW + 1100, INTERVAL};
	int64_t dead_ms = 0;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW + 1000));
	sd_mark_hear(&world->mark, NOW + 1);
	assert_false(sd_mark_is_dead(&world->mark, NOW + 1000));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 1000, LEASE), SD_ADMITTED);
	assert_int_equal(info_of(world)->state, SD_ALIVE);
	assert_true(sd_mark_answered(&world->mark, &how, &dead_ms));
	assert_int_equal(dead_ms, 100);
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 1100, LEASE), SD_ADMITTED_ALIVE);
}

static void an_answer_alone_lifts_the_mark_too(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW, NOW));
	assert_true(answer_at(world, SD_INSISTED, NOW + 20, &dead_ms));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 20, LEASE), SD_ADMITTED_ALIVE);
}

static void a_failure_sets_no_mark_if_what_was_sent_later_was_answered(void **state)
{
	struct world *world = *state;

	sd_mark_hear(&world->mark, NOW + 1);
	assert_false(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW + 1000));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 1000, LEASE), SD_ADMITTED);
	assert_int_equal(info_of(world)->failures, 1);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW + 1, NOW + 1000));
}

static void who_fails_again_after_a_lifted_mark_is_marked_and_told(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW + 1000));
	sd_mark_hear(&world->mark, NOW + 1);
	assert_true(fail_at(world, SD_PROBES, SD_EVIDENCE_SILENT, NOW + 1001, NOW + 2000));
	assert_int_equal(info_of(world)->since_ms, NOW + 2000);
	assert_int_equal(world->info.until_ms, NOW + 2000 + INTERVAL);
	assert_true(sd_mark_is_dead(&world->mark, NOW + 2000));
}

static void a_failure_of_what_began_before_it_came_back_marks_nobody(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 100, LEASE), SD_PROBES);
	assert_true(answer_at(world, SD_PROBES, NOW + 120, &dead_ms));
	assert_false(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW + 105, NOW + 130));
	assert_int_equal(info_of(world)->state, SD_ALIVE);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW + 125, NOW + 130));
}

static void an_outage_of_refusals_has_a_beginning_until_it_ends(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_int_equal(sd_mark_refusing_since(&world->mark), 0);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 100, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_REFUSES, NOW + 100, NOW + 100));
	assert_int_equal(sd_mark_refusing_since(&world->mark), NOW);
	assert_true(answer_at(world, SD_INSISTED, NOW + 200, &dead_ms));
	assert_int_equal(sd_mark_refusing_since(&world->mark), 0);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW + 300, NOW + 300));
	assert_int_equal(sd_mark_refusing_since(&world->mark), NOW + 300);
	sd_mark_hear(&world->mark, NOW + 301);
	assert_int_equal(sd_mark_refusing_since(&world->mark), 0);
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW + 400, NOW + 400));
	assert_int_equal(sd_mark_refusing_since(&world->mark), 0);
}

/* The server may have been back meanwhile: a session waits for it as in any outage. */
static void a_refusal_long_after_the_last_one_begins_another_outage(void **state)
{
	struct world *world = *state;
	int64_t known_until_ms = NOW + INTERVAL + SD_MARK_OUTAGE_MS;
	int64_t later_ms = known_until_ms + INTERVAL + SD_MARK_OUTAGE_MS + 1;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, known_until_ms, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_REFUSES, known_until_ms, known_until_ms));
	assert_int_equal(sd_mark_refusing_since(&world->mark), NOW);

	assert_int_equal(sd_mark_admit(&world->mark, later_ms, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_REFUSES, later_ms, later_ms + 2));
	assert_int_equal(sd_mark_refusing_since(&world->mark), later_ms + 2);
	assert_int_equal(info_of(world)->since_ms, NOW); /* nobody has heard of it since */
}

static void a_server_that_was_silent_first_refuses_since_its_first_refusal(void **state)
{
	struct world *world = *state;
	int64_t dead_ms;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 5000, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_REFUSES, NOW + 5000, NOW + 5010));
	assert_int_equal(sd_mark_refusing_since(&world->mark), NOW + 5010);
	assert_int_equal(info_of(world)->since_ms, NOW); /* it is dead for longer */
	assert_false(fail_at(world, SD_INSISTED, SD_EVIDENCE_SILENT, NOW + 5020, NOW + 5030));
	assert_int_equal(sd_mark_refusing_since(&world->mark), 0); /* and what it refused */
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 20000, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_REFUSES, NOW + 20000, NOW + 20010));
	assert_int_equal(sd_mark_refusing_since(&world->mark), NOW + 5010); /* was the first time */

	assert_true(answer_at(world, SD_INSISTED, NOW + 20020, &dead_ms));
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW + 20020, NOW + 20030));
	assert_int_equal(sd_mark_admit(&world->mark, NOW + 30000, LEASE), SD_PROBES);
	assert_false(fail_at(world, SD_PROBES, SD_EVIDENCE_WRONG, NOW + 30000, NOW + 30010));
	assert_int_equal(sd_mark_refusing_since(&world->mark), NOW + 30010); /* another outage */
}

static void a_server_that_is_not_marked_refuses_since_its_first_refusal_too(void **state)
{
	struct world *world = *state;
	const struct sd_mark *mark = &world->mark;
	struct sd_mark_try how = {SD_ADMITTED, NOW, NOW, 0};

	assert_false(sd_mark_failed(mark, &how, SD_EVIDENCE_SILENT, "no answer"));
	assert_int_equal(sd_mark_refusing_since(mark), 0);
	for (int64_t at_ms = NOW + 10; at_ms < NOW + 100; at_ms += 20) {
		how.began_ms = how.now_ms = at_ms;
		assert_false(sd_mark_failed(mark, &how, SD_EVIDENCE_REFUSES, "Connection refused"));
		assert_int_equal(sd_mark_refusing_since(mark), NOW + 10);
		assert_false(sd_mark_is_dead(mark, at_ms));
		assert_int_equal(sd_mark_admit(mark, at_ms, LEASE), SD_ADMITTED);
	}
	sd_mark_hear(mark, NOW + 100);
	assert_int_equal(sd_mark_refusing_since(mark), 0);
	how.began_ms = how.now_ms = NOW + 200;
	assert_false(sd_mark_failed(mark, &how, SD_EVIDENCE_REFUSES, "Connection refused"));
	assert_int_equal(sd_mark_refusing_since(mark), NOW + 200);
	/* another script has a retry interval, and marks it in the same outage */
	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW + 300, NOW + 300));
	assert_int_equal(sd_mark_refusing_since(mark), NOW + 200);
	assert_int_equal(info_of(world)->since_ms, NOW + 300);
}

static void who_is_asked_in_spite_of_a_refusal_and_is_silent_is_silent_from_then_on(void **state)
{
	struct world *world = *state;

	assert_true(fail_at(world, SD_ADMITTED, SD_EVIDENCE_REFUSES, NOW, NOW));
	assert_false(fail_at(world, SD_INSISTED, SD_EVIDENCE_REFUSES, NOW + 10, NOW + 10));
	assert_int_equal(info_of(world)->until_ms, NOW + 100); /* only probes prolong */
	assert_false(fail_at(world, SD_INSISTED, SD_EVIDENCE_SILENT, NOW + 20, NOW + 1020));
	assert_int_equal(info_of(world)->state, SD_SILENT);
	assert_int_equal(world->info.until_ms, NOW + 1020 + INTERVAL);
	assert_int_equal(world->info.since_ms, NOW);
}

static void a_complaint_marks_nobody(void **state)
{
	struct world *world = *state;

	sd_mark_complain(&world->mark, "garbage");
	assert_int_equal(info_of(world)->state, SD_MARK_UNKNOWN);
	assert_int_equal(world->info.failures, 1);
	assert_string_equal(world->info.reason, "garbage");
}

static void a_long_reason_is_cut(void **state)
{
	struct world *world = *state;
	char reason[2 * SD_DEAD_MARKS_REASON_MAX];

	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	sd_mark_complain(&world->mark, reason);
	assert_int_equal(strlen(info_of(world)->reason), SD_DEAD_MARKS_REASON_MAX - 1);
}

/* }}} */

/* {{{ processes */

/* Runs `work` in CHILDREN processes at the same time, and waits until they end. */
static void in_children(void (*work)(int number, void *context), void *context)
{
	pid_t children[CHILDREN];

	for (int i = 0; i < CHILDREN; i++) {
		children[i] = fork();
		assert_int_not_equal(children[i], -1);
		if (children[i] == 0) {
			work(i, context);
			_exit(0);
		}
	}
	for (int i = 0; i < CHILDREN; i++) {
		int status;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
}

/* Counters that all children of a test share. */
struct counts {
	struct world *world;
	atomic_uint probes;
	atomic_uint told;
	atomic_uint wrong;
	atomic_uint ready;
};

static struct counts *shared_counts(struct world *world)
{
	struct counts *counts =
		mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(counts, MAP_FAILED);
	counts->world = world;
	return counts;
}

/* All children try at each millisecond of a clock that each advances by itself. */
static void fail_and_probe(int number, void *context)
{
	struct counts *counts = context;

	atomic_fetch_add(&counts->ready, 1);
	while (atomic_load(&counts->ready) < CHILDREN) {
		usleep(100);
	}
	(void)number;
	atomic_fetch_add(&counts->told,
	                 fail_at(counts->world, SD_ADMITTED, SD_EVIDENCE_SILENT, NOW, NOW));
	for (int64_t now_ms = NOW + INTERVAL; now_ms < NOW + INTERVAL + 1000; now_ms++) {
		if (sd_mark_admit(&counts->world->mark, now_ms, 10) == SD_PROBES) {
			atomic_fetch_add(&counts->probes, 1);
		}
	}
}

static void of_many_processes_one_is_told_and_one_probes_each_time(void **state)
{
	struct counts *counts = shared_counts(*state);

	in_children(fail_and_probe, counts);
	assert_int_equal(counts->told, 1);
	/* a lease lasts 10 ms of a clock that runs at another speed in each child */
	assert_in_range(counts->probes, 1, 100);
	assert_int_equal(info_of(*state)->failures, CHILDREN);
	(void)munmap(counts, sizeof(*counts));
}

/* Changes a mark in all ways, for ever. */
static void hammer(struct world *world, int number)
{
	char reason[SD_DEAD_MARKS_REASON_MAX];
	int64_t dead_ms;

	memset(reason, 'a' + number, sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	for (int64_t now_ms = NOW;; now_ms++) {
		const struct sd_mark_try how = {sd_mark_admit(&world->mark, now_ms, 3), now_ms, now_ms, 5};

		if (how.admission != SD_SKIPPED && now_ms % 3 == 0) {
			(void)sd_mark_answered(&world->mark, &how, &dead_ms);
		} else if (how.admission != SD_SKIPPED) {
			enum sd_evidence evidence = now_ms % 2 == 0 ? SD_EVIDENCE_REFUSES : SD_EVIDENCE_SILENT;

			(void)sd_mark_failed(&world->mark, &how, evidence, reason);
		}
	}
}

/* Writes a reason of one letter again and again, and looks at what is there. */
static void complain_on(int number, void *context)
{
	struct counts *counts = context;
	char reason[SD_DEAD_MARKS_REASON_MAX];

	memset(reason, 'a' + number, sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	for (int i = 0; i < WRITES; i++) {
		struct sd_mark_info info;

		sd_mark_complain(&counts->world->mark, reason);
		sd_mark_info(&counts->world->mark, &info);
		if (strspn(info.reason, (char[]){info.reason[0], '\0'}) != strlen(info.reason)) {
			atomic_fetch_add(&counts->wrong, 1);
		}
	}
}

static void two_that_write_a_reason_at_once_never_mix_their_texts(void **state)
{
	struct counts *counts = shared_counts(*state);

	in_children(complain_on, counts);
	assert_int_equal(counts->wrong, 0);
	/* whoever wrote last, it is there */
	assert_int_equal(strlen(info_of(*state)->reason), SD_DEAD_MARKS_REASON_MAX - 1);
	(void)munmap(counts, sizeof(*counts));
}

/* Another one is in the middle of writing its own, or was killed there. */
static void a_reason_that_is_partly_anothers_is_not_shown(void **state)
{
	struct world *world = *state;
	_Atomic uint64_t *words = world->mark.slot->reason;

	sd_mark_complain(&world->mark, "a reason of several words");
	assert_string_equal(info_of(world)->reason, "a reason of several words");
	atomic_store(&words[1], atomic_load(&words[0]));
	assert_string_equal(info_of(world)->reason, "");
}

static void a_worker_killed_at_any_instruction_leaves_the_table_usable(void **state)
{
	struct world *world = *state;
	struct chance chance = {2026};
	int64_t later_ms = NOW + ((int64_t)1 << 40);

	for (int round = 0; round < 200; round++) {
		pid_t children[2];
		int status;

		for (int i = 0; i < 2; i++) {
			children[i] = fork();
			if (children[i] == 0) {
				hammer(world, i);
			}
		}
		usleep(chance_between(&chance, 0, 3000));
		for (int i = 0; i < 2; i++) {
			assert_int_equal(kill(children[i], SIGKILL), 0);
			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		}
		if (info_of(world)->state >= SD_REFUSING) {
			int64_t dead_ms;

			assert_int_equal(sd_mark_admit(&world->mark, later_ms, LEASE), SD_PROBES);
			assert_true(answer_at(world, SD_PROBES, later_ms, &dead_ms));
		}
		assert_in_range(sd_mark_admit(&world->mark, later_ms, LEASE), SD_ADMITTED,
		                SD_ADMITTED_ALIVE);
		sd_mark_complain(&world->mark, "seen");
		assert_string_equal(info_of(world)->reason, "seen");
		later_ms += 2 * LEASE;
	}
}

/* }}} */

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
	const struct CMUnitTest tests[] = {
		TEST(a_server_has_one_mark_whatever_its_case),
		TEST(paths_differ_by_case),
		TEST(each_user_has_a_mark_of_its_own),
		TEST(no_name_of_one_user_leads_to_another_users_slot),
		TEST(each_table_has_a_secret_of_its_own),
		TEST(nothing_is_set_or_read_in_a_slot_that_is_anothers),
		TEST(a_full_table_says_so_and_keeps_what_is_in_use),
		TEST(the_slot_that_was_unused_for_longest_is_given_to_another_server),
		TEST(what_was_counted_of_one_server_is_not_anothers),
		TEST(only_the_owner_of_a_slot_is_alive_by_it),
		TEST(a_slot_that_was_given_away_is_not_changed_for_who_had_it),
		TEST(what_was_found_of_one_server_is_not_anothers),
		TEST(no_user_can_use_the_table_up_for_others),
		TEST(who_was_never_asked_is_admitted),
		TEST(an_answer_makes_alive_without_a_word),
		TEST(one_failure_marks_and_one_caller_is_told),
		TEST(a_failure_that_shows_nothing_marks_nobody),
		TEST(a_dead_one_is_skipped_until_its_time_and_then_probed_by_one),
		TEST(another_probes_where_the_first_never_came_back),
		TEST(a_probe_that_is_answered_brings_back_to_life),
		TEST(a_probe_that_fails_buys_another_interval_without_a_word),
		TEST(a_probe_that_shows_nothing_leaves_the_next_one_to_another_soon),
		TEST(one_in_a_hurry_tries_beside_the_probes_and_delays_none),
		TEST(a_late_answer_to_what_was_asked_before_the_attempt_brings_nobody_back),
		TEST(an_answer_to_what_was_asked_after_the_attempt_began_lifts_the_mark),
		TEST(a_round_lifts_the_mark_if_it_began_after_the_attempt_and_was_answered),
		TEST(an_answer_alone_lifts_the_mark_too),
		TEST(a_failure_sets_no_mark_if_what_was_sent_later_was_answered),
		TEST(who_fails_again_after_a_lifted_mark_is_marked_and_told),
		TEST(a_failure_of_what_began_before_it_came_back_marks_nobody),
		TEST(an_outage_of_refusals_has_a_beginning_until_it_ends),
		TEST(a_refusal_long_after_the_last_one_begins_another_outage),
		TEST(a_server_that_was_silent_first_refuses_since_its_first_refusal),
		TEST(a_server_that_is_not_marked_refuses_since_its_first_refusal_too),
		TEST(who_is_asked_in_spite_of_a_refusal_and_is_silent_is_silent_from_then_on),
		TEST(a_complaint_marks_nobody),
		TEST(a_long_reason_is_cut),
		TEST(of_many_processes_one_is_told_and_one_probes_each_time),
		TEST(two_that_write_a_reason_at_once_never_mix_their_texts),
		TEST(a_reason_that_is_partly_anothers_is_not_shown),
		TEST(a_worker_killed_at_any_instruction_leaves_the_table_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
