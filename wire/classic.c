/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* The classic protocol's bytes; see classic.h. */

#include "wire/classic.h"

#include <stdbool.h>
#include <string.h>

static bool key_byte_is_legal(uint8_t byte)
{
	return byte >= 0x20 && byte <= 0x7e && byte != '.' && byte != '/';
}

enum sd_status sd_classic_check_key(const void *key, size_t key_length, size_t *bad_offset)
{
	const uint8_t *bytes = key;

	*bad_offset = key_length;
	if (key_length == 0 || key_length > SD_CLASSIC_KEY_MAX) {
		return SD_BAD_KEY;
	}
	for (size_t i = 0; i < key_length; i++) {
		if (!key_byte_is_legal(bytes[i])) {
			*bad_offset = i;
			return SD_BAD_KEY;
		}
	}
	return SD_OK;
}

static void write_u32(uint8_t *out, uint32_t value)
{
	out[0] = (uint8_t)(value >> 24);
	out[1] = (uint8_t)(value >> 16);
	out[2] = (uint8_t)(value >> 8);
	out[3] = (uint8_t)value;
}

static uint32_t read_u32(const uint8_t *in)
{
	return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

size_t sd_classic_write_header(uint8_t *out, enum sd_classic_command command, uint32_t key_length,
                               uint32_t data_length)
{
	out[0] = (uint8_t)command;
	write_u32(out + 1, key_length);
	if (command != SD_CLASSIC_STORE) {
		return 5;
	}
	write_u32(out + 5, data_length);
	return 9;
}

enum sd_classic_parse sd_classic_read_header(const uint8_t *bytes, size_t length,
                                             struct sd_classic_header *header)
{
	if (length == 0) {
		return SD_CLASSIC_INCOMPLETE;
	}
	switch (bytes[0]) {
	case SD_CLASSIC_STORE:
		header->length = 9;
		break;
	case SD_CLASSIC_FETCH:
	case SD_CLASSIC_DELETE:
		header->length = 5;
		break;
	default:
		return SD_CLASSIC_UNKNOWN;
	}
	if (length < header->length) {
		return SD_CLASSIC_INCOMPLETE;
	}
	header->command = (enum sd_classic_command)bytes[0];
	header->key_length = read_u32(bytes + 1);
	header->data_length = header->command == SD_CLASSIC_STORE ? read_u32(bytes + 5) : 0;
	return SD_CLASSIC_COMPLETE;
}

uint64_t sd_classic_request_length(const struct sd_classic_header *header)
{
	return (uint64_t)header->length + header->key_length + header->data_length;
}

enum sd_status sd_classic_read_reply(enum sd_classic_command command, const void *answer,
                                     size_t length)
{
	if (length == 0) {
		return command == SD_CLASSIC_STORE ? SD_REFUSED : SD_ABSENT;
	}
	if (command == SD_CLASSIC_FETCH) {
		return SD_OK;
	}
	if (length > SD_CLASSIC_OK_LENGTH || memcmp(answer, SD_CLASSIC_OK, length) != 0) {
		return SD_BAD_ANSWER;
	}
	return length == SD_CLASSIC_OK_LENGTH ? SD_OK : SD_CLOSED;
}
