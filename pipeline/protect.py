"""What must come through translation unchanged: found, taken out for a placeholder, put back, and counted.

The method is a handful of patterns, tried one after another; what one has found is blanked out for the next. Every
pattern is bounded in length and starts at a rare character, so the whole is linear and fast. A pattern would rather
miss a piece than take a word away from the translator: an amount of money is no formula, ``iPhone`` and ``and/or`` are
no code, ``(Smith et al., 2019)`` is text.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import NamedTuple

from diglot import PLACEHOLDERS
from diglot.pipeline.document import Span, SpanKind

__all__ = ["Loss", "Masked", "find", "lost", "mask", "restore"]

# Stands where a piece was found already; no pattern matches it.
_BLANK = "\0"

# What a pattern's match is, and how much of it counts: 0 refuses it.
Judge = Callable[[re.Match[str]], tuple[SpanKind, int]]


class Masked(NamedTuple):
    """A text with placeholders, the piece that each stands for, and which of them open and close the same markup."""

    text: str
    pieces: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...] = ()


class Loss(NamedTuple):
    """What a translation did to the placeholders: ``any(loss)`` is False where nothing is wrong.

    ``missing`` and ``extra`` are the pieces that it has too seldom or too often (an extra placeholder that stands for
    nothing is given as itself), ``crossed`` the pairs of markup that it closes before they open or without nesting.
    """

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    crossed: tuple[tuple[str, str], ...] = ()


def find(text: str) -> list[Span]:
    """The protected pieces of a text, ordered and disjoint.

    >>> text = "Pay $5 for $x^2$ at a.b@c.org [3]."
    >>> [(text[span.start : span.end], span.kind) for span in find(text)]
    [('$x^2$', 'formula'), ('a.b@c.org', 'email'), ('[3]', 'reference')]
    """
    spans: list[Span] = []
    patterns = _patterns()
    rest = text
    for pattern, judge in patterns.first:
        rest = pattern.sub(partial(_take, judge, spans, 0), rest)
    rest = _blank_technical(rest, spans, patterns.technical)
    for pattern, judge in patterns.last:
        rest = pattern.sub(partial(_take, judge, spans, 0), rest)
    spans.sort(key=lambda span: span.start)
    return spans


def mask(text: str, spans: Sequence[Span]) -> Masked:
    """Put a placeholder in the place of each span. At most as many spans as there are placeholders, else ValueError.

    >>> mask("so `x` is", [Span(3, 6, "code")])
    Masked(text='so \\ue000 is', pieces=('`x`',), pairs=())
    """
    if len(spans) > len(PLACEHOLDERS):
        msg = f"{len(spans)} spans in one segment, there are {len(PLACEHOLDERS)} placeholders; split the segment"
        raise ValueError(msg)
    parts: list[str] = []
    pieces: list[str] = []
    done = 0
    for span, placeholder in zip(spans, PLACEHOLDERS, strict=False):
        parts += (text[done : span.start], placeholder)
        pieces.append(text[span.start : span.end])
        done = span.end
    parts.append(text[done:])
    return Masked("".join(parts), tuple(pieces), _pairs(spans, pieces))


def restore(text: str, source: Masked) -> str:
    """Put the pieces of a source back in the place of their placeholders.

    A formula or code that came to stand against another one is set apart from it, and emphasis from emphasis: ``$a$$b$`` and
    ``*a***b**`` would be read otherwise.

    >>> restore("\ue001\ue000", Masked("\ue000 and \ue001", ("$a$", "$b$")))
    '$b$ $a$'
    """
    piece = dict(zip(PLACEHOLDERS, source.pieces, strict=False))
    opening, closing = ({PLACEHOLDERS[pair[edge]] for pair in source.pairs} for edge in (0, 1))

    def apart(match: re.Match[str]) -> str:
        left, right = match.group(0, 1)
        fence = piece.get(left, "")[-1:]
        divides = fence and (fence in "$`" or (left in closing and right in opening))
        joins = divides and piece.get(right, "").startswith(fence) and left + right not in source.text
        return f"{left} " if joins else left

    return _TOUCHING.sub(apart, text).translate({ord(mark): one for mark, one in piece.items()})


def lost(source: Masked, hypothesis: str) -> Loss:
    """Compare the placeholders of a translation with those of its source: the same multiset, markup still nested.

    >>> lost(Masked("\\ue000 is \\ue001", ("`x`", "$y$")), "\\ue000 \\ue000").missing
    ('$y$',)
    """
    wanted = Counter(PLACEHOLDERS[: len(source.pieces)])
    given = Counter(character for character in hypothesis if character in _PLACEHOLDER_SET)
    piece = dict(zip(PLACEHOLDERS, source.pieces, strict=False))
    return Loss(
        tuple(piece[mark] for mark in (wanted - given).elements()),
        tuple(piece.get(mark, mark) for mark in (given - wanted).elements()),
        _crossed(source, hypothesis),
    )


_PLACEHOLDER_SET = frozenset(PLACEHOLDERS)
_TOUCHING = re.compile(f"[{PLACEHOLDERS[0]}-{PLACEHOLDERS[-1]}](?=([{PLACEHOLDERS[0]}-{PLACEHOLDERS[-1]}]))")


def _crossed(source: Masked, hypothesis: str) -> tuple[tuple[str, str], ...]:
    """The pairs that do not nest in the hypothesis. A pair of which a half is missing is counted as missing only."""
    places = [(hypothesis.find(PLACEHOLDERS[i]), hypothesis.find(PLACEHOLDERS[j])) for i, j in source.pairs]
    bad = []
    for (first, last), (i, j) in zip(places, source.pairs, strict=True):
        if first < 0 or last < 0:
            continue
        overlaps = any(0 <= a < first < b < last or first < a < last < b for a, b in places if a >= 0 and b >= 0)
        if first > last or overlaps:
            bad.append((source.pieces[i], source.pieces[j]))
    return tuple(bad)


def _pairs(spans: Sequence[Span], pieces: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Which pieces of markup open and close together: ``<b>`` and ``</b>``, ``**`` and ``**``, ``[`` and ``](url)``,
    `` :ref:` `` and ``<label>` ``.
    """
    open_: list[tuple[str, int]] = []  # what would close it, its index
    pairs: list[tuple[int, int]] = []
    for index, (span, whole) in enumerate(zip(spans, pieces, strict=True)):
        if span.kind not in {"tag", "markup"}:
            continue
        piece = whole.removeprefix("\\ ").removesuffix("\\ ")  # which set a mark apart in reStructuredText
        closing = "]" if piece.startswith("]") else "`" if _LINK_END.search(piece) else piece
        partner = next((k for k in range(len(open_) - 1, -1, -1) if open_[k][0] == closing), None)
        if partner is not None:
            pairs.append((open_[partner][1], index))
            del open_[partner:]
        elif opens := _closing_of(piece):
            open_.append((opens, index))
    return tuple(sorted(pairs))


