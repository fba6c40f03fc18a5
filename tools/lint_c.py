"""As much C as the lint needs: tokens with their lines, calls with their arguments, functions."""

import pathlib
import re
import typing

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKEN = re.compile(
    r"""(?P<space>\s+|\\\n)|(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>(?:u8|[LuU])?"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<char>(?:[LuU])?'(?:\\.|[^'\\\n])*')|(?P<name>[A-Za-z_]\w*)|(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)|(?P<mark>.)""",
    re.S,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "'": "'", "\\": "\\", "a": "\a", "e": "\x1b"}


class Token(typing.NamedTuple):
    kind: str  # text, char, name, number or mark; "directive" for a whole # line
    text: str
    line: int


def sources(*folders):
    """Every .c and .h under the folders, in order."""
    found = []
    for folder in folders:
        found += [p for p in (ROOT / folder).rglob("*") if p.suffix in (".c", ".h", ".def")]
    return sorted(found)


def name_of(path):
    return str(path.relative_to(ROOT))


def tokens(path):
    """The tokens without blanks and comments; preprocessor lines come as one token each."""
    code = path.read_text(encoding="utf-8")
    out, at, line, fresh = [], 0, 1, True
    while at < len(code):
        if fresh and code[at] == "#":
            end = at
            while True:
                end = code.find("\n", end)
                end = len(code) if end < 0 else end
                if code[end - 1] != "\\" or end == len(code):
                    break
                end += 1
            out.append(Token("directive", code[at:end], line))
            line += code.count("\n", at, end)
            at = end
            continue
        m = TOKEN.match(code, at)
        kind, text = m.lastgroup, m.group()
        if kind not in ("space", "comment"):
            out.append(Token(kind, text, line))
            fresh = False
        if "\n" in text:
            fresh = True
        line += text.count("\n")
        at = m.end()
    return out


def literal(text):
    """The value of a string token."""
    body = text[text.index('"') + 1 : -1]
    return re.sub(
        r"\\(x[0-9A-Fa-f]+|[0-7]{1,3}|\n|.)",
        lambda m: ESCAPES.get(m[1], "") if m[1] in ESCAPES else (chr(int(m[1][1:], 16)) if m[1][0] == "x" else m[1]),
        body,
    )


def calls(found, names):
    """(token of the name, its arguments as lists of tokens) for every call of one of the names."""
    for i, t in enumerate(found):
        if t.kind != "name" or t.text not in names or i + 1 >= len(found) or found[i + 1].text != "(":
            continue
        if i > 0 and found[i - 1].text in (".", ">"):  # a member, not the function of that name
            continue
        depth, arguments = 0, [[]]
        for u in found[i + 1 :]:
            if u.kind == "mark" and u.text in "([{":
                depth += 1
                if depth == 1:
                    continue
            elif u.kind == "mark" and u.text in ")]}":
                depth -= 1
                if depth == 0:
                    break
            if depth == 1 and u.text == "," and u.kind == "mark":
                arguments.append([])
            else:
                arguments[-1].append(u)
        yield t, arguments


def literals(argument):
    """The string literals of an argument, neighbours joined: [(value, line)]. Those inside a call
    or an index of their own are not of this argument."""
    out, depth, joined = [], 0, False
    for t in argument:
        if t.kind == "mark" and t.text in "([{":
            depth += 1
        elif t.kind == "mark" and t.text in ")]}":
            depth -= 1
        if t.kind == "text" and depth == 0:
            if joined:
                out[-1] = (out[-1][0] + literal(t.text), out[-1][1])
            else:
                out.append((literal(t.text), t.line))
        joined = t.kind == "text"
    return out


def functions(path):
    """(name, first line, number of lines) of each function: its braces stand alone in column 0."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = None
    for i, text in enumerate(lines):
        if text == "{":
            start = i
        elif text == "}" and start is not None:
            head = start - 1
            while head > 0 and not re.match(r"[A-Za-z_]", lines[head]):
                head -= 1
            signature = " ".join(lines[head:start])
            named = re.findall(r"(\w+)\s*\(", re.sub(r"__attribute__\s*\(\(.*?\)\)\)?", "", signature))
            yield (named[0] if named else "?"), head + 1, i - head + 1
            start = None
