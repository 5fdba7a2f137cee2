/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * session.save_handler = sharedance. Each call of PHP's session module is handed to
 * php/session_calls.c.
 *
 * A thread keeps the servers of a save_path from one request to the next, until
 * the save_path changes. It keeps nothing of a session.
 */

#include "session_handler.h"

#include "php_sharedance.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "ext/session/php_session.h"

#include "client/client.h"
#include "client/net/network.h"
#include "client/pool/server.h"
#include "client/pool/server_list.h"
#include "php/error.h"
#include "php/runtime.h"
#include "php/session_calls.h"

/* What a thread has of the handler. */
struct php_sharedance_save_handler {
	char *save_path; /* NULL: `client` has no servers */
	size_t save_path_length;
	bool redundancy; /* the setting, even if the servers do not allow it */
	struct sd_client *client;
	struct sd_server *servers;
	struct php_sharedance_open_session open;
};

/* {{{ the servers of a save_path */

static void free_servers(struct php_sharedance_save_handler *handler)
{
	sd_client_free(handler->client);
	free(handler->servers);
	free(handler->save_path);
	handler->client = NULL;
	handler->servers = NULL;
	handler->save_path = NULL;
}

/* The same in a request, in which a call about another id may have been left by longjmp. Its
 * session relies on them. */
static void forget_servers(struct php_sharedance_save_handler *handler)
{
	if (handler->client != NULL) {
		php_sharedance_open_session_abandon_all(handler->client);
	}
	free_servers(handler);
}

/* Two copies need more servers than the largest weight. */
static bool can_be_redundant(const struct sd_server *servers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (servers[i].weight >= count) {
			return false;
		}
	}
	return count > 1;
}

/* Logs once per process why sessions are on one server each. */
static void report_missing_redundancy(size_t count)
{
	static atomic_flag reported = ATOMIC_FLAG_INIT; /* of all threads */

	if (count > 1 && !atomic_flag_test_and_set(&reported)) {
		php_sharedance_log("sessions are on one server each: two copies need more servers than the "
		                   "largest weight in session.save_path (sharedance.session.redundancy)");
	}
}

/* Reads the servers of a list that was checked into handler->servers. Returns their number; 0: no
 * memory. */
static size_t read_servers(struct php_sharedance_save_handler *handler, struct sd_bytes save_path)
{
	struct sd_server_list list = {.text = save_path.data, .length = save_path.length};
	struct sd_server server;
	struct sd_error error;
	double timeout;
	size_t count = 0;

	while (sd_server_list_next(&list, &server, &timeout, &error) == SD_OK) {
		struct sd_server *longer = realloc(handler->servers, (count + 1) * sizeof(server));

		if (longer == NULL) {
			return 0;
		}
		handler->servers = longer;
		longer[count++] = server;
	}
	return count;
}

static enum sd_status add_servers(struct php_sharedance_save_handler *handler, size_t count,
                                  struct sd_error *error)
{
	bool redundancy = handler->redundancy && can_be_redundant(handler->servers, count);

	if (handler->redundancy && !redundancy) {
		report_missing_redundancy(count);
	}
	handler->client = sd_client_new(sd_network_transport(php_sharedance_network()),
	                                &SHAREDANCE_G(options), redundancy);
	if (handler->client == NULL || count == 0) {
		return sd_error_set(error, SD_NO_MEMORY, "%s", sd_status_sentence(SD_NO_MEMORY));
	}
	for (size_t i = 0; i < count; i++) {
		enum sd_status status = sd_client_add_server(handler->client, &handler->servers[i], error);

		if (status != SD_OK) {
			return status;
		}
	}
	return SD_OK;
}

/* Whether the handler has the servers of that save_path already. */
static bool has_servers_of(const struct php_sharedance_save_handler *handler,
                           struct sd_bytes save_path)
{
	return handler->save_path != NULL && handler->redundancy == SHAREDANCE_G(session).redundancy &&
	       handler->save_path_length == save_path.length &&
	       memcmp(handler->save_path, save_path.data, save_path.length) == 0;
}

/* Makes the servers of the save_path those of the handler, whose session is closed. SD_OK, or why
 * it could not. */
static enum sd_status use_save_path(struct php_sharedance_save_handler *handler,
                                    struct sd_bytes save_path, struct sd_error *error)
{
	bool redundancy = SHAREDANCE_G(session).redundancy;
	enum sd_status status;

	forget_servers(handler);
	status = sd_server_list_check(save_path.data, save_path.length, error);
	if (status != SD_OK) {
		return status;
	}
	handler->redundancy = redundancy;
	status = add_servers(handler, read_servers(handler, save_path), error);
	if (status != SD_OK) {
		forget_servers(handler);
		return status;
	}
	handler->save_path = malloc(save_path.length); /* NULL: the list is read again next time */
	if (handler->save_path != NULL) {
		memcpy(handler->save_path, save_path.data, save_path.length);
		handler->save_path_length = save_path.length;
	}
	return SD_OK;
}

/* This thread's handler. NULL: no memory. */
static struct php_sharedance_save_handler *this_handler(void)
{
	if (SHAREDANCE_G(save_handler) == NULL) {
		SHAREDANCE_G(save_handler) = calloc(1, sizeof(*SHAREDANCE_G(save_handler)));
	}
	return SHAREDANCE_G(save_handler);
}

void php_sharedance_save_handler_free(struct php_sharedance_save_handler *handler)
{
	if (handler != NULL) {
		free_servers(handler);
		free(handler);
	}
}

