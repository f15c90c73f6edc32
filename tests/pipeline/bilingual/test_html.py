"""The page: the whole text in its rows, nothing from outside, and the table that it saves."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from lxml import html

from diglot.pipeline import bilingual
from diglot.pipeline.bilingual import tsv
from diglot.pipeline.document import AlignedPair, Finding, Span

from .editions import LECTURE, pair, pairs, texts, written

SCRIPT = Path(bilingual.__file__).parent.parent / "data" / "edition.js"


def page(content: object) -> html.HtmlElement:
    return html.document_fromstring(written("html", content))  # type: ignore[arg-type]


def test_source_and_target_are_one_row() -> None:
    found = [
        (
            row.get("class").split()[1],
            row.find("td[2]").get("lang"),
            row.find("td[2]").text_content(),
            row.find("td[3]").text_content(),
        )
        for row in page(LECTURE).iter("tr")
        if "pair" in row.get("class", "").split()
    ]
    assert found == [(p.translation.status, p.segment.language, p.segment.text, p.target) for p in LECTURE]


@given(pairs())
def test_no_text_becomes_markup(content: list[AlignedPair]) -> None:
    tree = page(content)
    assert len(tree.xpath("//tr[contains(@class, 'pair')]")) == len(content)
    assert {node.tag for node in tree.xpath("//td//*")} <= {"a", "i", "code"}


def test_a_title_is_text() -> None:
    tree = page([])
    assert tree.findtext(".//title") == "Layers <1>"
    assert tree.findtext(".//h1") == "Layers <1>"


def test_findings_are_marked_and_told() -> None:
    tree = page(LECTURE)
    assert [(m.get("class"), m.text) for m in tree.iter("mark")] == [("error", "12"), ("error", "21")]
    assert "“12” became “21”. Write the value of 12" in tree.xpath("//li[@class='error']")[0].text_content()
    assert "1 error" in tree.xpath("//section[@class='summary']")[0].text_content()


def test_marks_and_code_may_overlap() -> None:
    findings = (Finding("a", "info", "A", target=(0, 6)), Finding("b", "error", "B", target=(4, 9)))
    content = [pair(0, "see `ab` now", "so `ab` now", spans=(Span(4, 8, "code"),), findings=findings)]
    target = page(content).xpath("//td[@class='target']")[0]
    assert target.text_content() == "so `ab` now"
    assert [(m.get("class"), m.text_content()) for m in target.iter("mark")] == [
        ("info", "so "),
        ("info", "`"),
        ("error", "ab"),
        ("error", "`"),
        ("error", " n"),
    ]


def test_nothing_is_fetched() -> None:
    tree = page(LECTURE)
    assert not tree.xpath("//link | //img | //iframe | //script[@src] | //*[@srcset]")
    assert all(a.get("href").startswith("#") for a in tree.iter("a"))
    assert "url(" not in tree.findtext(".//style") and "@import" not in tree.findtext(".//style")


def test_it_is_a_page_for_phones_and_screen_readers() -> None:
    tree = page(LECTURE)
    assert tree.xpath("//meta[@name='viewport']") and tree.get("lang") == "en"
    assert [th.get("scope") for th in tree.iter("th")][1:] == ["col", "col"]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_page_escapes_as_the_table_does() -> None:
    cases = ["\ud83d", "\x1b", "=1", "'=1", "-0.5", "-x", '"a', "␊␛", "\x7f\x85\u2028"]

    @given(texts)
    def collect(text: str) -> None:
        cases.append(text)

    collect()
    program = SCRIPT.read_text(encoding="utf-8") + "\nconst cases = JSON.parse(process.argv[1]);"
    program += "console.log(JSON.stringify(cases.map(escapeCell)));"
    done = subprocess.run(["node", "-e", program, json.dumps(cases)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [tsv.escape(case) for case in cases]


def test_a_note_is_shown_and_kept_apart_from_the_findings() -> None:
    noted = replace(pair(0, "Right.", "はい。"), note='ask "Mei"?')
    written_page = written("html", [noted])
    assert '<b>ask "Mei"?</b>' in written_page
    assert 'data-note="ask &quot;Mei&quot;?"' in written_page
    assert "data-findings" not in written_page.partition("<script>")[0]
