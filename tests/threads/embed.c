/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Sharedance for PHP authors */

/*
 * PHP as FrankenPHP and other servers have it: one process, which starts it once, and then one
 * request after the other, in this thread or in several.
 *
 *   embed SCRIPT INI THREADS REQUESTS LIFE [worker]
 *
 * THREADS 0: in this thread. Else each thread makes REQUESTS of them; after LIFE requests it ends,
 * and another takes its place. $_GET has the thread's number `t` and the request's number `n`. What
 * the script prints goes to stdout, and after a tenth of the requests and at the end, the memory
 * and the descriptors of the process.
 *
 * "worker": a script serves LIFE requests in a loop, and calls worker_reload() between two. As in
 * FrankenPHP's worker mode, only the session module ends one request and begins another then.
 */

#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sapi/embed/php_embed.h>

#include <ext/standard/php_standard.h>

#ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
#endif

static char *script;
static int threads, requests, life;
static bool is_worker;

/* {{{ the process */

static long resident_kb(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	if (file != NULL) {
		if (fscanf(file, "%*d %ld", &pages) != 1) {
			pages = 0;
		}
		fclose(file);
	}
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = -3; /* itself, "." and ".." */

	while (readdir(directory) != NULL) {
		count++;
	}
	closedir(directory);
	return count;
}

static void tell_level(const char *when)
{
	printf("%s: %ld kB, %d descriptors\n", when, resident_kb(), descriptors());
	fflush(stdout);
}

/* }}} */

/* {{{ the SAPI */

static size_t write_out(const char *text, size_t length)
{
	return fwrite(text, 1, length, stdout);
}

static void flush_out(void *context)
{
	(void)context;
}

static void log_line(const char *line, int severity)
{
	(void)severity;
	printf("LOG %s\n", line);
}

static int send_headers(sapi_headers_struct *headers)
{
	(void)headers;
	return SAPI_HEADER_SENT_SUCCESSFULLY;
}

static ZEND_FUNCTION(worker_reload)
{
	zend_module_entry *session = zend_hash_str_find_ptr(&module_registry, ZEND_STRL("session"));

	ZEND_PARSE_PARAMETERS_NONE();
	session->request_shutdown_func(session->type, session->module_number);
	session->request_startup_func(session->type, session->module_number);
}

/* Ends a child as it is: the other threads of its parent are not there, whose ends PHP would wait
 * for. */
static ZEND_FUNCTION(fork_end)
{
	ZEND_PARSE_PARAMETERS_NONE();
	fflush(stdout);
	_exit(0);
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_worker_reload, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry functions[] = {ZEND_FE(
	worker_reload, arginfo_worker_reload) ZEND_FE(fork_end, arginfo_worker_reload) ZEND_FE_END};

static zend_module_entry module = {
	STANDARD_MODULE_HEADER,    "embed_test", functions, NULL, NULL, NULL, NULL, NULL, "0",
	STANDARD_MODULE_PROPERTIES};

static int start(sapi_module_struct *sapi)
{
	return php_module_startup(sapi, &module);
}

/* }}} */

static void serve(int thread, int number)
{
	char query[128];
	zend_file_handle file;

	snprintf(query, sizeof(query), "t=%d&n=%d&life=%d", thread, number, life);
	SG(server_context) = (void *)1;
	SG(request_info).request_method = "GET";
	SG(request_info).query_string = query;
	SG(request_info).path_translated = script;
	SG(request_info).request_uri = "/";
	SG(request_info).proto_num = 1001;
	SG(sapi_headers).http_response_code = 200;
	if (php_request_startup() == FAILURE) {
		printf("WRONG: request %d of thread %d does not start\n", number, thread);
		return;
	}
	SG(headers_sent) = 0;
	SG(request_info).no_headers = 1;
	zend_stream_init_filename(&file, script);
	file.primary_script = true;
	zend_first_try
	{
		php_execute_script(&file);
	}
	zend_end_try();
	zend_destroy_file_handle(&file);
	php_request_shutdown(NULL);
	SG(server_context) = NULL;
}

/* {{{ threads */

#ifdef ZTS

struct turn {
	int thread, first, end;
};

static void *live(void *argument)
{
	const struct turn *turn = argument;

	(void)ts_resource(0);
	ZEND_TSRMLS_CACHE_UPDATE();
	if (is_worker) {
		serve(turn->thread, turn->first);
	} else {
		for (int number = turn->first; number < turn->end; number++) {
			serve(turn->thread, number);
		}
	}
	ts_free_thread();
	return NULL;
}

static void *live_again(void *argument)
{
	int thread = (int)(intptr_t)argument;

	for (int first = 0; first < requests; first += life) {
		struct turn turn = {thread, first, first + life < requests ? first + life : requests};
		pthread_attr_t attributes;
		pthread_t one;

		pthread_attr_init(&attributes);
		pthread_attr_setstacksize(&attributes, 8 << 20); /* musl's are small */
		if (pthread_create(&one, &attributes, live, &turn) != 0) {
			abort();
		}
		pthread_attr_destroy(&attributes);
		pthread_join(one, NULL);
	}
	return NULL;
}

static void serve_in_threads(void)
{
	pthread_t all[64];

	for (int i = 0; i < threads; i++) {
		if (pthread_create(&all[i], NULL, live_again, (void *)(intptr_t)i) != 0) {
			abort();
		}
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(all[i], NULL);
	}
	tell_level("end");
}

#else

static void serve_in_threads(void)
{
	printf("WRONG: this PHP has no threads\n");
}

#endif

/* }}} */

static void serve_here(void)
{
	for (int number = 0; number < requests; number += is_worker ? life : 1) {
		serve(0, number);
		if (number == requests / 10) {
			tell_level("tenth");
		}
	}
	tell_level("end");
}

int main(int count, char **arguments)
{
	if (count < 6) {
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ); /* a child has nothing of its parent's to print */
	script = arguments[1];
	threads = atoi(arguments[3]);
	requests = atoi(arguments[4]);
	life = atoi(arguments[5]);
	is_worker = count > 6;
	if (threads > 64 || life < 1) {
		return 2;
	}
	php_embed_module.startup = start;
	php_embed_module.ub_write = write_out;
	php_embed_module.flush = flush_out;
	php_embed_module.log_message = log_line;
	php_embed_module.send_headers = send_headers;
	php_embed_module.php_ini_path_override = arguments[2];
	php_embed_module.php_ini_ignore_cwd = 1;
	if (php_embed_init(1, arguments) == FAILURE) {
		printf("WRONG: PHP does not start\n");
		return 1;
	}
	php_request_shutdown(NULL); /* of the request that it begins */
	if (threads > 0) {
		serve_in_threads();
	} else {
		serve_here();
	}
	php_module_shutdown();
	sapi_shutdown();
#ifdef ZTS
	tsrm_shutdown();
#endif
	return 0;
}

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)

#include <dlfcn.h>

/* PHP opens modules with RTLD_DEEPBIND, with which sanitizers cannot live. */
void *dlopen(const char *name, int flags)
{
	static void *(*next)(const char *, int);

	if (next == NULL) {
		next = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
	}
	return next(name, flags & ~RTLD_DEEPBIND);
}

#endif
