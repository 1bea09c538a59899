hold=$1 work=$2 image=$3 lost=$4
shift 4
cd /
"$@" --status-fd 9 9>&1 </dev/null >"$work/lazy-pages.out" 2>&1 &
daemon=$!
exec >/dev/null
if ! read -r program; then
  kill -s KILL "$daemon" 2>/dev/null
  wait "$daemon" 2>/dev/null
  exit 0
fi

# start_of PID: the start time of a process, which has not ended yet.
start_of() {
  { read -r fields <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${fields##*) }
  if [ "$1" = Z ]; then return 1; fi
  echo "${20}"
}

end_tree() {
  kill -s STOP "$1"
  for child in $(cat "/proc/$1/task/$1/children"); do (end_tree "$child"); done
  kill -s KILL "$1"
}

start=$(start_of "$program")
if command -v perl && mkfifo "$work/hold"; then
  perl -e "$hold" "$daemon" <"$work/hold" 2>/dev/null &
  holder=$!
  exec 8>"$work/hold"
fi
wait "$daemon" 2>/dev/null
status=$?
if [ $status -ne 0 ] && [ "$(start_of "$program")" = "${start:-ended}" ]; then
  end_tree "$program" 2>/dev/null
  printf "checkpointer: the memory of process %s, the program of %s, was lost: criu lazy-pages ended with status %s before all of it was there, and the program was ended\n  Look at the log, or restore without --lazy.\n  log: %s\n" \
    "$program" "$image" "$status" "$work/lazy-pages.log" >&2
else
  lost=0
fi
exec 8>&-
if [ -n "${holder:-}" ]; then wait "$holder"; fi
while read -r _; do :; done
if [ "$lost" -eq 0 ]; then
  rm -rf "$work"
else
  for file in "$work"/*; do
    if [ "$file" != "$work/lazy-pages.log" ]; then rm -f "$file"; fi
  done
fi
exit "$lost"
