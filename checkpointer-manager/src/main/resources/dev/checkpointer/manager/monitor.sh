# Starts a program of a service and notes how it ended, whether the daemon is there or not. Nobody signals it.
# Arguments: a directory for the notes, a file there that allows the start, how the program is started, what begins it, where its
# output and errors go, then its command.
notes=$1 leave=$1/$2 kind=$3 begin=$4 output=$5 errors=$6
shift 6
if [ ! -e "$leave" ]; then exit; fi
exec </dev/null >>"$output" 2>>"$errors"
note() { printf '%s\n' "$2" >"$notes/$1.new" && mv "$notes/$1.new" "$notes/$1"; }

read -r boot </proc/sys/kernel/random/boot_id
read -r stat </proc/self/stat
# shellcheck disable=SC2086
started=$(set -f && set -- ${stat##*) } && echo "${20}")
note monitor "$$ $started $boot"
# Another daemon may have taken it away, and have told that nothing runs.
rm "$leave" 2>/dev/null || exit

case $kind in
  plain) setsid sh -c "$begin" begin "$notes" "$@" & ;;
  isolated)
    exec 9</proc
    # Low PIDs are for what restores the program in a namespace of its own. CRIU knows only files that were opened in there.
    # shellcheck disable=SC2016
    unshare --pid --mount --fork --mount-proc --kill-child sh -c '
      { echo 299 >/proc/sys/kernel/ns_last_pid; } 2>/dev/null
      begin=$1 output=$2 errors=$3
      shift 3
      exec </dev/null >>"$output" 2>>"$errors"
      setsid sh -c "$begin" begin "$@" &
      exec 9<&-
      wait $! 2>/dev/null
      status=$?
      # Who came in from outside dumps the program, and is not done yet.
      guest() {
        for process in /proc/[0-9]*; do
          if [ "$process" != /proc/1 ] && { read -r stat <"$process/stat"; } 2>/dev/null; then
            stat=${stat##*) }
            case $stat in
              ?" 0 "*) return 0 ;;
            esac
          fi
        done
        return 1
      }
      while guest; do sleep 0.01; done
      exit $status' isolate "$begin" "$output" "$errors" "$notes" "$@" &
    exec 9<&-
    ;;
  *) "$@" & ;;
esac
wait $! 2>/dev/null # the shell would tell of a signal
note ended "$? $(date +%s)"
