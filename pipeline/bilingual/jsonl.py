"""An edition for programs: one JSON object a line, with everything that is known of a pair.

Places are ``[start, end]`` in code points (``end`` is not included), as everywhere in diglot.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, TextIO

from diglot import InputError
from diglot.pipeline.bilingual import Row
from diglot.pipeline.confidence import coverage, length_ratio
from diglot.pipeline.document import AlignedPair

__all__ = ["read", "record", "write"]

# A half of a surrogate pair has no UTF-8; the JSON escape carries it. Line separators would break a line in some
# readers.
_UNWRITABLE = re.compile("[\ud800-\udfff\u2028\u2029\x85\x7f]")
_MANY = 10**9  # what is beyond is no index and no score


def write(pairs: Iterable[AlignedPair], file: TextIO, *, title: str, source: str, target: str) -> None:
    """Write one object a line. The title and the language of the whole have no place in it."""
    for pair in pairs:
        line = json.dumps(record(pair, target), ensure_ascii=False, separators=(", ", ": "))
        file.write(_UNWRITABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", line) + "\n")


def record(pair: AlignedPair, target: str) -> dict[str, Any]:
    """A pair as what JSON knows: lists, dictionaries, strings and numbers."""
    segment, translation = pair.segment, pair.translation
    return {
        "index": segment.index,
        "block": segment.block,
        "kind": segment.kind,
        "status": translation.status,
        "source_language": segment.language,
        "language_probability": round(segment.probability, 4),
        "target_language": target,
        "source": segment.text,
        "target": pair.target,
        "score": _rounded(translation.score),
        "coverage": _rounded(coverage(pair, target)),
        "length_ratio": _rounded(length_ratio(pair, target)),
        "ranges": segment.ranges,
        "spans": [{"start": s.start, "end": s.end, "kind": s.kind} for s in segment.spans],
        "findings": [asdict(finding) for finding in pair.findings],
        "note": pair.note,
    }


def _rounded(number: float | None) -> float | None:
    return number if number is None else round(number, 4)


def read(file: TextIO) -> Iterator[Row]:
    """Read the objects back; of each only what makes a row is looked at."""
    for number, line in enumerate(file, 1):
        if line.strip():
            yield _row(_parse(line, number), number)


def _parse(line: str, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as exc:
        message = f"line {number}: not JSON ({exc}); an edition has one JSON object a line"
        raise InputError(message) from exc
    names = ("source_language", "target_language", "source", "target")
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        message = f"line {number}: an object with the texts {', '.join(names)} is needed"
        raise InputError(message)
    return value


def _row(value: dict[str, Any], number: int) -> Row:
    return Row(
        source_language=value["source_language"],
        target_language=value["target_language"],
        source=value["source"],
        target=value["target"],
        status=str(value.get("status", "translated")),
        note=str(value.get("note", "")),
        line=number,
        segment=index if isinstance(index := value.get("index"), int) and 0 <= index < _MANY else None,
        score=float(score) if isinstance(score := value.get("score"), int | float) and abs(score) < _MANY else None,
    )
