"""Words of the source that were left in the translation as they are, where that is more than a name or a term.

Latin words are looked for in runs that follow one another in both texts, and weighed: a word of the source's grammar tells
more than a term does. Chinese, Japanese and Korean are told by their characters. Between two marks one word is enough.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from diglot.pipeline import lexicon
from diglot.pipeline.checks.content import HAN, LATIN_WORD, WIDE, is_telling, shortened
from diglot.pipeline.checks.sides import BLANK, Sides, blank
from diglot.pipeline.document import Finding, Range
from diglot.pipeline.wordlists import function_words

__all__ = ["CHECKS", "in_markup", "is_ordinary", "left_over"]


def left_over(sides: Sides) -> Iterator[Finding]:
    """Several words of the source in a row that stand in the translation as they are."""
    if sides.source_language == sides.target_language or sides.source.split() == sides.target.split():
        return
    source, target = sides.source_prose, _unquoted(sides.target_prose)
    found = [] if sides.target_language == "ko" else _shared_characters(source, target, sides.target_language)
    if sides.source_language not in ("ja", "zh", "ko"):  # whose Latin words are glosses
        found += _shared_words(source, target, sides)
    for place in found[:1]:
        words = shortened(sides.target[slice(*place)])
        yield Finding("left-over", "warning", f"“{words}” was left as it is in the source", "Translate it", None, place)


def in_markup(sides: Sides) -> Iterator[Finding]:
    """What is emphasised or linked and stands between its marks as it is in the source: English words, no names."""
    if sides.source_language != "en" or sides.target_language not in _WIDE_LANGUAGES:
        return
    verbatim = [(span.start, span.end) for span in sides.spans if span.kind not in ("markup", "tag", "url", "name")]
    for match in islice(_MARKED.finditer(blank(sides.source, verbatim)), _MOST_MARKED):
        words, begin = match["words"] or match["link"] or match["text"], sides.target.find(match[0])
        if begin >= 0 and is_ordinary(words, sides.target_language):
            message, place = f"“{shortened(words)}” was left as it is in the source", (begin, begin + len(match[0]))
            yield Finding("left-over", "warning", message, "Translate it", match.span(), place)


_MOST_MARKED = 100
_MARKED = re.compile(
    r"(?P<mark>\*{1,3})(?P<words>[^*<>\[\]\n]{2,80})(?P=mark)|\[(?P<link>[^\[\]<>\n]{2,80})\]\("
    r"|<(?P<tag>(?!code\b|kbd\b|samp\b|var\b|tt\b|pre\b)[a-z]{1,10})\b[^<>]{0,300}>(?P<text>[^<>\n]{2,80})</(?P=tag)>"
)


def is_ordinary(text: str, language: str) -> bool:
    """Whether English words are no name: most are in small letters, and one of these comes through as another word."""
    words = [word for word in LATIN_WORD.findall(text) if len(word) > 1]
    small = [word for word in words if word.islower()]
    return 2 * len(small) > len(words) and any(_is_translated(word, language) for word in small)


def _is_translated(word: str, language: str) -> bool:
    """Whether it speaks clearly against a translation that it has only the word itself: the lexicon knows numpy, too."""
    return lexicon.evidence(lexicon.words(word), lexicon.said(word, language), "en", language) < _CLEARLY


_CLEARLY = -0.9  # nats: six translations of ten say the word otherwise


_WIDE_LANGUAGES = ("ja", "zh", "ko")

# What is quoted, a title for one, or given in brackets is left on purpose, if it is not half of the text.
_QUOTATION = re.compile(
    '“[^”]{1,80}”|«[^»]{1,80}»|„[^“”]{1,80}[“”]|「[^」]{1,80}」|『[^』]{1,80}』|《[^》]{1,80}》|"[^"]{1,80}"'
)


def _unquoted(text: str) -> str:
    """A text with its quotations blanked out."""
    return _QUOTATION.sub(
        lambda quotation: "\n" * len(quotation[0]) if 2 * len(quotation[0]) <= len(text) else quotation[0], text
    )


# A run of words goes on over numbers and protected pieces.
_TOKEN = re.compile(rf"{LATIN_WORD.pattern}|\d+(?:[.,]\d+)*|{BLANK}+")
_GAP = re.compile("[ ,;'’-]{0,2}| [(“\"]")
# What a word weighs that is left over: one in small letters, more if it tells its language; a German noun or a word of one
# letter weighs 1. Other words in capitals may be names, nothing. Four in a row are too many, or three with a telling one; so
# are as many in several runs that tell.
_SMALL, _TELLING = 2, 3
_TOO_MANY = 7


def _shared_words(source: str, target: str, sides: Sides) -> list[Range]:
    """The place of words that follow one another in both texts and are more than a term or a name."""
    known = set(pairwise(_token(match) for match in _TOKEN.finditer(source)))
    runs, before = list[list[re.Match[str]]](), None
    for match in _TOKEN.finditer(target):
        if before and (_token(before), _token(match)) in known and _GAP.fullmatch(target, before.end(), match.start()):
            runs[-1].append(match)
        else:
            runs.append([match])
        before = match
    distinct = {tuple(match[0] for match in run): run for run in reversed(runs) if not _is_gloss(run, target)}
    weighed = [(*_weight(tokens, sides), run) for tokens, run in distinct.items()]
    whole = sum(weight for weight, tells, _ in weighed if tells)
    most, _, run = max(weighed, default=(0, False, []), key=lambda one: one[0])
    return [(run[0].start(), run[-1].end())] if max(most, whole) >= _TOO_MANY else []


def _token(match: re.Match[str]) -> str:
    return BLANK if match[0][0] == BLANK else match[0]


def _is_gloss(run: Sequence[re.Match[str]], target: str) -> bool:
    """Whether words stand after an opening bracket or quotation mark, where they are given on purpose."""
    return target[max(0, run[0].start() - 1) : run[0].start()] in _OPENING


def _weight(tokens: Sequence[str], sides: Sides) -> tuple[int, bool]:
    """What the words of a run weigh, nothing if most may be names; and whether one of them tells its language."""
    words = {token for token in tokens if len(token) > 1 and token[0].isalpha()}
    small = [word for word in words if word.islower()]
    if len(tokens) == 1 or 2 * len(small) < len(words):
        return 0, False
    telling = sum(is_telling(word, sides) for word in small)
    nouns = len(words) - len(small) if sides.source_language == "de" else 0
    letters = len({token for token in tokens if len(token) == 1 and token in function_words(sides.source_language)})
    weight = telling * _TELLING + (len(small) - telling) * _SMALL + nouns + letters
    return weight, telling > 0 and 2 * len(small) > len(words)


_OPENING = frozenset('(（[「『“"《〈‘')
# After an opening bracket or quotation mark the words of the source are given on purpose.
_WIDE_RUN = re.compile(rf"(?<![(（「『“\"《〈‘])[{WIDE}](?:[ 、，,]?[{WIDE}])+")
# So many characters in a row are no coincidence; Chinese and Japanese have many words in common. Fewer tell where one is
# among them that Japanese never writes, of which there may be two.
_FEWEST_WIDE, _FEWEST_HAN, _FEWEST_TOLD, _FEWEST_FOREIGN = 6, 10, 4, 2


_MOST_RUNS = 200


def _shared_characters(source: str, target: str, language: str) -> list[Range]:
    """The places of Chinese, Japanese or Korean characters that follow one another in both texts."""
    fewest = _FEWEST_HAN if language in ("ja", "zh") else _FEWEST_WIDE
    runs = list(_WIDE_RUN.finditer(target))
    known = {source[i : i + fewest] for i in range(len(source) - fewest + 1)}
    starts = (i for run in runs for i in range(run.start(), run.end() - fewest + 1))
    places = [(i, i + fewest) for i in starts if target[i : i + fewest] in known]
    if language == "ja":
        places += _chinese(source, target, runs)
    elif language != "zh":
        shared = [run for run in runs[:_MOST_RUNS] if run[0] in source]
        whole = sum(len(run[0]) for run in shared)
        places += [(shared[0].start(), shared[-1].end())] if whole >= fewest else []
    return places


def _chinese(source: str, target: str, runs: Sequence[re.Match[str]]) -> list[Range]:
    """The place of Chinese left in a Japanese text, told by characters that Japanese does not write."""
    foreign = {c for c in set(source) if HAN.match(c) and not _is_japanese(c)}
    known = {source[i : i + _FEWEST_TOLD] for i in range(len(source) - _FEWEST_TOLD + 1)}
    starts = (i for run in runs for i in range(run.start(), run.end() - _FEWEST_TOLD + 1))
    pieces = ((i, target[i : i + _FEWEST_TOLD]) for i in starts)
    places = [(i, i + _FEWEST_TOLD) for i, piece in pieces if piece in known and not foreign.isdisjoint(piece)]
    strange = [i for run in runs for i in range(*run.span()) if target[i] in foreign]
    return places + ([(strange[0], strange[-1] + 1)] if len(strange) >= _FEWEST_FOREIGN else [])


def _is_japanese(character: str) -> bool:
    """Whether a Chinese character is among the 6,355 of JIS X 0208."""
    return bool(character.encode("shift_jis", "ignore"))


CHECKS = (left_over, in_markup)
