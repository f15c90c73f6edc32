"""Notebooks: the Markdown cells are read, everything else comes back byte for byte."""

import json
from typing import Any

import pytest

from diglot import InputError
from diglot.pipeline import formats
from diglot.pipeline.containers import Container, unpack

CODE = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [{"text": ["ré\n"]}], "source": ["x = 1"]}


def notebook(*sources: Any, style: dict[str, Any] | None = None) -> bytes:
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": source} for source in sources]
    whole = {"cells": [*cells, CODE], "metadata": {"k": 1e-05}, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(whole, **(style or {"indent": 1, "ensure_ascii": False})) + "\n").encode()


def opened(data: bytes) -> Container:
    found = unpack(data)
    assert found is not None
    return found


@pytest.mark.parametrize("style", [{"indent": 1, "ensure_ascii": False}, {"indent": 2}, {}, {"indent": 4}])
def test_an_unchanged_notebook_comes_back_byte_for_byte(style: dict[str, Any]) -> None:
    data = notebook(["# 表題\n", "\n", "It is $\\alpha$."], "Second “cell”", style=style)
    assert opened(data).pack(opened(data).text) == data


def test_only_the_cells_of_text_change_and_keep_their_form() -> None:
    data = notebook(["# One\n", "two"], "three\nfour", [])
    found = opened(data)
    assert found.text == "# One\ntwo\n\f\nthree\nfour\n\f\n"
    for title in ("いち", "eins"):  # one file is packed for each target language
        made = json.loads(found.pack(found.text.replace("One", title)))
        assert [cell["source"] for cell in made["cells"]] == [[f"# {title}\n", "two"], "three\nfour", [], ["x = 1"]]
    assert json.loads(found.pack(found.text)) == json.loads(data)


def test_what_is_left_open_in_a_cell_ends_with_it() -> None:
    found = opened(notebook("```\ncode", "Text after it.", "<!-- open", "More."))
    document = formats.parse(found.text, found.format)
    assert [document.text[start:end] for block in document.blocks for start, end in block.ranges] == [
        "Text after it.",
        "More.",
    ]


def test_a_cell_that_cannot_be_set_apart_stays_as_it_is() -> None:
    data = notebook("a page\fbreak", "read this", ["no", 5])
    assert opened(data).text == "read this"
    assert opened(data).pack("lies das") == data.replace(b"read this", b"lies das")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"nbformat": 3, "worksheets": []}', "a notebook of format 3; open it in Jupyter"),
        (b'{"nbformat": 4, "cells": 1}', "a notebook of format 4; open it in Jupyter"),
        (b'{"nbformat": 4, "cells": [', "not whole"),
        (b'{"nbformat": ' + b"[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_notebook_of_today_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        unpack(data)


def test_other_json_is_text() -> None:
    assert unpack(b'{"name": "x", "about": {"nbformat": 4}}') is None
    assert unpack(b"") is None
