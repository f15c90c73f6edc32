"""Books in EPUB: the pages in reading order, and back; what did not change stays byte for byte."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.containers import Container, unpack

PACKAGE = """<package><manifest><item id="b" href="text/b.xhtml"/><item href="text/a.xhtml" id="a"/></manifest>
<spine><itemref idref="b"/><itemref linear="yes" idref="a"/></spine></package>"""


def page(body: str) -> str:
    return f'<?xml version="1.0"?>\n<html xml:lang="en" lang="en"><head><title>Go</title></head><body>{body}</body></html>\n'


def book(**pages: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/epub+zip", ZIP_STORED)
        made.writestr("OEBPS/book.opf", PACKAGE)
        made.writestr("OEBPS/picture.png", b"\x89PNG")
        for name, body in pages.items():
            made.writestr(f"OEBPS/text/{name}.xhtml", page(body))
    return file.getvalue()


def opened(data: bytes) -> Container:
    found = unpack(data)
    assert found is not None
    return found


def part(data: bytes, name: str) -> bytes:
    with ZipFile(BytesIO(data)) as file:
        return file.read(name)


def test_pages_come_in_reading_order_and_what_is_open_in_one_ends_with_it() -> None:
    found = opened(book(a="<p>It&#8217;s last.</p>", b="<p>First.</p><pre>never closed"))
    document = formats.parse(found.text, found.format)
    texts = [document.text[start:end] for block in document.blocks for start, end in block.ranges]
    assert texts == ["Go", "First.", "Go", "It’s last."]


def test_a_page_that_changed_is_written_and_all_else_stays() -> None:
    data = book(a="<p>One &amp; two&nbsp;here.</p>", b="<p>Stays &nbsp; so.</p>")
    found = opened(data)
    for word in ("Eins", "いち"):
        made = found.pack(found.text.replace("One", word))
        assert f"<p>{word} &amp; two\u00a0here.</p>" in part(made, "OEBPS/text/a.xhtml").decode()
        for name in ("mimetype", "OEBPS/book.opf", "OEBPS/picture.png", "OEBPS/text/b.xhtml"):
            assert part(made, name) == part(data, name)
        with ZipFile(BytesIO(made)) as file:
            assert (file.infolist()[0].filename, file.infolist()[0].compress_type) == ("mimetype", ZIP_STORED)


def test_every_page_says_its_new_language() -> None:
    found = opened(book(a="<p>One.</p>", b="<p>Two.</p>"))
    document = formats.parse(found.text, found.format)
    assert formats.render(document, [], "ja").count('xml:lang="ja" lang="ja"') == 2
    assert 'lang="en"' not in formats.render(document, [], "ja")


def test_a_page_in_another_encoding_is_refused() -> None:
    file = BytesIO(book(a="<p>x</p>"))
    with ZipFile(file, "a") as made:
        made.writestr("OEBPS/text/b.html", "<p>é</p>".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        unpack(file.getvalue())


def test_the_book_itself_and_its_old_table_of_contents_change_their_language() -> None:
    file = BytesIO(book(a="<p>One.</p>"))
    said = '<dc:title id="t">Two &amp; more</dc:title>\n<dc:creator>Ines Lind</dc:creator><dc:language>en</dc:language>'
    table = '<ncx xml:lang="en"><docTitle><text>Two</text></docTitle><navLabel><text>One</text></navLabel></ncx>'
    with ZipFile(file, "a") as made:
        made.writestr("OEBPS/second.opf", f"<package><metadata>{said}</metadata></package>")
        made.writestr("OEBPS/toc.ncx", table)
    found = opened(file.getvalue())
    document = formats.parse(found.text, found.format)
    texts = [document.text[start:end] for block in document.blocks for start, end in block.ranges]
    assert "Two & more" in texts
    assert not {"en", "Ines Lind"} & set(texts)
    made_again = found.pack(formats.render(document, [], "ja").replace("Two & more", "二 & 三"))
    now = said.replace("Two &amp; more", "二 &amp; 三").replace(">en<", ">ja<")
    assert part(made_again, "OEBPS/second.opf").decode() == f"<package><metadata>{now}</metadata></package>"
    assert part(made_again, "OEBPS/toc.ncx").decode() == table.replace('"en"', '"ja"')
    assert found.pack(found.text) == opened(file.getvalue()).pack(found.text)
