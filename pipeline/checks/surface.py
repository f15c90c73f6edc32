"""How a translation is written, by the habits of its language: repetition, brackets, spaces, widths and end marks."""

import re
from collections import Counter
from collections.abc import Iterator

from diglot.pipeline.checks.lengths import size
from diglot.pipeline.checks.sides import BLANK, Sides
from diglot.pipeline.document import Finding, Range, Severity, has_words, is_unspaced

__all__ = ["CHECKS", "brackets", "end_mark", "repetition", "spaces", "width"]

_WIDE = ("ja", "zh")

# A piece that follows itself at least twice: what a decoder in a loop writes. A source may say it once less.
_PIECE = r"(?<!\w)(\w[\w'’-]{0,30}(?:\W{1,4}\w[\w'’-]{0,30}){0,7}?)"
_LOOP = re.compile(rf"{_PIECE}(?:\W{{1,4}}\1(?!\w)){{2,}}")
_TWICE = re.compile(rf"{_PIECE}\W{{1,4}}\1(?!\w)", re.IGNORECASE)
# No ーーー: two different characters at least.
_WIDE_LOOP = re.compile(r"(?=[^\W\d_])((.)(?!\2)\S{1,29}?)(?:[、，。 ]?\1){2,}")
# A longer passage that comes back is no accident either: so many words, or characters where none are parted.
_PASSAGE, _WIDE_PASSAGE = 7, 14
_WORD = re.compile(r"\w+")
_WIDE_WORD = re.compile(r"[^\W_]")


def repetition(sides: Sides) -> Iterator[Finding]:
    """Words that a translation repeats and its source does not."""
    wide = sides.target_language in _WIDE
    match = (_WIDE_LOOP if wide else _LOOP).search(sides.target_prose)
    if match and has_words(match[1]):
        if not _TWICE.search(sides.source_prose) and not _WIDE_LOOP.search(sides.source_prose):
            message = f"“{match[1]}” is repeated {match[0].count(match[1])} times"
            yield Finding("repetition", "error", message, "Take the repetition out", target=match.span())
        return
    if (place := _doubled(sides.target)) and not _doubled(sides.source, shorter=2):
        yield Finding("repetition", "warning", "The translation stands here twice", "Take one out", target=place)
        return
    place = _passage_again(sides.target_prose, wide)
    if place and not _passage_again(sides.source_prose, sides.source_language in _WIDE, shorter=2):
        yield Finding("repetition", "warning", "A passage stands here again", "Take the repetition out", target=place)


