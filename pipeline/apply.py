"""A corrected edition put back into the document that it was made of, without any model: each row to its segment.

A row belongs to the segment with its source, white space and fillers apart. A source that stands once in the edition and
once in the document needs nothing more; one that is repeated goes where its neighbours went, for the two run side by side;
else to the segment nearest to there. So a document may have been edited since, and an edition sorted by another column or
cut down to the rows that matter. (Lines that stand once as anchors: Bram Cohen's patience diff.)

A row that no segment has the source of goes between its neighbours, if exactly one segment is left there and the two sources
are alike; the pair says so.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from diglot import InputError
from diglot.pipeline import bilingual
from diglot.pipeline.bilingual import Row
from diglot.pipeline.check import check_all
from diglot.pipeline.checks import subtitling
from diglot.pipeline.document import AlignedPair, Finding, Segment, Status, Translation, primary
from diglot.pipeline.edition import Edition, Opened, Summary, request_for, source_of
from diglot.pipeline.memory import alike
from diglot.pipeline.translate import Request, is_kept

__all__ = ["Applied", "apply", "place", "rows_into"]


@dataclass(frozen=True, slots=True)
class Applied:
    """The edition that a document and translated rows make, how many found their place in it, and which did not."""

    edition: Edition
    placed: int
    unplaced: Sequence[Row]


def rows_into(rows: Iterable[Row], target: str | None) -> tuple[str, list[Row]]:
    """The target language of an edition and its rows in the order of the document.

    Raises :class:`diglot.InputError` where there is none, or several and ``target`` does not say which.
    """
    found = list(rows)
    languages = list(dict.fromkeys(_language(row.target_language) for row in found if row.target_language))
    if not languages:
        message = "there is no translation in it"
        raise InputError(message)
    chosen = primary(target) if target else languages[0] if len(languages) == 1 else ""
    if chosen not in languages:
        message = f"into which language? Its translations are in: {', '.join(languages)}; give --to"
        raise InputError(message)
    return chosen, bilingual.in_order(row for row in found if _language(row.target_language) in (chosen, ""))


def _language(tag: str) -> str:
    return primary(tag.replace("_", "-"))


def apply(opened: Opened, segments: Sequence[Segment], rows: Sequence[Row], target: str) -> Applied:
    """The edition of a document whose translations are those of rows, as :func:`rows_into` gives them.

    A segment that has none stays as it is and counts as untranslated, unless nothing in it is to be translated. Raises
    :class:`diglot.InputError` where no row has a place in the document.
    """
    placed = place(rows, segments)
    lost = [row for row, number in zip(rows, placed, strict=True) if number is None and _translation(row)]
    row_of = {number: row for row, number in zip(rows, placed, strict=True) if number is not None}
    count = sum(_translation(row) is not None for row in row_of.values())
    if lost and not count:
        message = "none of its sources is in the document; is it the edition of another one?"
        raise InputError(message)
    request = request_for(segments, target, ())
    pairs = [_pair(one, row_of.get(number), request) for number, one in enumerate(segments)]
    summary = Summary(repaired=len(opened.plan))
    checked = []
    for pair in subtitling.check(opened.document, check_all(pairs, target), target):
        summary.count(pair)
        checked.append(pair)
    source = source_of(segments, request)
    edition = Edition(opened.document, checked, source, target, summary, opened.pack, opened.container)
    return Applied(edition, count, lost)


def _translation(row: Row | None) -> Translation | None:
    """The translation that a row holds; None where it holds none."""
    if row is None or bilingual.status(row) != "translated" or not row.target.strip():
        return None
    is_without = not row.target_language and row.target == row.source  # a unit of a memory that has one language only
    return None if is_without else Translation(row.target, "translated", row.score)


def _pair(segment: Segment, row: Row | None, request: Request) -> AlignedPair:
    note = row.note if row else ""
    translation = _translation(row)
    if row and translation:
        same = bilingual.key(segment.text, segment.language) == bilingual.key(row.source, row.source_language)
        message = f"The edition has another source here: “{row.source}”"
        changed = Finding("source-changed", "warning", message, "See whether the translation fits")
        return AlignedPair(segment, translation, () if same else (changed,), note)
    kept = row is not None and bilingual.status(row) == "kept"
    status: Status = "kept" if kept or is_kept(segment, request) else "untranslated"
    return AlignedPair(segment, Translation(segment.text, status), note=note)


# ------------------------------------------------------------------------------------------------------------------- places


def place(rows: Sequence[Row], segments: Sequence[Segment]) -> list[int | None]:
    """For each row of an edition the position of its segment, None where it has none. No two have the same one."""
    places = _Places(rows, segments)
    places.anchor()
    places.follow(1)
    places.follow(-1)
    places.nearest()
    places.between()
    return [places.found.get(row) for row in range(len(rows))]


class _Places:
    """Which segment each row has found so far."""

    def __init__(self, rows: Sequence[Row], segments: Sequence[Segment]) -> None:
        self.here = [bilingual.key(row.source, row.source_language) for row in rows]
        self.there = [bilingual.key(one.text, one.language) for one in segments]
        numbers = [row.segment for row in rows]
        rising = all(a is not None and b is not None and a < b for a, b in pairwise([-1, *numbers]))
        self.numbers = [number for number in numbers if number is not None] if rising else list(range(len(rows)))
        self.found: dict[int, int] = {}
        self.taken: set[int] = set()

    def put(self, row: int, segment: int) -> None:
        self.found[row] = segment
        self.taken.add(segment)

    def anchor(self) -> None:
        """Sources that stand once on either side."""
        places = {key: number for number, key in enumerate(self.there)}
        here, there = Counter(self.here), Counter(self.there)
        for row, key in enumerate(self.here):
            if here[key] == there.get(key) == 1:
                self.put(row, places[key])

    def follow(self, step: int) -> None:
        """Repeated sources that stand as far from the placed row before (``step`` -1: after) as in the edition."""
        for row, expected in self.expected(step):
            if row not in self.found and self.is_free(expected) and self.here[row] == self.there[expected]:
                self.put(row, expected)

    def nearest(self) -> None:
        """Other repeated sources, each to the free segment of its text that is nearest to where it is expected."""
        free: dict[str, list[int]] = {}
        for number, key in enumerate(self.there):
            if number not in self.taken:
                free.setdefault(key, []).append(number)
        for row, expected in self.expected(1):
            if row not in self.found and (left := free.get(self.here[row])):
                after = bisect_left(left, expected)
                around = [at for at in (after - 1, after) if 0 <= at < len(left)]
                self.put(row, left.pop(min(around, key=lambda at: abs(left[at] - expected))))

    def between(self) -> None:
        """Rows with a source of their own, where the rows before and after leave no other place and the texts are alike."""
        after = dict(self.expected(-1))
        for row, expected in list(self.expected(1)):
            is_left = row not in self.found and after[row] == expected and self.is_free(expected)
            if is_left and alike(self.here[row], self.there[expected]):
                self.put(row, expected)

    def is_free(self, segment: int) -> bool:
        return 0 <= segment < len(self.there) and segment not in self.taken

    def expected(self, step: int) -> Iterator[tuple[int, int]]:
        """Each row with the place that follows from that of the placed row before it (``step`` -1: after it)."""
        shift = 0 if step > 0 or not self.numbers else len(self.there) - self.numbers[-1] - 1
        for row in range(len(self.numbers))[::step]:
            yield row, self.numbers[row] + shift
            if row in self.found:
                shift = self.found[row] - self.numbers[row]
