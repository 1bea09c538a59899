# shellcheck shell=sh
# Servers for tests, which start their own. Installing their packages would start and enable services, so they are only
# unpacked, into a directory of the prefix.

# Unpacks into directory $1 of the prefix the packages $4, with those of their dependencies that the system lacks. $2 and $3
# are extended regular expressions for the names of packages that are needed and, of these, of ones that are not.
unpack_for_tests() {
    archive_entry >"$work/entry"
    [ -s "$work/entry" ] || die "apt's sources have no entry for the main archive of $archive $codename. Add one" \
        "(man 5 sources.list), or install $4 yourself."
    configure_apt "$(sed -n '1s/^# //p' "$work/entry")" && own_apt apt-get update || return 1
    # What is installed need not be fetched.
    cp /var/lib/dpkg/status "$work/apt/status"
    # shellcheck disable=SC2086  # a list of names
    own_apt apt-get -s install $4 || return 1
    packages=$(sed -n 's/^Inst \([^ ]*\).*/\1/p' "$work/apt/log" | grep -E "$2" | grep -Ev "$3")
    note "unpacking $4 into $prefix/$1"
    # shellcheck disable=SC2086  # a list of names
    (cd "$work/apt/cache/archives" && own_apt apt-get download -o APT::Sandbox::User=root $packages) || return 1
    open_stage
    mkdir "$stage/$1" || return 1
    for package in "$work/apt/cache/archives/"*.deb; do
        dpkg-deb -x "$package" "$stage/$1" || return 1
    done
    rm -rf "${prefix:?}/$1"
    mv "$stage/$1" "$prefix/$1"
}
