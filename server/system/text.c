/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Text that grows; see text.h. */

#include "server/system/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAPACITY 4096

/* Makes room for `more` bytes and a terminator, which printf() writes. */
static bool make_room(struct sdd_text *text, size_t more)
{
	size_t capacity = text->capacity == 0 ? FIRST_CAPACITY : text->capacity;
	char *bytes;

	if (text->is_cut || text->length + more > text->most) {
		text->is_cut = true;
		return false;
	}
	while (capacity < text->length + more + 1) {
		capacity *= 2;
	}
	if (capacity == text->capacity) {
		return true;
	}
	bytes = realloc(text->bytes, capacity);
	if (bytes == NULL) {
		text->is_cut = true;
		return false;
	}
	text->bytes = bytes;
	text->capacity = capacity;
	return true;
}

void sdd_text_add(struct sdd_text *text, const char *format, ...)
{
	va_list arguments;
	va_list again;
	size_t room = text->capacity - text->length;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	/* mostly it fits into the room that there is */
	length = vsnprintf(room == 0 ? NULL : text->bytes + text->length, room, format, arguments);
	if (length < 0 || !make_room(text, (size_t)length)) {
		text->is_cut = true;
	} else {
		if ((size_t)length >= room) {
			(void)vsnprintf(text->bytes + text->length, (size_t)length + 1, format, again);
		}
		text->length += (size_t)length;
	}
	va_end(again);
	va_end(arguments);
}

void sdd_text_add_html(struct sdd_text *text, const char *plain)
{
	for (; *plain != '\0'; plain++) {
		switch (*plain) {
		case '&':
			sdd_text_add(text, "&amp;");
			break;
		case '<':
			sdd_text_add(text, "&lt;");
			break;
		case '"':
			sdd_text_add(text, "&quot;");
			break;
		default:
			/* what is no printable ASCII may be no UTF-8 either */
			sdd_text_add(text, "%c", *plain >= ' ' && *plain <= '~' ? *plain : '?');
		}
	}
}

void sdd_text_free(struct sdd_text *text)
{
	free(text->bytes);
	*text = (struct sdd_text){.most = text->most};
}
