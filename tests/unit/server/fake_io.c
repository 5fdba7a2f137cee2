/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/* Files in memory; see fake_io.h. */

#include "tests/unit/server/fake_io.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "server/store/io.h"
#include "tests/unit/server/fake_faults.h"
#include "tests/unit/unit.h"

#define FILES_MAX 64
#define DESCRIPTORS_MAX 64
#define DESCRIPTOR_BASE 1000 /* no number of a real descriptor */
#define DIRECTORY (-2)       /* the file that a descriptor of the directory has */
#define NONE (-1)
#define PAGE 4096
#define PAGES_MAX 1024 /* of a file */

struct bytes {
	uint8_t *data;
	size_t size;
	size_t capacity;
};

struct file {
	struct bytes now;
	struct bytes synced;
	bool dirty[PAGES_MAX];    /* pages that differ from what is synced, or may */
	bool stranded[PAGES_MAX]; /* pages that a sync failed for, and that no later one brings to disk
	                           */
};

struct name {
	char text[64]; /* empty: the place is free */
	int file;
};

static struct file files[FILES_MAX];
static int file_count;
static struct name names[FILES_MAX];
static struct name synced_names[FILES_MAX];
static int descriptors[DESCRIPTORS_MAX];                  /* files; NONE: it is closed */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* of all of these */

/* {{{ files */

static void resize(struct bytes *bytes, size_t size)
{
	if (size >= bytes->capacity) {
		bytes->capacity = 2 * size + PAGE;
		bytes->data = realloc(bytes->data, bytes->capacity);
	}
	if (bytes->data == NULL) {
		abort();
	}
	if (size > bytes->size) {
		memset(bytes->data + bytes->size, 0, size - bytes->size);
	}
	bytes->size = size;
}

static struct name *find(const char *text)
{
	for (int i = 0; i < FILES_MAX; i++) {
		if (strcmp(names[i].text, text) == 0) {
			return &names[i];
		}
	}
	return NULL;
}

static int add_file(void)
{
	if (file_count == FILES_MAX) {
		abort();
	}
	return file_count++;
}

static void add_name(const char *text, int file)
{
	struct name *name = find("");

	if (name == NULL || strlen(text) >= sizeof(name->text)) {
		abort();
	}
	memcpy(name->text, text, strlen(text) + 1);
	name->file = file;
}

static void mark_dirty(struct file *file, size_t from, size_t to)
{
	if (to > (size_t)PAGES_MAX * PAGE) {
		abort();
	}
	for (size_t page = from / PAGE; page * PAGE < to; page++) {
		file->dirty[page] = true;
	}
}

/* A page of a file comes to disk. */
static void sync_page(struct file *file, size_t page)
{
	size_t from = page * PAGE;
	size_t left = from < file->now.size ? file->now.size - from : 0;

	if (left > 0 && file->synced.size < file->now.size) {
		resize(&file->synced, file->now.size);
	}
	if (left > 0) {
		memcpy(file->synced.data + from, file->now.data + from, left < PAGE ? left : PAGE);
	}
	file->dirty[page] = false;
}

static int add_descriptor(int file)
{
	for (int i = 0; i < DESCRIPTORS_MAX; i++) {
		if (descriptors[i] == NONE) {
			descriptors[i] = file;
			return DESCRIPTOR_BASE + i;
		}
	}
	abort();
}

/* NULL: it is none of an open file. */
static struct file *file_of(int descriptor)
{
	int number = descriptor - DESCRIPTOR_BASE;

	if (number < 0 || number >= DESCRIPTORS_MAX || descriptors[number] < 0) {
		errno = EBADF;
		return NULL;
	}
	return &files[descriptors[number]];
}

static void close_all(void)
{
	for (int i = 0; i < DESCRIPTORS_MAX; i++) {
		descriptors[i] = NONE;
	}
}

int fake_io_open_descriptors(void)
{
	int count = 0;

	for (int i = 0; i < DESCRIPTORS_MAX; i++) {
		count += descriptors[i] != NONE;
	}
	return count;
}

