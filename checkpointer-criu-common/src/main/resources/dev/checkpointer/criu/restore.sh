# Starts CRIU's worker for a restore. Its own text is its name, so that it can start itself again. Arguments: work
# directory; standard input, output and error of the program; "namespace" for a PID namespace of its own, or "here"; then
# the worker's command. A stream is "inherit", or an operator and a path: <FILE, >FILE, >>FILE. The streams become
# descriptors 4, 5 and 6, where CRIU is told to look for them.
work=$1 in=$2 out=$3 err=$4 place=$5
shift 5

# Prints this process's PID and start time, field 22 of its line (proc_pid_stat(5)), which exec does not change.
identity() {
  read -r fields </proc/$$/stat
  # shellcheck disable=SC2086
  set -- ${fields##*) }
  echo "$$ ${20}"
}

if [ "$place" != inside ]; then identity >"$work/pid" || exit 1; fi
if [ "$place" = namespace ]; then
  exec unshare --pid --fork --mount-proc --kill-child -- sh -c "$0" "$0" "$work" "$in" "$out" "$err" inside "$@" \
    2>"$work/criu.out"
fi

# open_as NUMBER STREAM OWN: opens a stream as this descriptor. A terminal is opened for both directions. Inside the
# namespace an inherited file is opened anew: what was opened outside has a mount that CRIU cannot find there, so that the
# program could not be dumped again.
open_as() {
  stream=$2
  if [ "$stream" = inherit ]; then
    file=$(readlink "/proc/$$/fd/$3") || file=/dev/null
    if [ "$file" != /dev/null ] && { [ "$place" != inside ] || { [ ! -c "$file" ] && [ ! -f "$file" ]; }; }; then
      eval "exec $1<&$3"
      return
    fi
    if [ "$3" = 0 ]; then stream="<$file"; else stream=">>$file"; fi
  fi
  file=/${stream#*/} operator=${stream%%/*}
  if [ -c "$file" ] && [ -r "$file" ] && [ -w "$file" ]; then operator='<>'; fi
  eval "exec $1$operator\"\$file\""
}

open_as 4 "$in" 0
open_as 5 "$out" 1
open_as 6 "$err" 2
exec "$@" <&4 >>"$work/criu.out" 2>&1
