"""Books in EPUB: the pages of an archive as one HTML text, each page set apart by a form feed.

First come the title and the language as the package of the book says them, last what the spine does not name: older
tables of contents (NCX), which read as pages do.
"""

import re
from collections.abc import Iterable

from diglot import InputError
from diglot.pipeline.bilingual.xml import holdable
from diglot.pipeline.containers import Container, archive
from diglot.pipeline.formats import page
from diglot.pipeline.formats.parts import BETWEEN

_PAGE = re.compile(r".+\.(?:x?html?|ncx)", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:\w+:)?itemref\b[^<>]*?\bidref\s*=\s*[\"']([^\"']+)[\"']")
_ITEM = re.compile(r"<(?:\w+:)?item\b[^<>]*>")
_ATTRIBUTE = re.compile(r"\b(id|href)\s*=\s*[\"']([^\"']+)[\"']")
_SAID = re.compile(r"<dc:(title|language)\b[^<>]*>[^<>\r\n\f]*</dc:\1>")


def read(data: bytes) -> Container:
    """The pages of a book, in reading order. Raises :class:`diglot.InputError` for an archive that is broken."""
    book = archive.opened(data)
    names = [name for name in book.namelist() if _PAGE.fullmatch(name) or name.endswith(".opf")]
    texts = {name: _decoded(content) for name, content in archive.read(book, names)}
    packages = {name: text for name, text in texts.items() if name.endswith(".opf")}
    order = _reading_order(packages.values())
    pages = sorted(
        texts.keys() - packages.keys(), key=lambda name: (order.get(name.rpartition("/")[2], len(order)), names.index(name))
    )
    shown = {name: "\n".join(found[0] for found in _SAID.finditer(text)) for name, text in packages.items()}
    read_as = {name: page.resolved(text) for name, text in (shown | {name: texts[name] for name in pages}).items()}
    read_as = {name: text for name, text in read_as.items() if "\f" not in text}

    def pack(text: str) -> bytes:
        changed = {}
        for (name, old), new in zip(read_as.items(), text.split(BETWEEN), strict=bool(read_as)):
            if new != old:
                made = holdable(page.well_formed(new))
                changed[name] = (_with(packages[name], made) if name in packages else made).encode()
        return archive.rewritten(book, changed)

    return Container(BETWEEN.join(read_as.values()), "pages", pack, ".epub")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InputError(f"a page in it is not UTF-8 (byte {exc.start + 1}); convert the book first") from exc


def _with(package: str, said: str) -> str:
    """A package that says other titles and languages, a line each."""
    lines = iter(said.split("\n"))
    return _SAID.sub(lambda _: next(lines), package)


def _reading_order(packages: Iterable[str]) -> dict[str, int]:
    """The place of each page, by its file's name, as the package of the book says it."""
    order: dict[str, int] = {}
    for package in packages:
        items = [dict(_ATTRIBUTE.findall(item)) for item in _ITEM.findall(package)]
        names = {item["id"]: item["href"] for item in items if "id" in item and "href" in item}
        for entry in _ENTRY.findall(package):
            order.setdefault(names.get(entry, "").rpartition("/")[2], len(order))
    return order
