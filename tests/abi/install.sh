#!/bin/sh
# Installs into a prefix that is made up, staged and moved, and uses what is there as a stranger
# would: pkg-config, find_package, man page, completions, header.
#
#   install.sh CMAKE BUILD SOURCE CC [CXX]
#
# What this machine has no program for is named and left out.
set -u
[ $# -ge 4 ] || { echo "usage: install.sh CMAKE BUILD SOURCE CC [CXX]" >&2; exit 2; }
cmake=$1 build=$2 source=$3 cc=$4 cxx=${5-}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/propense install.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
unset DESTDIR PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH MANPATH CMAKE_PREFIX_PATH
export LANG=C.UTF-8 LC_ALL=C.UTF-8
cd "$scratch" || exit 1

n_passed=0
n_failed=0
check() { # what command...
    what=$1
    shift
    if "$@" > log 2>&1; then
        n_passed=$((n_passed + 1))
        echo "passed   $what"
    else
        n_failed=$((n_failed + 1))
        echo "FAILED   $what"
        sed 's/^/    /' log
    fi
}
has() { command -v "$1" > /dev/null 2>&1; }
not_run() { echo "not run  $1"; }

# Staged for one prefix, then moved to another: nothing may remember where it was.
stage() { DESTDIR=$scratch/stage "$cmake" --install "$build" --prefix /opt/propense; }
check "staged with DESTDIR" stage
check "nothing beside the prefix" test "$(cd stage && find . -type f ! -path './opt/propense/*')" = ''
mv stage/opt/propense "prefix" || exit 1
prefix=$scratch/prefix
pc=$(find "$prefix" -name propense.pc)
lib=$(dirname "$(dirname "$pc")")
check "no file knows the build or the stage" test "$(grep -rlF -e "$scratch/stage" -e /opt/propense \
    "$prefix" --include='*.pc' --include='*.cmake' --include='*.h' --include='*.1')" = ''
check "the program runs" "$prefix/bin/propense" --version
check "soname" test -e "$lib/libpropense.so.0"
export LD_LIBRARY_PATH="$lib"
data=$source/data/campaign_history.csv

# ---- pkg-config --------------------------------------------------------------------------------
with_pkg_config() { # example
    # Folders with blanks come escaped from pkg-config, as a shell wants them.
    eval "\"$cc\" -std=c99 -Wall -Wextra -pedantic -Werror \"$source/examples/$1.c\" -o with_pc \
        $(PKG_CONFIG_PATH="$lib/pkgconfig" pkg-config --cflags --libs propense)" && ./with_pc "$data"
}
if has pkg-config; then
    check "an example by pkg-config" with_pkg_config train_and_score
    check "pkg-config knows the version" test "$(PKG_CONFIG_PATH="$lib/pkgconfig" pkg-config --modversion propense)" = \
        "$("$prefix/bin/propense" --version | cut -d ' ' -f 2)"
else
    not_run "an example by pkg-config: there is no pkg-config"
fi

# ---- find_package ------------------------------------------------------------------------------
mkdir project
languages=C
[ -z "$cxx" ] || languages='C CXX'
cat > project/CMakeLists.txt << END
cmake_minimum_required(VERSION 3.16)
project(stranger LANGUAGES $languages)
find_package(propense 0.1 REQUIRED)
add_executable(stranger "$source/examples/custom_log.c")
target_link_libraries(stranger PRIVATE propense::propense)
END
if [ -n "$cxx" ]; then
    cat >> project/CMakeLists.txt << END
add_executable(stranger_cxx "$source/examples/score.cpp")
set_target_properties(stranger_cxx PROPERTIES CXX_STANDARD 11 CXX_EXTENSIONS OFF)
target_link_libraries(stranger_cxx PRIVATE propense::propense)
END
fi
with_find_package() {
    "$cmake" -S project -B project/build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" \
        ${cxx:+"-DCMAKE_CXX_COMPILER=$cxx"} && "$cmake" --build project/build &&
        ./project/build/stranger "$data" && { [ -z "$cxx" ] || ./project/build/stranger_cxx "$data"; }
}
check "examples by find_package ($languages)" with_find_package

# ---- man pages ---------------------------------------------------------------------------------
man_page() { # file word word
    man --warnings -l "$1" > page 2> warnings && ! grep . warnings && grep -q -e "$2" page && grep -q -e "$3" page
}
if has man && man -l "$prefix/share/man/man1/propense.1" > page 2> /dev/null && [ -s page ]; then
    export MANWIDTH=100 MAN_KEEP_FORMATTING='' GROFF_NO_SGR=1
    check "man page" man_page "$prefix/share/man/man1/propense.1" 'SYNOPSIS' '--batch_size N'
    check "man page in Spanish" man_page "$prefix/share/man/es/man1/propense.1" 'SINOPSIS' 'semilla'
else
    not_run "man pages by man"
fi
if has mandoc; then
    check "man page by mandoc" mandoc -T lint -W error "$prefix/share/man/man1/propense.1"
    check "man page in Spanish by mandoc" mandoc -T lint -W error "$prefix/share/man/es/man1/propense.1"
fi
# Every option that the program's own help names is in the page.
for command in train score prepare plan report evaluate inspect; do
    "$prefix/bin/propense" help $command
done | sed -n 's/^  --\([a-z_0-9]*\).*/\1/p' | sort -u > options
check "every option of every command is in the man page" sh -c '[ -s options ] && while read -r o; do
    grep -q -F -- ".BR \\-\\-$o" "'"$prefix"'/share/man/man1/propense.1" || { echo "$o"; exit 1; }; done < options'

# ---- completions -------------------------------------------------------------------------------
cat > complete.bash << 'END'
# complete.bash FILE EXPECTED WORDS...: what bash would offer for the last word
source "$1" && expected=$2 && shift 2
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
_propense
if [[ ${COMPREPLY[*]} != "$expected" ]]; then
    echo "$*: offered '${COMPREPLY[*]}', expected '$expected'"
    exit 1
fi
END
bash_file=$prefix/share/bash-completion/completions/propense
offers() { # expected words...
    check "bash: $(shift; echo "$*") -> $1" bash --norc complete.bash "$bash_file" "$@"
}
if has bash; then
    offers '--batch_size' propense train --bat
    offers '--batch-size' propense train --batch-s
    offers '--model_out' propense train --mod
    offers '' propense score --ba
    offers '--stratify --strict' propense train --str
    offers '--no_stratify --no_strict' propense train --no_str
    offers 'tanh' propense train --activation t
    offers 'auto point comma' propense train --decimal ''
    offers 'point' propense train --decimal = p
    offers 'auto point comma' propense train --decimal =
    offers 'train' propense t
    offers 'inspect' propense help i
    offers '' propense train --model_out ''
    offers '--json' propense inspect --j
    offers '--holdout' propense plan --ho
    offers '--assets' propense report --as
    offers '--permutations' propense evaluate --perm
    offers '--parts' propense prepare --par
    offers 'plain excel' propense plan --csv ''
    check "bash: the completion is registered" bash --norc -c 'source "$1" && complete -p propense' - "$bash_file"
else
    not_run "completion of bash"
fi
if has fish; then
    check "fish: --ba" fish --no-config -c "source '$prefix/share/fish/vendor_completions.d/propense.fish'
        complete -C 'propense train --ba' | string match -q -- '--batch_size*'"
else
    not_run "completion of fish: there is no fish"
fi
if has zsh; then check "zsh: the completion parses" zsh -f -n "$prefix/share/zsh/site-functions/_propense"
else not_run "completion of zsh: there is no zsh"; fi

echo "$n_passed passed, $n_failed failed"
[ $n_failed = 0 ]
