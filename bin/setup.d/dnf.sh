# shellcheck shell=sh
# CRIU on Fedora and its family: the distribution's own package, and on Fedora itself Rawhide's, privately.

# Whoever can install packages gets the system's own criu first.
install_by_dnf() {
    if [ "$uid" -eq 0 ] && ! find_program criu >/dev/null; then
        note "installing criu with dnf"
        dnf install -y criu criu-libs </dev/null >"$work/dnf.log" 2>&1 9>&- ||
            note "dnf cannot install criu: $(dnf_error)"
        if program=$(find_program criu); then
            try_criu "$program"
            verdict=$?
            [ "$verdict" -eq 1 ] || return "$verdict"
        fi
    fi
    if [ "$distribution" != fedora ]; then
        note "$distribution has no later suite to take criu from; update the system (dnf upgrade criu), or build" \
            "criu $recommended or newer and set CHECKPOINTER_CRIU to it"
        return 1
    fi
    install_from_rawhide
}

dnf_error() { grep -iE 'error|no match|cannot' "$work/dnf.log" | head -n 1; }

install_from_rawhide() {
    for tool in rpm2cpio cpio rpmkeys; do
        command -v "$tool" >/dev/null 2>&1 || need_packages cpio rpm
    done
    note "fetching criu from rawhide"
    open_stage
    fetch_rpms criu criu criu-libs || return 1
    version=$(find "$work/rpms" -name 'criu-[0-9]*.rpm' | sed 's|.*/criu-||; s/-.*//' | head -n 1)
    fetch_rpms tools patchelf || return 1
    take_tree "$version" rawhide
    verdict=$?
    [ "$verdict" -ne 1 ] || tell_bad "$version" "from rawhide"
    return "$verdict"
}

# Fetches packages $2.. with everything they depend on and unpacks it below $stage/$1.
fetch_rpms() {
    target=$stage/$1
    shift
    rm -rf "$work/rpms"
    mkdir -p "$work/rpms" "$target" || return 1
    # Without the architecture it brings 32-bit libraries as well.
    if ! dnf download -y --releasever=rawhide --arch="$(uname -m)" --arch=noarch --resolve --alldeps \
        --destdir="$work/rpms" "$@" </dev/null >"$work/dnf.log" 2>&1 9>&-; then
        note "rawhide's $1 cannot be fetched: $(dnf_error). Check the network, and that dnf has its download command" \
            "(dnf install dnf-plugins-core)"
        return 1
    fi
    # `dnf download` does not check signatures. Fedora ships Rawhide's key before it is needed.
    rpmkeys --dbpath "$work/keys" --import /etc/pki/rpm-gpg/RPM-GPG-KEY-fedora-* >"$work/dnf.log" 2>&1
    for package in "$work/rpms/"*.rpm; do
        if ! rpmkeys --dbpath "$work/keys" --checksig "$package" >>"$work/dnf.log" 2>&1; then
            note "the signature of ${package##*/} cannot be verified; update fedora-gpg-keys and run bin/setup again"
            return 1
        fi
        (cd "$target" && rpm2cpio "$package" | cpio -idmu --quiet --no-absolute-filenames) >>"$work/dnf.log" 2>&1 ||
            { note "${package##*/} cannot be unpacked: $(tail -n 1 "$work/dnf.log")"; return 1; }
    done
    # Some packages have directories that their owner may not write to, and the next one wants to.
    chmod -R u+w "$target"
}
