# What building, running and testing need from the machine. Sourced by ./run and ./test; changes nothing by itself.
# Looks for things, not for packages: a Vulkan driver of another maker is as good as Mesa's.

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

on_linux() {
    [ "$(uname -s)" = Linux ] && return
    complain "This script is for Linux. On macOS and Windows the same two commands do its work:"
    complain "  cargo run --release --no-default-features -- run --setup configs/default_day.yaml   (headless day)"
    complain "  cargo run --release                                                                 (window)"
    exit 1
}

# Rust through rustup: the version in rust-toolchain.toml comes by itself.
need_rust() {
    command -v cargo >/dev/null || PATH="$HOME/.cargo/bin:$PATH"
    if ! command -v cargo >/dev/null; then
        complain "Rust is missing. Install it for your user with"
        complain "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
        complain "then start this script again."
        exit 1
    fi
    local found wanted
    found=$(rustc --version | cut -d' ' -f2 | cut -d. -f1,2)
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    if [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n1)" != "$wanted" ]; then
        complain "Rust $found is too old, $wanted or newer is needed: rustup update, or install rustup from https://rustup.rs"
        exit 1
    fi
}

has_library() {
    { ldconfig -p 2>/dev/null || /sbin/ldconfig -p 2>/dev/null; } | grep "^[[:space:]]*$1 " >/dev/null
}

has_vulkan() {
    has_library libvulkan.so.1 || return
    [ -n "${VK_DRIVER_FILES:-}${VK_ICD_FILENAMES:-}" ] && return
    local driver
    for driver in /usr/share/vulkan/icd.d/*.json /usr/local/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json; do
        [ -e "$driver" ] && return
    done
    return 1
}

# Each prints the Debian packages that are missing, one a line.
missing_to_build() {
    printf 'int main(void) { return 0; }\n' | cc -x c -o /dev/null - 2>/dev/null || printf '%s\n' gcc libc6-dev
}

missing_to_draw() {
    has_vulkan || printf '%s\n' mesa-vulkan-drivers
}

missing_to_open_a_window() {
    missing_to_draw
    has_library libX11.so.6 || printf '%s\n' libx11-6
    has_library libX11-xcb.so.1 || printf '%s\n' libx11-xcb1
    has_library libXcursor.so.1 || printf '%s\n' libxcursor1
    has_library libXi.so.6 || printf '%s\n' libxi6
    has_library libxkbcommon-x11.so.0 || printf '%s\n' libxkbcommon-x11-0
}

missing_to_test() {
    command -v Xvfb >/dev/null || printf '%s\n' xvfb xauth
    command -v xdotool >/dev/null || printf '%s\n' xdotool
    { command -v import && command -v identify; } >/dev/null || printf '%s\n' imagemagick
}

# Installs packages where that needs no password. Otherwise says what to type and returns 1.
install_packages() {
    [ $# -eq 0 ] && return
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            as_root=(sudo -n)
        else
            as_root=(false)
        fi
    fi
    if command -v apt-get >/dev/null && [ "${as_root[*]:-}" != false ]; then
        say "Installing $*"
        if "${as_root[@]}" apt-get update -qq >/dev/null &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -qq --no-install-recommends "$@" >/dev/null; then
            return
        fi
    fi
    complain "Missing on this machine (names of Debian and Ubuntu packages): $*"
    complain "  sudo apt-get install $*"
    return 1
}