def _closing_of(piece: str) -> str:
    """What closes a piece of markup, or nothing if it stands alone."""
    if tag := _OPENING_TAG.match(piece):
        return "" if tag[1].lower() in _VOID or piece.endswith("/>") else f"</{tag[1]}>"
    if piece.startswith(("\\", "{", "}")):  # LaTeX: } closes \emph{ and {\bf, while \LaTeX stands alone
        return "}" if piece.count("{") > piece.count("}") else ""
    if piece.startswith(("<", "&", "]")):
        return ""
    if piece.endswith("`"):
        return "`"
    return "]" if piece in {"[", "!["} else piece


def _blank_technical(text: str, spans: list[Span], patterns: Iterable[tuple[re.Pattern[str], Judge]]) -> str:
    """Look for addresses, paths and identifiers where a run of ASCII holds a mark that ordinary words lack."""
    parts: list[str] = []
    done = 0
    for point in _POINT.finditer(text):
        if point.start() < done:
            continue
        before = _RUN_BEFORE.search(text, max(done, point.start() - _RUN_REACH), point.start())
        after = _RUN_AFTER.match(text, point.start())
        assert before is not None
        assert after is not None
        run = text[before.start() : after.end()]
        for pattern, judge in patterns:
            run = pattern.sub(partial(_take, judge, spans, before.start()), run)
        parts += (text[done : before.start()], run)
        done = after.end()
    parts.append(text[done:])
    return "".join(parts)