def _doubled(text: str, shorter: int = 0) -> Range | None:
    """The second half of a text that is the first half once more."""
    text = text.rstrip()
    words = list(_WORD.finditer(text))
    half = len(words) // 2
    if half and [word[0].lower() for word in words[:half]] == [word[0].lower() for word in words[half:]]:
        start = words[half].start()
    elif text[: len(text) // 2] == text[len(text) // 2 :]:
        start = len(text) // 2
    else:
        return None
    return (start, len(text)) if size(text[start:]) >= _HALF - shorter and has_words(text[start:]) else None


_HALF = 5  # letters; shorter ones (bye bye) are said twice on purpose


def _passage_again(text: str, wide: bool, shorter: int = 0) -> Range | None:
    """Where a passage begins to stand in a text for the second time."""
    words = list((_WIDE_WORD if wide else _WORD).finditer(text))
    length = (_WIDE_PASSAGE if wide else _PASSAGE) - shorter
    first: dict[tuple[str, ...], int] = {}
    for i in range(len(words) - length + 1):
        passage = tuple(word[0] for word in words[i : i + length])
        if i >= first.setdefault(passage, i) + length and any(map(str.isalpha, passage)):
            return words[i].start(), words[i + length - 1].end()
    return None


_CLOSERS = dict(zip(")]}」』】》〉〕", "([{「『【《〈〔", strict=True))
_SAME = dict(zip("（）［］｛｝", "()[]{}", strict=True))
_BRACKETS = re.compile(f"[{re.escape(''.join((*_CLOSERS, *_CLOSERS.values(), *_SAME)))}]")
_UNPAIRED = re.compile(r"(?:(?:\A|\s)(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})|[:;][-']?)\Z")  # a) 12) iv) :-)
_QUOTES = re.compile('["“”„«»「」『』]')
_QUOTING = "「」『』"


def brackets(sides: Sides) -> Iterator[Finding]:
    """A bracket without its partner, in a translation whose source has them all.

    A quotation may go on in the next segment: 「 is looked at only where the source opens and closes all its
    quotations.
    """
    place = _lone_bracket(sides.target_prose)
    if place is None or _lone_bracket(sides.source_prose) is not None:
        return
    mark = sides.target[place]
    if mark in _QUOTING and len(_QUOTES.findall(sides.source_prose)) % 2:
        return
    message = f"The bracket {mark} has no partner"
    severity: Severity = "info" if mark in _QUOTING else "warning"
    yield Finding("bracket", severity, message, "Close it, or take it out", target=(place, place + 1))


def _lone_bracket(text: str) -> int | None:
    """The place of the first bracket that is not closed or not opened. （ and ) make a pair."""
    stack: list[tuple[str, int]] = []
    for match in _BRACKETS.finditer(text):
        mark, place = _SAME.get(match[0], match[0]), match.start()
        if mark not in _CLOSERS:
            stack.append((mark, place))
        elif not stack and _UNPAIRED.search(text, max(0, place - 4), place):
            continue
        elif not stack or stack.pop()[0] != _CLOSERS[mark]:
            return place
    return stack[0][1] if stack else None


_TWO_SPACES = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_SPACE_BEFORE_MARK = re.compile(r"(?<=[\w%)\]])[ \u00a0]+(?=[,.;:!?、。，；：！？](?:\s|\Z))")
_SPACE_BETWEEN_WIDE = re.compile(r"(?<=[\u3041-\u30ff\u4e00-\u9fff、。，]) (?=[\u3041-\u30ff\u4e00-\u9fff])")


def spaces(sides: Sides) -> Iterator[Finding]:
    """Two spaces in a row, or one before a mark or between Chinese or Japanese characters, as the source has none."""
    target = sides.target_prose
    if not _TWO_SPACES.search(sides.source_prose):
        for match in _TWO_SPACES.finditer(target):
            yield Finding("space", "info", "Two spaces in a row", "Leave one", target=match.span())
    if sides.target_language != "fr" and not _SPACE_BEFORE_MARK.search(sides.source_prose):
        for match in _SPACE_BEFORE_MARK.finditer(target):
            yield Finding("space", "info", "A space before a punctuation mark", "Take it out", target=match.span())
    if sides.target_language in _WIDE and not _SPACE_BETWEEN_WIDE.search(sides.source_prose):
        found = list(_SPACE_BETWEEN_WIDE.finditer(target))
        if len(found) == 1:  # more are a style
            yield Finding("space", "info", "A space between characters", "Take it out", target=found[0].span())


_HALF_KATAKANA = re.compile("[\uff61-\uff9f]+")
_FULL_LATIN = re.compile("[Ａ-Ｚａ-ｚ]+")
_FULL_MARK = re.compile("[，。；：？！、「」『』（）]")
_HALF_MARK = re.compile(r"(?<=[\u3041-\u30ff\u4e00-\u9fff])[,;?!](?=[\u3041-\u30ff\u4e00-\u9fff]|\Z)")


def width(sides: Sides) -> Iterator[Finding]:
    """Characters as wide as another script has them: ｶﾅ, Ｗｏｒｄ, or ，in an English sentence."""
    target, source = sides.target_prose, sides.source_prose
    if match := _HALF_KATAKANA.search(target):
        yield Finding("width", "info", "Half-width katakana", "Write full-width katakana", target=match.span())
    if (match := _FULL_LATIN.search(target)) and not _FULL_LATIN.search(source):
        yield Finding("width", "info", "Full-width letters", "Write half-width letters", target=match.span())
    if sides.target_language in _WIDE:
        if match := _HALF_MARK.search(target):
            message = f"“{match[0]}” is a half-width mark among full-width characters"
            yield Finding("width", "info", message, "Write the full-width mark", target=match.span())
    elif sides.target_language != "ko" and (match := _FULL_MARK.search(target)):
        message = f"“{match[0]}” is no mark of this language"
        advice = "Write the mark of the language"
        if not _is_quoted_wide(target, match.start()):
            yield Finding("width", "warning", message, advice, target=match.span())


def _is_quoted_wide(text: str, place: int) -> bool:
    """Whether a mark stands beside Chinese or Japanese characters, in a quotation then."""
    return any(is_unspaced(c) and c.isalpha() for c in text[max(0, place - 1) : place + 2])


# What may stand behind the mark at the end: quotation marks, brackets, markup, pieces that are protected, space.
_TAIL = "\"'”’»)]）」』】》〉*_~`" + BLANK + " \t\n\r\v\f\xa0\u2009\u202f\u3000"
_ENDS = {
    ".": ".",
    "。": ".",
    "．": ".",
    "｡": ".",
    "?": "?",
    "？": "?",
    "!": "!",
    "！": "!",
    "…": "…",
    ":": ":",
    "：": ":",
}
_QUESTION_WORDS = {
    "ja": re.compile("か[。\\s]*\\Z|[のかねよ]\\Z|でしょう|ますか|ください"),
    "ko": re.compile("[까요지나니가]\\Z"),
}


def end_mark(sides: Sides) -> Iterator[Finding]:
    """A question that no longer ends as one, or a full stop of another language's."""
    here, there = _end(sides.source_prose), _end(sides.target_prose)
    target = sides.target_prose.rstrip(_TAIL)
    place = (len(target) - 1, len(target)) if target else None
    if here == "?" and there in ("", "."):
        words = _QUESTION_WORDS.get(sides.target_language)
        if not (words and words.search(target.rstrip("。."))):
            yield Finding("end-mark", "info", "The question mark is missing", "End it as a question", target=place)
    elif (
        there == "."
        and sides.target_language in _WIDE
        and target.endswith(".")
        and target[-2:-1]
        and is_unspaced(target[-2])
    ):
        yield Finding("end-mark", "info", "The sentence ends in a half-width full stop", "Write 。", target=place)
    elif here in (".", "!") and there == "" and sides.target_language not in _WIDE and Counter(target)[" "] > 2:
        yield Finding("end-mark", "info", "The sentence has no mark at its end", "Write the mark", target=place)


def _end(text: str) -> str:
    """The mark at the end of a text, the same for all languages, or nothing."""
    text = text.rstrip(_TAIL)
    return _ENDS.get(text[-1:], "")


CHECKS = (repetition, brackets, spaces, width, end_mark)
