#!/bin/sh
# For plain CRIU and a JVM that runs with checkpointer's agent:
#
#   criu dump -t PID --action-script "$PWD/bin/checkpointer-actions.sh" -D DIR -j
#   criu restore --action-script "$PWD/bin/checkpointer-actions.sh" -D DIR -j
#
# CRIU runs it in DIR, so that its path has to be absolute.
#
# Before the dump the program's beforeCheckpoint runs, and a failure of it fails the dump. After the restore, or when the
# dump fails, its afterRestore runs. The JVM's performance data file, which other JVMs remove, is kept with the image.
set -u

note() { echo "checkpointer-actions: $*" >&2; }

fail() {
  note "$1"
  echo "  $2" >&2
  exit 1
}

# Says the line $2 to the agent of process $1 and prints the answer. The socket is the one that this process listens on,
# wherever it is; one that is not there yet is waited for during $3 seconds. 0 ok, 1 error, 2 no agent, 3 no answer.
tell() {
  # shellcheck disable=SC2016  # Perl's variables
  perl -e '
    use strict;
    my ($pid, $line, $patience) = @ARGV;

    sub slurp {
      open(my $file, "<", $_[0]) or return "";
      local $/;
      return <$file> // "";
    }

    sub socket_of_agent {
      my ($inside) = slurp("/proc/$pid/status") =~ /^NSpid:.*?(\d+)$/m;
      my %listening;
      for (split /\n/, slurp("/proc/$pid/net/unix")) {
        my ($inode, $path) = /^\w+: \w+ \w+ 00010000 \w+ \w+ +(\d+) (.*)$/ or next;
        $listening{"socket:[$inode]"} = $path if $path =~ m{/checkpointer\.\Q$inside\E(\.\d+)?$};
      }
      opendir(my $descriptors, "/proc/$pid/fd") or return undef;
      for (readdir $descriptors) {
        my $target = readlink("/proc/$pid/fd/$_");
        return $listening{$target} if defined $target && exists $listening{$target};
      }
      return undef;
    }

    # By a short relative name: the address holds 108 bytes, and the program may see other mounts.
    sub call {
      my $path = socket_of_agent() // return undef;
      my ($directory, $name) = $path =~ m{^(/.*)/([^/]+)$} or return undef;
      chdir("/proc/$pid/root$directory") or return undef;
      socket(my $socket, 1, 1, 0) or die $!;
      connect($socket, pack("S a108", 1, $name)) or return undef;
      return $socket;
    }

    my $socket = call();
    # CRIU has not collected a program that has ended.
    for (my $tries = $patience * 200; !$socket && $tries > 0 && slurp("/proc/$pid/stat") =~ /\) [^ZX]/; $tries--) {
      select(undef, undef, undef, 0.005);
      $socket = call();
    }
    $socket or exit 2;
    syswrite($socket, "$line\n");
    shutdown($socket, 1);
    my $answer = "";
    while (sysread($socket, $answer, 65536, length $answer)) {}
    print $answer;
    exit($answer =~ /^ok/m ? 0 : $answer =~ /^error/m ? 1 : 3);
  ' "$1" "$2" "$3"
}

# The namespace tells whether the agent knows CRIU by the same PID. Where it does not, a failed dump is noticed by the
# agent's deadline alone.
dumper() {
  [ "$(readlink "/proc/$1/ns/pid")" != "$(readlink /proc/self/ns/pid)" ] || echo " dumper=$PPID"
}

# CRIU runs this before it freezes anything.
pre_dump() {
  answer=$(tell "$pid" "before-checkpoint$(dumper "$pid")" 0)
  case $? in
    0) ;;
    1)
      echo "$answer" | sed -n 's/^ /  /p' >&2
      fail "process $pid refuses the dump" "Nothing was dumped, and the program goes on"
      ;;
    2)
      fail "process $pid runs without checkpointer's agent, or belongs to somebody else" \
        "Start it with -javaagent:checkpointer-agent.jar, or load the agent into it: jcmd $pid JVMTI.agent_load checkpointer-agent.jar"
      ;;
    *) fail "process $pid has not answered (it may have ended)" "Look at what it wrote" ;;
  esac
}

# The tree is frozen, and the image complete.
post_dump() {
  file=$(sed -n 's|^[^/]* \(/.*/hsperfdata_[^/]*/[0-9]*\)$|\1|p' "/proc/$pid/maps" | head -n 1)
  [ -n "$file" ] || return 0
  if ! cp -p "/proc/$pid/root$file" "$images/perfdata" || ! printf '%s\n' "$file" >"$images/perfdata.path"; then
    fail "cannot keep $file with the image" "Make room, or start the program with -XX:-UsePerfData"
  fi
}

# The JVM has the file mapped, and any other JVM of the user removes it once the process is gone.
pre_restore() {
  [ -r "$images/perfdata.path" ] || return 0
  read -r file <"$images/perfdata.path"
  directory=${file%/*}
  case $file in
    */../* | */./* | */hsperfdata_*/*[!0-9]*) fail "$images/perfdata.path names $file" "The image was changed; do not restore it" ;;
    /*/hsperfdata_*/[0-9]*) ;;
    *) fail "$images/perfdata.path names $file" "The image was changed; do not restore it" ;;
  esac
  if mkdir -m 755 "$directory" 2>/dev/null; then
    [ "$(id -u)" != 0 ] || chown --reference="$images/perfdata" "$directory"
  fi
  if [ -L "$directory" ] || [ ! -d "$directory" ]; then
    fail "$directory, where the JVM keeps its performance data, is not a directory" "Remove it"
  fi
  [ "$(stat -c %u "$directory")" = "$(stat -c %u "$images/perfdata")" ] ||
    fail "$directory does not belong to the program's user" "Remove it"
  cp -p --remove-destination "$images/perfdata" "$file" ||
    fail "cannot put back $file" "Make room for it, or free its place"
}

# The agent may have noticed by itself; then this only waits until afterRestore is done. CRIU ignores the exit status.
post_resume() {
  answer=$(tell "$pid" after-restore 10)
  case $? in
    0) ;;
    1)
      echo "$answer" | sed -n 's/^ /  /p' >&2
      fail "process $pid is restored, but not without failures" "They are the program's own"
      ;;
    2) fail "the agent of process $pid cannot be asked" "Look at what the program wrote" ;;
    *) fail "process $pid has not answered (it may have ended)" "Look at what it wrote" ;;
  esac
}

pid=${CRTOOLS_INIT_PID:-}
images=${CRTOOLS_IMAGE_DIR:-}
command -v perl >/dev/null 2>&1 || fail "perl is missing" "Run bin/setup"
case ${CRTOOLS_SCRIPT_ACTION:-} in
  pre-dump) pre_dump ;;
  post-dump) post_dump ;;
  pre-restore) pre_restore ;;
  post-resume) post_resume ;;
  '')
    note "this is for CRIU: criu dump -t PID --action-script $(readlink -f -- "$0") -D DIR -j"
    exit 2
    ;;
esac