def _take(judge: Judge, spans: list[Span], offset: int, match: re.Match[str]) -> str:
    """Note what a pattern matched and blank it out, as much of it as the judge accepts."""
    kind, length = judge(match)
    if not length:
        return match[0]
    start = match.start() + offset
    spans.append(Span(start, start + length, kind))
    return _BLANK * length + match[0][length:]


_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_LINK_END = re.compile(r"<[^<>]*>`_{0,2}\Z")
_OPENING_TAG = re.compile(r"<([A-Za-z][\w:-]*)")

# Formulas, code and tags may hold one another, so the one that begins first wins: they are one pattern. Each branch
# begins with a literal, which lets the search skip to the next place where one of them stands.
_VERBATIM = r"""
  \$\$(?>(?:[^$\\\0]|\\[^\0]){1,2000})\$\$
| \$(?<![\\$A-Za-z0-9]\$)(?![\s{])(?>(?:[^$\\\0]|\\[^\0]){1,400})(?<!\s)\$(?![A-Za-z0-9$])
| \$\ (?<![\\$A-Za-z0-9]\$\ )(?>(?:[^$\\\0]|\\[^\0]){1,400})(?<=\ )\$(?![A-Za-z0-9$])
| \$(?:\{[A-Za-z_]\w{0,40}\}|[A-Z_]{2,40}(?![\w.]))
| ```[^`\0]{1,2000}+```
| ``(?!`)(?>(?:[^`\0]|`(?!`)){1,400})``(?!`)
| `(?![\s`])[^`\0]{1,300}+(?<!\s)`(?!`)
| \\\((?>(?:[^\\\0]|\\[^()\0]){1,2000})\\\)
| \\\[(?>(?:[^\\\0]|\\[^\[\]\0]){1,2000})\\\]
| \\begin\{(?P<name>[A-Za-z]{1,20}\*?)\}(?:(?!\\begin\{(?P=name)\})[^\0]){0,2000}?\\end\{(?P=name)\}
| \\(?<![\w:.]\\)(?:emph|text(?!tt)\w{2}|underline|mbox|enquote|alert|structure|only|uncover
    |(?:href|textcolor|colorbox)(?:\[[^\[\]\0\n]{1,40}\])?\{[^{}\0\n]{1,300}\})\*?(?:<[\w,+-]{1,20}>)?\{
| \\(?<![\w:.]\\)(?:emph|text(?!tt)\w{2}|section|subsection|paragraph|title|caption|footnote|item)(?![A-Za-z])
| (?:\\(?<![\w:.]\\)[A-Za-z]{1,30}\*?
    (?>(?:\{(?>(?:[^{}\0\n]|\{[^{}\0\n]{0,80}\}){0,160})\}|\[[^\]\0\n]{1,40}\]|[_^](?:\{[^{}\0\n]{0,60}\}|\\?[A-Za-z0-9]+)){0,6}))
  (?>(?:\\[A-Za-z]{1,30}(?>(?:\{[^{}\0\n]{0,160}\}|[_^](?:\{[^{}\0\n]{0,60}\}|\\?[A-Za-z0-9]+)){0,6})){0,20})
| <!--[^\0]{0,2000}?-->
| </?(?P<tag>[A-Za-z][A-Za-z0-9:-]{0,30})(?P<attributes>\s[^<>\0]{0,600}+|)/?>
| &(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});
| \{\{[^{}\0]{1,300}+\}\}
| \{%[^%\0]{1,300}+%\}
| \{[A-Za-z_][\w.]{0,40}\}
| ==(?<![A-Za-z0-9=!<>)\]]==)(?=[^\s=\0][^=\0\n]{0,200}(?<!\s)==(?!=)) | ==(?<=[^\s=!<>]==)(?![A-Za-z0-9=])
"""
_WORDLIKE_TAGS = frozenset({"a", "b", "i", "p", "u", "br", "hr", "em", "img", "div", "code", "span", "video", "input"})
_LINE_BREAKS = frozenset(("\\N", "\\n", "\\h"))  # of subtitles in the style of Advanced SubStation
_STRONG_MATH = re.compile(r"[\\^_={}]")
_WORDS = re.compile(r"[^\W\d_]{3,}")
_AMOUNT = re.compile(r"[0-9][0-9.,]*\s(?!.*[-+*/<>|])", re.DOTALL)

