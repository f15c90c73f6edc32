"""The findings of checked pairs in the forms that people, programs and code-scanning services read, and the gate."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import PurePath
from typing import Any, NamedTuple
from urllib.parse import quote

from diglot import __version__
from diglot.pipeline.checks import CODES
from diglot.pipeline.document import AlignedPair, Finding, Severity

__all__ = ["SEVERITIES", "Place", "fails", "summary", "to_json", "to_sarif", "to_text"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_SARIF_LEVELS: Mapping[str, str] = {"error": "error", "warning": "warning", "info": "note"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class Place(NamedTuple):
    """A checked pair and where it stands: in which file, from which line on."""

    path: str
    line: int
    pair: AlignedPair


def fails(findings: Iterable[Finding], fail_on: str) -> bool:
    """Whether findings close a gate: ``error``, ``warning`` (errors too), ``info`` (any), or the code of a check.

    Several are separated by commas.

    >>> fails([Finding("number", "error", "“3” became “4”")], "warning")
    True
    """
    wanted = set(fail_on.split(","))
    worst = max((SEVERITIES.index(severity) for severity in SEVERITIES if severity in wanted), default=-1)
    return any(finding.code in wanted or SEVERITIES.index(finding.severity) <= worst for finding in findings)


def summary(counts: Counter[str]) -> str:
    """Severities counted, in words.

    >>> summary(Counter(error=1, info=3))
    '1 error, 3 notes'
    """
    names = {"error": "error", "warning": "warning", "info": "note"}
    words = [f"{counts[s]:,} {names[s]}{'' if counts[s] == 1 else 's'}" for s in SEVERITIES if counts[s]]
    return ", ".join(words) or "no findings"


def to_text(places: Iterable[Place]) -> Iterator[str]:
    """A line for each finding as compilers write it (``path:line: severity: message``), its texts below it."""
    for place, finding in _each(places):
        head = f"{place.path}:{place.line}: {finding.severity}: {_words(finding)} [{finding.code}]"
        yield f"{_line(head)}\n  {_line(place.pair.segment.text)}\n  {_line(place.pair.target)}\n"


def to_json(places: Iterable[Place]) -> Iterator[str]:
    """A JSON object on a line of its own for each finding."""
    for place, finding in _each(places):
        record = {"path": place.path, "line": place.line, "segment": place.pair.segment.index, **asdict(finding)}
        record |= {"source_text": place.pair.segment.text, "target_text": place.pair.target}
        yield json.dumps(record) + "\n"


def to_sarif(places: Iterable[Place]) -> Iterator[str]:
    """The findings as SARIF 2.1.0, which code-scanning services show beside the lines of the files."""
    rules = [{"id": code, "shortDescription": {"text": words}} for code, words in CODES.items()]
    driver = {"name": "diglot", "version": __version__, "rules": rules}
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": []}]}
    before, after = json.dumps(log).rsplit("[]", 1)
    yield before + "["
    comma = ""
    for place, finding in _each(places):
        yield f"{comma}\n{json.dumps(_result(place, finding))}"
        comma = ","
    yield f"\n]{after}\n"


def _each(places: Iterable[Place]) -> Iterator[tuple[Place, Finding]]:
    return ((place, finding) for place in places for finding in place.pair.findings)


def _result(place: Place, finding: Finding) -> dict[str, Any]:
    region = {"startLine": place.line, "snippet": {"text": place.pair.target}}
    return {
        "ruleId": finding.code,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": _words(finding)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(place.path)}, "region": region}}],
        "properties": asdict(finding) | {"segment": place.pair.segment.index},
    }


def _uri(path: str) -> str:
    """A path as SARIF names a file: with its scheme where it is absolute, else relative to the folder of the run."""
    file = PurePath(path)
    return file.as_uri() if file.is_absolute() else quote(file.as_posix())


def _words(finding: Finding) -> str:
    return f"{finding.message}. {finding.advice}." if finding.advice else f"{finding.message}."


def _line(text: str) -> str:
    """A text on one line that any terminal and file can take."""
    return " ".join(text.split()).encode("utf-8", "backslashreplace").decode()