void fake_io_reset(void)
{
	for (int i = 0; i < file_count; i++) {
		free(files[i].now.data);
		free(files[i].synced.data);
		memset(&files[i], 0, sizeof(files[i]));
	}
	memset(names, 0, sizeof(names));
	memset(synced_names, 0, sizeof(synced_names));
	file_count = 0;
	close_all();
	fake_faults_clear();
}

void fake_io_cut_power(struct chance *chance)
{
	for (int i = 0; i < file_count; i++) {
		for (size_t page = 0; chance != NULL && page < PAGES_MAX; page++) {
			if (files[i].dirty[page] && chance_between(chance, 0, 1) == 0) {
				sync_page(&files[i], page);
			}
		}
		resize(&files[i].now, files[i].synced.size);
		if (files[i].now.size > 0) {
			memcpy(files[i].now.data, files[i].synced.data, files[i].now.size);
		}
		memset(files[i].dirty, 0, sizeof(files[i].dirty));
		memset(files[i].stranded, 0, sizeof(files[i].stranded));
	}
	memcpy(names, synced_names, sizeof(names));
	close_all();
}

uint8_t *fake_io_content(const char *text, size_t *size)
{
	const struct name *name = find(text);

	*size = name != NULL ? files[name->file].now.size : 0;
	return name != NULL ? files[name->file].now.data : NULL;
}

/* }}} */

/* {{{ the calls of io.h, under the mutex */

static int open_directory(void)
{
	return fake_faults_step() ? -1 : add_descriptor(DIRECTORY);
}

static int open_file(const char *text, int flags)
{
	const struct name *name;
	int file;

	if (fake_faults_step()) {
		return -1;
	}
	name = find(text);
	if (name == NULL && !(flags & O_CREAT)) {
		errno = ENOENT;
		return -1;
	}
	if (name != NULL) {
		return add_descriptor(name->file);
	}
	file = add_file();
	if (!fake_faults_have_stopped()) { /* what a dead process makes has no name */
		add_name(text, file);
	}
	return add_descriptor(file);
}

static int unlink_file(const char *text)
{
	struct name *name;

	if (fake_faults_step()) {
		return -1;
	}
	name = find(text);
	if (name == NULL) {
		errno = ENOENT;
		return -1;
	}
	if (!fake_faults_have_stopped()) {
		memset(name, 0, sizeof(*name));
	}
	return 0;
}

static int rename_file(const char *from, const char *to)
{
	struct name *old;
	struct name *new;

	if (fake_faults_step()) {
		return -1;
	}
	old = find(from);
	if (old == NULL) {
		errno = ENOENT;
		return -1;
	}
	if (fake_faults_have_stopped()) {
		return 0;
	}
	new = find(to);
	if (new == NULL) {
		memcpy(old->text, to, strlen(to) + 1);
	} else {
		new->file = old->file;
		memset(old, 0, sizeof(*old));
	}
	return 0;
}

/* The file of a call that does not fail. NULL, with errno: the call fails. */
static struct file *begin_call(int descriptor)
{
	return fake_faults_step() ? NULL : file_of(descriptor);
}

static ssize_t read_bytes(int descriptor, void *bytes, size_t length, off_t offset)
{
	const struct file *file = begin_call(descriptor);
	size_t left;

	if (file == NULL) {
		return -1;
	}
	left = (size_t)offset < file->now.size ? file->now.size - (size_t)offset : 0;
	length = fake_faults_shortened(length < left ? length : left);
	if (length > 0) {
		memcpy(bytes, file->now.data + offset, length);
	}
	return (ssize_t)length;
}

static ssize_t write_bytes(int descriptor, const void *bytes, size_t length, off_t offset)
{
	struct file *file = begin_call(descriptor);

	if (file == NULL) {
		return -1;
	}
	length = fake_faults_shortened(length);
	if (!fake_faults_have_stopped() && length > 0) {
		if ((size_t)offset + length > file->now.size) {
			resize(&file->now, (size_t)offset + length);
		}
		memcpy(file->now.data + offset, bytes, length);
		mark_dirty(file, (size_t)offset, (size_t)offset + length);
	}
	return (ssize_t)length;
}

