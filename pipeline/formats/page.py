"""HTML pages: the text of a page between its tags, with the tags kept.

What stands in a page is read as HTML inside Markdown is (:mod:`diglot.pipeline.formats.html`). A page has three things
more. Character references (``&rsquo;``, ``&#12354;``) become the characters that they stand for, except the three that
HTML itself needs. What a page says is not to be translated (``translate="no"``, ``class="notranslate"``), or is a formula
already set, is left alone. And a page names its language and its encoding, which are no longer those of the source.
"""

import html as references
import re
from collections.abc import Iterable

from diglot.pipeline.document import BlockKind, Document, Span
from diglot.pipeline.formats import html
from diglot.pipeline.formats.parts import BETWEEN

_PAGE = re.compile(
    r"\ufeff?\s*+(?>(?:(?><\?xml[^<>]*>|<!--.*?-->)\s*+)*)<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_REFERENCE = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,31}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_NEEDED = frozenset("<>&")
_NO_NAME = re.compile(r"[^a-zA-Z#]|\Z")
_KEPT_REFERENCE = re.compile(r"&(?:lt|gt|amp);")
_BARE = re.compile(rf"&(?!{_REFERENCE.pattern[1:]})|<")
_BARE_AMPERSAND = re.compile(rf"&(?!{_REFERENCE.pattern[1:]})")
_XML = re.compile(r"\ufeff?\s*<\?xml\b")
_QUOTE = re.compile(r"[<>\"']")
_LINE = re.compile(r"[^\r\n]+")
_ROOT = re.compile(r"<(?:html|ncx)\b[^<>]*>", re.IGNORECASE)
_BOOK = re.compile(r"(<dc:language\b[^<>]*>)[^<>]*")
_LANGUAGE = re.compile(r"(\s(?:xml:)?lang\s*=\s*)([\"'])[^\"'<>]*\2", re.IGNORECASE)
_XML_ENCODING = re.compile(r"(\A\ufeff?\s*<\?xml\b[^<>]*?\bencoding\s*=\s*[\"'])[\w.:-]+", re.IGNORECASE)
_CHARSET = re.compile(r"(<meta\b[^<>]*?\bcharset\s*=\s*[\"']?)[\w-]+", re.IGNORECASE)
_HEAD = 4096  # characters in which a page names its language and encoding


def is_page(text: str) -> bool:
    """Whether a text is a whole HTML page."""
    return _PAGE.match(text) is not None


def parse(text: str) -> Document:
    """The blocks of a page, in the text with its character references resolved."""
    text = resolved(text)
    lines = [match.span() for match in _LINE.finditer(text)]
    needed = [Span(*match.span(), "tag") for match in _KEPT_REFERENCE.finditer(text)]
    return Document(text, "html", tuple(html.blocks(text, text, lines, "paragraph", needed)) if lines else ())


def resolved(text: str) -> str:
    """A page without the character references that it can do without, but for those in tags and in code."""
    parts, done = [], 0
    for start, end in html.unread(text):
        parts += [_REFERENCE.sub(_character, text[done:start]), text[start:end]]
        done = end
    return "".join([*parts, _REFERENCE.sub(_character, text[done:])])


def _character(reference: re.Match[str]) -> str:
    character = references.unescape(reference[0])
    if character == "&" and _NO_NAME.match(reference.string, reference.end()):
        return "&"
    return character if character == "\xa0" or (character.isprintable() and not _NEEDED & set(character)) else reference[0]


def escaped(piece: str, source: str, kind: BlockKind, protected: Iterable[str]) -> str:
    """A piece of a translation as a page must hold it: no ``<`` or ``&`` but in the protected pieces of the source.

    Where the source itself holds such a mark, it does no harm there.

    >>> escaped("<b>a</b> < b & c", "<b>x</b>", "paragraph", ["<b>", "</b>"])
    '<b>a</b> &lt; b &amp; c'
    """
    whole = "|".join(re.escape(one) for one in sorted(set(protected), key=len, reverse=True) if one)
    parts = re.split(f"({whole})", piece) if whole else [piece]
    harmless = {mark[0] for mark in _BARE.finditer(re.sub(whole, "", source) if whole else source)}

    def escape(mark: re.Match[str]) -> str:
        return mark[0] if mark[0] in harmless else references.escape(mark[0])

    if kind == "attribute":
        return _QUOTE.sub(escape, piece) if not _QUOTE.search(source) else piece
    return "".join(part if number % 2 else _BARE.sub(escape, part) for number, part in enumerate(parts))


def well_formed(text: str) -> str:
    """A page as XML must have it: each ``&`` in its text that begins no reference is one."""
    parts, done = [], 0
    for start, end in [*html.unread(text), (len(text), len(text))]:
        parts += [_BARE_AMPERSAND.sub("&amp;", text[done:start]), text[start:end]]
        done = end
    return "".join(parts)


def declared(text: str, language: str) -> str:
    """A page, or the pages of a book, made to say that they are in ``language`` and in UTF-8, where they say either.

    What begins as XML stays well-formed.
    """
    return BETWEEN.join(_declared(one, language) for one in text.split(BETWEEN))


def _declared(text: str, language: str) -> str:
    def root(tag: re.Match[str]) -> str:
        return _LANGUAGE.sub(lambda found: f"{found[1]}{found[2]}{language}{found[2]}", tag[0])

    head, rest = text[:_HEAD], text[_HEAD:]
    head = _CHARSET.sub(r"\g<1>utf-8", _ROOT.sub(root, head, count=1), count=1)
    head = _BOOK.sub(lambda found: found[1] + language, head)
    text = _XML_ENCODING.sub(r"\g<1>utf-8", head, count=1) + rest
    return well_formed(text) if _XML.match(text) else text
