/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * The scanner of server lists; the grammar is in server_list.h. This file
 * is the source of server_list.c, which re2c makes of it (scripts/generate) and
 * which is committed, so that building needs no re2c.
 *
 * Each scan_ function is one re2c block: it reads one thing at the cursor,
 * moves the cursor behind it and returns true, or leaves the cursor alone.
 */

#include "client/pool/server_list.h"

#include <string.h>

#include "wire/encoding.h"

/* A run of the text's bytes. */
struct span {
	const char *start;
	size_t length;
};

/* What is known of the server that is being read; each part with the offset it was read at. */
struct draft {
	char host[SD_HOST_MAX + 1];
	size_t host_length; /* may be more than fits: sd_server_init() refuses it then */
	int64_t port;
	double timeout;
	int64_t weight;
	struct span protocol;                   /* without a start: none */
	size_t offsets[SD_SERVER_PROTOCOL + 1]; /* by enum sd_server_part; 0: not given, for only the
	                                           host is given */
};

/*!re2c
	re2c:api:style = free-form;
	re2c:define:YYCTYPE = "unsigned char";
	re2c:define:YYCURSOR = cursor;
	re2c:define:YYMARKER = marker;
	re2c:define:YYLIMIT = limit;
	re2c:yyfill:enable = 0;
	re2c:eof = 0;

	space   = [ \t\r\n];
	name    = [A-Za-z0-9_] [A-Za-z0-9_.-]*;
	ipv6    = "[" [0-9A-Fa-f]* ":" [0-9A-Fa-f]* ":" [0-9A-Fa-f:.]* ("%" [A-Za-z0-9_.-]+)? "]";
	integer = "-"? [0-9]+;
	decimal = "-"? [0-9]+ ("." [0-9]+)?;
	escaped = "%" [0-9A-Fa-f]{2};
	path    = ([^\x00-\x20\x7f,?%] | escaped)+;
	file    = [^\x00-\x20\x7f,?%;]*;
*/

#define SCANNER_VARIABLES                                                                          \
	const unsigned char *start = (const unsigned char *)list->text + list->cursor;                 \
	const unsigned char *cursor = start;                                                           \
	const unsigned char *marker = start;                                                           \
	const unsigned char *limit = (const unsigned char *)list->text + list->length;                 \
	(void)marker

static bool take(struct sd_server_list *list, const unsigned char *cursor, struct span *span)
{
	span->start = list->text + list->cursor;
	list->cursor = (size_t)((const char *)cursor - list->text);
	span->length = (size_t)(list->text + list->cursor - span->start);
	return true;
}

static void skip_space(struct sd_server_list *list)
{
	SCANNER_VARIABLES;
	struct span span;
	/*!re2c
		space+  { (void)take(list, cursor, &span); return; }
		*       { return; }
		$       { return; }
	*/
}

static bool scan_host(struct sd_server_list *list, struct span *host)
{
	SCANNER_VARIABLES;
	/*!re2c
		name | ipv6  { return take(list, cursor, host); }
		*            { return false; }
		$            { return false; }
	*/
}

static bool scan_integer(struct sd_server_list *list, struct span *integer)
{
	SCANNER_VARIABLES;
	/*!re2c
		integer  { return take(list, cursor, integer); }
		*        { return false; }
		$        { return false; }
	*/
}

static bool scan_decimal(struct sd_server_list *list, struct span *decimal)
{
	SCANNER_VARIABLES;
	/*!re2c
		decimal  { return take(list, cursor, decimal); }
		*        { return false; }
		$        { return false; }
	*/
}

static bool scan_path(struct sd_server_list *list, struct span *found)
{
	SCANNER_VARIABLES;
	/*!re2c
		path  { return take(list, cursor, found); }
		*     { return false; }
		$     { return false; }
	*/
}

static bool scan_word(struct sd_server_list *list, struct span *found)
{
	SCANNER_VARIABLES;
	/*!re2c
		[A-Za-z0-9_.-]+  { return take(list, cursor, found); }
		*                { return false; }
		$                { return false; }
	*/
}

enum scheme {
	SCHEME_NONE,
	SCHEME_TCP,
	SCHEME_UNIX,
	SCHEME_TLS,
};

