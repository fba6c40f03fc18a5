# ./run check: unit, parity, page, long. Sourced by run. Each part adds its counts and a line to the
# summary; what this machine cannot do is named as not run and never counted as passed.

n_passed=0
n_failed=0
n_not_run=0
summary=

note() { # word text
    summary="$summary$(printf '\n  %-8s %s' "$1" "$2")"
    printf '%-8s %s\n' "$1" "$2"
}
not_run() { # text
    n_not_run=$((n_not_run + 1))
    note 'not run' "$1"
}
count() { # passed failed text
    n_passed=$((n_passed + $1))
    n_failed=$((n_failed + $2))
    if [ "$2" -gt 0 ]; then note FAILED "$3: $1 passed, $2 failed"
    elif [ "$1" -gt 0 ]; then note passed "$3: $1"
    else not_run "$3: no tests"; fi
}
clock() { date +%s; }

# ---- unit: tests in C, corpus replay, command line, examples ------------------------------------

# Runs the tests of build/PRESET through ctest, behind $launcher.
launcher=
run_ctest() { # preset title ctest-options...
    preset=$1 title=$2
    shift 2
    log=build/log/$preset-test.txt
    began=$(clock)
    ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:allocator_may_return_null=1 \
        UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=second_deadlock_stack=1 \
        $launcher ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure "$@" > "$log" 2>&1 < /dev/null || true
    failed=$(sed -n -E 's/.* ([0-9]+) tests? failed out of ([0-9]+).*/\1/p' "$log")
    total=$(sed -n -E 's/.* ([0-9]+) tests? failed out of ([0-9]+).*/\2/p' "$log")
    if [ "${failed:-0}" != 0 ]; then grep -v -E ' Passed +[0-9.]+ sec| Start +[0-9]+:' "$log" | tail -n 120; fi
    count $((${total:-0} - ${failed:-0})) "${failed:-0}" "$title ($(($(clock) - began)) s)"
}

build_and_test() { # preset title cmake-options...
    preset=$1 title=$2
    shift 2
    began=$(clock)
    if ! build_preset "$preset" "$@"; then
        count 0 1 "$title: does not build"
        return 0
    fi
    printf '%-8s %s\n' built "build/$preset ($(($(clock) - began)) s)"
    run_ctest "$preset" "$title"
}

build_release_with_tests() { build_preset release -DPROPENSE_TESTS=ON -DPROPENSE_FUZZ=ON; }

check_unit() {
    build_and_test release "unit, release" -DPROPENSE_TESTS=ON -DPROPENSE_FUZZ=ON
    build_and_test asan "unit, address and undefined-behaviour sanitizers"
    if ! has_program clang; then
        note 'not run' "clang, warnings as errors: there is no clang (./run lint installs it)"
        return 0
    fi
    began=$(clock)
    if (CI=true && build_preset clang); then count 1 0 "clang, warnings as errors ($(($(clock) - began)) s)"
    else count 0 1 "clang, warnings as errors"; fi
}

# ---- parity: tests against the Python libraries ------------------------------------------------

pytest_count() { # words log
    tail -n 1 "$2" | grep -o -E "[0-9]+ ($1)" | cut -d ' ' -f 1 | awk '{ n += $1 } END { print n + 0 }'
}

check_parity() {
    if ! python=$(find_python 11 13); then
        not_run "parity: needs Python 3.11 to 3.13 with venv; here is $(python3 -V 2>&1 || echo none)"
        return 0
    fi
    if ! build_release_with_tests; then
        count 0 1 "parity: does not build"
        return 0
    fi
    for name in old-keras parity; do
        if ! get_environment $name tests/parity/requirements-$name.txt "$python"; then
            not_run "parity: the environment '$name' could not be made"
            return 0
        fi
        if [ $name = old-keras ]; then old_keras=$environment; fi
    done
    # Keras reads its backend from the process environment; whoever runs this python gets the one it has.
    for site in "${old_keras%/bin/python}"/lib/python3*/site-packages; do
        echo "import os; os.environ.setdefault('KERAS_BACKEND', 'jax')" > "$site/propense.pth"
    done
    began=$(clock)
    log=build/log/parity.txt
    PROPENSE_BUILD=$PWD/build/release PROPENSE_OLD_KERAS=$old_keras PYTHONDONTWRITEBYTECODE=1 \
        "$environment" -m pytest -q -ra -p no:cacheprovider tests/parity > "$log" 2>&1 < /dev/null || true
    passed=$(pytest_count passed "$log")
    failed=$(pytest_count 'failed|errors?' "$log")
    if [ $((passed + failed)) = 0 ]; then failed=1; fi # pytest itself did not get through
    if [ "$failed" != 0 ]; then tail -n 100 "$log"; fi
    count "$passed" "$failed" "parity with Keras, scikit-learn and pandas ($(($(clock) - began)) s)"
    grep -E '^SKIPPED' "$log" > build/log/parity-skipped.txt || true
    while read -r line; do not_run "parity: $line"; done < build/log/parity-skipped.txt
}

