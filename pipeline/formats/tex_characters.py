r"""How LaTeX spells characters: ``\%``, ``\'e``, ``---``, `` ``quotes'' ``; read and written.

What is read can be written again exactly, since the spelling of each character is remembered; a character that a translation
adds gets its usual spelling, so that a translation holds no ``%`` or ``_`` that TeX would take for its own.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping

from diglot.pipeline.document import is_unspaced

Forms = Mapping[str, deque[str]]  # the spellings of each character in a piece of the source, in order

_ACCENTS = dict(
    zip(
        "`'^~\"=.cvHukrdb",
        "\u0300\u0301\u0302\u0303\u0308\u0304\u0307\u0327\u030c\u030b\u0306\u0328\u030a\u0323\u0331",
        strict=True,
    )
)
_JOINED = {  # to the letter behind a space, which only ends their names
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
    "textquotedblleft": "“", "textquoteleft": "‘", "lq": "‘", "glqq": "„", "flqq": "«", "guillemotleft": "«",
}  # fmt: skip
_SYMBOLS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "S": "§", "P": "¶", "copyright": "©", "pounds": "£", "texteuro": "€",
    "euro": "€", "textendash": "–", "textemdash": "—", "textquotedblright": "”", "textquoteright": "’",
    "rq": "’", "grqq": "“", "frqq": "»", "guillemotright": "»", "og": "«", "fg": "»",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^",
    "textless": "<", "textgreater": ">", "textbar": "|", "textunderscore": "_", "textdollar": "$", "textdegree": "°",
    "textregistered": "®", "texttrademark": "™", "textbullet": "•", "textperiodcentered": "·", "slash": "/",
}  # fmt: skip
_NAMED = _JOINED | _SYMBOLS
_SIGNS = {
    '"`': "„", "\"'": "“",  # as babel has them in German
    ",,": "„",
    "\\%": "%", "\\&": "&", "\\#": "#", "\\$": "$", "\\_": "_",
    "\\,": "\N{NARROW NO-BREAK SPACE}", "\\ ": "\N{THREE-PER-EM SPACE}", "~": "\N{NO-BREAK SPACE}",
    "\\-": "\N{SOFT HYPHEN}", "\\/": "\N{ZERO WIDTH NON-JOINER}", "\\@": "\N{WORD JOINER}",
    "``": "“", "''": "”", "`": "‘", "---": "—", "--": "–", "?`": "¿", "!`": "¡",
}  # fmt: skip
_USUAL = {
    **{character: spelling for spelling, character in _SIGNS.items()},
    "’": "'", "{": "\\{", "}": "\\}",
    "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "\\": "\\textbackslash{}",
}  # fmt: skip
_TYPOGRAPHIC = frozenset("“”‘’„–—¿¡")  # Chinese and Japanese have these of their own


def _one_of(names: Mapping[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_BASE = r"(?:[A-Za-z]|\\[ij](?:[ ]|\{\}|(?![A-Za-z@])))"
_ACCENT = rf"[`'^~\"=.](?:{_BASE}|\{{{_BASE}\}})|[cvHukrdb](?:\{{{_BASE}\}}|[ ]{_BASE})"
SPELLING = (
    rf"\{{\\(?P<grouped>{_ACCENT})\}}|\\(?P<accented>{_ACCENT})"
    rf"|\{{\\(?P<enclosed>{_one_of(_NAMED)})[ ]?\}}"
    rf"|\\(?P<joined>{_one_of(_JOINED)})(?:\{{\}}|[ ](?=[^\W\d_])|(?![A-Za-z@]))"
    rf"|\\(?P<symbol>{_one_of(_SYMBOLS)})(?:\{{\}}|(?![A-Za-z@]))"
    rf"|(?P<sign>{_one_of({sign: '' for sign in _SIGNS if sign != chr(92) + ' '})}|\\[ ](?=\S))"
)


def character(match: re.Match[str]) -> str | None:
    r"""The character that a match of ``SPELLING`` stands for; None where an accent fits no letter (``\"q``)."""
    if accented := match["grouped"] or match["accented"]:
        mark, base = accented[0], accented[1:].strip("{} ")
        letter = {"\\i": "i", "\\j": "j"}.get(base, base)
        composed = unicodedata.normalize("NFC", letter + _ACCENTS[mark])
        return composed if len(composed) == 1 else None
    name = match["enclosed"] or match["joined"] or match["symbol"]
    return _NAMED[name] if name else _SIGNS[match["sign"]]


def is_spelled(character: str) -> bool:
    """Whether a character has to be, or usually is, spelled in LaTeX."""
    return character in _USUAL


def written(piece: str, source: str, forms: Forms, protected: Mapping[str, str], groups: int) -> tuple[str, int]:
    r"""A piece of a translation as LaTeX must hold it.

    ``forms`` are the spellings in the piece ``source`` that it stands in the place of, which are used up; ``protected`` are
    the texts that are to stay as they are, with what each is written as. A brace closes only one of the ``groups`` that
    are open before it; how many are after it is given too.

    >>> written("5% \\emph{von} $x_1$", "", {}, {"\\emph{": "\\emph{", "}": "}", "$x_1$": "$x_1$"}, 0)
    ('5\\% \\emph{von} $x_1$', 0)
    """
    lost = {text.rstrip(): text.rstrip() for text in protected if text[-1:].isspace()}  # what the end of a line has lost
    known = lost | dict(protected)
    whole = "|".join(re.escape(one) for one in sorted(known, key=len, reverse=True))
    parts = re.split(f"({whole})", piece) if whole else [piece]
    wide = any(map(is_unspaced, piece)) and not any(map(is_unspaced, source))
    done: list[tuple[str, str]] = []  # what is shown, and how it is written
    for number, part in enumerate(parts):
        if number % 2 and groups + opened(part) >= 0:
            groups += opened(part)
            done.append((part, known[part]))
        else:
            done += _spelled(part if '"' in source else _curled(part), forms, wide=wide)
    following = [*(shown[:1] for shown, _ in done if shown), ""]
    return "".join(_apart(*one, after, source) for one, after in zip(done, following[1:], strict=True)), groups


def opened(text: str) -> int:
    """How many groups a protected text opens; less than nothing where it closes what another one opens."""
    return 0 if text in ("\\{", "\\}") else text.count("{") - text.count("}")


_STRAIGHT = re.compile(r"(?P<opens>(?<![^\s(\[])\"(?=\S))|\"")


def _curled(text: str) -> str:
    """A text whose straight quotation marks, which TeX sets as closing ones, are typographic."""
    return _STRAIGHT.sub(lambda mark: "“" if mark["opens"] else "”", text)


def _spelled(text: str, forms: Forms, *, wide: bool) -> Iterator[tuple[str, str]]:
    """Each character with its spelling."""
    for one in text:
        left = forms.get(one)
        usual = one if wide and one in _TYPOGRAPHIC else _USUAL.get(one, one)
        yield one, left.popleft() if left else usual


_COMMAND_AT_END = re.compile(r"\\[A-Za-z@]{1,80}(?P<space> ?)\Z")


def _apart(shown: str, spelling: str, following: str, source: str) -> str:
    r"""A spelling that keeps a command (``\TeX``) apart from a letter or a space behind it where the source had neither."""
    ends = _COMMAND_AT_END.search(spelling[-82:])
    swallows = ends and (following.isspace() or (following.isalpha() and not ends["space"]))
    return spelling + "{}" if swallows and shown + following not in source else spelling
