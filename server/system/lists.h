/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Linked lists through fields of their elements, with the names that BSD's <sys/queue.h> made
 * known: musl has no such header. A LIST is entered at its head; a TAILQ has a tail as well, and is
 * walked both ways. Nothing is allocated. An element that is removed keeps its stale links.
 */

#ifndef SDD_LISTS_H
#define SDD_LISTS_H

#include <stddef.h>

/* {{{ LIST: `from` is the pointer that leads to the element, so that removing needs no head */

#define LIST_HEAD(name, type)                                                                      \
	struct name {                                                                                  \
		struct type *first;                                                                        \
	}
#define LIST_ENTRY(type)                                                                           \
	struct {                                                                                       \
		struct type *next;                                                                         \
		struct type **from;                                                                        \
	}

#define LIST_FIRST(head) ((head)->first)
#define LIST_EMPTY(head) ((head)->first == NULL)
#define LIST_INIT(head) ((void)((head)->first = NULL))
#define LIST_FOREACH(element, head, field)                                                         \
	for ((element) = (head)->first; (element) != NULL; (element) = (element)->field.next)

#define LIST_INSERT_HEAD(head, element, field)                                                     \
	do {                                                                                           \
		(element)->field.next = (head)->first;                                                     \
		(element)->field.from = &(head)->first;                                                    \
		if ((head)->first != NULL) {                                                               \
			(head)->first->field.from = &(element)->field.next;                                    \
		}                                                                                          \
		(head)->first = (element);                                                                 \
	} while (0)

#define LIST_REMOVE(element, field)                                                                \
	do {                                                                                           \
		*(element)->field.from = (element)->field.next;                                            \
		if ((element)->field.next != NULL) {                                                       \
			(element)->field.next->field.from = (element)->field.from;                             \
		}                                                                                          \
	} while (0)

/* }}} */

/* {{{ TAILQ */

#define TAILQ_HEAD(name, type)                                                                     \
	struct name {                                                                                  \
		struct type *first;                                                                        \
		struct type *last;                                                                         \
	}
#define TAILQ_ENTRY(type)                                                                          \
	struct {                                                                                       \
		struct type *next;                                                                         \
		struct type *previous;                                                                     \
	}

#define TAILQ_FIRST(head) ((head)->first)
#define TAILQ_LAST(head) ((head)->last)
#define TAILQ_NEXT(element, field) ((element)->field.next)
#define TAILQ_PREV(element, field) ((element)->field.previous)
#define TAILQ_EMPTY(head) ((head)->first == NULL)
#define TAILQ_INIT(head) ((void)((head)->first = (head)->last = NULL))
#define TAILQ_FOREACH(element, head, field)                                                        \
	for ((element) = (head)->first; (element) != NULL; (element) = (element)->field.next)
#define TAILQ_FOREACH_REVERSE(element, head, field)                                                \
	for ((element) = (head)->last; (element) != NULL; (element) = (element)->field.previous)

#define TAILQ_INSERT_TAIL(head, element, field)                                                    \
	do {                                                                                           \
		(element)->field.next = NULL;                                                              \
		(element)->field.previous = (head)->last;                                                  \
		if ((head)->last != NULL) {                                                                \
			(head)->last->field.next = (element);                                                  \
		} else {                                                                                   \
			(head)->first = (element);                                                             \
		}                                                                                          \
		(head)->last = (element);                                                                  \
	} while (0)

#define TAILQ_INSERT_AFTER(head, other, element, field)                                            \
	do {                                                                                           \
		(element)->field.next = (other)->field.next;                                               \
		(element)->field.previous = (other);                                                       \
		if ((other)->field.next != NULL) {                                                         \
			(other)->field.next->field.previous = (element);                                       \
		} else {                                                                                   \
			(head)->last = (element);                                                              \
		}                                                                                          \
		(other)->field.next = (element);                                                           \
	} while (0)

#define TAILQ_REMOVE(head, element, field)                                                         \
	do {                                                                                           \
		if ((element)->field.previous != NULL) {                                                   \
			(element)->field.previous->field.next = (element)->field.next;                         \
		} else {                                                                                   \
			(head)->first = (element)->field.next;                                                 \
		}                                                                                          \
		if ((element)->field.next != NULL) {                                                       \
			(element)->field.next->field.previous = (element)->field.previous;                     \
		} else {                                                                                   \
			(head)->last = (element)->field.previous;                                              \
		}                                                                                          \
	} while (0)

/* }}} */

#endif
