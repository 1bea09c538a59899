# Becomes the program. Its PID is noted as the machine outside of any namespace sees it, for which descriptor 9 is /proc.
# Arguments: the directory for the notes, then the command.
notes=$1
shift
outside=/proc
if [ -d /proc/self/fd/9/self ]; then outside=/proc/self/fd/9; fi
read -r boot </proc/sys/kernel/random/boot_id
read -r stat <"$outside/self/stat"
rest=${stat##*) }
# shellcheck disable=SC2086
start=$(set -f && set -- $rest && echo "${20}")
exec 9<&-
printf '%s\n' "${stat%% *} $start $boot" >"$notes/program.new" && mv "$notes/program.new" "$notes/program" && exec "$@"
