/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 10e7e96394c3deb0fcae4a7f1de38367d6703b31 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceConnectionException_getServer, 0, 0, IS_STRING, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SharedanceServer___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, host, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, port, IS_LONG, 0, "SharedanceServer::DEFAULT_PORT")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "SharedanceServer::DEFAULT_TIMEOUT")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, weight, IS_LONG, 0, "SharedanceServer::DEFAULT_WEIGHT")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, protocol, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_TENTATIVE_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceServer_send, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, command, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceServer_close, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceServer___toString, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Sharedance___construct, 0, 0, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, redundancy, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_addServer, 0, 1, IS_VOID, 0)
	ZEND_ARG_OBJ_INFO(0, server, SharedanceServer, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_addServers, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, list, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Sharedance_connect arginfo_class_Sharedance_addServer

#define arginfo_class_Sharedance_close arginfo_class_SharedanceServer_close

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_get, 0, 1, IS_MIXED, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, default, IS_MIXED, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_set, 0, 2, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_delete, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Sharedance_has arginfo_class_Sharedance_delete

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_touch, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, ttl, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_add, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

#define arginfo_class_Sharedance_replace arginfo_class_Sharedance_add

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Sharedance_increment, 0, 1, MAY_BE_LONG|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, by, IS_LONG, 0, "1")
ZEND_END_ARG_INFO()

#define arginfo_class_Sharedance_decrement arginfo_class_Sharedance_increment

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_getWithVersion, 0, 1, IS_ARRAY, 1)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_cas, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
	ZEND_ARG_TYPE_MASK(0, version, MAY_BE_LONG|MAY_BE_STRING, NULL)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_getMulti, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, keys, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_setMulti, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, items, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ttl, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_deleteMulti, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, keys, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Sharedance_getServer, 0, 1, SharedanceServer, 0)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_class_Sharedance_getReplica, 0, 1, SharedanceServer, 1)
	ZEND_ARG_TYPE_INFO(0, key, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_getServers, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Sharedance_getStats, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, scope, IS_LONG, 0, "Sharedance::STATS_ALL")
ZEND_END_ARG_INFO()

#define arginfo_class_Sharedance_ping arginfo_class_Sharedance_getServers

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_SharedanceSession___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, cache, Sharedance, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceSession_open, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, path, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, name, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceSession_close, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_SharedanceSession_read, 0, 1, MAY_BE_STRING|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceSession_write, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_SharedanceSession_destroy, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, id, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_SharedanceSession_gc, 0, 1, MAY_BE_LONG|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, max_lifetime, IS_LONG, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_SharedanceSession_create_sid arginfo_class_SharedanceServer___toString

#define arginfo_class_SharedanceSession_validateId arginfo_class_SharedanceSession_destroy

#define arginfo_class_SharedanceSession_updateTimestamp arginfo_class_SharedanceSession_write

ZEND_METHOD(SharedanceConnectionException, getServer);
ZEND_METHOD(SharedanceServer, __construct);
ZEND_METHOD(SharedanceServer, send);
ZEND_METHOD(SharedanceServer, close);
ZEND_METHOD(SharedanceServer, __toString);
ZEND_METHOD(Sharedance, __construct);
ZEND_METHOD(Sharedance, addServer);
ZEND_METHOD(Sharedance, addServers);
ZEND_METHOD(Sharedance, connect);
ZEND_METHOD(Sharedance, close);
ZEND_METHOD(Sharedance, get);
ZEND_METHOD(Sharedance, set);
ZEND_METHOD(Sharedance, delete);
ZEND_METHOD(Sharedance, has);
ZEND_METHOD(Sharedance, touch);
ZEND_METHOD(Sharedance, add);
ZEND_METHOD(Sharedance, replace);
ZEND_METHOD(Sharedance, increment);
ZEND_METHOD(Sharedance, decrement);
ZEND_METHOD(Sharedance, getWithVersion);
ZEND_METHOD(Sharedance, cas);
ZEND_METHOD(Sharedance, getMulti);
ZEND_METHOD(Sharedance, setMulti);
ZEND_METHOD(Sharedance, deleteMulti);
ZEND_METHOD(Sharedance, getServer);
ZEND_METHOD(Sharedance, getReplica);
ZEND_METHOD(Sharedance, getServers);
ZEND_METHOD(Sharedance, getStats);
ZEND_METHOD(Sharedance, ping);
ZEND_METHOD(SharedanceSession, __construct);
ZEND_METHOD(SharedanceSession, open);
ZEND_METHOD(SharedanceSession, close);
ZEND_METHOD(SharedanceSession, read);
ZEND_METHOD(SharedanceSession, write);
ZEND_METHOD(SharedanceSession, destroy);
ZEND_METHOD(SharedanceSession, gc);
ZEND_METHOD(SharedanceSession, create_sid);
ZEND_METHOD(SharedanceSession, validateId);
ZEND_METHOD(SharedanceSession, updateTimestamp);

