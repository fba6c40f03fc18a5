#!/bin/sh
# Runs sessions on the command line and compares them with what is written down.
#
#   run.sh [--update] PROPENSE CASE.txt...      (--update writes down what happens now)
#
# A case is a file like this:
#
#   # A missing file gets its sentence.          anything not marked below is kept as it is
#   ~ s/in [0-9.]* s/in SECONDS/                 a sed command for all output, and for it only
#   $ propense train nowhere.csv                 runs in sh; `propense` is the one under test
#   ! nowhere.csv: no such file                  a line on standard error
#   ? 1                                          the exit code, when it is not 0
#   $ cat > two.csv <<end
#   + a,b                                        + continues a command
#   + end
#   $ LANG=es_ES.UTF-8 propense inspect m.keras
#   > un modelo                                  a line on standard output
#
# Each case starts in an empty folder of its own, which is also HOME. $DATA is the repository's
# data folder, $FILES is tests/cli/files. Language and time zone are English (C.UTF-8) and UTC.
# A last line without its line end is followed by `>\` or `!\`.
set -u
update=
[ "${1-}" = --update ] && { update=yes; shift; }
[ $# -ge 2 ] || { echo "usage: run.sh [--update] PROPENSE CASE.txt..." >&2; exit 2; }
program=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/propense-cli.XXXXXX") || exit 1
trap 'chmod -R u+rwX "$scratch" 2> /dev/null; rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

unset LC_ALL LC_MESSAGES LC_CTYPE LC_NUMERIC LANGUAGE NO_COLOR COLUMNS SOURCE_DATE_EPOCH CLICOLOR_FORCE
mkdir "$scratch/bin"
if [ -n "${PROPENSE_EMULATOR-}" ]; then # a program for another processor
    printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$PROPENSE_EMULATOR" "$program" > "$scratch/bin/propense"
    chmod +x "$scratch/bin/propense"
else
    ln -s "$program" "$scratch/bin/propense"
fi
export LANG=C.UTF-8 TZ=UTC PATH="$scratch/bin:$PATH" TERM=dumb
export DATA="$here/../../data" FILES="$here/files"

# What a stream held, each line with its mark.
marked() { # mark file
    [ -s "$2" ] || return 0
    sed -f "$scratch/filter" "$2" > "$scratch/filtered"
    sed -e "s/^/$1 /" -e "s/^$1 \$/$1/" "$scratch/filtered"
    if [ "$(tail -c 1 "$2" | od -An -c | tr -d ' ')" != '\n' ]; then printf '\n%s\\\n' "$1"; fi
}

run_command() {
    (cd "$scratch/home" && HOME=$scratch/home exec sh "$scratch/command") \
        > "$scratch/out" 2> "$scratch/err" < /dev/null
    code=$?
    marked '>' "$scratch/out"
    marked '!' "$scratch/err"
    [ $code = 0 ] || echo "? $code"
}

# Copies a case, running its commands and replacing their output: what the file would have to say.
replay() { # case
    pending=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        '+ '* | '+') ;;
        *) if [ $pending ]; then run_command; pending=; fi ;;
        esac
        case $line in
        '$ '*) printf '%s\n' "${line#??}" > "$scratch/command"; pending=yes ;;
        '+ '*) printf '%s\n' "${line#??}" >> "$scratch/command" ;;
        '+') echo >> "$scratch/command" ;;
        '~ '*) printf '%s\n' "${line#??}" >> "$scratch/filter" ;;
        '>'* | '!'* | '? '*) continue ;;
        esac
        printf '%s\n' "$line"
    done < "$1"
    if [ $pending ]; then run_command; fi
}

bad=0
for case in "$@"; do
    rm -rf "$scratch/home"
    mkdir "$scratch/home"
    : > "$scratch/filter"
    replay "$case" > "$scratch/actual"
    chmod -R u+rwX "$scratch/home"
    cmp -s "$case" "$scratch/actual" && continue
    if [ $update ]; then
        cp "$scratch/actual" "$case"
        echo "updated: $case"
    else
        bad=$((bad + 1))
        echo "$case: - what is written down, + what happened"
        diff -u "$case" "$scratch/actual" | tail -n +3
    fi
done
[ $bad = 0 ]
