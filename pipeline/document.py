"""The data that the stages hand to one another: frozen, without behaviour.

All positions are ``[start, end)`` in code points. A block's ranges and spans are positions in the text of the document;
a segment's ranges too, but its spans are positions in the segment's own text, because a segment is often joined from
several pieces (a sentence over two cues, a paragraph of hard-wrapped or quoted lines).

How pieces are joined is one rule for the whole house: :func:`joiner`. With it, ``segment.text`` is always the pieces of
its ranges joined in order.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Range = tuple[int, int]
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}")

SpanKind = Literal[
    "formula", "code", "url", "email", "path", "reference", "tag", "markup", "number", "name", "emoji", "private"
]
BlockKind = Literal["paragraph", "heading", "item", "quote", "cell", "caption", "cue", "comment", "line", "attribute"]
Status = Literal["translated", "kept", "untranslated"]
Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece that must come through translation unchanged, and what it is."""

    start: int
    end: int
    kind: SpanKind


@dataclass(frozen=True, slots=True)
class Block:
    """A unit of the document's structure that holds text to translate: a paragraph, a heading, a list item, a cue.

    ``ranges`` are the pieces of the document that hold its text, ordered and disjoint, without the white space and the
    marks (``> ``, a cue's times) that stand between them. ``spans`` are protected pieces that the format knows of
    (positions in the document, each inside one range). ``language`` is None until ``detect`` has seen the block.
    """

    kind: BlockKind
    ranges: tuple[Range, ...]
    spans: tuple[Span, ...] = ()
    language: str | None = None
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a file holds where a text has ``[start, end)``, which is easier to read: ``\\'e`` for é, a note for its mark.

    The words of a note stand at ``note`` in the text, and in the file between ``text`` and ``closing``.
    """

    start: int
    end: int
    text: str
    note: Range | None = None
    closing: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A repaired text, the name of its format, its blocks in order and where the file is spelled otherwise than the text."""

    text: str
    format: str
    blocks: tuple[Block, ...]
    spellings: tuple[Spelling, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """One sentence (or heading, cell, caption): what is translated at a time.

    ``text`` is the pieces ``ranges`` of the document, joined; ``spans`` are the protected pieces inside ``text``.
    ``block`` is the index of the block that it comes from.
    """

    index: int
    block: int
    kind: BlockKind
    language: str
    text: str
    ranges: tuple[Range, ...]
    spans: tuple[Span, ...] = ()
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class Translation:
    """What became of a segment.

    ``score`` is the mean log-probability per token in nats; of aligned text the probability that the two belong together;
    None where neither a model nor the aligner was asked.
    """

    text: str
    status: Status
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a check found wrong with a pair: which check, how bad, what, and what to do about it.

    ``source`` and ``target`` are the places, where there is one, in the segment's text and in the translation's.
    """

    code: str
    severity: Severity
    message: str
    advice: str = ""
    source: Range | None = None
    target: Range | None = None


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """A source segment and its translation, what checks found wrong and what a person noted: one row of an edition."""

    segment: Segment
    translation: Translation
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @property
    def target(self) -> str:
        """The text of the translation."""
        return self.translation.text


def joiner(before: str, after: str) -> str:
    """What joins two pieces of one sentence: nothing where Chinese or Japanese stands on either side, else a space.

    >>> joiner("hard-wrapped", "lines"), joiner("改行の", "多い"), joiner("한국어", "문장")
    (' ', '', ' ')
    """
    return "" if not before or not after or is_unspaced(before[-1]) or is_unspaced(after[0]) else " "


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script written without spaces (Han, kana, their punctuation and full-width forms)."""
    code = ord(character)
    if code < 0x2E80 or 0xAC00 <= code <= 0xD7FF:
        return False
    return (
        code <= 0x312F
        or 0x31A0 <= code <= 0xA4CF
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or (0xFF00 <= code <= 0xFFEF and not unicodedata.name(character, "").startswith("HALFWIDTH HANGUL"))
        or 0x20000 <= code <= 0x3FFFF
    )


def is_east_asian(character: str) -> bool:
    """Whether a character is Chinese, Japanese or Korean.

    >>> [c for c in "aéあ中한" if is_east_asian(c)]
    ['あ', '中', '한']
    """
    return is_unspaced(character) or "가" <= character <= "힣"


def primary(language: str) -> str:
    """The language of a tag, its script and region left aside.

    >>> primary("zh-Hant"), primary("en")
    ('zh', 'en')
    """
    return language.partition("-")[0].lower()


def has_words(text: str) -> bool:
    """Whether a text holds a word, so that there is something to translate: a letter alone is one only without capitals.

    >>> has_words("$108,064.25 -0.61%"), has_words("f(x) = b"), has_words("第1章")
    (False, False, True)
    """
    return _TWO_LETTERS.search(text) is not None or any(c.isalpha() and c.lower() == c.upper() for c in text)
