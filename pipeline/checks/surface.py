"""How a translation is written, by the habits of its language: repetition, brackets, spaces, widths and end marks."""

import re
from collections import Counter
from collections.abc import Iterator

from diglot.pipeline.checks.sides import BLANK, Sides
from diglot.pipeline.document import Finding, Range, Severity, has_words, is_unspaced

__all__ = ["CHECKS", "brackets", "end_mark", "quotes", "repetition", "spaces", "width"]

_WIDE = ("ja", "zh")

# A piece that follows itself at least twice: what a decoder in a loop writes. A source may say it once less.
_PIECE = r"(?<!\w)(\w{1,31}+(?:\W{1,6}\w{1,31}+){0,7}?)"  # cut in one way only, else a chain of hyphens takes minutes
_LOOP = re.compile(rf"{_PIECE}(?:\W{{1,6}}\1(?!\w)){{2,}}")
_TWICE = re.compile(rf"{_PIECE}\W{{1,6}}\1(?!\w)", re.IGNORECASE)
# No ーーー: two different characters at least.
_WIDE_LOOP = re.compile(r"(?=[^\W\d_])((.)(?!\2)\S{1,29}?)(?:[、，。 ]?\1){2,}")
# So is a phrase of some length that follows itself once.
_WIDE_TWICE = re.compile(r"(?=[^\W\d_])([^\W_]{6,30}?)[、，。 ]?\1")
# A longer passage that comes back is no accident either: so many words, or characters where none are parted.
_PASSAGE, _WIDE_PASSAGE = 7, 14
_WORD = re.compile(r"\w+")
_WIDE_WORD = re.compile(r"[^\W_]")


def repetition(sides: Sides) -> Iterator[Finding]:
    """Words that a translation repeats and its source does not."""
    wide = sides.target_language in _WIDE
    if (match := _loop(sides, wide)) and not _is_said_again(sides, match):
        message = f"“{match[1]}” is repeated {match[0].count(match[1])} times"
        yield Finding("repetition", "error", message, "Take the repetition out", target=match.span())
    elif wide and (match := _said_twice(sides)) and not _is_said_again(sides, match):
        message = f"“{match[1]}” stands here twice"
        yield Finding("repetition", "warning", message, "Take one out", target=match.span())
    elif (place := _doubled(sides.target)) and not _doubled(sides.source, shorter=2):
        yield Finding("repetition", "warning", "The translation stands here twice", "Take one out", target=place)
    elif (place := _passage_again(sides.target_prose, wide)) and not _passage_again(
        sides.source_prose, sides.source_language in _WIDE, shorter=2
    ):
        yield Finding("repetition", "warning", "A passage stands here again", "Take the repetition out", target=place)


def _loop(sides: Sides, wide: bool) -> re.Match[str] | None:
    """The first loop in a translation that has words outside of what is protected."""
    patterns = (_WIDE_LOOP, _LOOP) if wide else (_LOOP,)
    found = (match for pattern in patterns for match in pattern.finditer(sides.target))
    return next((match for match in found if has_words(sides.target_prose[slice(*match.span(1))])), None)


def _said_twice(sides: Sides) -> re.Match[str] | None:
    """The first phrase in a Chinese or Japanese translation that follows itself, where none does in the source."""
    if _WIDE_TWICE.search(sides.source_prose):
        return None
    found = _WIDE_TWICE.finditer(sides.target_prose)
    return next((match for match in found if 2 * sum(map(is_unspaced, match[1])) > len(match[1])), None)


def _is_said_again(sides: Sides, loop: re.Match[str]) -> bool:
    """Whether the source repeats about as much: any words for a loop of one word, half as much for a longer one."""
    repeated = (match for pattern in (_TWICE, _WIDE_LOOP) for match in pattern.finditer(sides.source))
    most = max((_weight(match[0]) for match in repeated), default=0)
    one_word = " " not in loop[1] and _weight(loop[1]) <= _LONGEST_WORD
    return most > 0 and (one_word or 2 * most >= _weight(loop[0]))


_LONGEST_WORD = 16


def _weight(text: str) -> int:
    """The letters and digits of a text; those that make a syllable or more count twice."""
    return sum(2 if character >= "\u3041" else 1 for character in text if character.isalnum())


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
    return (start, len(text)) if _weight(text[start:]) >= _HALF - shorter and has_words(text[start:]) else None


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
_ITEM = re.compile(r"(?:\A|\s)(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})\Z")  # a) 12) iv)
_SMILE = re.compile(r"[:;][-']?\Z")
_QUOTES = re.compile('["“”„«»「」『』]')
_QUOTATION_MARK, _INCHES = re.compile('["“”„«»]'), re.compile('(?<=\\d)"')
_QUOTING = "「」『』"