static const zend_function_entry class_SharedanceConnectionException_methods[] = {
	ZEND_ME(SharedanceConnectionException, getServer, arginfo_class_SharedanceConnectionException_getServer, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_SharedanceServer_methods[] = {
	ZEND_ME(SharedanceServer, __construct, arginfo_class_SharedanceServer___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceServer, send, arginfo_class_SharedanceServer_send, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceServer, close, arginfo_class_SharedanceServer_close, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceServer, __toString, arginfo_class_SharedanceServer___toString, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_Sharedance_methods[] = {
	ZEND_ME(Sharedance, __construct, arginfo_class_Sharedance___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, addServer, arginfo_class_Sharedance_addServer, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, addServers, arginfo_class_Sharedance_addServers, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, connect, arginfo_class_Sharedance_connect, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, close, arginfo_class_Sharedance_close, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, get, arginfo_class_Sharedance_get, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, set, arginfo_class_Sharedance_set, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, delete, arginfo_class_Sharedance_delete, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, has, arginfo_class_Sharedance_has, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, touch, arginfo_class_Sharedance_touch, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, add, arginfo_class_Sharedance_add, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, replace, arginfo_class_Sharedance_replace, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, increment, arginfo_class_Sharedance_increment, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, decrement, arginfo_class_Sharedance_decrement, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, getWithVersion, arginfo_class_Sharedance_getWithVersion, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, cas, arginfo_class_Sharedance_cas, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, getMulti, arginfo_class_Sharedance_getMulti, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, setMulti, arginfo_class_Sharedance_setMulti, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, deleteMulti, arginfo_class_Sharedance_deleteMulti, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, getServer, arginfo_class_Sharedance_getServer, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, getReplica, arginfo_class_Sharedance_getReplica, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, getServers, arginfo_class_Sharedance_getServers, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, getStats, arginfo_class_Sharedance_getStats, ZEND_ACC_PUBLIC)
	ZEND_ME(Sharedance, ping, arginfo_class_Sharedance_ping, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static const zend_function_entry class_SharedanceSession_methods[] = {
	ZEND_ME(SharedanceSession, __construct, arginfo_class_SharedanceSession___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, open, arginfo_class_SharedanceSession_open, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, close, arginfo_class_SharedanceSession_close, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, read, arginfo_class_SharedanceSession_read, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, write, arginfo_class_SharedanceSession_write, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, destroy, arginfo_class_SharedanceSession_destroy, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, gc, arginfo_class_SharedanceSession_gc, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, create_sid, arginfo_class_SharedanceSession_create_sid, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, validateId, arginfo_class_SharedanceSession_validateId, ZEND_ACC_PUBLIC)
	ZEND_ME(SharedanceSession, updateTimestamp, arginfo_class_SharedanceSession_updateTimestamp, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_SharedanceException(zend_class_entry *class_entry_RuntimeException)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedanceException", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_RuntimeException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
#endif

	zval const_REFUSED_value;
	ZVAL_LONG(&const_REFUSED_value, PHP_SHAREDANCE_REFUSED);
	zend_string *const_REFUSED_name = zend_string_init_interned("REFUSED", sizeof("REFUSED") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_REFUSED_name, &const_REFUSED_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_REFUSED_name, &const_REFUSED_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_REFUSED_name);

	zval const_BAD_ANSWER_value;
	ZVAL_LONG(&const_BAD_ANSWER_value, PHP_SHAREDANCE_BAD_ANSWER);
	zend_string *const_BAD_ANSWER_name = zend_string_init_interned("BAD_ANSWER", sizeof("BAD_ANSWER") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_BAD_ANSWER_name, &const_BAD_ANSWER_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_BAD_ANSWER_name, &const_BAD_ANSWER_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_BAD_ANSWER_name);

	zval const_CLOSED_value;
	ZVAL_LONG(&const_CLOSED_value, PHP_SHAREDANCE_CLOSED);
	zend_string *const_CLOSED_name = zend_string_init_interned("CLOSED", sizeof("CLOSED") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_CLOSED_name, &const_CLOSED_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_CLOSED_name, &const_CLOSED_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_CLOSED_name);

	zval const_TIMEOUT_value;
	ZVAL_LONG(&const_TIMEOUT_value, PHP_SHAREDANCE_TIMEOUT);
	zend_string *const_TIMEOUT_name = zend_string_init_interned("TIMEOUT", sizeof("TIMEOUT") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_TIMEOUT_name, &const_TIMEOUT_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_TIMEOUT_name, &const_TIMEOUT_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_TIMEOUT_name);

	zval const_UNREACHABLE_value;
	ZVAL_LONG(&const_UNREACHABLE_value, PHP_SHAREDANCE_UNREACHABLE);
	zend_string *const_UNREACHABLE_name = zend_string_init_interned("UNREACHABLE", sizeof("UNREACHABLE") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_UNREACHABLE_name, &const_UNREACHABLE_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_UNREACHABLE_name, &const_UNREACHABLE_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_UNREACHABLE_name);

	zval const_DEAD_value;
	ZVAL_LONG(&const_DEAD_value, PHP_SHAREDANCE_DEAD);
	zend_string *const_DEAD_name = zend_string_init_interned("DEAD", sizeof("DEAD") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_DEAD_name, &const_DEAD_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_DEAD_name, &const_DEAD_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_DEAD_name);

	zval const_UNSUPPORTED_value;
	ZVAL_LONG(&const_UNSUPPORTED_value, PHP_SHAREDANCE_UNSUPPORTED);
	zend_string *const_UNSUPPORTED_name = zend_string_init_interned("UNSUPPORTED", sizeof("UNSUPPORTED") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_UNSUPPORTED_name, &const_UNSUPPORTED_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_UNSUPPORTED_name, &const_UNSUPPORTED_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_UNSUPPORTED_name);

	zval const_NO_SERVERS_value;
	ZVAL_LONG(&const_NO_SERVERS_value, PHP_SHAREDANCE_NO_SERVERS);
	zend_string *const_NO_SERVERS_name = zend_string_init_interned("NO_SERVERS", sizeof("NO_SERVERS") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_NO_SERVERS_name, &const_NO_SERVERS_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_NO_SERVERS_name, &const_NO_SERVERS_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_NO_SERVERS_name);

	zval const_NO_ROTATION_value;
	ZVAL_LONG(&const_NO_ROTATION_value, PHP_SHAREDANCE_NO_ROTATION);
	zend_string *const_NO_ROTATION_name = zend_string_init_interned("NO_ROTATION", sizeof("NO_ROTATION") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_NO_ROTATION_name, &const_NO_ROTATION_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_NO_ROTATION_name, &const_NO_ROTATION_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_NO_ROTATION_name);

	zval const_NO_MEMORY_value;
	ZVAL_LONG(&const_NO_MEMORY_value, PHP_SHAREDANCE_NO_MEMORY);
	zend_string *const_NO_MEMORY_name = zend_string_init_interned("NO_MEMORY", sizeof("NO_MEMORY") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_NO_MEMORY_name, &const_NO_MEMORY_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_NO_MEMORY_name, &const_NO_MEMORY_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_NO_MEMORY_name);

	zval const_UNPROVEN_value;
	ZVAL_LONG(&const_UNPROVEN_value, PHP_SHAREDANCE_UNPROVEN);
	zend_string *const_UNPROVEN_name = zend_string_init_interned("UNPROVEN", sizeof("UNPROVEN") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_UNPROVEN_name, &const_UNPROVEN_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_UNPROVEN_name, &const_UNPROVEN_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_UNPROVEN_name);

	zval const_AMBIGUOUS_value;
	ZVAL_LONG(&const_AMBIGUOUS_value, PHP_SHAREDANCE_AMBIGUOUS);
	zend_string *const_AMBIGUOUS_name = zend_string_init_interned("AMBIGUOUS", sizeof("AMBIGUOUS") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_AMBIGUOUS_name, &const_AMBIGUOUS_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_AMBIGUOUS_name, &const_AMBIGUOUS_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_AMBIGUOUS_name);

	zval const_NO_INTEGER_value;
	ZVAL_LONG(&const_NO_INTEGER_value, PHP_SHAREDANCE_NO_INTEGER);
	zend_string *const_NO_INTEGER_name = zend_string_init_interned("NO_INTEGER", sizeof("NO_INTEGER") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_NO_INTEGER_name, &const_NO_INTEGER_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_NO_INTEGER_name, &const_NO_INTEGER_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_NO_INTEGER_name);

	return class_entry;
}

static zend_class_entry *register_class_SharedanceConnectionException(zend_class_entry *class_entry_SharedanceException)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedanceConnectionException", class_SharedanceConnectionException_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SharedanceException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SharedanceException);
#endif

	zval property_server_default_value;
	ZVAL_NULL(&property_server_default_value);
	zend_string *property_server_name = zend_string_init("server", sizeof("server") - 1, 1);
	zend_declare_typed_property(class_entry, property_server_name, &property_server_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_server_name);

	return class_entry;
}

static zend_class_entry *register_class_SharedanceTimeoutException(zend_class_entry *class_entry_SharedanceException)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedanceTimeoutException", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SharedanceException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SharedanceException);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SharedanceUnsupportedException(zend_class_entry *class_entry_SharedanceException)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedanceUnsupportedException", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SharedanceException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SharedanceException);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SharedanceUnprovenException(zend_class_entry *class_entry_SharedanceException)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedanceUnprovenException", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SharedanceException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SharedanceException);
#endif

	return class_entry;
}

static zend_class_entry *register_class_SharedancePartialException(zend_class_entry *class_entry_SharedanceException)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedancePartialException", NULL);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, class_entry_SharedanceException, 0);
#else
	class_entry = zend_register_internal_class_ex(&ce, class_entry_SharedanceException);
#endif

	zval property_partial_default_value;
	ZVAL_UNDEF(&property_partial_default_value);
	zend_string *property_partial_name = zend_string_init("partial", sizeof("partial") - 1, 1);
	zend_declare_typed_property(class_entry, property_partial_name, &property_partial_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY|MAY_BE_LONG));
	zend_string_release(property_partial_name);

	zval property_failed_default_value;
	ZVAL_UNDEF(&property_failed_default_value);
	zend_string *property_failed_name = zend_string_init("failed", sizeof("failed") - 1, 1);
	zend_declare_typed_property(class_entry, property_failed_name, &property_failed_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_failed_name);

	return class_entry;
}

static zend_class_entry *register_class_SharedanceServer(zend_class_entry *class_entry_Stringable)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedanceServer", class_SharedanceServer_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif
	zend_class_implements(class_entry, 1, class_entry_Stringable);

	zval const_DEFAULT_PORT_value;
	ZVAL_LONG(&const_DEFAULT_PORT_value, SD_DEFAULT_PORT);
	zend_string *const_DEFAULT_PORT_name = zend_string_init_interned("DEFAULT_PORT", sizeof("DEFAULT_PORT") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_DEFAULT_PORT_name, &const_DEFAULT_PORT_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_DEFAULT_PORT_name, &const_DEFAULT_PORT_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_DEFAULT_PORT_name);

	zval const_DEFAULT_TIMEOUT_value;
	ZVAL_DOUBLE(&const_DEFAULT_TIMEOUT_value, SD_DEFAULT_TIMEOUT);
	zend_string *const_DEFAULT_TIMEOUT_name = zend_string_init_interned("DEFAULT_TIMEOUT", sizeof("DEFAULT_TIMEOUT") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_DEFAULT_TIMEOUT_name, &const_DEFAULT_TIMEOUT_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
#else
	zend_declare_class_constant_ex(class_entry, const_DEFAULT_TIMEOUT_name, &const_DEFAULT_TIMEOUT_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_DEFAULT_TIMEOUT_name);

	zval const_DEFAULT_WEIGHT_value;
	ZVAL_LONG(&const_DEFAULT_WEIGHT_value, SD_DEFAULT_WEIGHT);
	zend_string *const_DEFAULT_WEIGHT_name = zend_string_init_interned("DEFAULT_WEIGHT", sizeof("DEFAULT_WEIGHT") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_DEFAULT_WEIGHT_name, &const_DEFAULT_WEIGHT_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_DEFAULT_WEIGHT_name, &const_DEFAULT_WEIGHT_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_DEFAULT_WEIGHT_name);

	zval property_host_default_value;
	ZVAL_UNDEF(&property_host_default_value);
	zend_string *property_host_name = zend_string_init("host", sizeof("host") - 1, 1);
	zend_declare_typed_property(class_entry, property_host_name, &property_host_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING));
	zend_string_release(property_host_name);

	zval property_port_default_value;
	ZVAL_UNDEF(&property_port_default_value);
	zend_string *property_port_name = zend_string_init("port", sizeof("port") - 1, 1);
	zend_declare_typed_property(class_entry, property_port_name, &property_port_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_port_name);

	zval property_timeout_default_value;
	ZVAL_UNDEF(&property_timeout_default_value);
	zend_string *property_timeout_name = zend_string_init("timeout", sizeof("timeout") - 1, 1);
	zend_declare_typed_property(class_entry, property_timeout_name, &property_timeout_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_DOUBLE));
	zend_string_release(property_timeout_name);

	zval property_weight_default_value;
	ZVAL_UNDEF(&property_weight_default_value);
	zend_string *property_weight_name = zend_string_init("weight", sizeof("weight") - 1, 1);
	zend_declare_typed_property(class_entry, property_weight_name, &property_weight_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
	zend_string_release(property_weight_name);

	zval property_protocol_default_value;
	ZVAL_UNDEF(&property_protocol_default_value);
	zend_string *property_protocol_name = zend_string_init("protocol", sizeof("protocol") - 1, 1);
	zend_declare_typed_property(class_entry, property_protocol_name, &property_protocol_default_value, ZEND_ACC_PUBLIC|ZEND_ACC_READONLY, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_STRING|MAY_BE_NULL));
	zend_string_release(property_protocol_name);


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "__construct", sizeof("__construct") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "send", sizeof("send") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}