# ---- page: reports in a real Chromium ---------------------------------------------------------------

# Snaps see neither /tmp nor the cache; the wrapper of a distribution is passed over where it can be.
find_chromium() {
    for p in /usr/lib/chromium/chromium chromium chromium-browser google-chrome; do
        path=$(command -v $p) || continue
        if ! head -c 400 "$path" | grep -a -q -i snap; then echo "$path"; return 0; fi
    done
    return 1
}
find_node() { has_program node && has_program npm && node -e 'process.exit(+(parseInt(process.versions.node) < 18))'; }

# axe-core and html-validate, versions pinned, once into the user's cache.
get_page_modules() {
    page_modules=$cache/page-$(sha256 tests/page/package.json | cut -c 1-12)
    if [ -e "$page_modules/complete" ]; then return 0; fi
    echo "Getting what looks at pages into $page_modules (once)"
    rm -rf "$page_modules"
    mkdir -p "$page_modules"
    cp tests/page/package.json "$page_modules"
    (cd "$page_modules" && npm install --ignore-scripts --no-audit --no-fund --no-package-lock) \
        > "$cache/page.log" 2>&1 || { tail -n 15 "$cache/page.log"; return 1; }
    touch "$page_modules/complete"
}

check_page() {
    if ! chromium=$(find_chromium); then not_run "page: there is no Chromium here, or only as a snap"; return 0; fi
    if ! find_node; then not_run "page: needs node 18 or later, with npm"; return 0; fi
    if ! get_page_modules; then not_run "page: axe-core and html-validate could not be had"; return 0; fi
    if ! build_release_with_tests; then count 0 1 "page: does not build"; return 0; fi
    began=$(clock)
    log=build/log/page.txt
    rm -rf build/pages
    if ! sh tests/page/make_pages.sh "$PWD/build/release/propense" build/pages > "$log" 2>&1; then
        tail -n 20 "$log"
        count 0 1 "page: the reports could not be made"
        return 0
    fi
    node tests/page/check_page.mjs "$chromium" "$page_modules" build/pages/*.html > "$log" 2>&1 || cat "$log"
    passed=$(sed -n -E 's/^([0-9]+) passed, [0-9]+ failed$/\1/p' "$log")
    failed=$(sed -n -E 's/^[0-9]+ passed, ([0-9]+) failed$/\1/p' "$log")
    count "${passed:-0}" "${failed:-1}" "reports in Chromium ($(($(clock) - began)) s)"
}

want_page() {
    want chromium "shows the reports" find_chromium
    want "nodejs npm" "runs axe-core and html-validate" find_node
}

# ---- long: what takes minutes --------------------------------------------------------------------

check_valgrind() {
    began=$(clock) passed=0 failed=0
    build_release_with_tests || { count 0 1 "valgrind: does not build"; return 0; }
    for binary in build/release/tests/test_* build/release/fuzz/fuzz_*; do
        set --
        case $binary in */fuzz_*) set -- "fuzz/corpus/${binary##*/fuzz_}" ;; esac
        if [ ! -f "$binary" ] || [ ! -x "$binary" ]; then continue; fi
        if valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite \
            --suppressions=tests/valgrind.supp "$binary" "$@" > build/log/valgrind.txt 2>&1 < /dev/null
        then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "valgrind $binary"
            tail -n 40 build/log/valgrind.txt
        fi
    done
    count $passed $failed "valgrind ($(($(clock) - began)) s)"
}

check_threads() {
    # The thread sanitizer's fixed shadow memory does not get along with much address randomness.
    if setarch "$(uname -m)" -R true 2> /dev/null; then launcher="setarch $(uname -m) -R"; fi
    build_and_test tsan "thread sanitizer"
    launcher=
}