# What ordinary words do not hold: the mark that makes a run of ASCII worth a closer look.
_POINT = re.compile(
    r"[_@\\/%.:>(A-Zx-](?:(?<=[_@\\/])|(?<=%)(?=[sdifl(0-9.])|(?<=\.)(?=[\w/])|(?<=:)(?=[:/\\])|(?<=->)|(?<=-)(?=-[A-Za-z])"
    r"|(?<=\w\()|(?<=[a-z][A-Z])|(?<=0x))",
    re.ASCII,
)
_RUN_REACH = 200
_RUN_BEFORE = re.compile(r"[!-~]*+\Z")
_RUN_AFTER = re.compile(r"[!-'*-~]*+(?:\([^()\0\n]{0,80}\))?[!-~]*+")

# A picture, with its skin colour and the pictures joined to it.
_PICTURE = "[\U0001f300-\U0001faff\u2600-\u27bf]"
_EMOJI = f"{_PICTURE}(?:\ufe0f|[\U0001f3fb-\U0001f3ff]|\u200d{_PICTURE})*"

_URL = r"""
  (?:https?|ftp|file|git|ssh)://[^\s\0<>"`{}|\\^「」『』（）【】《》、。，；：！？“”\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]+
| (?<![\w@./-])www\.[\w-]+\.[\w./?=&%#~+:-]+
| (?<![\w@./-])(?:[A-Za-z0-9][A-Za-z0-9-]{0,61}\.){1,5}
  (?:(?:com|org|net|edu|gov|info|dev|app|io|ai)(?![\w-]|\.\w)|[a-z]{2,3}(?=/))(?:/[\w./?=&%#~+:@,-]*)?
"""
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w-])"
_EXTENSIONS = (
    "py|ipynb|js|ts|tsx|jsx|json|yaml|yml|toml|cfg|ini|conf|sh|bat|c|h|cc|cpp|hpp|cu|rs|go|java|rb|php|html|htm|css|xml|csv"
    "|tsv|txt|md|rst|tex|pdf|png|jpg|jpeg|gif|svg|webp|mp3|mp4|wav|zip|tar|gz|xz|tgz|exe|dll|so|log|lock|sql|pt|pth|onnx"
    "|safetensors|docx?|xlsx?|pptx?|srt|vtt|po"
)
_PATH = rf"""
  (?<![\w/.:~\0-])(?>(?:/[\w.+@%=-]+){{2,}})/?
| (?<![\w/.~-])(?:~|\.{{1,2}})/[\w.+@%=-]++(?>(?:/[\w.+@%=-]++)*)/?
| (?<!\w)[A-Za-z]:\\(?>(?:[\w.+@%=-]++\\?)*)
| (?<![\w/.-])(?![A-Z][a-z]+\.js\b)(?:[\w.+-]++/)*[\w+]++(?:[.+-][\w+]++)*?\.(?:{_EXTENSIONS})(?![\w-]|\.\w)
"""
_NO_FLAG = (  # words after a dash that was typed as two hyphens
    "and|but|or|the|an?|it|its|is|not|no|yes|which|that|this|who|to|in|of|for|with|so|as|at|on|even|if|when"
    "|he|she|we|you|they"
)
_CODE = rf"""
  (?<![\w.@/])_{{0,2}}[A-Za-z][A-Za-z0-9]*+(?>(?:_+[A-Za-z0-9]+)+)_{{0,2}}(?>(?:\.\w+)*)(?:\(\))? | __[a-z]+__(?:\(\))?
| (?<![\w.])[A-Za-z_]\w*+(?>(?:\.\w++)*)\(\)
| (?<![\w.])[A-Za-z_]\w*+(?>(?:\.[A-Za-z_]\w*+)+)\([^()\0\n]{{0,80}}\)
| (?<![\w.])(?:np|pd|tf|nn|plt|torch|self|sys|os)(?>(?:\.[A-Za-z_]\w*+)+)
| (?<![\w:])[A-Za-z_]\w*+(?>(?:::[A-Za-z_~]\w*+)+)(?:\(\))?
| (?<!\w)[A-Za-z_]\w*+->[A-Za-z_]\w*+(?:\(\))?
| (?<![\w\0-])--(?!(?:{_NO_FLAG})(?![\w-]))[A-Za-z][\w-]*+(?:=[\w./:,-]*\w)?
| (?<![\w%)])%(?:\(\w{{1,30}}\)|[0-9]\$)?[0-9]{{0,3}}(?:\.[0-9]{{1,3}})?l?[sdif](?!\w)
| (?<!\w)0x[0-9A-Fa-f]+(?!\w)
| (?<![\w.])[a-z]{{2}}[a-z0-9]*+(?:(?>(?:[A-Z][a-z0-9]++){{2,}})|[A-Z][a-z0-9]{{2,}}+)(?!\w)
"""
_REFERENCE = (
    r"[\[¹²³⁰⁴-⁹](?:(?<=\[)(?:\^[\w-]{1,30}|[0-9]{1,3}(?:\s?[,–-]\s?[0-9]{1,3}){0,20})\]"
    r"|(?:(?<=[^\W\d_]{3}[¹²³⁰⁴-⁹])|(?<=[.,;:!?\"'”’」』》）。，！？\u3040-\u30ff\u4e00-\u9fff][¹²³⁰⁴-⁹]))[¹²³⁰⁴-⁹]{0,2}(?![^\W\u3040-\u9fff]|[⁺⁻]))"
)
_UNITS = (
    "km/h|m/s|kbit/s|Mbit/s|Gbit/s|kB/s|MB/s|GB/s|km²|km|cm²|cm|mm|µm|μm|nm|kg|mg|µg|lbs?|oz|ft|mi|kB|KB|MB|GB|TB|PB|KiB|MiB|GiB|TiB"
    "|kHz|MHz|GHz|THz|Hz|kW|MW|GW|kWh|mAh|mV|kV|mA|ms|µs|μs|ns|px|pt|dpi|fps|bps|kbps|Mbps|Gbps|rpm|ppm|dB|mol|kPa|hPa|MPa|Pa"
    "|°C|°F|℃|m²|m³|m|g|h|V|W|USD|EUR|GBP|CHF|JPY|CNY|RMB|KRW"
)
_NUMBER = (
    r"[$€£¥₩0-9０-９](?<![\w.][$€£¥₩0-9０-９])(?:(?<=[0-9０-９])|(?<=[$€£¥₩]) ?[0-9０-９])[0-9０-９]*+"
    r"(?>(?:[.,:/\u00a0\u202f-][0-9０-９]+)*)"
    rf"(?:(?P<unit>[ \u00a0\u202f]?(?:{_UNITS})(?![\w/])|[kKMBT](?!\w))|%|(?!\w))"  # $3.6T, 175B parameters
)
_CODE_NUMBER = r"(?<!\w)(?>(?:[A-Za-z]{1,16}[0-9]{1,16}){3,16})[A-Za-z]{0,16}(?!\w)"  # of a video or an order: AB1C23x4
_PLAIN_DIGITS = 4
_PRIVATE = "[\ue000-\uf8ff\U000f0000-\U0010ffff]+"


