/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * Which servers the nodes of a thread are, by the ids that they greet with. Two names may lead to
 * one server, two servers may have copies of one directory, and a name may lead to another server
 * than before. All of it is found out when a connection is greeted. At the beginning of a round a
 * kept one only compares the name's id with the one that the node knows (`seen_id`).
 *
 * The random number of a start tells names of one server from servers with copies of one
 * directory. A restart changes it, too. So servers of one id count as two until both have been
 * greeted after the restart, and a copy is reported only if two starts were seen to run at one
 * time.
 */

#ifndef SD_TWINS_H
#define SD_TWINS_H

#include "client/net/nodes.h"

/* For how long a greeting says that two names are one server. */
#define SD_TWINS_GREETED_US 5000000

/* A node's connection was greeted just now. Returns whether any name is odd: two of the thread's
 * names have one id, or two servers stand behind this one. */
bool sd_twins_greeted(struct sd_nodes *nodes, struct sd_node *node, int64_t now_us);

/* The name's id is not the one that the node knows. Any worker found another server behind it: then
 * the kept connections that lead to the one before are closed, and locks on them are lost. Or the
 * greeting is too old to tell, or does not fit to another node's: then `used` is, the one that this
 * round uses (NULL: a new one). So it is greeted again, unless a lock is held on it. Returns
 * whether the name is odd. */
bool sd_twins_review(struct sd_node *node, struct sd_connection *used, int64_t now_us);

/* Whether both names lead to one server. SD_GREET_AGAIN: both are reviewed in their next round. */
enum sd_sameness sd_twins_compare(struct sd_node *first, struct sd_node *second, int64_t now_us);

/* Whether two servers stand behind the node's name, or its connection leads to one that was
 * replaced there. */
bool sd_twins_is_ambiguous(const struct sd_node *node, int64_t now_us);

/* Logs what was found since, unless a worker has. */
void sd_twins_report(struct sd_nodes *nodes, sd_node_log *log);

#endif
