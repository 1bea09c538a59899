# shellcheck shell=sh
# CRIU from a suite of the machine's own Debian or Ubuntu archive, fetched by an apt with a configuration of its own:
# the system's packages, lists and settings stay as they are, and no root is needed.

# The entry for the distribution's main archive among apt's sources, as a deb822 stanza with @SUITE@ for the suite.
# Third parties use the same suite names, so an address that ends in the distribution's name goes first.
archive_entry() {
    eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
    # shellcheck disable=SC2154  # list and parts are set by the line above
    for file in "$list" "$parts"/*.list "$parts"/*.sources; do
        [ ! -r "$file" ] || printf '%s\n' "$file"
    done | while IFS= read -r file; do
        case $file in
            *.sources) cat "$file" ;;
            *) one_line_to_stanza "$file" ;;
        esac
        echo
    done | choose_stanza
}

# One-line entries ("deb [options] URI suite components") as stanzas.
one_line_to_stanza() {
    sed -n 's/#.*//; s/^[[:space:]]*deb[[:space:]]\{1,\}//p' "$1" | awk '
        {
            options = ""
            if ($1 ~ /^\[/) { match($0, /\[[^]]*\]/); options = substr($0, RSTART + 1, RLENGTH - 2)
                              $0 = substr($0, RSTART + RLENGTH) }
            print "Types: deb\nURIs: " $1 "\nSuites: " $2
            line = "Components:"; for (i = 3; i <= NF; i++) line = line " " $i; print line
            n = split(options, option, " ")
            for (i = 1; i <= n; i++) {
                if (option[i] ~ /^signed-by=/) { sub(/^signed-by=/, "", option[i]); print "Signed-By: " option[i] }
                if (option[i] ~ /^trusted=/) { sub(/^trusted=/, "", option[i]); print "Trusted: " option[i] }
            }
            print ""
        }'
}

choose_stanza() {
    awk -v id="$archive" -v codename="$codename" '
        function value(name) { return tolower(name) in field ? field[tolower(name)] : "" }
        function has(text, words,   i, n, list) {
            n = split(text, list, " ")
            for (i = 1; i <= n; i++) if (index(words, " " list[i] " ")) return list[i]
            return ""
        }
        function end_of_stanza(   suite, text, uris) {
            suite = has(value("Suites"), " " codename " stable oldstable testing unstable sid devel ")
            uris = value("URIs")
            if (value("Types") != "" && has(value("Types"), " deb ") && suite != "" && uris !~ /^ *cdrom:/ \
                    && has(value("Components"), " main ") && tolower(value("Enabled")) !~ /no|false|0/) {
                text = "# " suite "\nTypes: deb\nURIs:" uris "\nSuites: @SUITE@\nComponents: main"
                if (id == "ubuntu") text = text " universe"
                if (value("Signed-By") != "") text = text "\nSigned-By:" value("Signed-By")
                if (value("Trusted") != "") text = text "\nTrusted:" value("Trusted")
                if (uris ~ ("/" id "/? *$") && best == "") best = text
                if (any == "") any = text
            }
            split("", field); name = ""
        }
        /^#/ { next }
        /^[[:space:]]*$/ { end_of_stanza(); next }
        /^[[:space:]]/ { if (name != "") field[name] = field[name] "\n" $0; next }
        { name = tolower(substr($0, 1, index($0, ":") - 1)); field[name] = " " substr($0, index($0, ":") + 1) }
        END { end_of_stanza(); if (best != "") print best; else if (any != "") print any }'
}

# Which suites to try, in this order. The aliases need no knowledge of releases to come; a suite that brings nothing
# newer than the one before is passed over.
apt_suites() {
    own=$(sed -n '1s/^# //p' "$work/entry")
    if [ "$archive" = debian ]; then
        echo "$own stable testing unstable"
        return
    fi
    later=
    for name in $own $(ubuntu_codenames); do
        case " $later " in *" $name "*) ;; *) later="$later $name" ;; esac
    done
    echo "$later devel"
}

# Ubuntu has no aliases but `devel`: the releases after this one, from the distribution's table or else from here.
ubuntu_codenames() {
    { cut -d, -f3 /usr/share/distro-info/ubuntu.csv 2>/dev/null || printf '%s\n' jammy noble questing resolute; } |
        sed -n "/^$codename\$/,\$p"
}

