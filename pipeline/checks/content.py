"""Whether the translation is there, in its language, and has what is protected."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeVar

from diglot import PLACEHOLDERS, SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.pipeline import protect
from diglot.pipeline.checks.sides import BLANK, Sides
from diglot.pipeline.document import Finding, Range, Severity, Span, has_words

__all__ = ["CHECKS", "copied", "empty", "language", "left_over", "marks", "nesting", "spans"]

T = TypeVar("T")

_LATIN_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa\u30fc\uff66-\uff9f]")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_LETTER = re.compile(r"[^\W\d_]")


def empty(source: str) -> Iterator[Finding]:
    """A segment that has words must have a translation."""
    if has_words(source):
        yield Finding("empty", "error", "There is no translation", "Translate it")


def copied(sides: Sides) -> Iterator[Finding]:
    """A translation that is the source once more, where that is more than a name or a term."""
    if sides.source_language == sides.target_language or sides.source.split() != sides.target.split():
        return
    size = _size(sides.source_prose)
    if size >= 3:
        severity: Severity = "error" if size >= 4 else "warning"
        yield Finding("copied", severity, "The translation is the source itself", "Translate it")


def _size(prose: str) -> int:
    """How many words a text has, two characters of Chinese or Japanese for one. Capitals may be names and do not
    count.
    """
    wide = len(_HAN.findall(prose)) + len(_KANA.findall(prose)) + len(_HANGUL.findall(prose))
    return wide // 2 + sum(1 for word in _LATIN_WORD.findall(prose) if word.islower())


# The share of a translation's letters that its language must write in its own script; quotations and names take the
# rest.
_OWN_SCRIPT = 0.2


def language(sides: Sides) -> Iterator[Finding]:
    """A translation that is not in its language: by script where scripts differ, else by its words."""
    prose = sides.target_prose
    letters = len(_LETTER.findall(prose))
    if sides.source_language == sides.target_language or sides.source.split() == sides.target.split() or letters < 12:
        return
    kana, han, hangul = (len(script.findall(prose)) for script in (_KANA, _HAN, _HANGUL))
    own = {"ja": kana + han, "zh": han, "ko": hangul}.get(sides.target_language, letters - kana - han - hangul)
    wrong = own < _OWN_SCRIPT * letters and _size(prose) >= 4
    wrong |= sides.target_language == "zh" and kana > 0.15 * letters and kana > 3
    wrong |= sides.target_language not in ("ja", "zh", "ko") and own < 0.5 * letters
    unsure = kana == 0 if sides.target_language == "ja" else own > 0.9 * letters
    if wrong or (unsure and _is_identified_otherwise(sides, prose)):
        yield Finding("language", "error", "The translation is not in the language wanted", "Translate it again")


def _is_identified_otherwise(sides: Sides, prose: str) -> bool:
    """Whether the words are surely those of another language, the source's above all."""
    words = prose.replace(BLANK, " ")
    if len(words.split()) < 5 and not (sides.target_language in ("ja", "zh") and len(words) >= 12):
        return False
    from diglot.pipeline.detect import identify

    found, probability = identify(words)
    other = found.partition("-")[0]
    return other not in (sides.target_language, "und") and probability >= (0.9 if other == sides.source_language else 0.99)


def left_over(sides: Sides) -> Iterator[Finding]:
    """Several words of the source in a row that stand in the translation as they are."""
    if sides.source_language == sides.target_language or sides.source.split() == sides.target.split():
        return
    source, target = sides.source_prose, sides.target_prose
    fewest = _FEWEST_HAN if sides.target_language in ("ja", "zh") else _FEWEST_WIDE
    found = [] if sides.target_language == "ko" else _shared_characters(source, target, fewest)
    if sides.source_language not in ("ja", "zh", "ko"):  # whose Latin words are glosses
        found += _shared_words(sides)
    for place in found[:1]:
        words = _shortened(sides.target[slice(*place)])
        yield Finding("left-over", "warning", f"“{words}” was left as it is in the source", "Translate it", None, place)


# So many in a row are no coincidence. Words in capitals may be names; Chinese and Japanese have many words in common.
_FEWEST_WIDE, _FEWEST_HAN = 6, 10
_WIDE = "\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
# After an opening bracket or quotation mark the words of the source are given on purpose.
_LATIN_RUN = re.compile(rf"(?<![(（「『“\"《〈‘])(?<!\w)(?:[^\W\d_{_WIDE}]+(?:[ ,;'’-]{{1,2}}|(?!\w)|(?=[{_WIDE}]))){{3,}}")
_WIDE_RUN = re.compile(rf"(?<![(（「『“\"《〈‘])[{_WIDE}](?:[ 、，,]?[{_WIDE}])+")


