"""An edition to read and to paste: Markdown, block by block, the source as a quotation and its translation below.

Sentences of one block stand together as a paragraph again. What was kept stands there once. Texts of a lecture that was
Markdown are written as they are; in others the characters that Markdown would take for its own are escaped, but not in
code and formulas.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TextIO

from diglot.pipeline.bilingual.html import LANGUAGES
from diglot.pipeline.checks.carried import carried
from diglot.pipeline.document import AlignedPair, Document, Span, joiner

__all__ = ["write"]

_SPECIAL = re.compile(r"[\\`*_{}<>\[\]#|~$]")
_AT_START = re.compile(r"(\d{1,9})(?=[.)](?:\s|\Z))|(?=[+=-](?:\s|\Z|[-=]))")
_WRITTEN_AS_IS = {"code", "formula", "url"}
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")


def write(
    pairs: Iterable[AlignedPair],
    file: TextIO,
    *,
    title: str,
    source: str,
    target: str,
    document: Document | None = None,
) -> None:
    """Write the blocks as they come. ``document`` tells whether the texts are Markdown already."""
    raw = document is not None and document.format == "markdown"
    languages = " → ".join(LANGUAGES.get(language, language) for language in (source, target))
    file.write(f"# {_prose(title, (), raw=False)}\n\n*{languages}*\n")
    for _, group in groupby(pairs, key=lambda pair: (pair.segment.block, pair.segment.kind)):
        file.writelines(_block(list(group), raw))


def _block(pairs: Sequence[AlignedPair], raw: bool) -> Iterator[str]:
    kind = pairs[0].segment.kind
    sources = _joined(_prose(pair.segment.text, pair.segment.spans, raw) for pair in pairs)
    targets = _joined(_target(pair, raw) for pair in pairs)
    mark = {"heading": "## ", "item": "* "}.get(kind, "")
    if any(pair.translation.status != "kept" for pair in pairs):
        yield f"\n> {'* ' if kind == 'item' else ''}{f'**{sources}**' if kind == 'heading' else sources}\n"
    yield f"\n{mark}{targets}\n"
    for finding in (finding for pair in pairs for finding in pair.findings if finding.severity != "info"):
        yield f"\n*⚠ {_prose(finding.message, (), raw=False)}. {_prose(finding.advice, (), raw=False)}*\n"


def _target(pair: AlignedPair, raw: bool) -> str:
    if pair.translation.status == "untranslated":
        return "*(not translated)*"
    spans = [span for _, span in carried(pair.segment.text, pair.segment.spans, pair.target).kept]
    return _prose(pair.target, spans, raw)


def _joined(texts: Iterable[str]) -> str:
    """The sentences of a block as one paragraph."""
    parts: list[str] = []
    for text in texts:
        parts += (joiner(parts[-1][-1:] if parts else "", text[:1]), text)
    return "".join(parts)


def _prose(text: str, spans: Sequence[Span], raw: bool) -> str:
    """A text on one line, as Markdown."""
    pieces, done = [], 0
    for span in spans if not raw else ():
        if span.kind in _WRITTEN_AS_IS:
            pieces += [_escape(text[done : span.start]), text[span.start : span.end]]
            done = span.end
    pieces.append(text[done:] if raw else _escape(text[done:]))
    line = " ".join(_UNWRITABLE.sub("\ufffd", "".join(pieces)).splitlines())
    number = None if raw else _AT_START.match(line)
    return f"{number[0]}\\{line[number.end() :]}" if number else line


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
