# ./run lint: format, compiler warnings, clang-tidy, and what lint_source.py and lint_words.py check.
# Sourced by run.

lint_failed=0
lint_step() { # title command...
    title=$1
    shift
    printf '%s%s%s\n' "$strong" "$title" "$plain"
    if ! "$@"; then
        echo "FAILED   $title"
        lint_failed=$((lint_failed + 1))
    fi
}

our_files() { # suffix...
    for suffix in "$@"; do
        find src cli include tests fuzz tools examples bench -name "*.$suffix" 2> /dev/null
    done | sort
}

# clang-format's output changes from version to version; the one that counts is pinned.
format_version=14
lint_format() {
    formatter=clang-format
    case $(clang-format --version 2> /dev/null) in
    *"version $format_version."*) ;;
    *)
        get_environment lint tools/requirements-lint.txt "$(find_python 8 99)" || return 1
        formatter=$(dirname "$environment")/clang-format
        ;;
    esac
    our_files c h | xargs "$formatter" --dry-run -Werror 2>&1 | grep -E 'error:' | cut -d : -f 1 | sort | uniq -c > build/log/format.txt
    [ ! -s build/log/format.txt ] && return 0
    echo "lines that clang-format would change ('$formatter -i FILE' does it):"
    cat build/log/format.txt
    return 1
}

lint_warnings() {
    (export CI=true && build_preset clang && build_preset werror -DPROPENSE_TESTS=ON -DPROPENSE_FUZZ=ON)
}

# error.c defines what error.h makes macros of for the analyzer.
lint_tidy() {
    our_files c | grep -E '^(src|cli)/' | grep -v -e '_neon[.]c' -e base/error.c |
        xargs -P "$jobs" -n 4 clang-tidy -quiet -p build/clang > build/log/tidy.txt 2> build/log/tidy-errors.txt || true
    grep -E ' (warning|error): ' build/log/tidy.txt | sed "s|^$PWD/||" | sort -u | while read -r finding; do
        known=
        while read -r file kind _; do
            case $finding in "$file:"*"[$kind"[],]*) known=yes ;; esac
        done < tools/lint_tidy_known.txt
        if [ -z "$known" ]; then echo "$finding"; fi
    done > build/log/tidy-findings.txt
    cat build/log/tidy-findings.txt
    [ ! -s build/log/tidy-findings.txt ]
}

lint() {
    want_build
    want_tests
    want_clang
    want clang-tidy "static analysis" has_program clang-tidy
    want clang-format "code format" has_program clang-format
    want python3-venv "runs the lint's scripts" find_python 8 99
    install_missing
    get_yyjson
    mkdir -p build/log
    lint_step "format" lint_format
    lint_step "layers, banned calls, sizes" python3 -B tools/lint_source.py
    lint_step "translations" python3 -B tools/lint_words.py
    lint_step "warnings as errors, gcc and clang" lint_warnings
    lint_step "clang-tidy" lint_tidy
    if [ $lint_failed = 0 ]; then echo "${strong}Nothing to complain about.$plain"; fi
    return $lint_failed
}