def _shared_words(sides: Sides) -> list[Range]:
    """The places of words that follow one another in both texts.

    That is four in lower case, or more with a name among them; three, an everyday word among them, where the translation is
    in another script.
    """
    words = _LATIN_WORD.findall(sides.source_prose)
    shared = {count: set(_runs_of(words, count)) for count in _MOST_CAPITALS}
    places = []
    for run in _LATIN_RUN.finditer(sides.target_prose):
        found = list(_LATIN_WORD.finditer(sides.target_prose, *run.span()))
        for count, most in _MOST_CAPITALS.items():
            for matches in _runs_of(found, count):
                texts = tuple(match[0] for match in matches)
                capitals = sum(not text.islower() for text in texts)
                if texts in shared[count] and capitals <= most and (count > 3 or _is_left_over(texts, sides)):
                    places.append((matches[0].start(), matches[-1].end()))
    return places


# How many of so many words may have capitals.
_MOST_CAPITALS = {6: 2, 4: 0, 3: 0}


def _is_left_over(words: Sequence[str], sides: Sides) -> bool:
    """Whether words in Latin letters are more than a term in a text of another script."""
    from diglot.pipeline.terminology.phrases import is_common

    return sides.target_language in ("ja", "zh", "ko") and any(is_common(word, sides.source_language, 300) for word in words)


def _shared_characters(source: str, target: str, fewest: int) -> list[Range]:
    """The places of Chinese, Japanese or Korean characters that follow one another in both texts."""
    known = {source[i : i + fewest] for i in range(len(source) - fewest + 1)}
    runs = (range(run.start(), run.end() - fewest + 1) for run in _WIDE_RUN.finditer(target))
    return [(i, i + fewest) for run in runs for i in run if target[i : i + fewest] in known]


def _runs_of(items: Sequence[T], length: int) -> Iterator[tuple[T, ...]]:
    return zip(*(items[i:] for i in range(length)), strict=False)


def spans(sides: Sides) -> Iterator[Finding]:
    """Every protected piece of the source stands in the translation as it is and as often."""
    if not sides.lost:
        return
    changed = _changes(sides)
    dense = "".join(sides.target.split())
    for span in sides.lost:
        piece = sides.source[span.start : span.end]
        place = span.start, span.end
        shown = _shortened(piece)
        if span.kind == "number":  # compared by value
            continue
        if piece in sides.target:
            yield Finding(
                "span-count", "info", f"“{shown}” is in the source more often", "See whether one is missing", place
            )
        elif _bare(piece) in dense:
            message = f"“{shown}” has lost its marks or has other spaces"
            yield Finding("span-changed", "warning", message, f"Write {shown} as it is in the source", place)
        elif span in changed:
            now = changed[span]
            message = f"“{shown}” became “{_shortened(sides.target[now.start : now.end])}”"
            yield Finding("span-changed", "error", message, f"Write {shown}", place, (now.start, now.end))
        else:
            severity: Severity = "warning" if span.kind in ("markup", "name", "reference", "emoji") else "error"
            yield Finding("span-lost", severity, f"The {span.kind} “{shown}” is missing", f"Write {shown}", place)


def _changes(sides: Sides) -> dict[Span, Span]:
    """For a lost span, the span of its kind that the translation has in its place."""
    pieces = {sides.source[span.start : span.end] for span in sides.spans}
    spare = [span for span in sides.spare if sides.target[span.start : span.end] not in pieces]
    changes = {}
    for lost in sides.lost:
        same = next((span for span in spare if span.kind == lost.kind), None)
        if same is not None:
            spare.remove(same)
            changes[lost] = same
    return changes


def _bare(piece: str) -> str:
    """A piece without the marks around it and without white space."""
    return "".join(piece.split()).strip("`$") or piece


def nesting(sides: Sides) -> Iterator[Finding]:
    """Markup that opens and closes must do so in the translation, properly nested."""
    if not any(span.kind in ("markup", "tag") for span in sides.spans) or len(sides.spans) > len(PLACEHOLDERS):
        return
    marks, done = [], 0
    for index, span in zip(sides.kept_index, sides.kept, strict=True):
        marks += [sides.target[done : span.start], PLACEHOLDERS[index]]
        done = span.end
    masked = protect.mask(sides.source, sides.spans)
    for first, last in protect.lost(masked, "".join(marks) + sides.target[done:]).crossed:
        message = f"“{_shortened(first)}” and “{_shortened(last)}” do not enclose anything"
        yield Finding("nesting", "error", message, "Put them around the same words as in the source")


_MARKS = re.compile(f"[{''.join(PLACEHOLDERS)}{TERM_OPEN}{TERM_CLOSE}{TERM_TARGET_CLOSE}{SEPARATOR}]")


def marks(sides: Sides) -> Iterator[Finding]:
    """No mark that is meant for the model alone is left in a translation."""
    given = Counter(_MARKS.findall(sides.source))
    for match in _MARKS.finditer(sides.target):
        if not given[match[0]]:
            yield Finding("mark", "error", "A mark of the model was left in the text", "Take it out", target=match.span())


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


CHECKS = (copied, language, left_over, spans, nesting, marks)
