# shellcheck shell=sh
# A PostgreSQL for tests, which start a server of their own. Its package would make a cluster besides.

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
    # The compiler of queries is large, and the server does without. So it does without the scripts of Debian.
    unpack_for_tests postgresql '^(postgresql-[0-9]+$|lib)' '^lib(llvm|z3|perl|json-perl|.*-perl$)' postgresql ||
        die "PostgreSQL cannot be fetched: $(apt_error). Check the network and apt's sources, or install" \
            "the package postgresql yourself."
    find_postgresql || die "the packages of PostgreSQL hold no server. Install the package postgresql yourself."
}
