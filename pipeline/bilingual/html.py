"""An edition as one web page: source and target side by side, findings marked where they are, nothing from the network.

The page is a table, a ``tbody`` a block and a row a segment, written as the pairs come. On a phone the cells stack.
Translations can be corrected in the page and saved as a TSV edition, which :mod:`diglot.pipeline.bilingual.tsv` reads.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from itertools import groupby
from typing import TextIO

from diglot.pipeline import data_file
from diglot.pipeline.checks.carried import carried
from diglot.pipeline.document import AlignedPair, Finding, Range, Severity, Span

__all__ = ["LANGUAGES", "write"]

LANGUAGES = {
    "en": "English",
    "ja": "日本語",
    "zh": "中文",
    "zh-Hant": "繁體中文",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "ko": "한국어",
    "mul": "several languages",
    "und": "unknown",
}
_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
# HTML has no way to write these: NUL, halves of surrogate pairs. A carriage return only survives as a reference.
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
# Spans that are set in the type of code; the others (numbers, names, markup) look like the text around them.
_SET_AS_CODE = {"formula", "code", "path", "tag", "private"}


def write(pairs: Iterable[AlignedPair], file: TextIO, *, title: str, source: str, target: str) -> None:
    """Write the page. The counts at its head are set from the end of the file, so that nothing is collected."""
    file.write(_head(title, source, target))
    counts: Counter[str] = Counter()
    for block, group in groupby(pairs, key=lambda pair: (pair.segment.block, pair.segment.kind)):
        file.write(f'<tbody class="{block[1]}" data-block="{block[0]}">\n')
        for pair in group:
            counts.update(("segments", pair.translation.status, *(finding.severity for finding in pair.findings)))
            file.writelines(_rows(pair, target))
        file.write("</tbody>\n")
    file.write(_tail(counts))


def _head(title: str, source: str, target: str) -> str:
    name, source_name, target_name = (_escape(t) for t in (title, _language(source), _language(target)))
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="diglot">
<title>{name}</title>
<style>
{_asset("edition.css")}</style>
</head>
<body>
<header>
<h1 dir="auto">{name}</h1>
<p><span lang="{_attribute(source)}">{source_name}</span> → <span lang="{_attribute(target)}">{target_name}</span></p>
</header>
<table>
<colgroup><col class="gutter"><col><col></colgroup>
<thead><tr><th></th><th scope="col">{source_name}</th><th scope="col">{target_name}</th></tr></thead>
"""


def _tail(counts: Counter[str]) -> str:
    words = [f"<b>{counts['segments']:,}</b> {'segment' if counts['segments'] == 1 else 'segments'}"]
    words += [f"<b>{counts[status]:,}</b> {name}" for status, name in _STATUS.items() if counts[status]]
    words += [f'<b class="{s}">{counts[s]:,}</b> {_plural(s, counts[s])}' for s in _SEVERITIES if counts[s]]
    found = any(counts[severity] for severity in _SEVERITIES)
    only = '<label><input type="checkbox" id="only">Findings only</label>' if found else ""
    return f"""</table>
<section class="summary" aria-label="Summary">
<p>{" · ".join(words)}</p>
{only}
<button type="button" aria-pressed="false" hidden>Edit</button>
<button type="button" hidden>Save as TSV</button>
</section>
<footer>Made by diglot. Grey rows were kept as they are; code, formulas and links are never translated.</footer>
<script>
{_asset("edition.js")}</script>
</body>
</html>
"""


_STATUS = {"kept": "kept", "untranslated": "not translated"}


def _plural(severity: Severity, count: int) -> str:
    noun = "note" if severity == "info" else severity
    return noun if count == 1 else noun + "s"


def _rows(pair: AlignedPair, target: str) -> Iterator[str]:
    segment, status, findings = pair.segment, pair.translation.status, pair.findings
    score = pair.translation.score
    data = "" if score is None else f' data-score="{score:.4f}"'
    if findings:
        data += f' data-findings="{_attribute("; ".join(f"{f.severity} {f.code}: {f.message}" for f in findings))}"'
    if pair.note:
        data += f' data-note="{_attribute(pair.note)}"'
    label = f"<i>{_STATUS[status]}</i>" if status in _STATUS else ""
    sources = [(f.source, f.severity) for f in findings if f.source]
    targets = [(f.target, f.severity) for f in findings if f.target]
    kept = [span for _, span in carried(segment.text, segment.spans, pair.target).kept]
    yield f'<tr class="pair {status}{" found" if findings or pair.note else ""}" id="s{segment.index}"{data}>'
    yield f'<td class="no"><a href="#s{segment.index}">{segment.index}</a>{label}</td>'
    yield f'<td class="source" lang="{_attribute(segment.language)}" dir="auto">'
    yield f"{_inline(segment.text, segment.spans, sources)}</td>"
    yield f'<td class="target" lang="{_attribute(target)}" dir="auto">{_inline(pair.target, kept, targets)}</td></tr>\n'
    if remarks := [*map(_remark, findings), *([f'<li class="info"><b>{_escape(pair.note)}</b></li>'] if pair.note else [])]:
        yield f'<tr class="notes found"><td></td><td colspan="2"><ul>{"".join(remarks)}</ul></td></tr>\n'


def _remark(finding: Finding) -> str:
    advice = f" <span>{_escape(finding.advice)}</span>" if finding.advice else ""
    stop = "" if finding.message.endswith((".", "!", "?", "。", "！", "？")) else "."
    words = f"<b>{_escape(finding.message)}{stop}</b>{advice} <small>{finding.severity} · {finding.code}</small>"
    return f'<li class="{finding.severity}">{words}</li>'


def _inline(text: str, spans: Sequence[Span], marks: Sequence[tuple[Range, Severity]]) -> str:
    """A text with its protected spans set as code and the places of its findings marked, which may overlap."""
    edges = [(edge, label, step) for start, end, label in _layers(spans, marks) for edge, step in ((start, 1), (end, -1))]
    edges.sort(key=lambda edge: edge[0])
    active: Counter[str] = Counter()
    pieces, done = [], 0
    for edge, label, step in edges:
        pieces.append(_piece(text[done:edge], active))
        active[label] += step
        done = max(done, edge)
    return "".join(pieces) + _piece(text[done:], active)


def _layers(spans: Sequence[Span], marks: Sequence[tuple[Range, Severity]]) -> Iterator[tuple[int, int, str]]:
    yield from ((span.start, span.end, "code") for span in spans if span.kind in _SET_AS_CODE)
    yield from ((start, end, severity) for (start, end), severity in marks)


def _piece(text: str, active: Counter[str]) -> str:
    if not text:
        return ""
    words = _escape(text)
    if active["code"] > 0:
        words = f'<code translate="no">{words}</code>'
    severity = next((s for s in _SEVERITIES if active[s] > 0), None)
    return f'<mark class="{severity}">{words}</mark>' if severity else words


def _escape(text: str) -> str:
    return escape(_UNWRITABLE.sub("\ufffd", text), quote=False).replace("\r", "&#13;")


def _attribute(text: str) -> str:
    return _escape(text).replace('"', "&quot;").replace("\n", "&#10;")


def _language(code: str) -> str:
    return LANGUAGES.get(code, code)


@cache
def _asset(name: str) -> str:
    return data_file(name).read_text(encoding="utf-8")
