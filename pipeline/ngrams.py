"""What the letters of a text say about its language: one linear model of hashed n-grams over words and characters.

A text is cut into tokens: the Latin words, and the characters of Chinese, Japanese and Korean each with the two that
follow. The evidence of a token is the sum of the weights of its n-grams, found by hash in a table of small integers
(``data/detect.bin``, a multinomial logistic regression trained by ``scripts/train_detect.py``); the evidence of a text
is the sum over its tokens. Words come back all the time, so their sums are remembered, and most of the work is cutting.

Latin words speak for or against German, English, Spanish, French and *other* languages (``und``), characters for or
against Japanese, Korean, Chinese and Traditional Chinese. All were trained in one softmax on real text, where Japanese
and Chinese lectures are full of ``Transformer`` and ``PyTorch``: there a technical term counts for little, a function
word for much. How many words and how many characters stand side by side is a feature of its own.

Each character has, beside its n-grams, a weight for its repertoire: which national standards hold it. 们 is in GB 2312
alone, 拡 in JIS X 0208 alone, 機 in JIS and Big 5, 学 in GB and JIS, so that a rare character speaks too.
"""

import json
import re
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from math import inf
from typing import NamedTuple

from diglot.pipeline import data_file
from diglot.pipeline.wordlists import function_words

LATIN = ("de", "en", "es", "fr", "und")
ASIAN = ("ja", "ko", "zh", "zh-Hant")
LANGUAGES = LATIN + ASIAN
_NONE = LANGUAGES.index("und")

# The letters of each script; LETTER is Latin with combining accents and full-width forms, KANA has half-width forms.
LETTER = "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}Ａ-Ｚａ-ｚ"
HAN = "々-〇㐀-䶿一-鿿\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "ぁ-ゖゝ-ゟァ-ヺー-ヿㇰ-ㇿｦ-ﾝ"
HANGUL = "\u1100-\u11ffㄱ-ㆎ\ua960-\ua97c가-\ud7fbﾡ-ￜ"

# What has letters but says nothing of the language: addresses, code, formulas, tags, amounts, names with digits.
# Every repetition has a limit, so that no input takes more than linear time.
SKIPPED = (
    r"(?:https?://|www\.)[!-~]+|[A-Za-z0-9.+_-]{1,64}@[A-Za-z0-9.-]{1,64}\.[a-z]+|`[^`\n]{1,200}`|&#?\w{1,8};"
    r"|\$(?=\S)[^$\n]{1,300}(?<=\S)\$(?!\d)|\\[A-Za-z]+|</?[A-Za-z][^<>\n]{0,300}>|[0-9][0-9.,]{0,20} ?[A-Z]{2,4}\b"
    r"|[A-Za-z]{0,40}[0-9_][A-Za-z0-9_]*"
)
_WORD = re.compile(rf"{SKIPPED}|([{LETTER}]{{1,40}}(?:['’](?=[{LETTER}]))?)")
_CHARACTERS = re.compile(f"[{HAN}{KANA}{HANGUL}]+")
_FOREIGN = re.compile(rf"[^\W\d_{LETTER}{HAN}{KANA}{HANGUL}℀-⅏\U0001d400-\U0001d7ff]{{2,}}")
_SCRIPTS = {
    "hiragana": re.compile("[ぁ-ゟ]"),
    "katakana": re.compile("[ァ-ヿㇰ-ㇿｦ-ﾝ]"),
    "hangul": re.compile(f"[{HANGUL}]"),
}
_FOREIGN_WEIGHT = 2.0  # nats for ``und`` a letter of another script
_NO_GRAMMAR = 12.0  # nats against a language none of whose function words holds the text together
_GRAMMAR = re.compile("[ぁ-ゖ가-힣的是在了我们这那做把被用为与和]")
_MENTIONED = re.compile(r"[「『“《（(\[\"][^「」『』“”《》（）()\[\]\"]{1,200}[」』”》）)\]\"]")
_ENOUGH = 80  # tokens, evenly over a longer text: with so many the answer is clear


class Evidence(NamedTuple):
    """Log-likelihoods in nats, in the order of :data:`LANGUAGES`, up to a constant; and from how many tokens.

    It is -inf for a language whose script does not occur, and for ``und`` where there are Asian characters: ours.
    """

    scores: tuple[float, ...]
    tokens: int


def evidence(text: str) -> Evidence:
    """What a text says about its language. A text without words says nothing: all scores are zero, no tokens.

    >>> found = evidence("Wir schreiben die Gleichung an die Tafel.")
    >>> LANGUAGES[found.scores.index(max(found.scores))], found.tokens
    ('de', 7)
    """
    words, characters = tokens(text)
    mixed = mixture(text, len(words), len(characters))
    step = (len(words) + len(characters)) // _ENOUGH + 1
    words, characters = words[::step], characters[::step]
    foreign = 0 if text.isascii() else sum(map(len, _FOREIGN.findall(text))) // step
    count = len(words) + len(characters) + foreign
    if not count:
        return Evidence((0.0,) * len(LANGUAGES), 0)
    scores = _scores(words, characters, mixed, count)
    scores[_NONE] += foreign * _FOREIGN_WEIGHT
    if words and characters and _is_grammar_asian(text, words):
        scores[:_NONE] = [score - _NO_GRAMMAR for score in scores[:_NONE]]
    if not words:
        scores[:_NONE] = [-inf] * _NONE
    if not characters:
        scores[_NONE + 1 :] = [-inf] * len(ASIAN)
    elif not foreign:
        scores[_NONE] = -inf
    return Evidence(tuple(scores), count)


