/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The lists, beside an array that does the same. */

#include "server/system/lists.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit/unit.h"

#define ELEMENTS 12
#define STEPS 20000

struct element {
	LIST_ENTRY(element) link;
	TAILQ_ENTRY(element) tail_link;
};

LIST_HEAD(list, element);
TAILQ_HEAD(queue, element);

static struct element elements[ELEMENTS];

/* What the list or queue should be: elements in order. */
struct model {
	struct element *in[ELEMENTS];
	size_t count;
};

static size_t place_of(const struct model *model, const struct element *element)
{
	size_t place = 0;

	while (place < model->count && model->in[place] != element) {
		place++;
	}
	return place;
}

static void model_insert(struct model *model, size_t place, struct element *element)
{
	memmove(model->in + place + 1, model->in + place,
	        (model->count - place) * sizeof(model->in[0]));
	model->in[place] = element;
	model->count++;
}

static void model_remove(struct model *model, size_t place)
{
	model->count--;
	memmove(model->in + place, model->in + place + 1,
	        (model->count - place) * sizeof(model->in[0]));
}

static void check_list(const struct list *list, const struct model *model)
{
	struct element *element;
	size_t place = 0;

	assert_int_equal(LIST_EMPTY(list), model->count == 0);
	LIST_FOREACH(element, list, link)
	{
		assert_true(place < model->count);
		assert_ptr_equal(element, model->in[place]);
		place++;
	}
	assert_int_equal(place, model->count);
}

static void check_queue(const struct queue *queue, const struct model *model)
{
	struct element *element;
	size_t place = 0;

	assert_int_equal(TAILQ_EMPTY(queue), model->count == 0);
	TAILQ_FOREACH(element, queue, tail_link)
	{
		assert_true(place < model->count);
		assert_ptr_equal(element, model->in[place]);
		assert_ptr_equal(TAILQ_PREV(element, tail_link), place > 0 ? model->in[place - 1] : NULL);
		place++;
	}
	assert_int_equal(place, model->count);
	TAILQ_FOREACH_REVERSE(element, queue, tail_link)
	{
		assert_ptr_equal(element, model->in[--place]);
	}
	assert_int_equal(place, 0);
	assert_ptr_equal(TAILQ_LAST(queue), model->count > 0 ? model->in[model->count - 1] : NULL);
}

static void a_list_is_entered_at_its_head_and_left_anywhere(void **state)
{
	struct chance chance = {1};
	struct model model = {.count = 0};
	struct list list;

	(void)state;
	LIST_INIT(&list);
	for (int step = 0; step < STEPS; step++) {
		struct element *element = &elements[chance_between(&chance, 0, ELEMENTS - 1)];
		size_t place = place_of(&model, element);

		if (place < model.count) {
			LIST_REMOVE(element, link);
			model_remove(&model, place);
		} else {
			LIST_INSERT_HEAD(&list, element, link);
			model_insert(&model, 0, element);
		}
		check_list(&list, &model);
	}
}

static void a_queue_is_entered_at_its_end_or_after_another_and_left_anywhere(void **state)
{
	struct chance chance = {2};
	struct model model = {.count = 0};
	struct queue queue;

	(void)state;
	TAILQ_INIT(&queue);
	for (int step = 0; step < STEPS; step++) {
		struct element *element = &elements[chance_between(&chance, 0, ELEMENTS - 1)];
		size_t place = place_of(&model, element);

		if (place < model.count) {
			TAILQ_REMOVE(&queue, element, tail_link);
			model_remove(&model, place);
		} else if (model.count > 0 && chance_between(&chance, 0, 1) == 1) {
			place = chance_between(&chance, 0, (uint32_t)model.count - 1);
			TAILQ_INSERT_AFTER(&queue, model.in[place], element, tail_link);
			model_insert(&model, place + 1, element);
		} else {
			TAILQ_INSERT_TAIL(&queue, element, tail_link);
			model_insert(&model, model.count, element);
		}
		check_queue(&queue, &model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_entered_at_its_head_and_left_anywhere),
		cmocka_unit_test(a_queue_is_entered_at_its_end_or_after_another_and_left_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
