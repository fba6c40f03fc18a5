"""./run lint: what a compiler does not check. Layers, calls that are banned, floating-point formats,
file names and sizes; lists the longest functions, to look at. Exit code 1 when something fails."""

import re
import statistics
import sys

from lint_c import ROOT, calls, functions, literals, name_of, sources, tokens

ROOMS = "base formats kernels table metrics features network model study decide report api".split()
# Their work has one place in src/base: memory.h, str.h, num.h, files.h, error.h.
BANNED = set(
    "strcpy strncpy strcat strncat sprintf vsprintf snprintf vsnprintf strtok atoi atol atoll atof strtod strtof strtol"
    " strtoll strtoul strtoull sscanf scanf rand srand random drand48 qsort bsearch malloc calloc realloc free strdup"
    " strndup printf fprintf puts putchar vfprintf perror exit _exit abort alloca setlocale getenv system gets fopen"
    " fread fwrite open read write rename unlink time gettimeofday clock_gettime localtime strerror signal".split()
)
# The rest of libm differs between machines; base/maths.h has what is needed.
MATHS = set(
    "exp exp2 exp10 expm1 log log2 log10 log1p logb ilogb pow cbrt hypot sin cos tan asin acos atan atan2 sinh cosh tanh"
    " asinh acosh atanh erf erfc lgamma tgamma fmod remainder remquo modf fmax fmin fdim round lround llround nearbyint"
    " lrint llrint scalbn scalbln nextafter nexttoward sincos j0 j1 y0 y1".split()
)
MATHS |= {name + suffix for name in MATHS for suffix in "fl"}
FORMATTED = {"fail", "fail_at", "say", "text_f", "printf", "fprintf", "snprintf", "sprintf", "tr"}
FLOATING = re.compile(r"%(?:\d+\$)?[-+ #0']*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?L?[aAeEfFgG]")
LONG_FILE, LONGEST_FILE = 400, 700

problems = []
remarks = []


def room_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "src" else parts[0]


def check_layers(files):
    """A room includes what stands left of it; cli, server, python and examples see propense.h only."""
    home = {p.name: room_of(p) for p in files if p.parts[len(ROOT.parts)] == "src"}
    for p in files:
        room = room_of(p)
        for t in tokens(p):
            m = re.match(r'#\s*include\s+"([^"]+)"', t.text) if t.kind == "directive" else None
            if not m:
                continue
            where = f"{name_of(p)}:{t.line}"
            target = home.get(m[1].rsplit("/", 1)[-1])
            if target and "/" in m[1]:
                problems.append(f'{where}: include "{m[1].rsplit("/", 1)[-1]}" by its bare name')
            elif target and room in ROOMS and ROOMS.index(target) > ROOMS.index(room):
                problems.append(f'{where}: {room} must not see "{m[1]}" of {target}')
            elif target and room in ("cli", "server", "python", "examples"):
                problems.append(f'{where}: {room} sees propense.h and its own headers only, not "{m[1]}" of {target}')
            elif room == "base" and m[1].startswith(("cairo", "zlib")):
                problems.append(f"{where}: base knows no outside format")


def check_calls(p):
    room = room_of(p)
    banned = {"base": {"setlocale"}, "cli": {"setlocale"}, "server": {"setlocale"}}.get(room, BANNED)
    if p.name != "maths.c":
        banned = banned | MATHS
    for t, _ in calls(tokens(p), banned):
        kind = "has its one place in src/base, or none" if t.text in BANNED else "is not the same on every machine; see base/maths.h"
        problems.append(f"{name_of(p)}:{t.line}: {t.text}() {kind}")


def check_formats(p):
    """Programs never call setlocale, so their printf is free of it; a library's caller may have."""
    if room_of(p) not in ROOMS:
        return
    for t, arguments in calls(tokens(p), FORMATTED):
        for value, line in (found for a in arguments for found in literals(a)):
            m = FLOATING.search(value.replace("%%", ""))
            if m:
                problems.append(f"{name_of(p)}:{line}: '{m[0]}' follows the locale; write the number with num.h")


def check_files(files):
    seen = {}
    for p in files:
        if p.name in seen:
            problems.append(f"{name_of(p)}: the name is taken by {name_of(seen[p.name])}")
        seen[p.name] = p
        n = len(p.read_text(encoding="utf-8").splitlines())
        if n > LONGEST_FILE:
            problems.append(f"{name_of(p)}: {n} lines; split it before {LONGEST_FILE}")
        elif n > LONG_FILE:
            remarks.append(f"{name_of(p)}: {n} lines")
        if p.suffix == ".h" and p.name != "propense.h" and not p.name.endswith("_body.h"):
            guard = "PROPENSE_" + re.sub(r"\W", "_", p.name).upper()
            if f"#ifndef {guard}" not in p.read_text(encoding="utf-8"):
                problems.append(f"{name_of(p)}: the guard of this header is {guard}")


def longest_functions(files):
    found = [(n, f"{name_of(p)}:{line}", name) for p in files if p.suffix == ".c" for name, line, n in functions(p)]
    if not found:
        return
    sizes = sorted(n for n, _, _ in found)
    print(
        f"functions: {len(sizes)}, median {statistics.median(sizes):g} lines, nine in ten up to "
        f"{sizes[len(sizes) * 9 // 10]}, longest:"
    )
    for n, where, name in sorted(found, reverse=True)[:10]:
        print(f"  {n:4}  {name}  ({where})")


def main():
    ours = sources("src", "cli", "server", "include", "python")
    check_layers(ours + sources("examples"))
    for p in ours:
        check_calls(p)
        check_formats(p)
    check_files(ours)
    for text in remarks:
        print(f"look at  {text}")
    longest_functions(ours)
    for text in problems:
        print(f"FAILED   {text}")
    return bool(problems)


sys.exit(main())