def _is_grammar_asian(text: str, words: Iterable[str]) -> bool:
    """Whether the words are Latin terms only, while what holds them together is Chinese, Japanese or Korean.

    "Transformer の attention は weighted sum です。" is Japanese however many letters are Latin. What stands in quotation
    marks or brackets is mentioned, not used.
    """
    return bool(_GRAMMAR.search(_MENTIONED.sub(" ", text))) and not any(word.lower() in _function_words() for word in words)


@cache
def _function_words() -> frozenset[str]:
    """The words that hold sentences together in the Latin-script languages, those of one letter left out."""
    return frozenset(word for code in LATIN for word in function_words(code) if len(word) > 1)


def _scores(words: list[str], characters: list[str], mixed: list[str], count: int) -> list[float]:
    model = _model()
    latin = _summed(LATIN, [*map(_word, words), *(_row(model.latin, len(LATIN), feature) for feature in mixed)])
    asian = _summed(ASIAN, [*map(_character, characters)])
    sharpness = model.scale / (1 + count / model.half)  # a sum over few tokens, a mean over many
    return [sharpness * score + bias for score, bias in zip(latin + asian, model.bias, strict=True)]


def _summed(languages: Sequence[str], rows: Sequence[Iterable[int]]) -> list[int]:
    return [sum(column) for column in zip(*rows, strict=True)] if rows else [0] * len(languages)


def tokens(text: str) -> tuple[list[str], list[str]]:
    """The Latin words of a text, and each Asian character with the up to two that follow it in the same run.

    >>> tokens("the `x` of BERTの学習")
    (['the', 'of', 'BERT'], ['の学習', '学習', '習'])
    """
    words = [word for word in _WORD.findall(text) if word]
    if text.isascii():
        return words, []
    return words, [run[i : i + 3] for run in _CHARACTERS.findall(text) for i in range(len(run))]


def word_features(word: str) -> list[str]:
    """The n-grams of a Latin word between its marks, one to five letters long, and four times the whole word.

    Four times, so that a common word learns faster than the n-grams that it shares: *hello* is English, *ello* Spanish.

    >>> word_features("Die")[4:]
    ['d', 'i', 'e', '<d', 'di', 'ie', 'e>', '<di', 'die', 'ie>', '<die', 'die>']
    """
    marked = f"<{unicodedata.normalize('NFKC', word).lower().replace('’', chr(39))}>"
    grams = [marked[i : i + n] for n in range(1, 6) for i in range(len(marked) - n + 1)]
    return [marked] * 4 + [gram for gram in grams if gram not in ("<", ">", marked)]


def character_features(trigram: str) -> list[str]:
    """The repertoire of the first character and the one to three characters from there; the script alone of Hangul."""
    script = repertoire(trigram[0])
    return [script] if script == "hangul" else [script, *(trigram[:n] for n in range(1, len(trigram) + 1))]


def mixture(text: str, words: int, characters: int) -> list[str]:
    """The features of a text in two scripts: how many words stand beside how many characters, and of which script."""
    if not words or not characters:
        return []
    counts = f"mixture {min(words.bit_length(), 5)} {min(characters.bit_length(), 6)}"
    return [counts, *(f"{counts} {script}" for script, letters in _SCRIPTS.items() if letters.search(text))]


@lru_cache(maxsize=1 << 15)
def repertoire(character: str) -> str:
    """Kana, Hangul, or the national standards that hold a Chinese character.

    >>> [repertoire(c) for c in "のン글们拡機学"]
    ['hiragana', 'katakana', 'hangul', 'gb2312', 'euc_jp', 'euc_jp big5', 'gb2312 euc_jp']
    """
    for script, letters in _SCRIPTS.items():
        if letters.match(character):
            return script
    return " ".join(codec for codec in ("gb2312", "euc_jp", "big5") if _encodes(character, codec))


def _encodes(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


class _Model(NamedTuple):
    """Two tables of weights as rows of signed bytes, and what turns their sums into nats."""

    latin: memoryview
    asian: memoryview
    bias: tuple[float, ...]
    scale: float
    half: float


@cache
def _model() -> _Model:
    data = zlib.decompress(data_file("detect.bin").read_bytes())
    head, _, tables = data.partition(b"\n")
    header = json.loads(head)
    weights = memoryview(tables).cast("b")
    latin = header["latin"] * len(LATIN)
    return _Model(weights[:latin], weights[latin:], tuple(header["bias"]), header["scale"], header["half"])


def row_index(feature: str, rows: int) -> int:
    """Which of so many rows of a table belongs to a feature."""
    return zlib.crc32(feature.encode("utf-8", "surrogatepass")) % rows


def _row(table: memoryview, width: int, feature: str) -> memoryview:
    start = width * row_index(feature, len(table) // width)
    return table[start : start + width]


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> tuple[int, ...]:
    rows = [_row(_model().latin, len(LATIN), feature) for feature in word_features(word)]
    return tuple(map(sum, zip(*rows, strict=True)))


@lru_cache(maxsize=1 << 15)
def _single(character: str) -> tuple[int, ...]:
    rows = [_row(_model().asian, len(ASIAN), feature) for feature in character_features(character)]
    return tuple(map(sum, zip(*rows, strict=True)))


@lru_cache(maxsize=1 << 17)
def _character(trigram: str) -> tuple[int, ...]:
    table = _model().asian
    rows = [_row(table, len(ASIAN), feature) for feature in character_features(trigram)[2:]]
    return tuple(map(sum, zip(_single(trigram[0]), *rows, strict=True)))
