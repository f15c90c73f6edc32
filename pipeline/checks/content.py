"""Whether the translation is there, in its language, and has what is protected."""

import re
from collections import Counter
from collections.abc import Iterator

from diglot import PLACEHOLDERS, SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.pipeline import protect
from diglot.pipeline.checks.sides import BLANK, Sides
from diglot.pipeline.document import Finding, Severity, Span, has_words

__all__ = ["CHECKS", "copied", "empty", "language", "left_over", "marks", "nesting", "spans"]

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
    return wide // 2 + sum(1 for word in _LATIN_WORD.findall(prose) if word.islower() and word.isascii())


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
    return other not in (sides.target_language, "und") and probability >= (
        0.9 if other == sides.source_language else 0.99
    )


def left_over(sides: Sides) -> Iterator[Finding]:
    """Several words of the source in a row that stand in the translation as they are."""
    if sides.source_language == sides.target_language or sides.source.split() == sides.target.split():
        return
    runs = _WIDE_RUN if sides.target_language not in ("ja", "zh", "ko") else _LATIN_RUN
    source = sides.source_prose.lower()
    for match in runs.finditer(sides.target_prose):
        words = match[0].strip()
        before = sides.target[match.start() - 1 : match.start()]
        if _size(words) >= 4 and words.lower() in source and before not in _GLOSSES:
            message = f"“{_shortened(words)}” was left as it is in the source"
            yield Finding("left-over", "warning", message, "Translate it", target=match.span())


# What opens a quotation or an aside that gives the words of the source on purpose.
_GLOSSES = set('(（「『“"《〈‘')
_LATIN_RUN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’,; -]{8,}")
_WIDE_RUN = re.compile(f"(?:{_HAN.pattern[:-1]}\u3041-\u30ff\uac00-\ud7a3]){{2,}}")


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
            severity: Severity = "warning" if span.kind in ("markup", "name", "reference") else "error"
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
            yield Finding(
                "mark", "error", "A mark of the model was left in the text", "Take it out", target=match.span()
            )


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


CHECKS = (copied, language, left_over, spans, nesting, marks)
