"""Gettext PO: messages and their translations, as documentation projects keep them.

A small reader of our own: the format is a dozen rules, and of a catalogue we want the pairs in order and nothing else.
Left out are the header, messages that are fuzzy (guessed by a tool), obsolete, untranslated, or plural forms.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from diglot.corpora.read import Texts, Warn, by_sentence, ignore, numbered_lines

_KEYWORD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)\s+(".*")')
_LANGUAGE = re.compile(r"^Language:\s*([A-Za-z_-]+)", re.MULTILINE)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_MARKS = re.compile(
    r":[\w:.+-]{1,40}:(?=`)|``|`__?(?!\w)"
)  # reStructuredText: roles, literals and link ends become plain code marks

Entry = dict[str, str]


def read_po(path: Path, warn: Warn = ignore) -> Texts:
    """The translated messages of a file, in order; sentence by sentence where both sides have as many."""
    for entry in _entries(path, warn):
        source, target = entry.get("msgid", ""), entry.get("msgstr", "")
        if source and target and "fuzzy" not in entry:
            yield from by_sentence(_plain(source), _plain(target))


def language_of(path: Path) -> str:
    """The language that the header names, or an empty string."""
    for entry in _entries(path, ignore):
        if not entry.get("msgid"):
            found = _LANGUAGE.search(entry.get("msgstr", ""))
            return found[1] if found else ""
    return ""


def _entries(path: Path, warn: Warn) -> Iterator[Entry]:
    entry: Entry = {}
    field = ""
    for number, line in numbered_lines(path):
        text = line.strip()
        match = _KEYWORD.fullmatch(text)
        if not text or text.startswith("#") or (match and match[1] in ("msgid", "msgctxt") and "msgstr" in entry):
            if "msgstr" in entry:
                yield entry
                entry = {}
            field = ""
        if match:
            field = match[1]
            entry[field] = _unquote(match[2])
        elif text.startswith('"') and text.endswith('"') and len(text) > 1 and field:
            entry[field] += _unquote(text)
        elif text.startswith("#,") and "fuzzy" in text:
            entry["fuzzy"] = "yes"
        elif text and not text.startswith("#"):
            warn(f"{path}:{number}: not a line of a PO file; it is left out")
    if entry:
        yield entry


def _unquote(text: str) -> str:
    return _ESCAPE.sub(lambda m: _ESCAPES.get(m[1], m[1]), text[1:-1])


def _plain(text: str) -> str:
    return _MARKS.sub(lambda m: "" if m[0].startswith(":") else "`", text)