static zend_class_entry *register_class_Sharedance(void)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "Sharedance", class_Sharedance_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif

	zval const_ROTATE_FORWARDS_value;
	ZVAL_LONG(&const_ROTATE_FORWARDS_value, 1);
	zend_string *const_ROTATE_FORWARDS_name = zend_string_init_interned("ROTATE_FORWARDS", sizeof("ROTATE_FORWARDS") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_ROTATE_FORWARDS_name, &const_ROTATE_FORWARDS_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_ROTATE_FORWARDS_name, &const_ROTATE_FORWARDS_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_ROTATE_FORWARDS_name);

	zval const_ROTATE_BACKWARDS_value;
	ZVAL_LONG(&const_ROTATE_BACKWARDS_value, 2);
	zend_string *const_ROTATE_BACKWARDS_name = zend_string_init_interned("ROTATE_BACKWARDS", sizeof("ROTATE_BACKWARDS") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_ROTATE_BACKWARDS_name, &const_ROTATE_BACKWARDS_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_ROTATE_BACKWARDS_name, &const_ROTATE_BACKWARDS_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_ROTATE_BACKWARDS_name);

	zval const_STATS_ALL_value;
	ZVAL_LONG(&const_STATS_ALL_value, 1);
	zend_string *const_STATS_ALL_name = zend_string_init_interned("STATS_ALL", sizeof("STATS_ALL") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_STATS_ALL_name, &const_STATS_ALL_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_STATS_ALL_name, &const_STATS_ALL_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_STATS_ALL_name);

	zval const_STATS_PROCESS_value;
	ZVAL_LONG(&const_STATS_PROCESS_value, 2);
	zend_string *const_STATS_PROCESS_name = zend_string_init_interned("STATS_PROCESS", sizeof("STATS_PROCESS") - 1, 1);