static int describe(int descriptor, struct stat *found)
{
	const struct file *file = begin_call(descriptor);

	if (file == NULL) {
		return -1;
	}
	memset(found, 0, sizeof(*found));
	found->st_mode = S_IFREG | 0600;
	found->st_size = (off_t)file->now.size;
	return 0;
}

static int set_size(int descriptor, off_t length, bool may_shrink)
{
	struct file *file = begin_call(descriptor);

	if (file == NULL) {
		return -1;
	}
	if (!fake_faults_have_stopped() && (may_shrink || (size_t)length > file->now.size)) {
		resize(&file->now, (size_t)length);
	}
	return 0;
}

static int punch(int descriptor, off_t offset, off_t length)
{
	struct file *file = begin_call(descriptor);
	size_t from = (size_t)offset;
	size_t to = from + (size_t)length;

	if (file == NULL) {
		return -1;
	}
	to = to < file->now.size ? to : file->now.size;
	if (!fake_faults_have_stopped() && from < to) {
		memset(file->now.data + from, 0, to - from);
		mark_dirty(file, from, to);
		memset(file->stranded + from / PAGE, 0, (to - from) / PAGE * sizeof(bool));
	}
	return 0;
}

static int sync_file(int descriptor)
{
	bool fails = fake_faults_step();
	int error = errno;
	struct file *file = file_of(descriptor);

	if (file == NULL) {
		return -1;
	}
	for (size_t page = 0; !fake_faults_have_stopped() && page < PAGES_MAX; page++) {
		if (file->dirty[page] && fails) {
			file->stranded[page] = true;
		} else if (file->dirty[page] && !file->stranded[page]) {
			sync_page(file, page);
		}
		file->dirty[page] = false; /* after a failure, too: the system forgets it */
	}
	if (!fake_faults_have_stopped() && !fails) {
		resize(&file->synced, file->now.size);
	}
	errno = error;
	return fails ? -1 : 0;
}

static int sync_directory(void)
{
	if (fake_faults_step()) {
		return -1;
	}
	if (!fake_faults_have_stopped()) {
		memcpy(synced_names, names, sizeof(names));
	}
	return 0;
}

static bool is_directory(int descriptor)
{
	int number = descriptor - DESCRIPTOR_BASE;

	return number >= 0 && number < DESCRIPTORS_MAX && descriptors[number] == DIRECTORY;
}

static int close_descriptor(int descriptor)
{
	int number = descriptor - DESCRIPTOR_BASE;
	bool failed = fake_faults_step();

	if (number < 0 || number >= DESCRIPTORS_MAX || descriptors[number] == NONE) {
		errno = EBADF;
		return -1;
	}
	descriptors[number] = NONE;
	return failed ? -1 : 0;
}

/* }}} */

/* {{{ the calls of io.h */

#define UNDER_THE_MUTEX(type, call)                                                                \
	type result;                                                                                   \
	(void)pthread_mutex_lock(&mutex);                                                              \
	result = (call);                                                                               \
	(void)pthread_mutex_unlock(&mutex);                                                            \
	return result

int sdd_io_open_directory(const char *path)
{
	(void)path;
	UNDER_THE_MUTEX(int, open_directory());
}

int sdd_io_openat(int directory, const char *text, int flags, mode_t mode)
{
	(void)directory;
	(void)mode;
	UNDER_THE_MUTEX(int, open_file(text, flags));
}

int sdd_io_open(const char *path, int flags, mode_t mode)
{
	const char *slash = strrchr(path, '/');

	return sdd_io_openat(0, slash != NULL ? slash + 1 : path, flags, mode);
}

int sdd_io_mkdir(const char *path, mode_t mode)
{
	(void)path;
	(void)mode;
	return fake_faults_step() ? -1 : 0;
}

