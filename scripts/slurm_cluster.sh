#!/usr/bin/env bash
# A Slurm cluster of three nodes on this one machine, without systemd: for tests, and to try things out. Needs root, and
# Debian's slurm-wlm and munge.
#
#   slurm_cluster.sh start DIR       make it below DIR, which must be new; then use it with SLURM_CONF=DIR/slurm.conf
#   slurm_cluster.sh kill DIR NODE   take a node (n1, n2, n3) away as a power cut does, with all that runs on it
#   slurm_cluster.sh stop DIR        end it; what it leaves in DIR can be read, and deleted
set -euo pipefail

readonly NODES="n1 n2 n3"

fail() {
    echo "slurm_cluster.sh: $1" >&2
    exit 1
}

# So many ports in a row that nobody listens on.
free_ports() {
    local count=$1 first port
    for _ in $(seq 100); do
        first=$((20000 + RANDOM % 10000))
        for port in $(seq "$first" $((first + count - 1))); do
            if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
        done
        echo "$first"
        return
    done
    fail "no free ports"
}

# Waits until a command succeeds, for at most 30 seconds.
await() {
    for _ in $(seq 300); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    fail "waited in vain for: $*"
}

write_configuration() {
    local dir=$1 port
    port=$(free_ports 4)
    cat >"$dir/slurm.conf" <<EOF
ClusterName=loopback
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=1
SlurmdTimeout=${SLURMD_TIMEOUT:-10}
MessageTimeout=2
TCPTimeout=1
ReturnToService=2
MaxArraySize=${MAX_ARRAY_SIZE:-1001}
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=n[1-3] NodeAddr=127.0.0.1 NodeHostname=$(hostname -s) Port=[$((port + 1))-$((port + 3))] CPUs=1 RealMemory=100
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
}

start() {
    local dir=$1 node
    [ "$(id -u)" = 0 ] || fail "needs root"
    [ ! -e "$dir" ] || fail "$dir is there already"
    mkdir -p "$dir/state"
    dir=$(cd "$dir" && pwd)
    chmod 755 "$dir"
    write_configuration "$dir"
    (umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
    munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
        --log-file="$dir/munged.log" --seed-file="$dir/munge.seed"
    export SLURM_CONF="$dir/slurm.conf"
    slurmctld
    await scontrol ping
    for node in $NODES; do
        mkdir -p "$dir/spool-$node"
        slurmd -N "$node"
    done
    await all_idle
}

all_idle() {
    [ "$(sinfo --noheader --format=%T --Node | sort -u)" = idle ]
}

# The processes that a node runs: those that Slurm told its name, and the step daemons that started them.
on_node() {
    local environ pid parent
    for environ in $(grep -lzxs "SLURM_CONF=$1/slurm.conf" /proc/[0-9]*/environ); do
        grep -qzxs "SLURMD_NODENAME=$2" "$environ" || continue
        pid=${environ//[^0-9]/}
        echo "$pid"
        parent=$(ps -o ppid= -p "$pid" | tr -d ' ')
        if grep -qs slurmstepd "/proc/${parent:-none}/comm"; then echo "$parent"; fi
    done
}

kill_all() {
    # What has ended already is no failure.
    kill -9 "$@" 2>/dev/null || true
}

kill_node() {
    local dir
    dir=$(cd "$1" && pwd)
    kill_all "$(cat "$dir/$2.pid")"
    # A task that was being started when its daemon died begins all the same.
    for _ in 1 2 3 4 5 6; do
        # shellcheck disable=SC2046
        kill_all $(on_node "$dir" "$2" | sort -u)
        sleep 0.2
    done
}

# Nothing of it is worth an orderly end.
stop() {
    local dir node
    dir=$(cd "$1" && pwd)
    # shellcheck disable=SC2046
    kill_all $(cat "$dir"/slurmctld.pid "$dir"/n?.pid "$dir"/munged.pid 2>/dev/null)
    for node in $NODES; do
        # shellcheck disable=SC2046
        kill_all $(on_node "$dir" "$node" | sort -u)
    done
}

case "${1:-}" in
    start) start "$2" ;;
    kill) kill_node "$2" "$3" ;;
    stop) stop "$2" ;;
    *) fail "say start DIR, kill DIR NODE or stop DIR" ;;
esac
