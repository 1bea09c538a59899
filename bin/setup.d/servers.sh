# shellcheck shell=sh
# Programs that are no JVMs, for the tests that take them to images: redis-server, memcached, nginx, and interpreters of
# Python and Ruby with their small HTTP servers.

# Adds to $lacking what comes from the system's packages. These start nothing.
find_interpreters() {
    case $manager in
        dnf) webrick=rubygem-webrick ;;
        *) webrick=ruby-webrick ;;
    esac
    [ -x /usr/bin/python3 ] || lacking="$lacking python3"
    [ -x /usr/bin/ruby ] || lacking="$lacking ruby"
    /usr/bin/ruby -r webrick -e '' 2>/dev/null || lacking="$lacking $webrick"
}

# Where the program $1 is: the system's first, which the tests prefer too.
find_server() {
    for directory in /usr/bin /usr/sbin "$prefix/servers/usr/bin" "$prefix/servers/usr/sbin"; do
        [ ! -x "$directory/$1" ] || { echo "$directory/$1"; return 0; }
    done
    return 1
}

# Their tests are left out where this script cannot fetch them.
check_servers() {
    missing=
    for server in redis-server memcached nginx; do
        find_server "$server" >/dev/null || missing=yes
    done
    if [ -n "$missing" ] && [ "$manager" = apt-get ]; then
        servers=
        # All that the system lacks, since the directory is replaced as a whole.
        for server in redis-server memcached nginx; do
            [ -x "/usr/bin/$server" ] || [ -x "/usr/sbin/$server" ] || servers="$servers $server"
        done
        unpack_for_tests servers '^(redis|memcached|nginx|lib)' '^(nginx-common|libnginx)' "${servers# }" ||
            die "${servers# } cannot be fetched: $(apt_error). Check the network and apt's sources, or install" \
                "the packages yourself."
    fi
    for server in redis-server memcached nginx; do
        find_server "$server" >/dev/null || note "there is no $server, so its tests are left out"
    done
}