int sdd_io_fstatat(int directory, const char *text, struct stat *found)
{
	const struct name *name;

	(void)directory;
	if (fake_faults_step()) {
		return -1;
	}
	name = find(text);
	if (name == NULL) {
		errno = ENOENT;
		return -1;
	}
	memset(found, 0, sizeof(*found));
	found->st_mode = S_IFREG | 0600;
	found->st_nlink = 1;
	found->st_size = (off_t)files[name->file].now.size;
	return 0;
}

int sdd_io_fchmodat(int directory, const char *text, mode_t mode)
{
	(void)directory;
	(void)text;
	(void)mode;
	return fake_faults_step() ? -1 : 0;
}

int sdd_io_list(int directory, bool (*each)(void *context, const char *name), void *context)
{
	(void)directory;
	if (fake_faults_step()) {
		return -1;
	}
	for (int i = 0; i < FILES_MAX; i++) {
		if (names[i].text[0] != '\0' && !each(context, names[i].text)) {
			break;
		}
	}
	return 0;
}

int sdd_io_unlinkat(int directory, const char *text)
{
	(void)directory;
	UNDER_THE_MUTEX(int, unlink_file(text));
}

int sdd_io_renameat(int directory, const char *from, const char *to)
{
	(void)directory;
	UNDER_THE_MUTEX(int, rename_file(from, to));
}

ssize_t sdd_io_pread(int descriptor, void *bytes, size_t length, off_t offset)
{
	UNDER_THE_MUTEX(ssize_t, read_bytes(descriptor, bytes, length, offset));
}

/* What goes elsewhere is not kept. */
ssize_t sdd_io_write(int descriptor, const void *bytes, size_t length)
{
	(void)descriptor;
	(void)bytes;
	return fake_faults_step() ? -1 : (ssize_t)length;
}

ssize_t sdd_io_pwrite(int descriptor, const void *bytes, size_t length, off_t offset)
{
	UNDER_THE_MUTEX(ssize_t, write_bytes(descriptor, bytes, length, offset));
}

bool sdd_io_is_in_memory(int descriptor)
{
	(void)descriptor;
	return false;
}

int sdd_io_fstat(int descriptor, struct stat *found)
{
	UNDER_THE_MUTEX(int, describe(descriptor, found));
}

int sdd_io_ftruncate(int descriptor, off_t length)
{
	UNDER_THE_MUTEX(int, set_size(descriptor, length, /* may_shrink */ true));
}

int sdd_io_allocate(int descriptor, off_t length)
{
	UNDER_THE_MUTEX(int, set_size(descriptor, length, /* may_shrink */ false) == 0 ? 0 : errno);
}

int sdd_io_punch(int descriptor, off_t offset, off_t length)
{
	UNDER_THE_MUTEX(int, punch(descriptor, offset, length));
}

int sdd_io_fdatasync(int descriptor)
{
	UNDER_THE_MUTEX(int, sync_file(descriptor));
}

int sdd_io_fsync(int descriptor)
{
	UNDER_THE_MUTEX(int, is_directory(descriptor) ? sync_directory() : sync_file(descriptor));
}

/* Nobody depends on it: it is no step. */
void sdd_io_start_writing(int descriptor)
{
	(void)descriptor;
}

static void forget(int descriptor, off_t offset, off_t length)
{
	struct file *file = file_of(descriptor);
	size_t end = length == 0 ? PAGES_MAX : (size_t)(offset + length + PAGE - 1) / PAGE;

	for (size_t page = (size_t)offset / PAGE; file != NULL && page < end; page++) {
		file->stranded[page] = file->stranded[page] && file->dirty[page];
	}
}

/* No step: nobody learns whether it fails. */
void sdd_io_forget(int descriptor, off_t offset, off_t length)
{
	(void)pthread_mutex_lock(&mutex);
	forget(descriptor, offset, length);
	(void)pthread_mutex_unlock(&mutex);
}

int sdd_io_lock(int descriptor)
{
	(void)descriptor;
	return fake_faults_step() ? -1 : 0;
}

int sdd_io_close(int descriptor)
{
	UNDER_THE_MUTEX(int, close_descriptor(descriptor));
}

/* }}} */