void php_sharedance_save_handler_end_request(void)
{
	php_sharedance_open_session_abandon_all(NULL);
	if (SHAREDANCE_G(save_handler) != NULL) {
		/* PHP frees its strings with the request's memory */
		memset(&SHAREDANCE_G(save_handler)->open, 0, sizeof(struct php_sharedance_open_session));
	}
}

/* }}} */

/* {{{ the calls */

PS_FUNCS_UPDATE_TIMESTAMP(sharedance);

static const ps_module save_handler = {PS_MOD_UPDATE_TIMESTAMP(sharedance)};

#if PHP_VERSION_ID >= 80600
static struct sd_bytes path_bytes(const zend_string *path)
{
	return (struct sd_bytes){ZSTR_VAL(path), ZSTR_LEN(path)};
}
#else
static struct sd_bytes path_bytes(const char *path)
{
	return (struct sd_bytes){path, strlen(path)};
}
#endif

/* The session that is open. NULL, after a warning: none is, because a user's class on top of this
 * handler called out of order. */
static struct php_sharedance_open_session *opened_session(void **mod_data)
{
	struct php_sharedance_open_session *open = PS_GET_MOD_DATA();

	return php_sharedance_session_check_open(open) ? open : NULL;
}

/* Whether there may be a password in it: of a user in front of a host, or phpredis's auth=. */
static bool may_have_password(struct sd_bytes save_path)
{
	return memchr(save_path.data, '@', save_path.length) != NULL ||
	       zend_memnstr(save_path.data, ZEND_STRL("auth"),
	                    (const char *)save_path.data + save_path.length) != NULL;
}

/* Says what is wrong with the save_path. PHP's own warning has all of it, but is not given if there
 * is an exception: a password, which does not belong there, is not to be shown. A subclass of
 * SessionHandler has it as an argument. */
static void refuse_save_path(struct sd_bytes save_path, const struct sd_error *error)
{
	if (may_have_password(save_path)) {
		zend_value_error("session.save_path %s", error->text);
		php_sharedance_hide_arguments();
	} else {
		php_sharedance_warn("session.save_path", error);
	}
}

PS_OPEN_FUNC(sharedance)
{
	struct php_sharedance_save_handler *handler = this_handler();
	struct sd_error error;

	if (handler == NULL) {
		(void)sd_error_set(&error, SD_NO_MEMORY, "%s", "cannot be used: out of memory");
		refuse_save_path(path_bytes(save_path), &error);
		return FAILURE;
	}
	if (!php_sharedance_session_check_idle(&handler->open)) {
		return FAILURE;
	}
	if (!has_servers_of(handler, path_bytes(save_path))) {
		/* a session that is open on the servers before ends: it relies on them */
		if (php_sharedance_session_close(&handler->open) == FAILURE || EG(exception) != NULL) {
			return FAILURE;
		}
		if (use_save_path(handler, path_bytes(save_path), &error) != SD_OK) {
			refuse_save_path(path_bytes(save_path), &error);
			return FAILURE;
		}
	}
	php_sharedance_session_open(&handler->open, handler->client);
	handler->open.is_modules = PS(mod) == &save_handler;
	PS_SET_MOD_DATA(&handler->open);
	return SUCCESS;
}

PS_CLOSE_FUNC(sharedance)
{
	struct php_sharedance_open_session *open = PS_GET_MOD_DATA();

	if (open != NULL && php_sharedance_session_close(open) == FAILURE) {
		return FAILURE;
	}
	PS_SET_MOD_DATA(NULL);
	return SUCCESS;
}

PS_READ_FUNC(sharedance)
{
	struct php_sharedance_open_session *open = opened_session(mod_data);

	return open == NULL ? FAILURE : php_sharedance_session_read(open, key, val);
}

/* Whether the value is cut off: a variable's serializer has thrown, or called exit, and PHP gives
 * what it has until there. It shows the exception itself. */
static bool is_cut_off(void)
{
	return EG(exception) != NULL;
}

PS_WRITE_FUNC(sharedance)
{
	struct php_sharedance_open_session *open = opened_session(mod_data);

	return open == NULL || is_cut_off() ? FAILURE
	                                    : php_sharedance_session_write(open, key, val, maxlifetime);
}

PS_UPDATE_TIMESTAMP_FUNC(sharedance)
{
	struct php_sharedance_open_session *open = opened_session(mod_data);

	return open == NULL || is_cut_off() ? FAILURE
	                                    : php_sharedance_session_touch(open, key, val, maxlifetime);
}

PS_DESTROY_FUNC(sharedance)
{
	struct php_sharedance_open_session *open = opened_session(mod_data);

	return open == NULL ? FAILURE : php_sharedance_session_destroy(open, key);
}

/* Nothing is to be collected: sessions expire on the servers. */
PS_GC_FUNC(sharedance)
{
	*nrdels = 0;
	return 0;
}

PS_CREATE_SID_FUNC(sharedance)
{
	struct php_sharedance_open_session *open = PS_GET_MOD_DATA();

	return open == NULL ? php_session_create_id(mod_data) : php_sharedance_session_create_id(open);
}

PS_VALIDATE_SID_FUNC(sharedance)
{
	struct php_sharedance_open_session *open = opened_session(mod_data);

	return open == NULL ? FAILURE : php_sharedance_session_validate(open, key);
}

zend_result php_sharedance_save_handler_register(void)
{
	return php_session_register_module(&save_handler) == -1 ? FAILURE : SUCCESS;
}

/* }}} */
