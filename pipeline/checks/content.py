"""Whether the translation is there, in its language, and has what is protected."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from unicodedata import category

from diglot import PLACEHOLDERS, SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.pipeline import protect
from diglot.pipeline.checks.sides import BLANK, Sides
from diglot.pipeline.document import AlignedPair, Finding, Severity, Span, has_words
from diglot.pipeline.wordlists import function_words

__all__ = [
    "CHECKS",
    "HAN",
    "LATIN_WORD",
    "WIDE",
    "copied",
    "empty",
    "guessed",
    "is_telling",
    "language",
    "marks",
    "nesting",
    "shortened",
    "spans",
]

WIDE = "\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3"
# Not the letters of a hash or of conv2d.
LATIN_WORD = re.compile(rf"(?<![\d_])[^\W\d_{WIDE}]+(?:['’-][^\W\d_{WIDE}]+)*(?![\d_])")
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa\u30fc\uff66-\uff9f]")
HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_LETTER = re.compile(r"[^\W\d_]")


def empty(source: str) -> Iterator[Finding]:
    """A segment that has words must have a translation."""
    if has_words(source):
        yield Finding("empty", "error", "There is no translation", "Translate it")


def guessed(pair: AlignedPair) -> Iterator[Finding]:
    """A segment that was kept as a name, for the translator could only guess it: it was asked, so that there is a score."""
    if pair.translation.score is not None:
        severity: Severity = "warning" if pair.segment.text.islower() else "info"
        yield Finding("copied", severity, "This was taken for a name and kept", "Translate it, if it is none")


def copied(sides: Sides) -> Iterator[Finding]:
    """A translation that is the source once more, where that is more than a name or a term."""
    if sides.source_language == sides.target_language or sides.source.split() != sides.target.split():
        return
    words = [word for word in LATIN_WORD.findall(sides.source_prose) if len(word) > 1]  # y[n] = x(nT) has none
    size = _wide(sides.source_prose) // 2 + _lower(words)
    if size + sum(is_telling(word, sides) for word in words) >= 3:
        severity: Severity = "error" if size >= 4 else "warning"
        yield Finding("copied", severity, "The translation is the source itself", "Translate it")


def _wide(prose: str) -> int:
    """How many characters a text has of Chinese, Japanese and Korean; two make about a word."""
    return sum(len(script.findall(prose)) for script in (HAN, _KANA, HANGUL))


def _lower(words: Sequence[str]) -> int:
    """How many words are in lower case. Capitals may be names and do not count."""
    return sum(word.islower() for word in words)


def is_telling(word: str, sides: Sides) -> bool:
    """Whether a word is of the source's language and not of the translation's, by its grammar or its letters."""
    word = word.lower()
    if word in function_words(sides.source_language) and word not in function_words(sides.target_language):
        return True
    accents = _ACCENTS.get(sides.target_language)
    return accents is not None and any(not c.isascii() and c.isalpha() and c not in accents for c in word)


_ACCENTS = {"en": "", "fr": "àâæçéèêëîïôœùûüÿ", "de": "äöüß", "es": "áéíñóúü"}


# The share of a translation's words that its language must write in its own script; names and quotations take the rest.
_OWN_SCRIPT = 0.2


def language(sides: Sides) -> Iterator[Finding]:
    """A translation that is not in its language: by script where scripts differ, else by its words."""
    prose = sides.target_prose
    letters = len(_LETTER.findall(prose))
    if sides.source_language == sides.target_language or sides.source.split() == sides.target.split() or letters < 12:
        return
    kana, han, hangul = (len(script.findall(prose)) for script in (_KANA, HAN, HANGUL))
    latin = letters - kana - han - hangul
    own = {"ja": kana + han, "zh": han, "ko": hangul}.get(sides.target_language, latin)
    if sides.target_language in ("ja", "zh", "ko"):
        foreign = (kana + han + hangul - own) / 2 + _lower(LATIN_WORD.findall(prose))
        wrong = foreign >= 4 and own / 2 < _OWN_SCRIPT * (own / 2 + foreign)
        wrong |= sides.target_language == "zh" and kana > 0.15 * letters and kana > 3
    else:
        wrong = latin < 0.5 * letters
    unsure = kana == 0 if sides.target_language == "ja" else own > 0.9 * letters
    if wrong or (unsure and _is_identified_otherwise(sides)):
        yield Finding("language", "error", "The translation is not in the language wanted", "Translate it again")


def _is_identified_otherwise(sides: Sides) -> bool:
    """Whether the words are surely those of another language, the source's above all. Capitals that both texts have may be
    names, of no language.
    """
    names = {word for word in LATIN_WORD.findall(sides.source_prose) if not word.islower()}
    words = LATIN_WORD.sub(lambda word: "" if word[0] in names else word[0], sides.target_prose.replace(BLANK, " "))
    if len(words.split()) < 5 and not (sides.target_language in ("ja", "zh") and len(words) >= 12):
        return False
    from diglot.pipeline.detect import identify

    found, probability = identify(words)
    other = found.partition("-")[0]
    return other not in (sides.target_language, "und") and probability >= (0.9 if other == sides.source_language else 0.99)


def spans(sides: Sides) -> Iterator[Finding]:
    """Every protected piece of the source stands in the translation as it is and as often."""
    if not sides.lost:
        return
    changed = _changes(sides)
    # Numbers are compared by value. A piece that is lost several times is told once.
    lost = {sides.source[span.start : span.end]: span for span in reversed(sides.lost) if span.kind != "number"}
    dense = "".join(sides.target.split())
    for number, (piece, span) in enumerate(reversed(lost.items())):
        bare = number < _MOST_LOOKED_AT and _is_bare(piece, span, sides.target, dense)
        yield _lost(sides, span, changed.get(span), bare)


def _lost(sides: Sides, span: Span, now: Span | None, bare: bool) -> Finding:
    """What is to be said of a span that is not in the translation, or only ``bare``, or that is ``now`` another."""
    piece, place = sides.source[span.start : span.end], (span.start, span.end)
    shown = shortened(piece)
    # Words in a formula or in code may be translated; whether they should be is for people to say.
    severity: Severity = "warning" if _wide(piece) else "error"
    if piece in sides.target:
        return Finding("span-count", "info", f"“{shown}” is in the source more often", "See whether one is missing", place)
    if bare:
        message = f"“{shown}” has lost its marks or has other spaces"
        return Finding("span-changed", "warning", message, f"Write {shown} as it is in the source", place)
    if now is not None:
        became = sides.target[now.start : now.end]
        if _skeleton(piece, span) == _skeleton(became, span):
            severity = "info"
        message = f"“{shown}” became “{shortened(became)}”"
        return Finding("span-changed", severity, message, f"Write {shown}", place, (now.start, now.end))
    if span.kind in ("markup", "name", "reference", "emoji"):
        severity = "warning"
    kind = "character for private use" if span.kind == "private" else span.kind
    return Finding("span-lost", severity, f"The {kind} “{shown}” is missing", f"Write {shown}", place)


def _changes(sides: Sides) -> dict[Span, Span]:
    """For a lost span, the span of its kind that the translation has in its place."""
    pieces = {sides.source[span.start : span.end] for span in sides.spans}
    spare = [span for span in sides.spare if sides.target[span.start : span.end] not in pieces]
    changes = {}
    for lost in sides.lost[:_MOST_LOOKED_AT]:
        skeleton = _skeleton(sides.source[lost.start : lost.end], lost)
        same = [span for span in spare[:_MOST_LOOKED_AT] if span.kind == lost.kind]
        if same:
            changes[lost] = max(same, key=lambda s: _skeleton(sides.target[s.start : s.end], lost) == skeleton)
            spare.remove(changes[lost])
    return changes


_MOST_LOOKED_AT = 100  # spans of a segment

# The words inside a formula or a line of code that are for people to read.
_TEXT = re.compile(r"\\(?:text\w*|mbox)\s*\{[^{}]*\}")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'|<\w[\w -]*>")


def _skeleton(piece: str, span: Span) -> str:
    """A formula or code without the words in it and without white space; other pieces as they are."""
    words = {"formula": _TEXT, "code": _STRING}.get(span.kind)
    return "".join((words.sub("…", piece) if words else piece).split())


def _is_bare(piece: str, span: Span, target: str, dense: str) -> bool:
    """Whether a piece stands there without the marks around it or otherwise spaced; code also with other marks between its
    letters and digits. ``dense`` is the translation without spaces.
    """
    if ("".join(piece.split()).strip("`$") or piece) in dense:
        return True
    letters = _LETTER_OR_DIGIT.findall(piece)
    if span.kind not in ("code", "path", "url", "name") or not 2 <= len(letters) <= _LONGEST_BARE:
        return False
    return re.search(r"(?<![A-Za-z\d])" + r"[\W_]{0,3}".join(letters) + r"(?![A-Za-z\d])", target) is not None


_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_LONGEST_BARE = 100


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
        message = f"“{shortened(first)}” and “{shortened(last)}” do not enclose anything"
        yield Finding("nesting", "error", message, "Put them around the same words as in the source")


_MARKS = re.compile(f"[{''.join(PLACEHOLDERS)}{TERM_OPEN}{TERM_CLOSE}{TERM_TARGET_CLOSE}{SEPARATOR}]")


def marks(sides: Sides) -> Iterator[Finding]:
    """No mark that is meant for the model alone is left in a translation."""
    given = Counter(_MARKS.findall(sides.source))
    for match in _MARKS.finditer(sides.target):
        if not given[match[0]]:
            yield Finding("mark", "error", "A mark of the model was left in the text", "Take it out", target=match.span())


def shortened(text: str) -> str:
    """A text that can be shown in a sentence: not too long, and what no font has by its number."""
    shown = "".join(f"U+{ord(c):04X}" if category(c) == "Co" else c for c in text[:60])
    return shown if len(text) <= 60 else shown[:57] + "…"


CHECKS = (copied, language, spans, nesting, marks)