static enum scheme scan_scheme(struct sd_server_list *list)
{
	SCANNER_VARIABLES;
	struct span span;
	/*!re2c
		'tcp://'         { (void)take(list, cursor, &span); return SCHEME_TCP; }
		'unix:' "//"?    { (void)take(list, cursor, &span); return SCHEME_UNIX; }
		('tls' | 'ssl' | 'rediss') "://"  { return SCHEME_TLS; }
		*                { return SCHEME_NONE; }
		$                { return SCHEME_NONE; }
	*/
}

/* What a list can begin with that was written for another session handler. */
enum foreign {
	FOREIGN_NONE,
	FOREIGN_FILES,     /* a directory of the files handler, "N;" and a mode in front or not */
	FOREIGN_SOCKET,    /* the path of a unix socket, as memcached's handler takes it */
	FOREIGN_MEMCACHED, /* PERSISTENT=name, php-memcached's name for its connections */
};

static enum foreign scan_foreign(const struct sd_server_list *list)
{
	SCANNER_VARIABLES;
	/*!re2c
		"/run/" file | "/var/run/" file       { return FOREIGN_SOCKET; }
		"/" file ".sock" | "/" file "/socket" { return FOREIGN_SOCKET; }
		([0-9]+ ";"){0,2} "/"                 { return FOREIGN_FILES; }
		"PERSISTENT="                         { return FOREIGN_MEMCACHED; }
		*                                     { return FOREIGN_NONE; }
		$                                     { return FOREIGN_NONE; }
	*/
}

/* One byte, which is punctuation of the grammar. */
static bool scan_byte(struct sd_server_list *list, char byte)
{
	if (list->cursor < list->length && list->text[list->cursor] == byte) {
		list->cursor++;
		return true;
	}
	return false;
}

/* {{{ what a span means */

static bool equals(struct span span, const char *word)
{
	return span.length == strlen(word) && memcmp(span.start, word, span.length) == 0;
}

/* An integer of any length; one too large for 64 bits becomes the largest, which no part allows. */
static int64_t read_integer(struct span span)
{
	bool negative = span.start[0] == '-';
	int64_t value = 0;

	for (size_t i = negative; i < span.length; i++) {
		if (value > (INT64_MAX - 9) / 10) {
			value = INT64_MAX;
			break;
		}
		value = value * 10 + (span.start[i] - '0');
	}
	return negative ? -value : value;
}

/* Not strtod(): it obeys the locale that a script has set. Decimals past the ninth are dropped. */
static double read_decimal(struct span span)
{
	bool negative = span.start[0] == '-';
	double value = 0;
	double unit = 1;
	bool fraction = false;

	for (size_t i = negative; i < span.length; i++) {
		if (span.start[i] == '.') {
			fraction = true;
			continue;
		}
		if (unit < 1e9) {
			value = value * 10 + (span.start[i] - '0');
			unit *= fraction ? 10 : 1;
		}
	}
	return (negative ? -value : value) / unit;
}

static unsigned hex_digit(char digit)
{
	return digit <= '9' ? (unsigned)(digit - '0') : ((unsigned)digit & 0x0fu) + 9;
}

/* Appends to the host, %XX decoded. What does not fit is only counted. */
static void append_decoded(struct draft *draft, struct span span)
{
	for (size_t i = 0; i < span.length; i++) {
		char byte = span.start[i];

		if (byte == '%') {
			byte = (char)(hex_digit(span.start[i + 1]) << 4 | hex_digit(span.start[i + 2]));
			i += 2;
		}
		if (draft->host_length < SD_HOST_MAX) {
			draft->host[draft->host_length] = byte;
		}
		draft->host_length++;
	}
}

static void append_plain(struct draft *draft, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (draft->host_length < SD_HOST_MAX) {
			draft->host[draft->host_length] = bytes[i];
		}
		draft->host_length++;
	}
}

/* }}} */

/* {{{ the grammar, from its leaves up */

#define LIST "must be a list of servers: "

static enum sd_status refuse(const struct sd_server_list *list, const char *wanted,
                             struct sd_error *error)
{
	char character[SD_CHARACTER_MAX];

