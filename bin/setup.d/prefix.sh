# shellcheck shell=sh
# What lies in the private prefix: unpacked packages under criu/, the program as bin/criu, the library under lib/.
# A tree is built in $stage, which lies in the prefix too, so that moving it into place is a rename.

# Directories below the tree $1 that hold shared libraries, relative to it.
library_directories() {
    (cd "$1" && find . -name 'lib*.so.*' ! -type d | sed 's|^\./||; s|/[^/]*$||' | sort -u)
}

# The names of $1 (one to a line), each below the directory $2, joined by colons.
search_path() {
    printf '%s\n' "$1" | sed "s|^|$2/|" | tr '\n' ':' | sed 's/:$//'
}

# The dynamic loader of the tree $1, relative to it.
dynamic_loader() {
    (cd "$1" && find . -type f \( -name 'ld-linux*.so.*' -o -name 'ld64.so.*' -o -name 'ld-[0-9]*.so' \) |
        sed 's|^\./||' | head -n 1)
}

program_in() {
    (cd "$1" && find . -type f -name "$2" \( -path '*/bin/*' -o -path '*/sbin/*' \) | sed 's|^\./||' | head -n 1)
}

# Writes to $3 a script that starts program $2 of the tree $1 with the tree's own loader and C library.
write_starter() {
    program=$(program_in "$1" "$2")
    loader=$(dynamic_loader "$1")
    [ -n "$program" ] && [ -n "$loader" ] || return 1
    cat >"$3" <<EOF
#!/bin/sh
exec '$1/$loader' --library-path '$(search_path "$(library_directories "$1")" "$1")' '$1/$program' "\$@"
EOF
    chmod 755 "$3"
}

# Makes the criu of the tree $stage/criu a plain executable for its final place, with the patchelf $1. The interpreter
# and the old kind of rpath are in the file itself: file capabilities, which an ordinary user needs, forbid a wrapper
# and LD_LIBRARY_PATH, and only the old kind also holds for the libraries of the libraries.
patch_for_prefix() {
    program=$(program_in "$stage/criu" criu)
    directories=$(library_directories "$stage/criu")
    "$1" --force-rpath --set-interpreter "$prefix/criu/$(dynamic_loader "$stage/criu")" \
        --set-rpath "$(search_path "$directories" "$prefix/criu")" "$stage/criu/$program" || return 1
    # The library is loaded into programs on the system's C library: let it see its own dependency, and no second libc.
    for file in $(cd "$stage/criu" && find . -type f -name 'libcriu.so.*'); do
        "$1" --force-rpath --set-rpath "$prefix/lib" "$stage/criu/$file" || return 1
    done
}

# Links lib/$1 to that file of the unpacked tree.
link_library() {
    file=$(cd "$prefix/criu" && find . -name "$1" | sed 's|^\./||' | head -n 1)
    [ -z "$file" ] || ln -sfn "../criu/$file" "$prefix/lib/$1"
}

# Nobody finds a criu here any more. Its files stay until another one takes their place.
forget_prefix_criu() {
    rm -f "$prefix/bin/criu" "$prefix/criu.version" "$prefix/judged" \
        "$prefix/lib/libcriu.so.2" "$prefix/lib/libprotobuf-c.so.1"
}

# Moves the patched tree into place; $1 is its version. bin/criu, by which everyone finds it, comes last and goes first:
# an interruption leaves no criu rather than half of one.
move_into_prefix() {
    forget_prefix_criu
    [ ! -e "$prefix/criu" ] || mv "$prefix/criu" "$stage/old" || return 1
    mv "$stage/criu" "$prefix/criu" && mkdir -p "$prefix/bin" "$prefix/lib" || return 1
    link_library libcriu.so.2
    link_library libprotobuf-c.so.1
    printf '%s\n' "$1" >"$prefix/criu.version"
    ln -s "../criu/$(program_in "$prefix/criu" criu)" "$stage/link" && mv "$stage/link" "$prefix/bin/criu"
}

# Says so where the library cannot serve programs of this system; CRIU itself does not need it.
check_library() {
    [ -e "$prefix/lib/libcriu.so.2" ] || return 0
    missing=$(ldd "$prefix/lib/libcriu.so.2" 2>&1 | grep -E 'not found|not a dynamic|cannot' | head -n 1)
    [ -n "$missing" ] || return 0
    rm -f "$prefix/lib/libcriu.so.2" "$prefix/lib/libprotobuf-c.so.1"
    note "libcriu.so.2 does not load on this system ($missing) and is left out; the engines that start criu work"
}

# Judges the criu of the tree $stage/criu, version $1 from suite $2, and installs it if it is good.
# 0 installed; 1 it does not work; 2 it is the best there is, but needs privileges to work.
take_tree() {
    write_starter "$stage/criu" criu "$stage/start-criu" || { reason="the packages hold no criu"; return 1; }
    judge "$stage/start-criu"
    verdict=$?
    case $verdict in
        1) return 1 ;;
        2) version_at_least "$1" "$recommended" || return 1 ;;
    esac
    write_starter "$stage/tools" patchelf "$stage/patchelf" || { reason="the packages hold no patchelf"; return 1; }
    note "installing criu $1 from $2 into $prefix"
    if ! patch_for_prefix "$stage/patchelf" || ! move_into_prefix "$1"; then
        reason="it could not be installed into $prefix"
        return 1
    fi
    check_library
    criu=$prefix/bin/criu
    criu_version=$1
    return "$verdict"
}
