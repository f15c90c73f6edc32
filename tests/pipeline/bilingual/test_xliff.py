"""XLIFF 1.2, as other programs read it and write it."""

from pathlib import Path

import pytest
from lxml import etree

from diglot import InputError
from diglot.pipeline.document import Finding

from .editions import LECTURE, pair, rows, written

NAMESPACE = "{urn:oasis:names:tc:xliff:document:1.2}"


def test_each_source_language_has_its_file() -> None:
    root = etree.fromstring(written("xliff", LECTURE).encode())
    files = [(f.get("source-language"), f.get("target-language")) for f in root.iter(f"{NAMESPACE}file")]
    assert files == [("en", "ja"), ("ja", "ja"), ("en", "ja")]
    assert all(f.get("original") == "Layers <1>" for f in root.iter(f"{NAMESPACE}file"))


def test_states_tell_what_is_left_to_do() -> None:
    note = Finding("space", "info", "Two spaces", "Leave one")
    content = (*LECTURE, pair(5, "So.", "では  。", findings=(note,)))
    root = etree.fromstring(written("xliff", content).encode())
    targets = [unit.find(f"{NAMESPACE}target") for unit in root.iter(f"{NAMESPACE}trans-unit")]
    states = [None if target is None else target.get("state") for target in targets]
    assert states == ["translated", "translated", "needs-review-translation", "final", None, "translated"]


def test_units_are_built_as_the_standard_says() -> None:
    root = etree.fromstring(written("xliff", LECTURE).encode())
    order = [f"{NAMESPACE}{name}" for name in ("source", "target", "note")]
    ids = [unit.get("id") for unit in root.iter(f"{NAMESPACE}trans-unit")]
    assert ids == [str(i + 1) for i in range(len(LECTURE))]
    for unit in root.iter(f"{NAMESPACE}trans-unit"):
        names = [child.tag for child in unit]
        assert names == sorted(names, key=order.index)


def test_the_translate_toolkit_reads_it(tmp_path: Path) -> None:
    xliff = pytest.importorskip("translate.storage.xliff")
    path = tmp_path / "lecture.xliff"
    path.write_text(written("xliff", LECTURE), encoding="utf-8")
    units = [unit for unit in xliff.xlifffile.parsefile(str(path)).units if unit.source]
    assert len(units) == len(LECTURE)
    assert (str(units[0].source), str(units[0].target)) == ("Why layers?", "なぜ層を重ねるのか")
    assert "“12” became “21”" in units[2].getnotes()


FOREIGN = """<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file source-language="en-US" target-language="de" original="x" datatype="plaintext"><body>
<group><trans-unit id="a"><source>Save <g id="1">now</g></source>
<target state="signed-off">Jetzt <g id="1">sichern</g></target><note from="Ann">checked</note></trans-unit></group>
<trans-unit id="b"><source>Open</source></trans-unit></body></file></xliff>"""


def test_files_of_other_programs_are_read() -> None:
    first, second = rows("xliff", FOREIGN)
    assert first[:6] == ("en-US", "de", "Save now", "Jetzt sichern", "translated", "checked")
    assert (second.source, second.target, second.status) == ("Open", "Open", "untranslated")


def test_a_unit_without_a_source_is_told_by_line() -> None:
    with pytest.raises(InputError, match=r"^line 2: a trans-unit without a source"):
        list(rows("xliff", "<xliff>\n<trans-unit/></xliff>"))


SECOND = """<xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en" trgLang="ja"><file id="f">
<unit id="u1"><notes><note id="n">checked by Ann</note></notes>
<originalData><data id="d1">$x$</data></originalData>
<segment id="s1" state="final"><source>Add <ph id="1" dataRef="d1"/> <pc id="2">twice</pc>.</source>
<target><ph id="1" dataRef="d1"/> を<pc id="2">二度</pc>足す。</target></segment>
<ignorable><source> </source></ignorable>
<segment id="s2"><source>Bell <cp hex="0007"/></source></segment></unit></file></xliff>"""


def test_version_2_is_read_too() -> None:
    first, second = rows("xliff", SECOND)
    assert first[:6] == ("en", "ja", "Add $x$ twice.", "$x$ を二度足す。", "translated", "checked by Ann")
    assert (second.source, second.status, second.line) == ("Bell \a", "untranslated", 7)
    with pytest.raises(InputError, match=r"^line 2: a segment without a source"):
        list(rows("xliff", "<xliff><unit>\n<segment/></unit></xliff>"))
