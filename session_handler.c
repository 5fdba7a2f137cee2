/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * session.save_handler = sharedance. Each of PHP's calls is unpacked, handed to
 * session_call.c and translated back.
 *
 * The servers of a save_path are kept from one request to the next, for as long
 * as it does not change; of a session nothing is.
 */

#include "php_sharedance.h"

#include "ext/session/php_session.h"

/* What a thread has of the handler. */
struct php_sharedance_save_handler {
	char *save_path; /* NULL: `client` has no servers */
	size_t save_path_length;
	bool redundancy; /* the setting, whether the servers allow it or not */
	struct sd_client *client;
	struct sd_server *servers;
	struct php_sharedance_session open;
};

/* {{{ the servers of a save_path */

static void forget_servers(struct php_sharedance_save_handler *handler)
{
	sd_client_free(handler->client);
	free(handler->servers);
	free(handler->save_path);
	handler->client = NULL;
	handler->servers = NULL;
	handler->save_path = NULL;
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

static void tell_of_missing_redundancy(size_t count)
{
	static bool told;

	if (count > 1 && !told) {
		told = true;
		php_sharedance_log("sessions are on one server each: two copies need more servers than the "
		                   "largest weight in session.save_path (sharedance.session.redundancy)");
	}
}

/* Reads the servers, of a list that was checked, into handler->servers. Returns their number. */
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
		tell_of_missing_redundancy(count);
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

/* Makes the save_path's servers those of the handler. SD_OK, or what is wrong with it. */
static enum sd_status use_save_path(struct php_sharedance_save_handler *handler,
                                    struct sd_bytes save_path, struct sd_error *error)
{
	bool redundancy = SHAREDANCE_G(session).redundancy;
	enum sd_status status;

	if (handler->save_path != NULL && handler->redundancy == redundancy &&
	    handler->save_path_length == save_path.length &&
	    memcmp(handler->save_path, save_path.data, save_path.length) == 0) {
		return SD_OK;
	}
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
	handler->save_path = malloc(save_path.length); /* without memory it is read anew next time */
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
		forget_servers(handler);
		free(handler);
	}
}

