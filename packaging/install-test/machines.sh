# Machines with a systemd that has really booted, for packaging/test-install: each is a folder with a
# Debian, in namespaces that systemd-nspawn makes, and a network of their own. It has $work, and says
# fail().
# shellcheck shell=bash disable=SC2154

declare -A nspawns=() # the process of each machine's systemd-nspawn, by the machine's name
declare -A spaces=()  # its network namespace

# A network of the machines that are named, 10.42.0.1 and so on, with no way out of it.
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
		ip -n "$bridge-$name" address add "10.42.0.$number/24" dev eth0
		ip -n "$bridge-$name" link set eth0 up
	done
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
