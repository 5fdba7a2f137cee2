# `make install` and `make uninstall` of the server and of the tool, whose Makefiles include this.
# INSTALLED has what is installed, each as "mode:place:file"; both targets go by it, so that one takes
# away what the other brings. OWN_FOLDERS are removed if nothing else is in them, the innermost first.
# Make variables: PREFIX, DESTDIR (stands before all places), BINDIR, SBINDIR, MANDIR, DOCDIR,
# COMPLETIONDIR.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc
COMPLETIONDIR ?= $(PREFIX)/share/bash-completion/completions

install: $(OUT)
	@set -e; for entry in $(INSTALLED); do \
		mode=$${entry%%:*} rest=$${entry#*:}; \
		place="$(DESTDIR)$${rest%%:*}"; \
		echo "install $$place"; \
		install -D -m "$$mode" "$${rest#*:}" "$$place"; \
	done

uninstall:
	@set -e; for entry in $(INSTALLED); do \
		rest=$${entry#*:}; \
		rm -f "$(DESTDIR)$${rest%%:*}"; \
	done; \
	for folder in $(OWN_FOLDERS); do \
		rmdir "$(DESTDIR)$$folder" 2>/dev/null || true; \
	done

.PHONY: install uninstall
