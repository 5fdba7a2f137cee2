# phpize's own install takes INSTALL_ROOT; DESTDIR is the name of it that the other Makefiles have.
INSTALL_ROOT = $(DESTDIR)

# phpize has no uninstall: this takes away what its install brings.
uninstall:
	rm -f $(INSTALL_ROOT)$(EXTENSION_DIR)/sharedance.so

# The bundled server, from the root: it needs libevent and LMDB, the extension does not. Nor does `make
# test`, which skips what needs a server if there is none.
sharedanced:
	$(MAKE) -C $(srcdir)/server

.PHONY: sharedanced uninstall
