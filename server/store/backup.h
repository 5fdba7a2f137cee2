/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Online backup: the store's files as of one commit of the B-tree, sent to a process that asked for
 * them, while the store serves. What the write-ahead log has at that time is flushed first, so the
 * files are whole without it. While LMDB copies, it keeps all pages of that commit, and until the
 * end the values stay that it refers to: both files grow with what is written meanwhile. So a
 * backup gives up as soon as the store needs the room.
 *
 * A thread of its own sends. The functions are called by the thread that serves, except for
 * sdd_backup_make_way() and sdd_backup_abandon(), which the flusher's thread may call, too.
 */

#ifndef SDD_BACKUP_H
#define SDD_BACKUP_H

#include <stdbool.h>
#include <stdint.h>

struct sdd_backup;
struct sdd_layers;

/* Bytes that neither a backup's reader nor its copy may take from the disk of the store. */
#define SDD_BACKUP_SPARE (128u * 1024u * 1024u)

/* Where a backup goes. `peer` is a descriptor that belongs to the backup until `end`. */
struct sdd_backup_receiver {
	int peer;
	/* Opens a descriptor that takes the content of the file `name`. The backup closes it. -1, with
	 * errno: it cannot. */
	int (*open)(int peer, const char *name);
	/* Lets a write to such a descriptor fail at once. */
	void (*cut)(int descriptor);
	/* All files were sent; or, if `failure` is not NULL, they were not. Closes `peer`. */
	void (*end)(int peer, const char *failure);
};

/* The name of each file of a backup, from number 0; NULL: there is no such number. */
const char *sdd_backup_file(unsigned number);

/* The layers are borrowed. NULL: no memory. */
struct sdd_backup *sdd_backup_new(struct sdd_layers *layers);

/* Gives up what is running or waits. NULL is allowed. */
void sdd_backup_stop(struct sdd_backup *backup);

/* The same; and no flush job runs any more. NULL is allowed. */
void sdd_backup_free(struct sdd_backup *backup);

/* Begins a backup: of all that is stored now, at least. It ends by itself, with `end`, which is
 * called here if one is running already. */
void sdd_backup_start(struct sdd_backup *backup, const struct sdd_backup_receiver *receiver);

/* Continues, once the log is flushed, and ends what was sent. To be called a few times a second if
 * sdd_backup_is_busy(). */
void sdd_backup_poll(struct sdd_backup *backup);
bool sdd_backup_is_busy(const struct sdd_backup *backup);

/* Gives up, if a backup is being sent, and frees the values that were kept for it. False: none was
 * kept. */
bool sdd_backup_give_room(struct sdd_backup *backup);

/* To be called before each transaction of the B-tree: gives up if the disk gets short. NULL is
 * allowed. */
void sdd_backup_make_way(struct sdd_backup *backup);

/* Gives up, if one is being sent, and returns when its pages are free. No transaction that writes
 * is open in this thread. False: none was. NULL is allowed. */
bool sdd_backup_abandon(struct sdd_backup *backup, const char *why);

#endif
