# Runs CRIU for a dump, for a JVM that dumps itself from outside that JVM's process tree.
# Arguments: PID to dump, staging directory, deadline in seconds, then the criu command. When a JVM dumps itself, --self
# and the PID of the process that started this one come first, and descriptor 3 is the pipe on which the JVM waits: a line
# tells how the dump ended; the end of the file without a line means that the JVM was restored.
self=no
if [ "$1" = --self ]; then
  self=yes starter=$2
  shift 2
fi
pid=$1 directory=$2 seconds=$3
shift 3

output=$directory/dump.out
command : >"$output" || output=/dev/null
exec </dev/null >"$output" 2>&1

# parent PID: sets ppid to the parent of a process; 0 where it is not to be known (/proc mounted with hidepid).
parent() {
  ppid=0
  while read -r key value; do
    if [ "$key" = PPid: ]; then ppid=$value; fi
  done <"/proc/$1/status"
}

if [ $self = yes ]; then
  # The process that started this one ends at once, and only then is this one out of the JVM's tree.
  attempts=1000
  parent $$
  while [ "$ppid" = "$starter" ] && [ $attempts -gt 0 ]; do
    sleep 0.001
    attempts=$((attempts - 1))
    parent $$
  done
  # An orphan is adopted by the nearest child subreaper, or by PID 1. When that is the JVM, CRIU would dump itself.
  while [ "$ppid" -gt 0 ]; do
    if [ "$ppid" = "$pid" ]; then
      echo within >&3
      exit 1
    fi
    parent "$ppid"
  done
fi

# A CRIU that is killed leaves processes behind with which it tries what the kernel can: stopped, and with the log open.
end_remains() {
  log=$(cd "$directory" && pwd -P)/dump.log || return
  # shellcheck disable=SC2012
  for remainder in $(ls -l /proc/[0-9]*/fd 2>/dev/null | log=$log awk '
    /^\/proc\/[0-9]+\/fd:$/ { split($0, part, "/") }
    { at = index($0, " -> ") }
    at && substr($0, at + 4) == ENVIRON["log"] { print part[3] }'); do
    read -r stat <"/proc/$remainder/stat"
    case ${stat##*) } in
      [Tt]*) kill -s KILL "$remainder" ;;
    esac
  done
}

# The pipe stays open as long as CRIU runs, also when this shell is killed: until then the JVM must not touch the image.
# shellcheck disable=SC2016
timeout -k 5 "$seconds" sh -c 'exec "$@" 3>&-' criu "$@"
status=$?
if [ "$status" -gt 128 ]; then end_remains; fi
if [ $self = yes ]; then echo "$status" >&3; fi
exit "$status"
