# Shared by the scripts: what a fresh Debian or Ubuntu needs is installed here.

say() {
	printf '%s\n' "$*" >&2
}

# Runs a command as root: as it is, or by sudo.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		say "This needs root or sudo: $*"
		return 1
	fi
}

# Installs those of the named Debian packages that are missing. Nothing is downloaded when none is.
need_packages() {
	local missing=() package

	for package; do
		dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
			missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		say "These Debian packages are missing, and there is no apt-get to install them: ${missing[*]}"
		return 1
	fi
	say "Installing ${missing[*]}"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >&2
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
		-o Dpkg::Use-Pty=0 "${missing[@]}" >&2
}

# Runs a command with its output in a log, which is shown where the command fails.
quietly() {
	local log=$1

	shift
	"$@" >"$log" 2>&1 || {
		cat "$log" >&2
		say "Failed: $*"
		return 1
	}
}
