# shellcheck shell=sh
# A PostgreSQL for tests, which start a server of their own. Installing its package would make a cluster and start it, so
# the packages are only unpacked.

# Sets $postgresql to the newest directory of a server, the system's first, which the tests prefer too.
find_postgresql() {
    for root in "" "$prefix/postgresql"; do
        postgresql=$(find "$root/usr/lib/postgresql" -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null |
            sed 's|/bin/initdb$||' | sort -V | tail -n 1)
        [ -z "$postgresql" ] || return 0
    done
    return 1
}

check_postgresql() {
    find_postgresql && return 0
    [ "$manager" = apt-get ] ||
        die "no PostgreSQL in /usr/lib/postgresql, which the tests of the examples need, and this script can fetch it" \
            "on Debian, Ubuntu and their families alone. Run bin/setup without --tests, and leave these tests out."
    unpack_postgresql || die "PostgreSQL cannot be fetched: $(apt_error). Check the network and apt's sources, or install" \
        "the package postgresql yourself."
    find_postgresql || die "the packages of PostgreSQL hold no server. Install the package postgresql yourself."
}

# Unpacks the server and those of its libraries that the system lacks.
unpack_postgresql() {
    archive_entry >"$work/entry"
    [ -s "$work/entry" ] || die "apt's sources have no entry for the main archive of $archive $codename. Add one" \
        "(man 5 sources.list), or install the package postgresql yourself."
    configure_apt "$(sed -n '1s/^# //p' "$work/entry")" && own_apt apt-get update || return 1
    # What is installed need not be fetched.
    cp /var/lib/dpkg/status "$work/apt/status"
    own_apt apt-get -s install postgresql || return 1
    # The compiler of queries is large, and the server does without. So it does without the scripts of Debian.
    packages=$(sed -n 's/^Inst \([^ ]*\).*/\1/p' "$work/apt/log" | grep -E '^(postgresql-[0-9]+$|lib)' |
        grep -Ev '^lib(llvm|z3|perl|json-perl|.*-perl$)')
    note "unpacking PostgreSQL into $prefix"
    # shellcheck disable=SC2086  # a list of names
    (cd "$work/apt/cache/archives" && own_apt apt-get download -o APT::Sandbox::User=root $packages) || return 1
    open_stage
    mkdir "$stage/postgresql" || return 1
    for package in "$work/apt/cache/archives/"*.deb; do
        dpkg-deb -x "$package" "$stage/postgresql" || return 1
    done
    rm -rf "$prefix/postgresql"
    mv "$stage/postgresql" "$prefix/postgresql"
}