#if (PHP_VERSION_ID >= 80300)
	zend_declare_typed_class_constant(class_entry, const_STATS_PROCESS_name, &const_STATS_PROCESS_value, ZEND_ACC_PUBLIC, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_LONG));
#else
	zend_declare_class_constant_ex(class_entry, const_STATS_PROCESS_name, &const_STATS_PROCESS_value, ZEND_ACC_PUBLIC, NULL);
#endif
	zend_string_release(const_STATS_PROCESS_name);


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "addservers", sizeof("addservers") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "get", sizeof("get") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "get", sizeof("get") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "set", sizeof("set") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "set", sizeof("set") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "delete", sizeof("delete") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "has", sizeof("has") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "touch", sizeof("touch") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_string *attribute_name_NoDiscard_func_add_0 = zend_string_init_interned("NoDiscard", sizeof("NoDiscard") - 1, 1);
	zend_add_function_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "add", sizeof("add") - 1), attribute_name_NoDiscard_func_add_0, 0);
	zend_string_release(attribute_name_NoDiscard_func_add_0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "add", sizeof("add") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "add", sizeof("add") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_string *attribute_name_NoDiscard_func_replace_0 = zend_string_init_interned("NoDiscard", sizeof("NoDiscard") - 1, 1);
	zend_add_function_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "replace", sizeof("replace") - 1), attribute_name_NoDiscard_func_replace_0, 0);
	zend_string_release(attribute_name_NoDiscard_func_replace_0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "replace", sizeof("replace") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "replace", sizeof("replace") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "increment", sizeof("increment") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "decrement", sizeof("decrement") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "getwithversion", sizeof("getwithversion") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_string *attribute_name_NoDiscard_func_cas_0 = zend_string_init_interned("NoDiscard", sizeof("NoDiscard") - 1, 1);
	zend_add_function_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "cas", sizeof("cas") - 1), attribute_name_NoDiscard_func_cas_0, 0);
	zend_string_release(attribute_name_NoDiscard_func_cas_0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "cas", sizeof("cas") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "cas", sizeof("cas") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "getmulti", sizeof("getmulti") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_string *attribute_name_NoDiscard_func_setmulti_0 = zend_string_init_interned("NoDiscard", sizeof("NoDiscard") - 1, 1);
	zend_add_function_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "setmulti", sizeof("setmulti") - 1), attribute_name_NoDiscard_func_setmulti_0, 0);
	zend_string_release(attribute_name_NoDiscard_func_setmulti_0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "setmulti", sizeof("setmulti") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "deletemulti", sizeof("deletemulti") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "getserver", sizeof("getserver") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "getreplica", sizeof("getreplica") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}

static zend_class_entry *register_class_SharedanceSession(zend_class_entry *class_entry_SessionHandlerInterface, zend_class_entry *class_entry_SessionIdInterface, zend_class_entry *class_entry_SessionUpdateTimestampHandlerInterface)
{
	zend_class_entry ce, *class_entry;

	INIT_CLASS_ENTRY(ce, "SharedanceSession", class_SharedanceSession_methods);
#if (PHP_VERSION_ID >= 80400)
	class_entry = zend_register_internal_class_with_flags(&ce, NULL, ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE);
#else
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;
#endif
	zend_class_implements(class_entry, 3, class_entry_SessionHandlerInterface, class_entry_SessionIdInterface, class_entry_SessionUpdateTimestampHandlerInterface);


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "open", sizeof("open") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "read", sizeof("read") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "write", sizeof("write") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "write", sizeof("write") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "destroy", sizeof("destroy") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "validateid", sizeof("validateid") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "updatetimestamp", sizeof("updatetimestamp") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "updatetimestamp", sizeof("updatetimestamp") - 1), 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}
