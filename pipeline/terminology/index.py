"""Where terms stand in a text: one index over all of them, whose time does not depend on how many there are.

A text is cut into units: a word, a symbol, or one character of Chinese, Japanese or Korean. A term is stored as its
path of units, and so is every beginning of the path; where no term begins, one look-up a unit is all it costs. White
space, hyphens and middle dots between units do not count ("self-attention", "self attention"), nor do case and width,
nor the long-vowel mark that ends a katakana word (エンコーダ, エンコーダー). Inflected forms are those of
``inflection``.

A Latin word is matched whole. Chinese and Japanese terms are matched anywhere, but not inside a longer katakana word,
and a single Chinese character only where it stands alone. A Korean term begins a word; only particles follow it there.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from diglot.pipeline.document import Range, Span, primary
from diglot.pipeline.terminology.inflection import english_forms, fold, stem

Value = TypeVar("Value")

KATAKANA = "ァ-ヺー"
HAN = (
    "々〇㐀-䶿一-鿿\N{CJK COMPATIBILITY IDEOGRAPH-F900}-\N{CJK COMPATIBILITY IDEOGRAPH-FAD9}"
    "\N{CJK UNIFIED IDEOGRAPH-20000}-\N{CJK UNIFIED IDEOGRAPH-3134A}"
)
HANGUL = "가-힣"
_CJK = f"{HAN}{KATAKANA}{HANGUL}ぁ-ゖゝ-ゟヽ-ヿㄅ-ㆿㇰ-ㇿｦ-ﾟ"
_ACCENTS = "\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}"
_IGNORED = (
    "・\\-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SOFT HYPHEN}"
    "\N{ZERO WIDTH SPACE}-\N{RIGHT-TO-LEFT MARK}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"
)
_UNIT = re.compile(
    rf"(?:[^\W{_CJK}][{_ACCENTS}]*)+(?:\+\+|#)?"  # a word; C++ and C# are words too
    rf"|[ァ-ヺ]ー(?![{KATAKANA}])"  # the end of a katakana word, with its long-vowel mark
    rf"|[{_CJK}]"
    rf"|[^\w\s{_IGNORED}{_ACCENTS}]"
)
_IN_SCRIPT = {script: re.compile(f"[{script}]") for script in (KATAKANA, HAN, HANGUL)}

# "rate of change": the head, which is inflected, is the word before the preposition.
_PREPOSITIONS = frozenset({"of", "in", "for", "to", "with", "on", "by", "from"})
_PARTICLE = (
    "들|은|는|이|가|을|를|의|에|에서|에게|으로|로|과|와|도|만|까지|부터|처럼|보다|마다|나|라는|라고|입니다|다|고|며|기|지"
    "|하|되|된|한|할|인|일|해|해서|했다|합니다|됩니다"
)
_PARTICLES = re.compile(rf"(?:{_PARTICLE}){{0,4}}(?![{HANGUL}])")
_JAPANESE_ENDING = re.compile(r"(?<=[^ぁ-ゖ])(?:する|[なのいうくぐすつぬぶむる])$|(?<=[ぁ-ゖ])る$")


def units(text: str) -> list[str]:
    """The units of a text as they stand in it; empty where it holds nothing that a term could be made of."""
    return _UNIT.findall(text)


class Index(Generic[Value]):
    """Strings of one language, each with a value, and where they stand in a text.

    A lenient index, for looking whether a translation was used at all, also finds a string inside a longer word and a
    Japanese verb or adjective in its other forms.

    >>> index = Index("en")
    >>> index.add("neural network", 1)
    >>> list(index.find("Neural networks, neural-network models"))
    [(0, 15, 1), (17, 31, 1)]
    """

    def __init__(self, language: str, *, lenient: bool = False) -> None:
        self._language = primary(language)
        self._lenient = lenient
        # A path of keys, each closed by a line feed -> the values that end there; () for the beginning of longer paths.
        self._paths: dict[str, tuple[Value, ...]] = {}

    def add(self, string: str, value: Value, *, verb: bool = False) -> None:
        """Enter a string under all its forms."""
        if self._lenient and self._language == "ja":
            string = japanese_stem(string)
        paths = [""]
        for keys in self._keys_of(string, verb):
            for path in filter(None, paths):
                self._paths.setdefault(path, ())
            paths = [f"{path}{key}\n" for path in paths for key in keys]
        for path in filter(None, paths):
            self._paths[path] = (*self._paths.get(path, ()), value)

    def find(self, text: str, spans: Sequence[Span] = ()) -> Iterator[tuple[int, int, Value]]:
        """Every place of every string as ``(start, end, value)``, overlapping ones too, none touching a span."""
        for start, end in _gaps(len(text), spans):
            yield from self._find(text, start, end)

    def _find(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, Value]]:
        places: list[Range] = []
        keys: list[str] = []
        known: dict[str, str] = {}
        for unit in _UNIT.finditer(text, start, end):
            places.append(unit.span())
            word = unit.group()
            keys.append(known.get(word) or known.setdefault(word, self._key(word) + "\n"))
        for first, key in enumerate(keys):
            if key in self._paths:
                begin = places[first][0]
                for last, values in self._walk(keys, first):
                    if self._lenient or _is_bounded(text, begin, places[last][1]):
                        yield from ((begin, places[last][1], value) for value in values)

    def _walk(self, keys: Sequence[str], first: int) -> Iterator[tuple[int, tuple[Value, ...]]]:
        path = ""
        for last in range(first, len(keys)):
            path += keys[last]
            values = self._paths.get(path)
            if values is None:
                return
            if values:
                yield last, values

    def _key(self, unit: str) -> str:
        if len(unit) == 2 and unit[1] == "ー":
            unit = unit[0]
        return stem(fold(unit), self._language)

    def _keys_of(self, string: str, verb: bool) -> list[frozenset[str]]:
        """For each unit of a string the keys under which it may be met."""
        keys = [self._key(unit) for unit in units(string)]
        if self._language != "en":
            return [frozenset((key,)) for key in keys]
        if verb and keys[:1] == ["to"]:
            keys = keys[1:] or keys
        head = next((i for i, key in enumerate(keys) if i and key in _PREPOSITIONS), len(keys)) - 1
        inflected = (0, head) if verb else (head,)
        return [english_forms(k, verb=verb) if i in inflected else frozenset((k,)) for i, k in enumerate(keys)]


def _gaps(length: int, spans: Sequence[Span]) -> Iterator[Range]:
    start = 0
    for span in spans:
        if span.start > start:
            yield start, span.start
        start = max(start, span.end)
    if start < length:
        yield start, length


def _is_bounded(text: str, start: int, end: int) -> bool:
    """Whether a match may stand between its neighbours in the scripts that write without spaces."""
    before, first, last, after = text[start - 1 : start], text[start], text[end - 1], text[end : end + 1]
    if (_is(KATAKANA, first) and _is(KATAKANA, before)) or (_is(KATAKANA, last) and _is(KATAKANA, after)):
        return False
    if _is(HANGUL, first):
        return not _is(HANGUL, before) and _PARTICLES.match(text, end) is not None
    alone = end - start == 1 and _is(HAN, first)
    return not (alone and (_is(HAN, before) or _is(HAN, after)))


def _is(script: str, character: str) -> bool:
    return _IN_SCRIPT[script].match(character) is not None


def japanese_stem(string: str) -> str:
    """What stays of a Japanese term when it is inflected: 正規化する and 正規化した, 線形な and 線形に.

    >>> japanese_stem("正規化する"), japanese_stem("学ぶ"), japanese_stem("線形な"), japanese_stem("ループ")
    ('正規化', '学', '線形', 'ループ')
    """
    return _JAPANESE_ENDING.sub("", unicodedata.normalize("NFKC", string))