def brackets(sides: Sides) -> Iterator[Finding]:
    """A bracket without its partner, in a translation whose source has them all.

    A quotation may go on in the next segment: 「 is looked at only where the source opens and closes all its
    quotations.
    """
    (lone, items), (source_lone, source_items) = _lone_brackets(sides.target_prose), _lone_brackets(sides.source_prose)
    if lone is None and len(items) == 1 and items[0] >= _LONGEST_ITEM and not source_items:
        lone = items[0]
    if lone is None or source_lone is not None:
        return
    mark = sides.target[lone]
    if mark in _QUOTING and len(_QUOTES.findall(sides.source_prose)) % 2:
        return
    message = f"The bracket {mark} has no partner"
    severity: Severity = "info" if mark in _QUOTING else "warning"
    yield Finding("bracket", severity, message, "Close it, or take it out", target=(lone, lone + 1))


def quotes(sides: Sides) -> Iterator[Finding]:
    """A quotation that is opened or closed alone, in a translation of a text whose quotations are closed."""
    marks = list(_QUOTATION_MARK.finditer(sides.target_prose))
    inches = len(_INCHES.findall(sides.target_prose))
    if len(marks) % 2 and not inches % 2 and not len(_QUOTES.findall(sides.source_prose)) % 2:
        message = f"The quotation mark {marks[-1][0]} has no partner"
        yield Finding("bracket", "info", message, "Close the quotation, or take the mark out", target=marks[-1].span())


_LONGEST_ITEM = 5  # characters that the number of a list takes at the beginning of a text


def _lone_brackets(text: str) -> tuple[int | None, list[int]]:
    """The place of the first bracket that is not closed or not opened, and those of brackets that may close the number of
    an item in a list. （ and ) make a pair.
    """
    stack: list[tuple[str, int]] = []
    items = []
    for match in _BRACKETS.finditer(text):
        mark, place = _SAME.get(match[0], match[0]), match.start()
        if mark not in _CLOSERS:
            stack.append((mark, place))
        elif not stack and _ITEM.search(text, max(0, place - _LONGEST_ITEM), place):
            items.append(place)
        elif not stack and _SMILE.search(text, max(0, place - 2), place):
            continue
        elif not stack or stack.pop()[0] != _CLOSERS[mark]:
            return place, items
    return (stack[0][1] if stack else None), items


_TWO_SPACES = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_SPACE_BEFORE_MARK = re.compile(r"(?<=[\w%)\]])[ \u00a0]+(?=[,.;:!?、。，；：！？](?:\s|\Z))")
_NO_SPACE_BEFORE_MARK = re.compile(r"(?<=[^\W\d_])[;:!?](?=\s|\Z)")
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
    if sides.target_language == "fr" and (bare := _NO_SPACE_BEFORE_MARK.search(target)):
        message = f"No space before {bare[0]}"
        yield Finding("space", "info", message, "Write a narrow no-break space before it", target=bare.span())
    if sides.target_language in _WIDE and not _SPACE_BETWEEN_WIDE.search(sides.source_prose):
        found = list(_SPACE_BETWEEN_WIDE.finditer(target))
        if len(found) == 1:  # more are a style
            yield Finding("space", "info", "A space between characters", "Take it out", target=found[0].span())


_HALF_KATAKANA = re.compile("[\uff61-\uff9f]+")
_FULL_LATIN = re.compile("[Ａ-Ｚａ-ｚ]+")
_FULL_DIGIT = re.compile("[０-９]+")
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
    elif match := _FULL_DIGIT.search(target):
        yield Finding("width", "info", "Full-width digits", "Write half-width digits", target=match.span())
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
    elif here == there and sides.target_language == "es" and (match := _UNOPENED.search(target)):
        message = f"The sentence does not begin with {'¿' if match[0] == '?' else '¡'}"
        yield Finding("end-mark", "info", message, "Write the mark", target=match.span())
    elif (
        here in (".", "!")
        and there == ""
        and not _ABBREVIATED.search(sides.source_prose)
        and sides.target_language not in _WIDE
        and Counter(target)[" "] > 2
    ):
        yield Finding("end-mark", "info", "The sentence has no mark at its end", "Write the mark", target=place)


# A last sentence in Spanish that is a question or a cry and was not opened as one.
_UNOPENED = re.compile(r"\A[^¿?]*[?]\Z|\A[^¡!¿]*!\Z")
_ABBREVIATED = re.compile(r"(?:\.\w|\b(?:etc|usw|Inc|Ltd|Co|Corp|Jr|al))\.\s*\Z")  # a point that ends no sentence


def _end(text: str) -> str:
    """The mark at the end of a text, the same for all languages, or nothing."""
    text = text.rstrip(_TAIL)
    return _ENDS.get(text[-1:], "")


CHECKS = (repetition, brackets, quotes, spaces, width, end_mark)
