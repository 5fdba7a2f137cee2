/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Whole reads and writes, and what an error means; see io.h. They are apart from io.c, so that a
 * double of that is under them. */

#include "server/store/io.h"

#include <errno.h>
#include <stdint.h>

bool sdd_io_write_all(int descriptor, const void *bytes, size_t length, off_t offset)
{
	const uint8_t *at = bytes;

	while (length > 0) {
		ssize_t done = sdd_io_pwrite(descriptor, at, length, offset);

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done <= 0) {
			errno = done == 0 ? ENOSPC : errno;
			return false;
		}
		at += done;
		offset += done;
		length -= (size_t)done;
	}
	return true;
}

bool sdd_io_send_all(int descriptor, const void *bytes, size_t length)
{
	const uint8_t *at = bytes;

	while (length > 0) {
		ssize_t done = sdd_io_write(descriptor, at, length);

		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done <= 0) {
			errno = done == 0 ? EIO : errno;
			return false;
		}
		at += done;
		length -= (size_t)done;
	}
	return true;
}

size_t sdd_io_read_all(int descriptor, void *bytes, size_t length, off_t offset)
{
	size_t got = 0;

	errno = 0;
	while (got < length) {
		ssize_t done =
			sdd_io_pread(descriptor, (uint8_t *)bytes + got, length - got, offset + (off_t)got);

		if (done < 0 && errno == EINTR) {
			errno = 0;
			continue;
		}
		if (done <= 0) {
			break;
		}
		got += (size_t)done;
	}
	return got;
}

bool sdd_io_is_unwritable(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EROFS || error == EPERM ||
	       error == EACCES;
}
