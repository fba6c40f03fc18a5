"""./run lint: every text people see has its Spanish in po/es.po, with the same printf arguments."""

import ast
import re
import sys

from lint_c import ROOT, calls, literals, name_of, sources, tokens

# Which argument of which call is shown to people (from 1).
SHOWN = {"fail": 3, "fail_at": 5, "say": 3, "tr": 2, "N_": 1, "_": 1, "OPTION": 11}
CONVERSION = re.compile(r"%(?:(\d+)\$)?[-+#0']*(\*|\d+)?(?:\.(\*|\d+)?)?(hh|h|ll|l|j|z|t|L)?([diouxXcsp%])")


def read_po(path):
    """{msgid: msgstr} of a .po file, and the ids that stand in it twice."""
    entries, twice, field = {}, [], None
    current = {"msgid": "", "msgstr": ""}

    def close():
        if current["msgid"] and field == "msgstr":
            if entries.get(current["msgid"], current["msgstr"]) != current["msgstr"]:
                twice.append(current["msgid"])
            entries[current["msgid"]] = current["msgstr"]

    for text in path.read_text(encoding="utf-8").splitlines():
        m = re.match(r'(?:(msgid|msgstr)\s+)?(".*")\s*$', text)
        if not m:
            continue
        if m[1] == "msgid":
            close()
            current = {"msgid": "", "msgstr": ""}
        field = m[1] or field
        current[field] += ast.literal_eval(m[2])
    close()
    return entries, twice


def arguments(text):
    """What a format takes: {position: type}; a star takes one too."""
    out, at = {}, 0
    for m in CONVERSION.finditer(text):
        if m[5] == "%":
            continue
        for star in (m[2], m[3]):
            if star == "*":
                at += 1
                out[at] = "*"
        at += 1
        out[int(m[1]) if m[1] else at] = (m[4] or "") + m[5].replace("i", "d")
    return out


def shown():
    """{text: first place} of everything that goes to people."""
    found = {}
    for p in sources("src", "cli", "server"):
        for t, parts in calls(tokens(p), SHOWN):
            position = SHOWN[t.text]
            if len(parts) >= position:
                for value, line in literals(parts[position - 1]):
                    found.setdefault(value, f"{name_of(p)}:{line}")
    return found


def has_words(text):
    """'%s: %s' needs no translation, though it may have one ('%s%%' is '%s %%' in Spanish)."""
    return re.search(r"[A-Za-z]{2}", re.sub(CONVERSION, "", text))


def main():
    entries, twice = read_po(ROOT / "po" / "es.po")
    texts = shown()
    problems = [f"two translations: {t!r}" for t in twice]
    for text, where in sorted(texts.items(), key=lambda item: item[1]):
        if not entries.get(text) and not has_words(text):
            continue
        if not entries.get(text):
            problems.append(f"{where}: no Spanish for {text!r}")
        elif arguments(text) != arguments(entries[text]):
            problems.append(f"{where}: the Spanish of {text!r} takes other arguments")
    unused = sorted(set(entries) - set(texts))
    for text in unused:
        print(f"look at  po/es.po: nothing in the code says {text!r} in a call that the lint knows")
    words = [text for text in texts if has_words(text)]
    print(f"texts: {len(words)}, in Spanish: {sum(1 for t in words if entries.get(t))}")
    for text in problems:
        print(f"FAILED   {text}")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
