# shellcheck shell=sh
# Chromium and its WebDriver, with which a test looks at the daemon's page.

has_browser() {
    { [ -x /usr/bin/chromium ] || [ -x /usr/bin/chromium-browser ] || [ -x /usr/bin/google-chrome ]; } &&
        { [ -x /usr/bin/chromedriver ] || [ -x /usr/lib64/chromium-browser/chromedriver ]; }
}

# Adds to $lacking its packages. Ubuntu has none, only a snap, and RHEL's families none of their own.
find_browser() {
    has_browser && return
    case $manager in
        dnf) driver=chromedriver ;;
        *) driver=chromium-driver ;;
    esac
    if [ "$(available_package chromium none)" = chromium ]; then
        lacking="$lacking chromium $driver"
    else
        note "there is no package chromium here, so the test of the daemon's page is left out"
    fi
}
