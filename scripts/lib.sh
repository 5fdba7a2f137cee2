# Shared by the scripts: what a fresh Debian or Ubuntu needs is installed here.

# Root may have another user's checkout. git trusts that no less than whoever runs a script of it.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$PWD"

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

# Those of the named Debian packages that are missing.
missing_packages() {
	local package

	for package; do
		dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || echo "$package"
	done
}

# Installs those of the named Debian packages that are missing. Nothing is downloaded when none is.
need_packages() {
	local missing log status=0

	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	if ! command -v apt-get >/dev/null; then
		say "These Debian packages are missing, and there is no apt-get to install them: ${missing[*]}"
		return 1
	fi
	say "Installing ${missing[*]}"
	log=$(mktemp)
	quietly "$log" as_root "$(dirname "${BASH_SOURCE[0]}")/install-packages" "${missing[@]}" || status=1
	rm -f "$log"
	return $status
}

# Says which of the named packages will be installed, with what they need, and how large that is.
announce_packages() {
	local missing

	mapfile -t missing < <(missing_packages "$@")
	if [ ${#missing[@]} -eq 0 ]; then
		say 'All packages that this needs are installed.'
		return
	fi
	say "This will install ${missing[*]}, with what they need."
	! command -v apt-get >/dev/null ||
		LC_ALL=C apt-get install --assume-no --no-install-recommends -o Debug::NoLocking=1 "${missing[@]}" 2>/dev/null |
		sed -n 's/^Need to get/  Apt will get/p; s/^After this operation/  After that/p' >&2
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

# The mirror of Debian that this machine's apt has: the first that is not for security, or, with "security", the
# first that is.
debian_mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' | sort -u |
		if [ "${1-}" = security ]; then grep security; else grep -v security; fi | head -n 1
}

# The lines of sources.list for a suite, with its updates.
debian_sources() {
	local mirror security

	mirror=$(debian_mirror)
	security=$(debian_mirror security)
	printf 'deb %s %s main\n' "$mirror" "$1" "$mirror" "$1-updates"
	[ -z "$security" ] || printf 'deb %s %s-security main\n' "$security" "$1"
}

# The version of the sources, in PHP's form: 1.0.0dev, 1.0.0beta1, 1.0.0.
version_of_sources() {
	sed -n 's/^#define PHP_SHAREDANCE_VERSION "\(.*\)"/\1/p' php_sharedance.h
}

# The same in Debian's form, in which 1.0.0~beta1-1 comes before 1.0.0-1.
debian_version() {
	version_of_sources | sed 's/^\([0-9.]*[0-9]\)\([A-Za-z]\)/\1~\2/; s/$/-1/; s/.*/\L&/'
}

# That of packages. apt takes a package only if its version is another one, so while a version is in development each
# commit's is higher than that of the one before.
package_version() {
	local version

	version=$(debian_version)
	[[ $version != *~dev-* || ! -e .git ]] ||
		version=${version/~dev-/~dev$(TZ=UTC0 git log -1 --date=format-local:%Y%m%d%H%M%S --format=%cd)-}
	echo "$version"
}
