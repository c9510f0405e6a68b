#!/usr/bin/env python3
"""mark_texts.py ROOT OUT: copies the sources so that xgettext sees every text that has a translation.

xgettext finds lang("English", "中文") by itself. In tables (options, commands, states) the two stand
side by side without a call, as in .help_en = "English", .help_zh = "中文". The rule is the same for
both: an English text is what stands right before its Chinese. In the copies such a text is wrapped
in lang(...), on the lines where it was. Files in which macros hold parts of texts are
expanded first. PRId64 becomes "ld", which it is on 64-bit Linux, where lawcast
runs: otherwise the catalogue would hold it as a string that depends on the system, and lawcast reads
none of these.
"""
import os
import pathlib
import re
import subprocess
import sys

TOKEN = re.compile(
    r'(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*")|(?P<char>\'(?:\\.|[^\'\\\n])+\')'
    r'|(?P<word>[A-Za-z_]\w*)|(?P<blank>\s+)|(?P<other>.)', re.S)
CHINESE = re.compile('[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]')
NUMBERS = {"PRId64": '"ld"', "PRIu64": '"lu"', "PRIx64": '"lx"'}
# Tables of words that are compared, or that make up sentences in Chinese only.
WORD_TABLES = {"adapters/display/board_why.c", "adapters/modem/why.c", "gateway/config/operators_file.c",
               "gateway/config/timetext.c", "gateway/model/refusal.c", "gateway/report/sheet.c"}


def tokens_of(source):
    return [[m.lastgroup, m.group()] for m in TOKEN.finditer(source)]


def group_at(tokens, i):
    """The adjacent texts that begin with token i: the token behind them, and what they say."""
    said, end = "", i
    while i < len(tokens):
        kind, text = tokens[i]
        if kind == "text" or (kind == "word" and text in NUMBERS):
            said, end = said + text, i + 1
        elif kind not in ("blank", "comment"):
            break
        i += 1
    return end, said


def skip(tokens, i):
    while i < len(tokens) and tokens[i][0] in ("blank", "comment"):
        i += 1
    return i


def chinese_follows(tokens, i):
    """A comma, perhaps a designator, and a text with Chinese in it."""
    i = skip(tokens, i)
    if i >= len(tokens) or tokens[i][1] != ",":
        return False
    i = skip(tokens, i + 1)
    if i < len(tokens) and tokens[i][1] == ".":
        while i < len(tokens) and tokens[i][1] != "=":
            i += 1
        i = skip(tokens, i + 1)
    return i < len(tokens) and bool(CHINESE.search(group_at(tokens, i)[1]))


def is_marked(tokens, i):
    before = [text for kind, text in tokens[max(0, i - 6):i] if kind not in ("blank", "comment")]
    return before[-2:] == ["lang", "("]


def mark(source, tables):
    tokens, i = tokens_of(source), 0
    while i < len(tokens):
        end, said = group_at(tokens, i)
        if not said or tokens[i][0] != "text":
            i += 1
            continue
        for token in tokens[i:end]:
            token[1] = NUMBERS.get(token[1], token[1])
        if tables and said.strip('"') and not is_marked(tokens, i) and chinese_follows(tokens, end):
            tokens[i][1] = "lang(" + tokens[i][1]
            tokens[end - 1][1] += ")"
        i = end
    return "".join(text for _, text in tokens)


# A macro that holds a part of a text: its definition, or its name beside a text.
MACROS = (re.compile(r'^#define(?:[^\n]*\\\n)*[^\n]*[\u4e00-\u9fff]', re.M),
          re.compile(r'"\s+(?!PRI)[A-Z][A-Z0-9_]{2,}\s*[",}]|\b(?!PRI)[A-Z][A-Z0-9_]{2,}\s+"'))


def has_macros(source):
    return ("lang(" in source or "help_en" in source) and any(macro.search(source) for macro in MACROS)


def expand(root, name):
    """The file's own lines as the preprocessor leaves them, each where it was."""
    command = [os.environ.get("CC", "cc"), "-E", "-std=c17", "-D_GNU_SOURCE", "-I.", name]
    expanded = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
    lines, at, own = {}, 0, False
    for line in expanded.split("\n"):
        marker = re.match(r'# (\d+) "([^"]*)"', line)
        if marker:
            at, own = int(marker[1]), marker[2] == name
            continue
        if own:
            lines[at] = lines.get(at, "") + line
        at += 1
    return "\n".join(lines.get(i, "") for i in range(1, max(lines) + 1)) + "\n"


def main():
    root, out = map(pathlib.Path, sys.argv[1:])
    for path in sorted([*root.glob("gateway/**/*.c"), *root.glob("adapters/**/*.c")]):
        name = path.relative_to(root)
        copy = out / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        source = path.read_text()
        if has_macros(source):
            source = expand(root, str(name))
        copy.write_text(mark(source, str(name) not in WORD_TABLES))
        print(name)


main()
