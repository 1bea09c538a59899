# Takes CRIU's place as PID 1 of a namespace, and so becomes the parent of the restored program, whose status it ends with.
# Arguments: the program's PID, and the tasks that wait for SIGCONT. The whole namespace ends with PID 1, so that it waits for
# a command "checkpoint" in there, which has ended the program and is to tell of it.
cd /
exec 3<&- 4>&- 5>&- 6>&- </dev/null >/dev/null 2>&1
if command -v perl; then
  # shellcheck disable=SC2016
  exec perl -e '
    $SIG{$_} = "IGNORE" for qw(INT TERM HUP QUIT);
    for (7 .. 255) { open(my $stray, "<&=", $_) && close($stray); }
    my ($program, $tasks) = @ARGV;
    kill("CONT", split(" ", $tasks));
    while ((my $pid = wait()) != -1) {
      next if $pid != $program;
      my $status = $?;
      for (my $left = 1200; $left && grep { dumps($_) } glob("/proc/[0-9]*/cmdline"); $left--) {
        select(undef, undef, undef, 0.05);
      }
      exit($status & 127 ? 128 + ($status & 127) : $status >> 8);
    }
    exit 1;
    sub dumps { my $file; open($file, "<", shift) && join("", <$file>) =~ /\0checkpoint\0/ }
  ' "$1" "$2"
fi
# shellcheck disable=SC2086
if [ -n "$2" ]; then kill -s CONT $2; fi
# A shell cannot wait for a child that it did not start, so it looks; the status of a zombie is in field 52 of its line.
trap "" INT TERM HUP QUIT
while read -r fields <"/proc/$1/stat"; do
  fields=${fields##*) }
  code=${fields##* }
  case $fields in
    Z*) exit $((code & 127 ? 128 + (code & 127) : code >> 8)) ;;
  esac
  sleep 0.2
done
exit 1
