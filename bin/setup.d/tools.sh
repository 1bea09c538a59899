# shellcheck shell=sh disable=SC2154
# For scripts that run what they build: the tools that bin/setup finds, and a build of no more than has changed.
# Uses $root, $work, note and die; sets $java_home, $mvn and CHECKPOINTER_CRIU.

# Runs bin/setup and takes over what it found.
find_tools() {
  found=$("$root/bin/setup") || die "bin/setup failed"
  java_home=$(found_by_setup jdk)
  mvn=$(found_by_setup maven)
  CHECKPOINTER_CRIU=$(found_by_setup criu)
  export CHECKPOINTER_CRIU
}

# Lines of bin/setup look like "jdk: /usr/lib/jvm/java-17 (17.0.15)".
found_by_setup() {
  printf '%s\n' "$found" | sed -n "s/^$1: \(.*\) ([^()]*)\$/\1/p"
}

# build STAMP MODULE...: builds modules with all that they need, when something that goes into them is newer than STAMP, the
# last build of them by this.
build() {
  stamp=$1
  shift
  if [ -e "$stamp" ] && [ -z "$(sources "$@" | xargs -I '{}' find '{}' -newer "$stamp" | sed -n 1p)" ]; then return; fi
  note "building $*"
  : >"$work/stamp" # older than whatever changes during the build
  modules=$(printf '%s,' "$@")
  # Nothing is checked that does not go into the jars, and nothing is installed.
  if ! (cd "$root" && JAVA_HOME=$java_home "$mvn" -q -pl "${modules%,}" -am package -Dmaven.test.skip \
    -Dspotless.check.skip -Denforcer.skip -Dmaven.javadoc.skip -Dmaven.source.skip) </dev/null >"$work/build.log" 2>&1
  then
    tail -n 30 "$work/build.log" >&2
    die "the build failed"
  fi
  cp -p "$work/stamp" "$stamp"
}

# What goes into the modules, one name a line.
sources() {
  printf '%s\n' "$root/pom.xml" "$root/bin/checkpointer" "$root/examples/pom.xml"
  for module in "$root"/checkpointer-* "$@"; do
    case $module in
      /*) ;;
      *) module=$root/$module ;;
    esac
    for source in "$module/pom.xml" "$module/src/main"; do
      if [ -e "$source" ]; then printf '%s\n' "$source"; fi
    done
  done
}