	if (list->cursor >= list->length) {
		return sd_error_set(error, SD_BAD_SERVER, LIST "expected %s, but it ends at offset %zu",
		                    wanted, list->cursor);
	}
	return sd_error_set(error, SD_BAD_SERVER, LIST "expected %s, %s found at offset %zu", wanted,
	                    sd_character(character, list->text[list->cursor]), list->cursor);
}

/* Refuses a mistake that is known: says what is right, and what was found at the cursor instead. */
static enum sd_status refuse_known(const struct sd_server_list *list, const char *right,
                                   const char *found, struct sd_error *error)
{
	return sd_error_set(error, SD_BAD_SERVER, LIST "%s: %s found at offset %zu", right, found,
	                    list->cursor);
}

/* Refuses what a list for another session handler begins with. */
static enum sd_status refuse_foreign(const struct sd_server_list *list, struct sd_error *error)
{
	switch (scan_foreign(list)) {
	case FOREIGN_FILES:
		return refuse_known(list, "this looks like a path of the files handler", "a path", error);
	case FOREIGN_SOCKET:
		return refuse_known(list, "write unix: in front of the path of a socket", "'/'", error);
	case FOREIGN_MEMCACHED:
		return refuse_known(list, "use the setting sharedance.persistent", "PERSISTENT=", error);
	default:
		return SD_OK;
	}
}

/* Refuses what follows a server, if it is neither a comma nor the end. */
static enum sd_status refuse_separator(const struct sd_server_list *list, bool after_space,
                                       struct sd_error *error)
{
	char character[SD_CHARACTER_MAX];

	if (list->text[list->cursor] == ';') {
		return refuse_known(list, "separate servers by commas", "';'", error);
	}
	if (after_space) {
		return refuse_known(list, "separate servers by commas, not by spaces",
		                    sd_character(character, list->text[list->cursor]), error);
	}
	return refuse(list, "',' or the end", error);
}

/*
 * Refuses a user and a password in front of a host, in words that have none of their bytes. There may
 * be commas in a password: so "@" is looked for up to the next space or unix path, which may have one,
 * before any of it is taken for a host, a port or the name of a parameter.
 */
static enum sd_status refuse_user(struct sd_server_list rest, struct sd_error *error)
{
	while (rest.cursor < rest.length && memchr(" \t\r\n", rest.text[rest.cursor], 4) == NULL) {
		if (rest.text[rest.cursor] == '@') {
			return sd_error_set(error, SD_BAD_SERVER,
			                    LIST "there is no authentication, and so no user or password, "
			                         "'@' found at offset %zu",
			                    rest.cursor);
		}
		if (!scan_byte(&rest, ',')) {
			rest.cursor++;
		} else if (scan_scheme(&rest) == SCHEME_UNIX) {
			break;
		}
	}
	return SD_OK;
}

static enum sd_status read_weight(struct sd_server_list *list, struct draft *draft,
                                  struct sd_error *error)
{
	struct span span;

	draft->offsets[SD_SERVER_WEIGHT] = list->cursor;
	if (!scan_integer(list, &span)) {
		return refuse(list, "a weight", error);
	}
	draft->weight = read_integer(span);
	return SD_OK;
}

static enum sd_status read_timeout(struct sd_server_list *list, struct draft *draft,
                                   struct sd_error *error)
{
	struct span span;

	draft->offsets[SD_SERVER_TIMEOUT] = list->cursor;
	if (!scan_decimal(list, &span)) {
		return refuse(list, "a timeout in seconds", error);
	}
	draft->timeout = read_decimal(span);
	return SD_OK;
}

static enum sd_status read_protocol(struct sd_server_list *list, struct draft *draft,
                                    struct sd_error *error)
{
	draft->offsets[SD_SERVER_PROTOCOL] = list->cursor;
	if (!scan_word(list, &draft->protocol)) {
		return refuse(list, "a protocol", error);
	}
	return SD_OK;
}

/* What may follow "?", once for each server. A weight may come before it, too. */
static const struct parameter {
	const char *name;
	enum sd_server_part part;
	enum sd_status (*read)(struct sd_server_list *list, struct draft *draft,
	                       struct sd_error *error);
} parameters[] = {
	{"weight", SD_SERVER_WEIGHT, read_weight},
	{"timeout", SD_SERVER_TIMEOUT, read_timeout},
	{"protocol", SD_SERVER_PROTOCOL, read_protocol},
};

