# shellcheck shell=sh
# The judge: a real dump and restore of a small JVM that holds a listening TCP socket. `criu check` is no substitute,
# it passes for versions that cannot dump a socket on this kernel.
# Uses $here, $work, $java_home; sets $reason.

judge_pid=

# What the engines do as well: CRIU without CAP_SYS_ADMIN has to be told so. A process without it gets it not back by
# being root, as in most containers.
unprivileged=--unprivileged
effective=$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
[ $((0x$effective >> 21 & 1)) -eq 0 ] || unprivileged=

# True when process $1 is gone, or only waits to be reaped by a parent that is not ours.
process_gone() {
    [ ! -e "/proc/$1/status" ] || grep -qs '^State:[[:space:]]*[ZX]' "/proc/$1/status"
}

# Waits up to $1 tenths of a second for the command in the remaining arguments to succeed.
wait_until() {
    tenths=$(($1 * 2))
    shift
    until "$@"; do
        tenths=$((tenths - 1))
        [ "$tenths" -gt 0 ] || return 1
        sleep 0.05
    done
}

ready_or_gone() { [ -e "$trial/ready" ] || process_gone "$judge_pid"; }
answer_or_gone() { [ -e "$trial/answer" ] || process_gone "$judge_pid"; }

# A PID may have been given to somebody else meanwhile: only a process of ours, or CRIU half way through a restore,
# is ended.
end_judged() {
    [ -n "$judge_pid" ] || return 0
    pid=$judge_pid
    judge_pid=
    if ! process_gone "$pid"; then
        if grep -qs "$work" "/proc/$pid/cmdline" || [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = criu ]; then
            kill -9 "$pid" 2>/dev/null
            wait_until 50 process_gone "$pid"
        fi
    fi
    # Reaps it where it is still a child of this shell; after a restore it is not.
    wait "$pid" 2>/dev/null
    return 0
}

# Descriptors that this script inherited would be dumped too, and a foreign socket among them fails the dump.
# shellcheck disable=SC2016  # the dollars are Perl's
close_and_exec='use POSIX (); POSIX::close($_) for 3 .. 1023; exec { $ARGV[0] } @ARGV or exit 127'

# A failure here says nothing about CRIU, so it ends the script.
start_judged() {
    if [ ! -e "$work/classes/Judge.class" ]; then
        "$java_home/bin/javac" -d "$work/classes" "$here/setup.d/Judge.java" >"$work/javac.log" 2>&1 ||
            die "cannot judge CRIU, javac failed: $(head -n 1 "$work/javac.log")"
    fi
    set -- "$java_home/bin/java" -Xshare:auto -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xmx32m \
        -cp "$work/classes" Judge "$trial"
    if command -v perl >/dev/null 2>&1; then
        set -- perl -e "$close_and_exec" "$@"
    fi
    # In the background setsid does not fork, so $! is the JVM.
    (cd "$work" && exec env -u JAVA_TOOL_OPTIONS -u JDK_JAVA_OPTIONS -u _JAVA_OPTIONS setsid "$@") \
        </dev/null >"$trial/jvm.log" 2>&1 9>&- &
    judge_pid=$!
    wait_until 300 ready_or_gone
    [ -e "$trial/ready" ] ||
        die "cannot judge CRIU, the JVM to dump did not start: $(head -n 1 "$trial/jvm.log")"
}

# Runs CRIU's command $2 with the CRIU $1 under a deadline: without cap_setpcap a restore may hang for ever.
run_criu() {
    binary=$1
    action=$2
    shift 2
    timeout -k 5 30 "$binary" "$action" "$@" ${unprivileged:+"$unprivileged"} --shell-job \
        -D "$trial/image" -W "$trial" -o "$action.log" </dev/null >"$trial/$action.out" 2>&1 9>&-
}

# The first error of CRIU's log, or of its output, without time stamp and source line. What it merely tried
# (programs to run, a higher limit) is no reason.
criu_reason() {
    line=$(cat "$trial/$1.log" "$trial/image/$1.log" "$trial/$1.out" 2>/dev/null |
        sed -n '/: exited, status=/d; /: rlimit: /d; s/^.*Error ([^)]*): //p' | head -n 1)
    [ -n "$line" ] || line=$(head -n 1 "$trial/$1.out" 2>/dev/null)
    [ -n "$line" ] || line="criu $1 ended without an explanation (status $2)"
    printf '%s\n' "$line" | sed 's/[:. ]*$//'
}

# Judges the CRIU $1 by a process of its own: 0 it works, 1 it does not, 2 it is not permitted to here; $reason says
# why.
judge() {
    reason=
    trial=$(mktemp -d "$work/trial.XXXXXX") && mkdir "$trial/image" ||
        die "cannot judge CRIU: no directory can be made in $work"
    start_judged
    # Some shells report on standard error that the JVM was killed, which is what a dump does.
    judge_trial "$1" 2>/dev/null
    verdict=$?
    end_judged 2>/dev/null
    rm -rf "$trial"
    if [ "$verdict" -ne 0 ] && [ -n "$unprivileged" ]; then
        case $reason in
            "CRIU needs to have the CAP_"* | *"ermission denied"* | *"peration not permitted"*) verdict=2 ;;
        esac
    fi
    return "$verdict"
}

# Dumps, restores and questions the process $judge_pid with the CRIU $1.
judge_trial() {
    run_criu "$1" dump -t "$judge_pid"
    status=$?
    if [ "$status" -ne 0 ]; then
        reason=$(criu_reason dump "$status")
        return 1
    fi
    if ! wait_until 50 process_gone "$judge_pid"; then
        reason="criu dump reported success, but process $judge_pid is still there"
        return 1
    fi
    # The PID has to be free again before the restore.
    wait "$judge_pid" 2>/dev/null
    run_criu "$1" restore -d
    status=$?
    if [ "$status" -ne 0 ]; then
        reason=$(criu_reason restore "$status")
        return 1
    fi
    : >"$trial/ask"
    wait_until 100 answer_or_gone
    if [ "$(cat "$trial/answer" 2>/dev/null)" != yes ]; then
        reason="the restored process does not answer on its TCP socket"
        return 1
    fi
}
