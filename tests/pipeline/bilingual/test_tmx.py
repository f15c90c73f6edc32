"""TMX 1.4b, as other programs read it and write it."""

import warnings
from pathlib import Path

import pytest
from lxml import etree

from diglot import InputError

from .editions import LECTURE, rows, written

# The elements of TMX 1.4b that are used here, from its DTD: which may stand in which, in this order.
CONTENT = {
    "tmx": ["header", "body"],
    "header": ["note", "ude", "prop"],
    "tu": ["note", "prop", "tuv"],
    "tuv": ["note", "prop", "seg"],
    "seg": ["ph"],
}
REQUIRED = {
    "tmx": {"version"},
    "header": {"creationtool", "creationtoolversion", "segtype", "o-tmf", "adminlang", "srclang", "datatype"},
    "tuv": {"{http://www.w3.org/XML/1998/namespace}lang"},
    "prop": {"type"},
}


def test_it_is_built_as_the_standard_says() -> None:
    root = etree.fromstring(written("tmx", LECTURE).encode())
    for node in root.iter():
        names = [child.tag for child in node]
        order = CONTENT.get(node.tag, names)
        assert names == sorted(names, key=order.index)
        assert set(node.attrib) >= REQUIRED.get(node.tag, set())
    assert root.find("header").get("srclang") == "*all*"


def test_the_translate_toolkit_reads_it(tmp_path: Path) -> None:
    tmx = pytest.importorskip("translate.storage.tmx")
    path = tmp_path / "lecture.tmx"
    path.write_text(written("tmx", LECTURE), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        units = tmx.tmxfile.parsefile(str(path)).units
        found = [(str(unit.source), str(unit.target)) for unit in units[:3]]
    assert len(units) == len(LECTURE)
    assert found[0] == ("Why layers?", "なぜ層を重ねるのか")
    assert found[2] == ("It takes 12 steps.", "21 ステップかかります。")


def test_protected_pieces_have_one_number_in_both_languages() -> None:
    root = etree.fromstring(written("tmx", LECTURE[1:2]).encode())
    pieces = [(ph.get("x"), ph.get("type"), ph.text) for ph in root.iter("ph")]
    assert pieces == [("1", "x-formula", "$x$")] * 2


def test_a_memory_learns_nothing_from_what_was_not_translated() -> None:
    root = etree.fromstring(written("tmx", LECTURE).encode())
    variants = [len(unit.findall("tuv")) for unit in root.iter("tu")]
    assert variants == [2, 2, 2, 1, 1]


FOREIGN = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx11.dtd">
<tmx version="1.1"><header srclang="EN-US" segtype="sentence"/><body>
<!-- written by hand -->
<tu srclang="EN-US"><note>seen</note>
 <tuv lang="JA"><seg>太<bpt i="1">&lt;b></bpt>字<ept i="1">&lt;/b></ept></seg></tuv>
 <tuv lang="EN-US"><seg>Bold</seg></tuv>
 <tuv lang="ZH"><seg>粗体</seg></tuv>
</tu></body></tmx>"""


def test_memories_of_other_programs_are_read() -> None:
    first, second = rows("tmx", FOREIGN)
    assert (first.source_language, first.target_language, first.source, first.target) == (
        "EN-US",
        "JA",
        "Bold",
        "太<b>字</b>",
    )
    assert (second.target_language, second.target, second.note) == ("ZH", "粗体", "seen")


BOMB = """<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>&b;</seg></tuv></tu></body></tmx>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<tmx version="1.4"><body><tu><tuv xml:lang="en"><seg>&a;</seg></tuv></tu></body></tmx>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^line 2: the entity"):
        list(rows("tmx", text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<tmx><body><tu></tu></body></tmx>", "line 1: a unit without a variant"),
        ('<tmx><body>\n<tu><tuv xml:lang="en"/></tu></body></tmx>', "line 2: a variant without a seg"),
        ("<tmx><body>\n<tu>", "line 2: "),
    ],
)
def test_what_is_not_whole_is_told_by_line(text: str, message: str) -> None:
    with pytest.raises(InputError, match=rf"^{message}"):
        list(rows("tmx", text))


@pytest.mark.parametrize("head", ['srclang="*all*"', 'srclang="en"', ""])
def test_the_head_says_which_variant_is_the_source(head: str) -> None:
    variants = '<tuv xml:lang="ja"><seg>はい</seg></tuv><tuv xml:lang="en"><seg>Yes</seg></tuv>'
    found = rows("tmx", f"<tmx><header {head}/><body><tu>{variants}</tu></body></tmx>")
    expected = {
        'srclang="*all*"': [("ja", "en", "はい", "Yes"), ("en", "ja", "Yes", "はい")],
        'srclang="en"': [("en", "ja", "Yes", "はい")],
        "": [("ja", "en", "はい", "Yes")],
    }
    assert [row[:4] for row in found] == expected[head]
