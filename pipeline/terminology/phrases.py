"""Words and phrases that could be a term, or the translation of one.

In languages with spaces: one to four words in a row, none of them a function word but "of". In Japanese:
stretches of kanji, katakana and Latin letters with the okurigana between them (畳み込み層), and the parts of kanji
compounds. In Chinese: two to six characters, none of them grammatical. In Korean: words, also with up to three final
syllables taken off, which may be particles.
"""

import re
from collections.abc import Iterator, Sequence

from diglot.pipeline.terminology.index import HAN, HANGUL
from diglot.pipeline.terminology.inflection import fold, stem
from diglot.pipeline.wordlists import common_words, function_words

_LETTER = rf"[^\W\d_{HAN}ぁ-ゖァ-ヺー{HANGUL}]"
_TOKEN = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<katakana>[ァ-ヺ][ァ-ヺー]*)|(?P<hiragana>[ぁ-ゖ]+)|(?P<hangul>[{HANGUL}]+)"
    rf"|(?P<word>{_LETTER}+(?:['’]{_LETTER}+)*)"
)
_LONGEST = 4  # words or stretches in a phrase
_JOINTS = frozenset({"of", "de", "du", "des", "del", "la"})  # may stand inside a term: "rate of change"

# Characters of Chinese grammar: never in a term; never first or last in one.
_NEVER = frozenset("的是在了和与及或吗呢吧们这那哪你我他她它")
_EDGES = frozenset(
    "中对将把被就也都会要不以从到为等其之而但所可能很有上下来去里着过于由并如若因此各每些使让给向没只又再已还更最得说看做当"
)
_ELISION = re.compile("^(?:[cdjlmnst]|qu)'")
_PARTICLES = frozenset("はがをにのでともへやかな")

_Token = tuple[str, str, int, int]  # kind, text, start, end


def phrases(text: str, language: str) -> Iterator[tuple[str, str]]:
    """The phrases of a text, repetitions too: each as a key that its inflected forms share, and as it stands.

    >>> sorted({surface for _, surface in phrases("学習率を下げる", "ja")})
    ['下', '下げる', '学習', '学習率', '率', '習率']
    >>> sorted(key for key, _ in phrases("the hidden layers of it", "en"))
    ['hidden', 'hidden layer', 'layer']
    """
    tokens: list[_Token] = [(m.lastgroup or "", m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    for first, (kind, word, _, _) in enumerate(tokens):
        if kind == "hangul":
            yield from ((word[:end], word[:end]) for end in range(max(1, len(word) - 3), len(word) + 1))
        if kind in ("hangul", "word"):
            yield from _sequences_of_words(text, tokens[first : first + _LONGEST], language)
        elif kind == "han":
            yield from ((part, part) for part in _parts(word, language))
        if kind in ("han", "katakana") and language != "zh":
            for cut in range(min(len(word), 3) if kind == "han" else 1):  # 埋め込み of 各埋め込み
                begin = (kind, word[-cut:], *tokens[first][2:])
                yield from _sequences_of_stretches(text, [begin, *tokens[first + 1 : first + 2 * _LONGEST]])


def is_common(key: str, language: str, most: int = 1500) -> bool:
    """Whether a phrase is one of the ``most`` common words of everyday language, or made of such words alone."""
    common = common_words(language)
    return all(common.get(word, most) < most for word in key.split())


def word_key(word: str, language: str) -> str:
    """What the inflected forms of a word share: its stem; in English, and in any other language, the singular."""
    folded = fold(word)
    if language == "fr":
        folded = _ELISION.sub("", folded)
    if language in ("fr", "de", "es"):
        return stem(folded, language)
    if len(folded) < 4 or folded.endswith(("ss", "us", "is", "'s")) or not folded.endswith("s"):
        return folded.removesuffix("'s")
    if folded.endswith("ies"):
        return folded[:-3] + "y"
    return folded[:-2] if folded.endswith(("sses", "xes", "ches", "shes")) else folded[:-1]


def _parts(word: str, language: str) -> Iterator[str]:
    """The parts of a run of Chinese characters that could be words."""
    if language != "zh":
        yield word[-1]  # 層 of 自己注意層
    for start in range(len(word)):
        for end in range(start + 2, min(len(word), start + 6) + 1):
            part = word[start:end]
            if language == "zh" and not _NEVER.isdisjoint(part):
                break
            if language != "zh" or (part[0] not in _EDGES and part[-1] not in _EDGES):
                yield part


def _sequences_of_words(text: str, tokens: Sequence[_Token], language: str) -> Iterator[tuple[str, str]]:
    """The first word, and with it those that follow with nothing but a space or a hyphen between."""
    empty = function_words(language)
    keys: list[str] = []
    for index, (kind, word, start, end) in enumerate(tokens):
        joined = not index or text[tokens[index - 1][3] : start] in (" ", "-", "\n")
        folded = fold(word)
        if kind not in ("word", "hangul") or not joined or (folded in empty and (not keys or folded not in _JOINTS)):
            return
        keys.append(word_key(word, language))
        if folded not in empty:
            yield " ".join(keys), " ".join(text[tokens[0][2] : end].split())


def _sequences_of_stretches(text: str, tokens: Sequence[_Token]) -> Iterator[tuple[str, str]]:
    """The first stretch with those that follow, okurigana in between or at the end; spaces inside are left out."""
    surface = ""
    stretches = 0
    for index, (kind, word, start, _) in enumerate(tokens):
        gap = text[tokens[index - 1][3] : start] if index else ""
        if gap and not (gap in (" ", "・") and kind == tokens[index - 1][0] == "katakana"):
            return
        if kind == "hiragana":
            yield from ((surface + tail, surface + tail) for tail in _okurigana(word))
            if len(word) > 2 or not _PARTICLES.isdisjoint(word):
                return
            surface += word
            continue
        surface += word
        stretches += 1
        if stretches > 1 or kind == "katakana":
            yield fold(surface), surface
        if stretches == _LONGEST:
            return


def _okurigana(word: str) -> Iterator[str]:
    """The one or two kana that can close a noun: み of みを, る, but nothing of されて."""
    for length in (1, 2):
        tail, rest = word[:length], word[length:]
        if len(tail) == length and tail[-1] not in _PARTICLES and (not rest or rest[0] in _PARTICLES):
            yield tail