void php_sharedance_save_handler_reset(void)
{
	if (SHAREDANCE_G(save_handler) != NULL) {
		/* its strings went with the request's memory */
		memset(&SHAREDANCE_G(save_handler)->open, 0, sizeof(struct php_sharedance_session));
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

/* NULL, and a warning, where no session is open: a user's class on top called out of order. */
static struct php_sharedance_session *session_of(void **mod_data)
{
	static const struct sd_error error = {SD_CLOSED, "is not open"};
	struct php_sharedance_session *open = PS_GET_MOD_DATA();

	if (open == NULL || open->client == NULL) {
		php_sharedance_warn("The session", &error);
		return NULL;
	}
	return open;
}

PS_OPEN_FUNC(sharedance)
{
	struct php_sharedance_save_handler *handler = this_handler();
	struct sd_error error = {SD_NO_MEMORY, "cannot be used: out of memory"};

	(void)session_name;
	if (handler == NULL || (use_save_path(handler, path_bytes(save_path), &error) != SD_OK)) {
		php_sharedance_warn("session.save_path", &error);
		return FAILURE;
	}
	php_sharedance_session_open(&handler->open, handler->client);
	PS_SET_MOD_DATA(&handler->open);
	return SUCCESS;
}

PS_CLOSE_FUNC(sharedance)
{
	struct php_sharedance_session *open = PS_GET_MOD_DATA();

	if (open != NULL) {
		php_sharedance_session_close(open);
		PS_SET_MOD_DATA(NULL);
	}
	return SUCCESS;
}

PS_READ_FUNC(sharedance)
{
	struct php_sharedance_session *open = session_of(mod_data);

	(void)maxlifetime;
	return open == NULL ? FAILURE : php_sharedance_session_read(open, key, val);
}

PS_WRITE_FUNC(sharedance)
{
	struct php_sharedance_session *open = session_of(mod_data);

	return open == NULL ? FAILURE : php_sharedance_session_write(open, key, val, maxlifetime);
}

PS_UPDATE_TIMESTAMP_FUNC(sharedance)
{
	struct php_sharedance_session *open = session_of(mod_data);

	return open == NULL ? FAILURE : php_sharedance_session_touch(open, key, val, maxlifetime);
}

PS_DESTROY_FUNC(sharedance)
{
	struct php_sharedance_session *open = session_of(mod_data);

	return open == NULL ? FAILURE : php_sharedance_session_destroy(open, key);
}

/* The servers let sessions expire by themselves. */
PS_GC_FUNC(sharedance)
{
	(void)mod_data;
	(void)maxlifetime;
	*nrdels = 0;
	return 0;
}

PS_CREATE_SID_FUNC(sharedance)
{
	struct php_sharedance_session *open = PS_GET_MOD_DATA();

	return open == NULL ? php_session_create_id(mod_data) : php_sharedance_session_create_id(open);
}

PS_VALIDATE_SID_FUNC(sharedance)
{
	struct php_sharedance_session *open = session_of(mod_data);

	return open == NULL ? FAILURE : php_sharedance_session_validate(open, key);
}

/* }}} */

/* {{{ settings */

static ZEND_INI_MH(OnUpdateLockWait)
{
	const char *end;
	double seconds = zend_strtod(ZSTR_VAL(new_value), &end);

	(void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	/* written so that NaN fails it */
	if (ZSTR_LEN(new_value) == 0 || *end != '\0' || !(seconds >= 0 && seconds <= 3600)) {
		zend_error(E_WARNING, "%s must be between 0 and 3600 seconds, \"%s\" given",
		           ZSTR_VAL(entry->name), ZSTR_VAL(new_value));
		return FAILURE;
	}
	SHAREDANCE_G(session).lock_wait_ms = seconds > 0 ? sd_milliseconds(seconds) : 0;
	return SUCCESS;
}

static ZEND_INI_MH(OnUpdateLockFailure)
{
	static const char *const names[] = {"fail", "readonly", "ignore"};

	(void)mh_arg1, (void)mh_arg2, (void)mh_arg3, (void)stage;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (zend_string_equals_cstr(new_value, names[i], strlen(names[i]))) {
			SHAREDANCE_G(session).lock_failure = (enum php_sharedance_lock_failure)i;
			return SUCCESS;
		}
	}
	zend_error(E_WARNING, "%s must be \"fail\", \"readonly\" or \"ignore\", \"%s\" given",
	           ZSTR_VAL(entry->name), ZSTR_VAL(new_value));
	return FAILURE;
}

#define PREFIX_MAX 128 /* bytes */

/* What any server takes in a key, the classic ones included. */
static ZEND_INI_MH(OnUpdatePrefix)
{
	for (size_t i = 0; i < ZSTR_LEN(new_value) && ZSTR_LEN(new_value) <= PREFIX_MAX; i++) {
		char byte = ZSTR_VAL(new_value)[i];

		if (byte <= ' ' || byte == '.' || byte == '/' || byte == 0x7f) {
			zend_error(E_WARNING, "%s must be printable ASCII without spaces, \".\" and \"/\"",
			           ZSTR_VAL(entry->name));
			return FAILURE;
		}
	}
	if (ZSTR_LEN(new_value) > PREFIX_MAX) {
		zend_error(E_WARNING, "%s must be at most %d bytes long", ZSTR_VAL(entry->name),
		           PREFIX_MAX);
		return FAILURE;
	}
	return OnUpdateString(entry, new_value, mh_arg1, mh_arg2, mh_arg3, stage);
}

PHP_INI_BEGIN()
	STD_PHP_INI_BOOLEAN("sharedance.session.redundancy", "1", PHP_INI_ALL, OnUpdateBool,
	                    session.redundancy, zend_sharedance_globals, sharedance_globals)
	STD_PHP_INI_BOOLEAN("sharedance.session.locking", "1", PHP_INI_ALL, OnUpdateBool,
	                    session.locking, zend_sharedance_globals, sharedance_globals)
	PHP_INI_ENTRY("sharedance.session.lock_wait", "10", PHP_INI_ALL, OnUpdateLockWait)
	PHP_INI_ENTRY("sharedance.session.lock_failure", "fail", PHP_INI_ALL, OnUpdateLockFailure)
	STD_PHP_INI_ENTRY("sharedance.session.prefix", "", PHP_INI_ALL, OnUpdatePrefix, session.prefix,
	                  zend_sharedance_globals, sharedance_globals)
PHP_INI_END()

void php_sharedance_register_save_handler(int type, int module_number)
{
	(void)type;
	REGISTER_INI_ENTRIES();
	php_session_register_module(&save_handler);
}

/* }}} */
