"""Lines that hold both languages: ``Hello / こんにちは``, ``Sorting - 整列``, lists of terms such as ``stack（スタック）``.

Such a line is cut at its separator if it has only one, with an alphabet on one side and Chinese characters, kana or Hangul
on the other. Dashes and brackets are common in one language too, so several lines of a document must have them. Whether the
halves are translations the bilingual lexicon and their lengths say, of all lines of one form together; a line or two are
believed unless these speak against them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from diglot.pipeline import detect, lexicon
from diglot.pipeline.checks.lengths import deviation, size
from diglot.pipeline.document import Segment, Span, is_east_asian

__all__ = ["halved"]

_LONGEST = 1000
_SEPARATOR = re.compile(r"\s/\s|／|\s\|\s|｜|\t|\s[–—-]{1,2}\s|――?|\s?[(（](?=[^()（）]+[)）]\s*\Z)")
_BRACKETS, _SURE = "(（", frozenset({"/", "／", "|", "｜", ""})  # a tab, stripped, is nothing
_SEVERAL, _AGAINST = 3, -2.5  # lines; nats for each
# What is left of a separator where the sentences of a line are segments already.
_LEADING = re.compile(r"[/／|｜]\s*")
_WIDE = frozenset({"ja", "zh", "zh-Hant", "ko"})


class _Halves(NamedTuple):
    """The parts of a segment, the one in an alphabet and the other; their separator, and whether the other is first."""

    parts: tuple[Segment, Segment]
    form: tuple[str, bool]


def halved(segments: Sequence[Segment]) -> list[Segment]:
    """The segments, those in two languages as two segments; what separates them is in neither."""
    found = [_halves(one) for one in segments]
    languages = _languages(segments, found)
    by_form: dict[tuple[str, bool], list[_Halves]] = {}
    for line in filter(None, found):
        by_form.setdefault(line.form, []).append(line)
    forms = {form for form, lines in by_form.items() if _is_bilingual(form[0], lines, *languages)}
    parted: list[Segment] = []
    for i, halves in enumerate(found):
        if halves and halves.form in forms:
            two = [replace(half, language=code, probability=1.0) for half, code in zip(halves.parts, languages, strict=True)]
            parted += two[::-1] if halves.form[1] else two
        else:
            parted.append(_bare(segments, i))
    return parted


def _halves(segment: Segment) -> _Halves | None:
    """A segment in two parts, if it is clear where it is to be cut."""
    text = segment.text
    places = list(_SEPARATOR.finditer(text)) if len(text) <= _LONGEST and len(segment.ranges) == 1 else []
    if len(places) != 1:
        return None
    separator = places[0][0].strip()
    end = len(text.rstrip()) - (separator in tuple(_BRACKETS))
    first, second = _part(segment, 0, places[0].start()), _part(segment, places[0].end(), end)
    match _is_wide(first.text), _is_wide(second.text):
        case False, True:
            return _Halves((first, second), (separator, False))
        case True, False:
            return _Halves((second, first), (separator, True))
    return None


def _is_wide(text: str) -> bool | None:
    """Whether a text is in Chinese characters, kana or Hangul; None where an alphabet is mixed in, or nothing is said."""
    letters = [is_east_asian(c) for c in text if c.isalpha()]
    if not any(letters):
        return False if len(letters) > 1 else None
    return True if 2 * sum(letters) >= len(letters) else None


def _languages(segments: Sequence[Segment], found: Sequence[_Halves | None]) -> tuple[str, str]:
    """The language in an alphabet and the other one: the commonest of the document, else what the halves are in."""
    counts: Counter[str] = Counter()
    for one, halves in zip(segments, found, strict=True):
        counts[one.language] += 0 if halves or one.language == "und" else len(one.text)

    def language(place: int) -> str:
        codes = [code for code, count in counts.most_common() if count and (code in _WIDE) == bool(place)]
        return codes[0] if codes else detect.identify("\n".join(two.parts[place].text for two in found if two)).language

    return language(0), language(1)


def _is_bilingual(separator: str, lines: Sequence[_Halves], *languages: str) -> bool:
    """Whether the halves of lines of one form say the same."""
    several = len(lines) >= _SEVERAL
    if "und" in languages or (not several and separator not in _SURE):
        return False
    evidence = sum(_evidence(line.parts[0].text, line.parts[1].text, *languages) for line in lines)
    return evidence > (0.0 if several else _AGAINST * len(lines))


def _evidence(first: str, second: str, language: str, other: str) -> float:
    """What speaks for two texts being translations, in nats: the words of each in the other, and their lengths."""
    here, there = lexicon.said(first, language), lexicon.said(second, other)
    words = lexicon.evidence(here, there, language, other) + lexicon.evidence(there, here, other, language)
    astray = deviation(size(first), size(second), language, other)
    return words / 2 + 1 - astray**2 / 2


def _bare(segments: Sequence[Segment], place: int) -> Segment:
    """A segment without a separator that stands between it and the one before it in another language."""
    one, before = segments[place], segments[place - 1]
    leading = _LEADING.match(one.text) if place and len(one.ranges) == 1 else None
    if leading is None or before.block != one.block or before.language == one.language or leading.end() == len(one.text):
        return one
    return _part(one, leading.end(), len(one.text))


def _part(segment: Segment, start: int, end: int) -> Segment:
    """A part of a segment that is one piece of its document."""
    first = segment.ranges[0][0]
    spans = tuple(
        Span(max(span.start, start) - start, min(span.end, end) - start, span.kind)
        for span in segment.spans
        if span.start < end and span.end > start
    )
    return replace(segment, text=segment.text[start:end], ranges=((first + start, first + end),), spans=spans)
