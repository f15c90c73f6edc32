"""Damaged files: each is read, or refused in one line before anything is written."""

from contextlib import suppress
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.containers import unpack

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD = f'<w:document xmlns:w="{W}"><w:body>{"<w:p><w:r><w:t>Some text.</w:t></w:r></w:p>" * 9}</w:body></w:document>'


def archive(**parts: str) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, content in parts.items():
            kind = ZIP_STORED if name == "mimetype" else ZIP_DEFLATED
            made.writestr(name.replace("__", "/").replace("_", "."), content, kind)
    return file.getvalue()


FILES = {
    "epub": archive(mimetype="application/epub+zip", a_xhtml="<p>One <b>two</b></p>" * 9, b_xhtml="<p>Three</p>"),
    "word": archive(word__document_xml=WORD, word__media__picture_png="picture" * 30),
    "notebook": b'{"cells": [{"cell_type": "markdown", "source": ["# One\\n", "two"]}], "nbformat": 4}',
}


def damaged(data: bytes, random: Random) -> bytes:
    """A few bytes changed, taken out or put in."""
    made = bytearray(data)
    for _ in range(random.randint(1, 5)):
        place, length = random.randrange(len(made)), random.randint(1, 20)
        made[place : place + length * random.randrange(2)] = random.randbytes(length * random.randrange(2))
    return bytes(made)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    assert unpack(FILES[name]) is not None
    for seed in range(150):
        with suppress(InputError):
            container = unpack(damaged(FILES[name], Random(seed)))
            if container:
                formats.parse(container.text, container.format)
                assert container.pack(container.text)
