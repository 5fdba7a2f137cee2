# Machines with a systemd that has really booted, for packaging/test-install and packaging/test-readme: each is a
# folder with a Debian, in namespaces that systemd-nspawn makes, and a network of their own. It has $work, $suite,
# $folder, $mirror and $network (such as 10.42.0), and says fail().
# shellcheck shell=bash disable=SC2154

declare -A nspawns=() # the process of each machine's systemd-nspawn, by the machine's name
declare -A spaces=()  # its network namespace

# A network of the machines that are named, $network.1 and so on, with no way out of it.
make_network() {
	local name bridge=sdit$$ number=0

	ip netns add "$bridge"
	spaces[bridge]=$bridge
	ip -n "$bridge" link add bridge type bridge
	ip -n "$bridge" link set bridge up
	for name; do
		number=$((number + 1))
		ip netns add "$bridge-$name"
		spaces[$name]=$bridge-$name
		ip -n "$bridge" link add "port$number" type veth peer name eth0 netns "$bridge-$name"
		ip -n "$bridge" link set "port$number" master bridge up
		ip -n "$bridge-$name" link set lo up
		ip -n "$bridge-$name" address add "$network.$number/24" dev eth0
		ip -n "$bridge-$name" link set eth0 up
	done
}

# The image of machine one: a Debian of $suite, with the packages of $folder in /packages, and what they and a web site need,
# and what is named. What the packages depend on is installed here: it is no concern of the tests, and the machines
# have no way to $mirror.
make_debian() {
	local depends

	if [ -n "${SHAREDANCE_CHROOT-}" ]; then
		cp -a "$SHAREDANCE_CHROOT" "$work/one"
	else
		quietly "$work/debootstrap.log" debootstrap --variant=minbase "$suite" "$work/one" "$mirror"
	fi
	printf '#!/bin/sh\nexit 101\n' >"$work/one/usr/sbin/policy-rc.d"
	chmod 755 "$work/one/usr/sbin/policy-rc.d"
	cp /etc/resolv.conf "$work/one/etc/"
	debian_sources "$suite" >"$work/one/etc/apt/sources.list"
	depends=$(for package in "$folder"/*.deb; do dpkg-deb --field "$package" Depends | tr ',' '\n'; done |
		sed 's/|.*//; s/(.*//; s/ //g' | grep -vE '^(phpapi-.*|php-sharedance|sharedanced|sharedance-tools)?$' | sort -u)
	# shellcheck disable=SC2086,SC2016
	chroot "$work/one" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
		sh -c 'apt-get update && apt-get install -y --no-install-recommends "$@"' - \
		systemd-sysv dbus logrotate nginx php-cli php-fpm $depends "$@" >"$work/apt.log" 2>&1 ||
		fail "$(tail -n 20 "$work/apt.log")"
	rm "$work/one/usr/sbin/policy-rc.d" "$work/one/etc/resolv.conf"
	mkdir "$work/one/packages"
	cp "$folder"/*.deb "$work/one/packages/"
	rm -f "$work/one"/packages/*-dbgsym_*
	printf '%s\n' '127.0.0.1 localhost' "$network.1 one" "$network.2 two" >"$work/one/etc/hosts"
}

# A web site on machine $1, as its administrator has it before: nginx, php-fpm and a page.
make_site() {
	mkdir -p "$work/$1/var/www/test"
	cp packaging/install-test/page.php packaging/install-test/visitors.php "$work/$1/var/www/test/"
	rm "$work/$1/etc/nginx/sites-enabled/default" # a link, which leads out of the machine
	cat >"$work/$1/etc/nginx/sites-enabled/test" <<-END
		server {
			listen 80;
			root /var/www/test;
			location ~ \.php\$ {
				include snippets/fastcgi-php.conf;
				fastcgi_pass unix:/run/php/php$php-fpm.sock;
			}
		}
	END
	on "$1" systemctl reload-or-restart nginx.service
}

# One visit of Anna at machine $1, which prints its number.
visit() {
	# shellcheck disable=SC2016
	on "$1" php -r 'echo trim(file_get_contents("http://127.0.0.1/page.php", false,
		stream_context_create(["http" => ["header" => "Cookie: PHPSESSID=anna"]])));' 2>&1
}

# Anna's visit at machine $1 has number $2.
expect_visit() {
	local answer

	answer=$(visit "$1")
	[ "$answer" = "$2" ] || fail "visit $2 at machine $1 is answered: $answer"
}

# The first process of machine $1, seen from here.
leader() {
	local child

	# shellcheck disable=SC2013
	for child in $(cat "/proc/${nspawns[$1]}/task/${nspawns[$1]}/children" 2>/dev/null); do
		if grep -q '^NSpid:.*[[:space:]]1$' "/proc/$child/status" 2>/dev/null; then
			echo "$child"
			return
		fi
	done
	return 1
}

# Runs a command in machine $1.
on() {
	local name=$1 pid
	shift

	pid=$(leader "$name") || fail "machine $name does not run: $(tail -n 20 "$work/$name.log")"
	nsenter --target "$pid" --mount --uts --ipc --net --pid -- \
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive "$@"
}

# Boots machine $1, and waits until it has.
boot() {
	local name=$1 state

	UNIFIED_CGROUP_HIERARCHY=1 systemd-nspawn --quiet --register=no --keep-unit --directory="$work/$name" \
		--machine="sdit$$-$name" --hostname="$name" --network-namespace-path="/run/netns/${spaces[$name]}" \
		--resolv-conf=off --timezone=off --boot >"$work/$name.log" 2>&1 </dev/null &
	nspawns[$name]=$!
	for _ in $(seq 600); do
		kill -0 "${nspawns[$name]}" 2>/dev/null || return 1
		if leader "$name" >/dev/null; then
			state=$(on "$name" systemctl is-system-running 2>/dev/null || true)
			case $state in
			running | degraded) return 0 ;;
			esac
		fi
		sleep 0.2
	done
	return 1
}

# Reboots machine $1: the status with which systemd-nspawn ends is that of an order to start it again.
reboot_machine() {
	local status=0

	on "$1" systemctl reboot >/dev/null 2>&1 || true
	wait_until_off "$1" || fail "machine $1 does not go down: $(tail -n 30 "$work/$1.log")"
	wait "${nspawns[$1]}" || status=$?
	[ "$status" = 133 ] || fail "machine $1 ended with status $status instead of a reboot"
	boot "$1" || fail "machine $1 does not come back: $(tail -n 30 "$work/$1.log")"
}

wait_until_off() {
	for _ in $(seq 600); do
		kill -0 "${nspawns[$1]}" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# Ends all machines and their network.
end_machines() {
	local name

	for name in "${!nspawns[@]}"; do
		kill "${nspawns[$name]}" 2>/dev/null || true # it switches the machine off
		wait_until_off "$name" || kill -KILL "${nspawns[$name]}" 2>/dev/null || true
		wait "${nspawns[$name]}" 2>/dev/null || true
		rmdir "/run/systemd/nspawn/propagate/sdit$$-$name" 2>/dev/null || true
	done
	for name in "${spaces[@]}"; do
		ip netns delete "$name" 2>/dev/null || true
	done
}
