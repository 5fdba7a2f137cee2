/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Cuts the power of a mounted ext4: nothing reaches its disk any more, not even what is in its
 * journal's memory. The argument is the directory at which it is mounted. */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define SHUTDOWN _IOR('X', 125, uint32_t) /* EXT4_IOC_SHUTDOWN */
#define WITHOUT_FLUSHING_THE_LOG 2

int main(int count, char **arguments)
{
	uint32_t how = WITHOUT_FLUSHING_THE_LOG;
	int descriptor = count == 2 ? open(arguments[1], O_RDONLY | O_DIRECTORY) : -1;

	if (descriptor == -1 || ioctl(descriptor, SHUTDOWN, &how) != 0) {
		perror("power-cut");
		return 1;
	}
	return 0;
}
