"""Merges po/parts/*.po into po/es.po: each text once, sorted. usage: po_merge.py [--remove]

A part's translation replaces the one in es.po; two parts that disagree are named and nothing is
written. --remove deletes the parts afterwards."""

import sys

from lint_c import ROOT
from lint_words import read_po

HEAD = """# Spanish words of propense. English stands in the code; ./run lint names what is missing here.
msgid ""
msgstr ""
"Language: es\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"""


def quoted(text):
    """A po string; a text of several lines stands in several strings."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    lines = [f'"{part}"' for part in escaped.replace("\n", "\\n\n").splitlines()]
    return lines[0] if len(lines) == 1 else "\n".join(['""', *lines])


def main():
    target = ROOT / "po" / "es.po"
    entries, twice = read_po(target)
    source = {}
    parts = sorted((ROOT / "po" / "parts").glob("*.po"))
    for part in parts:
        more, doubled = read_po(part)
        twice += [f"{t!r} ({part.name})" for t in doubled]
        for text, spanish in more.items():
            if source.get(text) and entries[text] != spanish:
                twice.append(f"{text!r} ({source[text]} and {part.name})")
            entries[text], source[text] = spanish, part.name
    for text in twice:
        print(f"two translations: {text}")
    if twice:
        return 1
    body = "".join(f"\nmsgid {quoted(k)}\nmsgstr {quoted(v)}\n" for k, v in sorted(entries.items()))
    target.write_text(HEAD + body, encoding="utf-8")
    print(f"po/es.po: {len(entries)} texts, from {len(parts)} parts")
    if "--remove" in sys.argv:
        for part in parts:
            part.unlink()
    return 0


sys.exit(main())