/* Parameters of other handlers' lists, and what to do here. */
static const struct replacement {
	const char *name;
	const char *right;
	const char *found;
} replacements[] = {
	{"auth", "there is no authentication, so let only the web servers reach the port", "auth="},
	{"database", "use the setting sharedance.session.prefix to separate applications", "database="},
	{"persistent", "use the setting sharedance.persistent", "persistent="},
	{"persistent_id", "use the setting sharedance.persistent", "persistent_id="},
	{"prefix", "use the setting sharedance.session.prefix", "prefix="},
	{"read_timeout", "use timeout=, which includes reading", "read_timeout="},
	{"retry_interval", "use the setting sharedance.retry_interval", "retry_interval="},
};

static const struct parameter *find_parameter(struct span name)
{
	for (size_t i = 0; i < sizeof(parameters) / sizeof(parameters[0]); i++) {
		if (equals(name, parameters[i].name)) {
			return &parameters[i];
		}
	}
	return NULL;
}

/* Refuses the parameter at the cursor. Its value is not shown: it may be a password. */
static enum sd_status refuse_parameter(const struct sd_server_list *list, struct span name,
                                       struct sd_error *error)
{
	for (size_t i = 0; i < sizeof(replacements) / sizeof(replacements[0]); i++) {
		if (equals(name, replacements[i].name)) {
			return refuse_known(list, replacements[i].right, replacements[i].found, error);
		}
	}
	return sd_error_set(error, SD_BAD_SERVER, LIST "unknown parameter '%.*s' at offset %zu",
	                    (int)(name.length < 64 ? name.length : 64), name.start, list->cursor);
}

static enum sd_status read_parameter(struct sd_server_list *list, struct draft *draft,
                                     struct sd_error *error)
{
	size_t offset = list->cursor;
	const struct parameter *parameter;
	struct span name;

	if (!scan_word(list, &name)) {
		return refuse(list, "a parameter", error);
	}
	parameter = find_parameter(name);
	if (parameter == NULL) {
		list->cursor = offset;
		return refuse_parameter(list, name, error);
	}
	if (draft->offsets[parameter->part] != 0) {
		return sd_error_set(error, SD_BAD_SERVER, LIST "second %s of one server at offset %zu",
		                    parameter->name, offset);
	}
	if (!scan_byte(list, '=')) {
		return refuse(list, "'='", error);
	}
	return parameter->read(list, draft, error);
}

static enum sd_status read_parameters(struct sd_server_list *list, struct draft *draft,
                                      struct sd_error *error)
{
	enum sd_status status = SD_OK;

	if (scan_byte(list, '?')) {
		do {
			status = read_parameter(list, draft, error);
		} while (status == SD_OK && scan_byte(list, '&'));
	}
	return status;
}

static enum sd_status read_port_and_weight(struct sd_server_list *list, struct draft *draft,
                                           struct sd_error *error)
{
	struct span span;

	if (!scan_byte(list, ':')) {
		return SD_OK;
	}
	draft->offsets[SD_SERVER_PORT] = list->cursor;
	if (!scan_integer(list, &span)) {
		return refuse(list, "a port", error);
	}
	draft->port = read_integer(span);
	return scan_byte(list, ':') ? read_weight(list, draft, error) : SD_OK;
}

static enum sd_status read_place(struct sd_server_list *list, struct draft *draft,
                                 struct sd_error *error)
{
	enum scheme scheme = scan_scheme(list);
	struct span span;

	if (scheme == SCHEME_TLS) {
		return refuse_known(list, "there is no encryption, so use tcp:// in a trusted network",
		                    "a scheme with TLS", error);
	}
	if (scheme == SCHEME_UNIX) {
		append_plain(draft, "unix:", 5);
		if (!scan_path(list, &span)) {
			return refuse(list, "a path", error);
		}
		append_decoded(draft, span);
		return SD_OK;
	}
	if (refuse_user(*list, error) != SD_OK || refuse_foreign(list, error) != SD_OK) {
		return SD_BAD_SERVER;
	}
	if (!scan_host(list, &span)) {
		return refuse(list, "a host", error);
	}
	if (span.start[0] == '[') {
		append_plain(draft, span.start + 1, span.length - 2);
	} else {
		append_plain(draft, span.start, span.length);
	}
	return read_port_and_weight(list, draft, error);
}

