# Runs CRIU for a dump, for a JVM that dumps itself from outside that JVM's process tree.
# Arguments: PID to dump, staging directory, deadline in seconds, command that finishes the image (quoted for a shell),
# then the criu command. With --status as a further first argument, descriptor 3 is the pipe on which the JVM waits: a
# line tells how the dump ended; the end of the file without a line means that the JVM was restored.
self=no
if [ "$1" = --status ]; then
  self=yes
  shift
fi
pid=$1 directory=$2 seconds=$3 finish=$4
shift 4

output=$directory/dump.out
command : >"$output" || output=/dev/null
exec </dev/null >"$output" 2>&1

# An orphan is adopted by the nearest child subreaper, or by PID 1. When that is the JVM, CRIU would dump itself.
ancestor=$$
while [ $self = yes ] && [ "$ancestor" -gt 1 ]; do
  while read -r key value; do
    if [ "$key" = PPid: ]; then ancestor=$value; fi
  done <"/proc/$ancestor/status"
  if [ "$ancestor" = "$pid" ]; then
    echo within >&3
    exit 1
  fi
done

# CRIU runs this file at several points. After the dump, while the process is frozen, it finishes the image; when that
# fails the process goes on.
hook=$directory/dump.hook
printf '#!/bin/sh\n[ "$CRTOOLS_SCRIPT_ACTION" = post-dump ] || exit 0\nrm -f "$0"\nexec >>"%s" 2>&1\nexec %s\n' \
  "$output" "$finish" >"$hook" && chmod 700 "$hook"
if [ ! -x "$hook" ]; then
  echo "Error: cannot execute $hook; the file system of the image is full or mounted noexec"
  status=126
else
  timeout -k 5 "$seconds" "$@" --action-script "$hook" 3>&-
  status=$?
fi
rm -f "$hook"
if [ $self = yes ]; then echo "$status" >&3; fi
exit "$status"
