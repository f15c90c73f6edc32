"""Books in EPUB: the pages of an archive as one HTML text, each page set apart by a form feed."""

import re

from diglot import InputError
from diglot.pipeline.containers import Container, archive
from diglot.pipeline.formats import page
from diglot.pipeline.formats.parts import BETWEEN

_PAGE = re.compile(r".+\.x?html?", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:\w+:)?itemref\b[^<>]*?\bidref\s*=\s*[\"']([^\"']+)[\"']")
_ITEM = re.compile(rb"<(?:\w+:)?item\b[^<>]*>")
_ATTRIBUTE = re.compile(rb"\b(id|href)\s*=\s*[\"']([^\"']+)[\"']")


def read(data: bytes) -> Container:
    """The pages of a book, in reading order. Raises :class:`diglot.InputError` for an archive that is broken."""
    book = archive.opened(data)
    parts = archive.read(book, [name for name in book.namelist() if _PAGE.fullmatch(name) or name.endswith(".opf")])
    order = _reading_order([content for name, content in parts if name.endswith(".opf")])
    pages = [(name, content) for name, content in parts if not name.endswith(".opf")]
    pages.sort(key=lambda part: order.get(part[0].rpartition("/")[2], len(order)))
    try:
        texts = [(name, page.resolved(content.decode("utf-8-sig"))) for name, content in pages]
    except UnicodeDecodeError as exc:
        raise InputError(f"a page in it is not UTF-8 (byte {exc.start + 1}); convert the book first") from exc
    readable = [(name, text) for name, text in texts if "\f" not in text]

    def pack(text: str) -> bytes:
        made = zip(readable, text.split(BETWEEN), strict=bool(readable))
        return archive.rewritten(book, {name: new.encode() for (name, old), new in made if new != old})

    return Container(BETWEEN.join(text for _, text in readable), "pages", pack)


def _reading_order(packages: list[bytes]) -> dict[str, int]:
    """The place of each page, by its file's name, as the package of the book says it."""
    order: dict[str, int] = {}
    for package in packages:
        items = [dict(_ATTRIBUTE.findall(item)) for item in _ITEM.findall(package)]
        names = {
            item[b"id"]: item[b"href"].decode("utf-8", "replace") for item in items if b"id" in item and b"href" in item
        }
        for entry in _ENTRY.findall(package):
            order.setdefault(names.get(entry, "").rpartition("/")[2], len(order))
    return order