static enum sd_status finish(const struct draft *draft, struct sd_server *server,
                             struct sd_error *error)
{
	static const char *const names[] = {
	    [SD_SERVER_HOST] = "host",
	    [SD_SERVER_PORT] = "port",
	    [SD_SERVER_TIMEOUT] = "timeout",
	    [SD_SERVER_WEIGHT] = "weight",
	    [SD_SERVER_PROTOCOL] = "protocol",
	};
	enum sd_server_part part;
	struct sd_error wrong;

	if (sd_server_init(server, draft->host, draft->host_length, draft->port, draft->timeout,
	                   draft->weight, &part, &wrong) == SD_OK) {
		part = SD_SERVER_PROTOCOL;
		if (draft->protocol.start == NULL ||
		    sd_server_read_protocol(server, draft->protocol.start, draft->protocol.length,
		                            &wrong) == SD_OK) {
			return SD_OK;
		}
	}
	return sd_error_set(error, SD_BAD_SERVER,
	                    LIST "the %s %.300s at offset %zu", names[part],
	                    wrong.text, draft->offsets[part]);
}

enum sd_status sd_server_list_next(struct sd_server_list *list, struct sd_server *server,
                                   double *timeout, struct sd_error *error)
{
	struct draft draft = {.port = SD_DEFAULT_PORT,
	                      .timeout = SD_DEFAULT_TIMEOUT,
	                      .weight = SD_DEFAULT_WEIGHT};
	size_t end;

	if (list->cursor > 0 && list->cursor >= list->length) {
		return SD_ABSENT;
	}
	skip_space(list);
	if (list->cursor >= list->length) {
		return sd_error_set(error, SD_BAD_SERVER,
		                    LIST "it is empty. As session.save_path, this looks like a path of "
		                         "the files handler. It ends at offset %zu",
		                    list->cursor);
	}
	list->offset = list->cursor;
	draft.offsets[SD_SERVER_HOST] = list->cursor;
	if (read_place(list, &draft, error) != SD_OK || read_parameters(list, &draft, error) != SD_OK) {
		return SD_BAD_SERVER;
	}
	end = list->cursor;
	skip_space(list);
	if (list->cursor < list->length) {
		if (list->text[list->cursor] != ',') {
			return refuse_separator(list, list->cursor > end, error);
		}
		if (list->cursor + 1 == list->length) {
			return refuse_known(list, "no server follows the last comma", "','", error);
		}
		list->cursor++;
	}
	*timeout = draft.timeout;
	return finish(&draft, server, error);
}

/* }}} */

/* Whether one of the first `count` servers of a good list is at the same place. */
static bool is_among_first(const char *text, size_t length, size_t count,
                           const struct sd_server *server)
{
	struct sd_server_list list = {.text = text, .length = length};
	struct sd_server earlier;
	struct sd_error error;
	double timeout;

	while (count-- > 0 && sd_server_list_next(&list, &earlier, &timeout, &error) == SD_OK) {
		if (sd_server_same(&earlier, server)) {
			return true;
		}
	}
	return false;
}

enum sd_status sd_server_list_check(const char *text, size_t length, struct sd_error *error)
{
	struct sd_server_list list = {.text = text, .length = length};
	struct sd_server server;
	char name[SD_SERVER_NAME_MAX];
	double timeout;

	for (size_t count = 0;; count++) {
		enum sd_status status = sd_server_list_next(&list, &server, &timeout, error);

		if (status != SD_OK) {
			return status == SD_ABSENT ? SD_OK : status;
		}
		if (is_among_first(text, length, count, &server)) {
			return sd_error_set(error, SD_DUPLICATE,
			                    "must be a list of servers: %s is there twice, again at offset %zu",
			                    sd_server_name(&server, name), list.offset);
		}
	}
}