class _Patterns(NamedTuple):
    first: tuple[tuple[re.Pattern[str], Judge], ...]
    technical: tuple[tuple[re.Pattern[str], Judge], ...]
    last: tuple[tuple[re.Pattern[str], Judge], ...]


@cache
def _patterns() -> _Patterns:
    """All patterns with their judges, in the order in which they are tried; compiled when they are first asked for."""
    return _Patterns(
        first=((re.compile(_PRIVATE), _whole("private")), (re.compile(_VERBATIM, re.VERBOSE), _judge_verbatim)),
        technical=(
            (re.compile(_EMAIL, re.ASCII), _whole("email")),
            (re.compile(_URL, re.VERBOSE | re.ASCII), _judge_url),
            (re.compile(_PATH, re.VERBOSE | re.ASCII), _judge_path),
            (re.compile(_CODE, re.VERBOSE | re.ASCII), _whole("code")),
        ),
        last=(
            (re.compile(_EMOJI), _whole("emoji")),
            (re.compile(_REFERENCE), _whole("reference")),
            (re.compile(_CODE_NUMBER, re.ASCII), _whole("code")),
            (re.compile(_NUMBER, re.ASCII), _judge_number),
        ),
    )


def _whole(kind: SpanKind) -> Judge:
    return lambda match: (kind, len(match[0]))