# zlib and cmocka for AArch64 from the system's own package source, unpacked into build/arm64-root
# by an apt with a state of its own: the machine's list of architectures stays as it is.
get_arm64_libraries() {
    root=$PWD/build/arm64-root
    if [ -e "$root/complete" ]; then return 0; fi
    rm -rf "$root"
    mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial" "$root/packages"
    : > "$root/status"
    arm64_apt="apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o Dir::State=$root/state
        -o Dir::State::status=$root/status -o Dir::Cache=$root/cache -o APT::Sandbox::User="
    $arm64_apt update && (cd "$root/packages" &&
        $arm64_apt download zlib1g-dev libcmocka0 libcmocka-dev) || return 1
    for package in "$root"/packages/*.deb; do dpkg -x "$package" "$root" || return 1; done
    touch "$root/complete"
}

check_arm64() {
    if [ "$(uname -m)" = aarch64 ]; then return 0; fi
    if ! quietly build/log/arm64-libraries.txt get_arm64_libraries; then
        not_run "AArch64: its zlib and cmocka are not to be had from this system's package source"
        return 0
    fi
    lib=$root/usr/lib/aarch64-linux-gnu
    export QEMU_LD_PREFIX=/usr/aarch64-linux-gnu QEMU_SET_ENV="LD_LIBRARY_PATH=$lib"
    build_and_test arm64 "AArch64 under qemu-user" -DCMAKE_CROSSCOMPILING_EMULATOR=qemu-aarch64 \
        -DZLIB_INCLUDE_DIR="$root/usr/include" -DZLIB_LIBRARY="$lib/libz.a" \
        -DCMOCKA_INCLUDE="$root/usr/include" -DCMOCKA_LIBRARY="$lib/libcmocka.so"
    check_same_bytes
    unset QEMU_LD_PREFIX QEMU_SET_ENV
}

# The promise: the same model, metrics and scores, whatever the machine.
check_same_bytes() {
    if [ ! -x build/arm64/propense ] || [ ! -x build/release/propense ]; then return 0; fi
    passed=0 failed=0
    for machine in release arm64; do
        folder=build/$machine/same-bytes
        rm -rf $folder
        mkdir -p $folder
        emulator=
        if [ $machine = arm64 ]; then emulator=qemu-aarch64; fi
        $emulator build/$machine/propense train data/campaign_history.csv --model_out $folder/model.keras \
            --metrics_out $folder/metrics.csv > $folder/log.txt 2>&1 &&
            $emulator build/$machine/propense score $folder/model.keras data/campaign_history.csv \
                --scores_out $folder/scores.csv >> $folder/log.txt 2>&1 || tail -n 5 $folder/log.txt
    done
    for file in model.keras metrics.csv scores.csv; do
        if cmp build/release/same-bytes/$file build/arm64/same-bytes/$file; then passed=$((passed + 1))
        else failed=$((failed + 1)); fi
    done
    count $passed $failed "same bytes on x86-64 and AArch64"
}

check_fuzz() {
    if ! ls fuzz/fuzz_*.c > /dev/null 2>&1; then return 0; fi
    if fuzz '' "${PROPENSE_FUZZ_SECONDS-60}"; then count "$(ls fuzz/fuzz_*.c | wc -l)" 0 "fuzzing"
    else count 0 1 "fuzzing"; fi
}

check_long() {
    check_valgrind
    check_threads
    check_arm64
    check_fuzz
}

want_long() {
    want valgrind "reads of memory that was not written" has_program valgrind
    want "gcc-aarch64-linux-gnu libc6-dev-arm64-cross" "AArch64 compiler" has_program aarch64-linux-gnu-gcc
    want qemu-user "runs AArch64 programs" has_program qemu-aarch64
    want_clang
}

check() { # [part...]
    [ $# != 0 ] || set -- unit parity
    for part in "$@"; do
        case $part in
        unit | parity | page | long) ;;
        *) echo "./run check: there is no part '$part'; there are unit, parity, page, long"; return 2 ;;
        esac
    done
    want_build
    want_tests
    case " $* " in *' parity '*)
        if has_program apt-get; then want python3-venv "runs Keras and scikit-learn beside us" find_python 11 13; fi ;;
    esac
    case " $* " in *' long '*) want_long ;; esac
    case " $* " in *' page '*) want_page ;; esac
    # Continuous integration has both compilers; elsewhere clang is used when it is there.
    case "${CI-} $* " in 'true '*unit*) want clang "second compiler" has_program clang ;; esac
    install_missing
    get_yyjson
    for part in "$@"; do "check_$part"; done
    printf '\n%sSummary%s%s\n\n' "$strong" "$plain" "$summary"
    status=0
    if [ $n_failed != 0 ] || [ $n_passed = 0 ]; then status=1; fi
    if [ $n_not_run != 0 ] && [ "${CI-}" = true ]; then
        echo "A part that is not run counts as a failure here (CI=true)."
        status=1
    fi
    echo "$n_passed passed, $n_failed failed"
    return $status
}
