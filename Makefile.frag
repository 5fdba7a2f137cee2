# The bundled server, from the root: it needs libevent and LMDB, the extension does not.
sharedanced:
	$(MAKE) -C $(srcdir)/server

.PHONY: sharedanced

# The tests start real servers.
test: sharedanced
