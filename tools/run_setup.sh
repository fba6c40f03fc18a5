# What `run` needs of the machine: programs, headers, yyjson, Python environments. Sourced by run.
# Nothing is asked of the network, and nothing of apt, when all is there already.

yyjson_version=4.0.6 # the Python package's; the C source in it is yyjson 0.10.0
yyjson_package_sha=fcd4dc15c1e39a30bf9fa85d56903029111506860fc3080ab0d81c6c6dacaa8c
yyjson_source_sha="26e50ca6a9a08d88b15ed7a47c144e29766216d134cad3a016de6163c5bb224d  yyjson.c
1d63b4e449f5b24116afab40b8f1b79f2703d5905aa8ab4ca46c97b7e513ba04  yyjson.h
18427e190d5c608b07f62f1989f0a609a0d756078e182bef248f081011db010d  LICENSE"

if [ -n "${XDG_CACHE_HOME-}" ]; then cache=$XDG_CACHE_HOME/propense
elif [ -n "${HOME-}" ]; then cache=$HOME/.cache/propense
else cache=$PWD/.deps/cache; fi

# ---- Looking ---------------------------------------------------------------------------------

has_program() { command -v "$1" > /dev/null 2>&1; }
has_compiler() { has_program cc || has_program gcc || has_program clang; }
compiler() { for c in cc gcc clang; do if has_program $c; then echo $c; return; fi; done; echo cc; }
has_headers() { # header...
    for h in "$@"; do echo "#include <$h>"; done | $(compiler) -E -x c - > /dev/null 2>&1
}
has_cmocka() { has_headers stdarg.h stddef.h stdint.h setjmp.h cmocka.h; }
has_cpp() { has_program g++ || ! has_program gcc; } # of the same kind as the C compiler
has_builder() { has_program ninja || has_program make; }
has_cairo() {
    for f in /lib /lib64 /usr/lib /usr/lib64 /usr/local/lib /lib/*-linux-gnu* /usr/lib/*-linux-gnu*; do
        if [ -e "$f/libcairo.so.2" ]; then return 0; fi
    done
    return 1
}
# The first python3 whose version is in [3.$1, 3.$2] and that can make environments.
find_python() {
    for p in python3 python3.11 python3.12 python3.13 python3.14; do
        if has_program $p && $p -c "import sys, venv, ensurepip
sys.exit(not (3, $1) <= sys.version_info[:2] <= (3, $2))" > /dev/null 2>&1; then
            command -v $p
            return 0
        fi
    done
    return 1
}
can_make_environments() { find_python 8 99; }
clang_can_fuzz() {
    echo 'int LLVMFuzzerTestOneInput(const char *p, unsigned long n); int LLVMFuzzerTestOneInput(
        const char *p, unsigned long n) { return !p + !n; }' |
        clang -x c - -fsanitize=fuzzer,address,undefined -o /dev/null
}

# ---- Installing ------------------------------------------------------------------------------

missing=
reasons=
# Remembers packages that have to be installed, unless the test succeeds.
want() { # packages why test...
    want_packages=$1
    want_why=$2
    shift 2
    if "$@" > /dev/null 2>&1; then return 0; fi
    missing="$missing $want_packages"
    reasons="$reasons$(printf '\n  %-24s %s' "$want_packages" "$want_why")"
}

# Installs what want() found missing. Fails, with a sentence, where that cannot be done.
install_missing() {
    if [ -z "$missing" ]; then return 0; fi
    echo "Not on this machine yet:$reasons"
    if ! has_program apt-get; then
        echo "These are the names in Debian and Ubuntu; there is no apt-get here. Please install" \
            "what they stand for and call ./run again."
        return 1
    fi
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
        if ! has_program sudo; then
            echo "Installing needs root, and there is no sudo here. As root:"
            echo "  apt-get install --no-install-recommends$missing"
            return 1
        fi
    fi
    echo "Installing: ${as_root:+$as_root }apt-get install --no-install-recommends$missing"
    apt_log=$(mktemp)
    apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300"
    # A source of somebody else's that is broken must not stop us: the install will tell.
    $apt update < /dev/null > "$apt_log" 2>&1 || true
    # shellcheck disable=SC2086
    if ! $apt install --no-install-recommends $missing < /dev/null >> "$apt_log" 2>&1; then
        tail -n 25 "$apt_log"
        rm -f "$apt_log"
        echo "apt-get could not install all of it; its last words are above."
        return 1
    fi
    rm -f "$apt_log"
    missing=
    reasons=
}

want_build() {
    want gcc "compiles the program" has_compiler
    want libc6-dev "the C library's headers" has_headers stdio.h
    want cmake "describes the build" has_program cmake
    want ninja-build "runs the build" has_builder
    want zlib1g-dev "compressed files, PNG" has_headers zlib.h
    if ! yyjson_is_there; then
        want python3-venv "fetches yyjson (JSON), once" can_make_environments
    fi
}
want_tests() {
    want libcmocka-dev "unit tests" has_cmocka
    want g++ "the public header and an example in C++" has_cpp
}
want_cairo() { want libcairo2 "draws PNG pictures" has_cairo; }
want_clang() {
    want clang "second compiler, fuzzing" has_program clang
    install_missing
    want "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev" "clang's sanitizers" clang_can_fuzz
}

# ---- yyjson ----------------------------------------------------------------------------------

sha256() { if has_program sha256sum; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
sha256_of() { sha256 "$1" 2> /dev/null | cut -d ' ' -f 1; }
yyjson_is_there() { # [folder]
    (cd "${1:-.deps/yyjson}" 2> /dev/null && [ "$(sha256 yyjson.c yyjson.h LICENSE)" = "$yyjson_source_sha" ])
}

# The pinned source package of yyjson from the Python package index, by name, version and SHA-256.
download_yyjson() { # file
    echo "Fetching the source of yyjson (the Python package of that name, $yyjson_version)"
    fetch=$(mktemp -d)
    echo "yyjson==$yyjson_version --hash=sha256:$yyjson_package_sha" > "$fetch/wanted"
    if "$(can_make_environments)" -m venv "$fetch/python" > "$fetch/log" 2>&1 &&
        "$fetch/python/bin/python" -m pip --disable-pip-version-check download --no-deps \
            --no-binary yyjson --require-hashes -r "$fetch/wanted" -d "$fetch" >> "$fetch/log" 2>&1
    then
        mkdir -p "$cache" && mv "$fetch/yyjson-$yyjson_version.tar.gz" "$1"
    else
        tail -n 15 "$fetch/log"
        echo "yyjson could not be fetched. It is needed once; with a file" \
            "yyjson-$yyjson_version.tar.gz in $cache no network is asked."
        rm -rf "$fetch"
        return 1
    fi
    rm -rf "$fetch"
}

get_yyjson() {
    if yyjson_is_there; then return 0; fi
    package=$cache/yyjson-$yyjson_version.tar.gz
    if [ "$(sha256_of "$package")" != $yyjson_package_sha ]; then download_yyjson "$package"; fi
    rm -rf .deps/yyjson .deps/unpack
    mkdir -p .deps/unpack/yyjson
    tar -xzf "$package" -C .deps/unpack
    unpacked=.deps/unpack/yyjson-$yyjson_version
    mv "$unpacked/yyjson/yyjson.c" "$unpacked/yyjson/yyjson.h" "$unpacked/LICENSE" .deps/unpack/yyjson
    if ! yyjson_is_there .deps/unpack/yyjson; then
        echo "The files in $package are not the ones pinned in tools/run_setup.sh."
        return 1
    fi
    mv .deps/unpack/yyjson .deps/yyjson
    rm -rf .deps/unpack
}

# ---- Python environments, for tests and benchmarks only ----------------------------------------

# Makes, once, the environment that a requirements file describes; sets $environment to its python.
# It is kept in the user's cache under the hash of that file and of the Python version.
get_environment() { # name requirements python
    key=$({ cat "$2"; "$3" -V; } | sha256 - | cut -c 1-12)
    folder=$cache/$1-$key
    environment=$folder/bin/python
    if [ -e "$folder/complete" ]; then return 0; fi
    echo "Making the Python environment '$1' in $folder (once; some minutes)"
    mkdir -p "$cache"
    rm -rf "$folder"
    if "$3" -m venv "$folder" > "$cache/$1.log" 2>&1 &&
        "$environment" -m pip --disable-pip-version-check install --no-cache-dir -r "$2" >> "$cache/$1.log" 2>&1
    then
        touch "$folder/complete"
    else
        tail -n 15 "$cache/$1.log"
        return 1
    fi
}