# An apt of its own in $work/apt for suite $1. What the machine says about proxies, certificates and keys is kept;
# its hooks and pins are not.
configure_apt() {
    apt=$work/apt
    rm -rf "$apt"
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/sources" "$apt/empty" || return 1
    # apt fetches as a user of its own, who has to reach these directories.
    chmod 711 "$work"
    : >"$apt/status"
    sed "1d; s/@SUITE@/$1/" "$work/entry" >"$apt/sources/suite.sources"
    {
        apt-config dump | grep -E '^(Acquire|Dir::Etc::(trusted|netrc))'
        cat <<EOF
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$apt/empty";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "$apt/empty";
Dir::State "$apt";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::Cache "$apt/cache";
Dir::Cache::archives "$apt/cache/archives";
APT::Architectures { "$(dpkg --print-architecture)"; };
APT::Install-Recommends "false";
Acquire::Languages "none";
Acquire::GzipIndexes "false";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Debug::NoLocking "true";
EOF
    } >"$apt/apt.conf"
}

own_apt() {
    command=$1
    shift
    APT_CONFIG=$work/apt/apt.conf "$command" -q "$@" </dev/null >"$work/apt/log" 2>&1 9>&-
}

apt_error() { sed -n 's/^[EW]: //p' "$work/apt/log" | head -n 1; }

# Fetches package $1.. with everything they depend on and unpacks it below $stage/$1.
unpack_packages() {
    target=$stage/$1
    shift
    rm -f "$work/apt/cache/archives/"*.deb
    own_apt apt-get -y --download-only install "$@" || return 1
    rm -rf "$target"
    mkdir "$target" || return 1
    for package in "$work/apt/cache/archives/"*.deb; do
        dpkg-deb -x "$package" "$target" || return 1
    done
}

# Tries suite $1. 0 and 2 as take_tree, 1 try the next one.
try_suite() {
    configure_apt "$1"
    if ! own_apt apt-get update || grep -q '^\(E\|Err\|W: Failed\)' "$work/apt/log"; then
        if grep -qE 'Could not (connect|resolve)|[Tt]imed out|Temporary failure' "$work/apt/log"; then
            die "the archive cannot be reached: $(apt_error). Check the network and apt's sources, or install criu" \
                "$recommended or newer yourself and set CHECKPOINTER_CRIU to it."
        fi
        note "suite $1 of the archive cannot be read: $(apt_error)"
        return 1
    fi
    own_apt apt-cache show --no-all-versions criu
    packaged=$(sed -n 's/^Version: //p' "$work/apt/log" | head -n 1)
    if [ -z "$packaged" ]; then
        note "suite $1 has no criu"
        return 1
    fi
    if [ -n "$tried" ] && ! dpkg --compare-versions "$packaged" gt "$tried"; then
        return 1
    fi
    tried=$packaged
    version=$(printf '%s\n' "$packaged" | sed 's/^[0-9]*://; s/[-+~].*//')
    note "trying criu $version from $1"
    # Old releases have the library in the package itself or not at all.
    own_apt apt-cache pkgnames libcriu
    library=$(grep -x 'libcriu[0-9]*' "$work/apt/log" | head -n 1)
    open_stage
    if ! unpack_packages criu criu ${library:+"$library"} || ! unpack_packages tools patchelf; then
        note "criu of suite $1 cannot be fetched: $(apt_error)"
        return 1
    fi
    take_tree "$version" "$1"
    verdict=$?
    [ "$verdict" -ne 1 ] || tell_bad "$version" "from $1"
    return "$verdict"
}

# Takes the first suite whose criu works here.
install_by_apt() {
    archive_entry >"$work/entry"
    [ -s "$work/entry" ] || die "apt's sources have no entry for the main archive of $archive $codename. Add one" \
        "(man 5 sources.list), or install criu $recommended or newer yourself and set CHECKPOINTER_CRIU to it."
    tried=
    for suite in $(apt_suites); do
        try_suite "$suite"
        verdict=$?
        [ "$verdict" -eq 1 ] || return "$verdict"
    done
    [ -n "$tried" ] || die "no suite of the archive at$(sed -n 's/^URIs://p' "$work/entry") could be used." \
        "Check apt's sources, then run bin/setup again."
    return 1
}
