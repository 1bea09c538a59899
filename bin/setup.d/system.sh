# shellcheck shell=sh
# What comes from the system's own packages: a JDK, Maven, and the small tools that a minimal machine may lack.

# Sets $distribution (its name), $archive (debian or ubuntu for their derivatives too), $codename and $manager.
detect_system() {
    # Tests name another file.
    file=${OS_RELEASE_FILE:-/etc/os-release}
    distribution=$(os_release "$file" ID)
    archive=
    manager=
    for name in $distribution $(os_release "$file" ID_LIKE); do
        case $name in
            ubuntu | debian) archive=$name manager=apt-get; break ;;
            fedora | rhel | centos) manager=dnf; break ;;
        esac
    done
    codename=$(os_release "$file" VERSION_CODENAME)
    # A derivative names its releases itself and tells what it is built on.
    [ "$distribution" = "$archive" ] ||
        codename=$(os_release "$file" "$(echo "$archive" | tr '[:lower:]' '[:upper:]')_CODENAME" | grep . ||
            echo "$codename")
    [ -z "$manager" ] || command -v "$manager" >/dev/null 2>&1 || manager=
}

os_release() { sed -n "s/^$2=//p" "$1" 2>/dev/null | tr -d "\"'" | head -n 1; }

# Installs the packages in the arguments, or says what an administrator has to run.
need_packages() {
    [ "$manager" = dnf ] && command="dnf install -y $*" ||
        command="apt-get install -y --no-install-recommends $*"
    [ -n "$manager" ] || die "missing: $*. Install what goes by these names on ${distribution:-this system} (this" \
        "script knows apt-get and dnf), then run bin/setup again."
    [ "$uid" -eq 0 ] || die "missing packages. As root, run: $command — then run bin/setup again."
    note "installing $*"
    if [ "$manager" = apt-get ] && ! apt-get install -s --no-install-recommends "$@" >/dev/null 2>&1; then
        apt-get -q update </dev/null >"$work/packages.log" 2>&1 9>&-
    fi
    # shellcheck disable=SC2086  # words of a command
    if ! DEBIAN_FRONTEND=noninteractive $command </dev/null >"$work/packages.log" 2>&1 9>&-; then
        die "'$command' failed: $(grep -E '^(E:|Error)' "$work/packages.log" | head -n 1)"
    fi
}

# The first of the packages in the arguments that the package manager knows and can install.
available_package() {
    if [ "$manager" = apt-get ] && [ "$uid" -eq 0 ] && [ -z "$(apt-cache search --names-only '^coreutils$')" ]; then
        apt-get -q update </dev/null >"$work/packages.log" 2>&1 9>&-
    fi
    for package in "$@"; do
        case $manager in
            apt-get) apt-cache show "$package" 2>/dev/null | grep -q '^Package' && break ;;
            dnf) dnf -q list "$package" >/dev/null 2>&1 && break ;;
        esac
    done
    echo "$package"
}

# Adds to $lacking the packages of small tools that a minimal machine may lack. Some are not on every user's PATH.
find_tools() {
    case $manager in
        dnf) awk=gawk libcap=libcap perl=perl-interpreter script=util-linux ;;
        *) awk=mawk libcap=libcap2-bin perl=perl-base script=bsdutils ;;
    esac
    for pair in setsid:util-linux unshare:util-linux nsenter:util-linux flock:util-linux timeout:coreutils \
        stat:coreutils awk:$awk find:findutils setcap:$libcap perl:$perl script:$script; do
        tool=${pair%%:*}
        command -v "$tool" >/dev/null 2>&1 || [ -x "/usr/sbin/$tool" ] || [ -x "/sbin/$tool" ] || case " $lacking " in
            *" ${pair#*:} "*) ;;
            *) lacking="$lacking ${pair#*:}" ;;
        esac
    done
}

# The feature version of the JDK in directory $1, from its `release` file or else from javac; empty if it is no JDK.
jdk_version() {
    [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] || return 1
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"/\1/p' "$1/release" 2>/dev/null)
    [ -n "$version" ] || version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac //p')
    echo "$version"
}

# Sets $java_home to the first JDK 17 or newer: JAVA_HOME, then PATH, then where distributions put them.
find_jdk() {
    javac=$(command -v javac 2>/dev/null) && javac=$(readlink -f "$javac")
    # Version managers put small scripts in PATH, beside which there is no JDK.
    for home in "${JAVA_HOME:-}" "${javac%/bin/javac}" /usr/lib/jvm/*; do
        [ -n "$home" ] && java_version=$(jdk_version "$home") && [ "${java_version%%[!0-9]*}" -ge 17 ] 2>/dev/null &&
            java_home=$home && return 0
    done
    return 1
}

# Newer first would do as well; these are releases with long support, the most common one first.
jdk_package() {
    if [ "$manager" = dnf ]; then
        available_package java-21-openjdk-devel java-17-openjdk-devel java-25-openjdk-devel java-latest-openjdk-devel
    else
        available_package openjdk-21-jdk-headless openjdk-17-jdk-headless openjdk-25-jdk-headless default-jdk-headless
    fi
}

# Everything that is missing is asked for at once: whoever is not root takes one command to an administrator.
check_packages() {
    lacking=
    find_tools
    find_jdk || lacking="$lacking $(jdk_package)"
    command -v mvn >/dev/null 2>&1 || lacking="$lacking maven"
    [ -z "$tests" ] || { find_interpreters; find_browser; }
    # shellcheck disable=SC2086  # a list of names
    [ -z "$lacking" ] || need_packages $lacking
    find_jdk || die "no JDK 17 or newer after installing one. Set JAVA_HOME to one and run bin/setup again."
    check_maven
}

# Maven's version by the name of its core library, which is much quicker than starting it, or by starting it.
maven_version() {
    home=$(dirname "$(dirname "$(readlink -f "$1")")")
    for jar in "$home"/lib/maven-core-[0-9]*.[0-9]*.[0-9]*.jar; do
        jar=${jar##*/maven-core-}
        case $jar in
            *'*'*) ;;
            *) echo "${jar%.jar}"; return ;;
        esac
    done
    # It may print its name in bold.
    JAVA_HOME=$java_home "$1" -v 2>/dev/null | sed -n 's/^.*Apache Maven \([0-9][0-9.]*\).*/\1/p'
}

check_maven() {
    mvn=$(command -v mvn) || die "no mvn in PATH after installing Maven"
    known="$mvn $(stat -Lc '%s %Y' "$mvn") "
    # Starting Maven takes longer than everything else here, so what it said is kept.
    mvn_version=$(sed -n "s|^$known||p" "$prefix/maven" 2>/dev/null)
    if [ -z "$mvn_version" ]; then
        mvn_version=$(maven_version "$mvn")
        [ -n "$mvn_version" ] || die "$mvn does not say its version: $(JAVA_HOME=$java_home "$mvn" -v 2>&1 | head -n 1)"
        [ ! -w "$prefix" ] || echo "$known$mvn_version" >"$prefix/maven"
    fi
    version_at_least "$mvn_version" 3.6.3 ||
        die "Maven $mvn_version ($mvn) is too old: 3.6.3 or newer is needed. Install one and" \
            "put it first in PATH."
}