def _judge_verbatim(match: re.Match[str]) -> tuple[SpanKind, int]:
    piece = match[0]
    length = len(piece)
    if piece[0] in "`{" or piece.startswith("${"):
        return "code", length
    if piece[0] == "$":
        if piece[-1] != "$":  # a variable of the environment
            return "code", length
        return "formula", length if _is_formula(piece.strip("$")) else 0
    if piece[0] == "=":
        return "markup", length
    if piece[0] == "\\":
        words_follow = piece[-1] == "{"  # \emph{, whose words are translated
        return "markup" if words_follow else "formula", 0 if piece in _LINE_BREAKS else length
    attributes = match["attributes"]
    known = not attributes or "=" in attributes or (match["tag"] or "").lower() in _WORDLIKE_TAGS
    return "tag", length if known else 0


def _is_formula(inside: str) -> bool:
    """Whether what stands between two dollars is mathematics and not a price and the words after it."""
    if "\n\n" in inside or not any(character.isalnum() or character == "\\" for character in inside):
        return False
    if _STRONG_MATH.search(inside):
        return True
    return inside[0] != " " and not _AMOUNT.match(inside) and not _WORDS.search(inside)


def _judge_url(match: re.Match[str]) -> tuple[SpanKind, int]:
    """A URL without the punctuation of the sentence around it; a closing bracket only with its opening one."""
    url = match[0]
    unopened = url.count(")") - url.count("(")
    end = len(url)
    while end and (url[end - 1] in ".,;:!?'*_~" or (url[end - 1] == ")" and unopened > 0)):
        unopened -= url[end - 1] == ")"
        end -= 1
    return "url", end


def _judge_path(match: re.Match[str]) -> tuple[SpanKind, int]:
    """A path without the punctuation after it; ``d.h`` is an abbreviation."""
    path = match[0].rstrip(".,")
    return "path", len(path) if len(path) > len("d.h") else 0


def _judge_number(match: re.Match[str]) -> tuple[SpanKind, int]:
    """Numbers of more than four digits and those with a unit; the translator reads plain small ones."""
    long = match["unit"] or sum(character.isdecimal() for character in match[0]) > _PLAIN_DIGITS
    return "number", len(match[0]) if long else 0
