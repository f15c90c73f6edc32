"""Word and PowerPoint files: each paragraph a line of HTML, and back; what did not change stays byte for byte."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.containers import Container, unpack

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="urn:r"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="urn:p"'
BOLD = "<w:rPr><w:b/></w:rPr>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def archive(**parts: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


def word(*paragraphs: str, **parts: str) -> bytes:
    body = "".join(f"<w:p>{inside}</w:p>" if not inside.startswith("<w:tbl") else inside for inside in paragraphs)
    return archive(word__document_xml=f"<w:document {W}><w:body>{body}</w:body></w:document>", **parts)


def opened(data: bytes) -> Container:
    found = unpack(data)
    assert found is not None
    return found


def part(data: bytes, name: str = "word/document.xml") -> str:
    with ZipFile(BytesIO(data)) as file:
        return file.read(name).decode()


def test_paragraphs_become_lines_with_their_emphasis() -> None:
    style = '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
    cell = f"<w:tbl><w:tr><w:tc><w:p>{run('Rate')}</w:p></w:tc></w:tr></w:tbl>"
    found = opened(
        word(style + run("On slopes"), run("It is ") + run("very", BOLD) + run(" steep &amp; &lt; 3."), cell, run(" "))
    )
    assert found.text == '<h1>On slopes</h1>\n<p>It is <span id="1">very</span> steep &amp; &lt; 3.</p>\n<td>Rate</td>'
    kinds = [block.kind for block in formats.parse(found.text, found.format).blocks]
    assert kinds == ["heading", "paragraph", "cell"]


def test_what_word_notes_for_itself_divides_no_sentence() -> None:
    noted = '<w:rPr><w:lang w:val="en-US"/><w:rFonts w:hint="eastAsia"/></w:rPr>'
    plain = "<w:rPr><w:rFonts/></w:rPr>"
    found = opened(word(run("One ", plain) + '<w:proofErr w:type="spellStart"/>' + run("sentence", noted) + run(".", plain)))
    assert found.text == "<p>One sentence.</p>"


def test_a_translation_takes_the_formatting_to_where_it_puts_it() -> None:
    link = f'<w:hyperlink r:id="r7">{run("the notes")}</w:hyperlink>'
    picture = "<w:r><w:drawing/></w:r>"
    found = opened(word(run("Read ") + link + run(" very", BOLD) + run(" often.") + picture, run("Untouched")))
    assert found.text.split("\n")[0] == ('<p>Read <a id="1">the notes</a><span id="2"> very</span> often.<wbr id="4"></p>')
    for word_for in ("notes", "注"):  # one file is packed for each target language
        made = found.pack(
            f'<p><span id="2">Sehr</span> oft &lt;x&gt; <a id="1">{word_for}</a> lesen.<wbr id="4"></p>\n<p>Untouched</p>'
        )
        assert unpack(made) is not None
        assert part(made).endswith(
            f'<w:p>{run("Sehr", BOLD)}{run(" oft &lt;x&gt; ")}<w:hyperlink r:id="r7">{run(word_for)}</w:hyperlink>'
            f"{run(' lesen.')}{picture}</w:p><w:p>{run('Untouched')}</w:p></w:body></w:document>"
        )


def test_tabs_and_line_ends_stay_between_their_texts() -> None:
    mixed = "<w:r><w:rPr><w:b/></w:rPr><w:t>Name</w:t><w:tab/><w:t>Value</w:t><w:br/><w:t>Next</w:t></w:r>"
    found = opened(word(mixed))
    assert found.text == '<p>Name<br id="1">Value<br id="3">Next</p>'
    assert len(formats.parse(found.text, "html").blocks) == 3
    made = part(found.pack(found.text.replace("Value", "Wert")))
    assert made.index("Name") < made.index("<w:tab/>") < made.index("Wert") < made.index("<w:br/>") < made.index("Next")
    assert made.count("<w:b/>") == 5


def test_slides_and_their_notes_come_in_order() -> None:
    def slide(text: str, kind: str = "") -> str:
        holder = f'<p:nvPr><p:ph type="{kind}"/></p:nvPr>' if kind else ""
        paragraph = f"<a:p><a:r><a:t>{text}</a:t></a:r><a:endParaRPr/></a:p>"
        return f"<p:sld {A}><p:sp>{holder}<p:txBody>{paragraph}</p:txBody></p:sp></p:sld>"

    data = archive(
        ppt__slides__slide10_xml=slide("ten"),
        ppt__slides__slide2_xml=slide("two", "title"),
        ppt__notesSlides__notesSlide2_xml=slide("said"),
    )
    found = opened(data)
    assert found.text == "<h1>two</h1>\n<p>said</p>\n<p>ten</p>"
    made = found.pack("<h1>zwei</h1>\n<p>said</p>\n<p>ten</p>")
    assert "<a:r><a:t>zwei</a:t></a:r><a:endParaRPr/>" in part(made, "ppt/slides/slide2.xml")
    assert part(made, "ppt/slides/slide10.xml") == slide("ten")


def test_parts_that_did_not_change_stay_byte_for_byte() -> None:
    odd = f"<?xml version='1.0'?>\n<!-- kept -->\n<w:hdr {W}><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>\n"
    data = word(run("Text"), word__header1_xml=odd, word__media_xml="\x00picture")
    made = opened(data).pack("<p>Neu</p>\n<p>Head</p>")
    assert part(made, "word/header1.xml") == odd
    assert part(made, "word/media.xml") == "\x00picture"
    assert "Neu" in part(made)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive(other_xml="<x/>"), "this kind of archive is not read"),
        (archive(xl__workbook_xml="<x/>"), "an Excel file is not read"),
        (archive(content_xml="<x/>"), "an OpenDocument file is not read; save it as .docx"),
        (word(run("x"))[:200], "cannot be opened"),
        (archive(word__document_xml="<w:document"), "word/document.xml in it is broken"),
        (archive(word__document_xml='<!DOCTYPE x [<!ENTITY e "&e;&e;">]><x>&e;</x>'), "broken"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        unpack(data)


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diglot.pipeline.containers.archive.LARGEST", 100)
    with pytest.raises(InputError, match="more than a lecture"):
        unpack(word(run("x" * 200)))


def test_no_format_is_forced_on_a_packed_file() -> None:
    with pytest.raises(InputError, match="leave --from-format out"):
        unpack(word(run("x")), "markdown")
