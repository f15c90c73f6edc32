"""PDF: what is read of its pages, what is left out and said, what is refused."""

import sys
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from commanding import caller

from diglot import InputError
from diglot.commands.apply import apply
from diglot.commands.stages import detect, segment
from diglot.pipeline import formats
from diglot.pipeline.containers import Container, unpack
from diglot.pipeline.outputs import made_of, name_outputs

from .sheets import SLIDE, At, lines, pdf

PARAGRAPH = [
    "A lecture is often handed out as printed pages. A reader sees sentences, but the file",
    "holds only letters and the places at which they stand, so that a program that trans-",
    "lates it has to find the sentences first.",
]


def opened(data: bytes) -> Container:
    found = unpack(data)
    assert found is not None
    return found


def markdown(data: bytes) -> str:
    return opened(data).text


def test_the_lines_of_a_paragraph_are_joined() -> None:
    text = markdown(pdf(lines(70, 100, PARAGRAPH)))
    assert text == " ".join(PARAGRAPH).replace("trans- lates", "translates") + "\n"


def test_what_is_read_is_markdown_that_gives_itself_back() -> None:
    container = opened(pdf(lines(70, 100, PARAGRAPH)))
    assert (container.format, container.ending) == ("markdown", ".pdf")
    assert container.pack(container.text) == container.text.encode()


def test_the_letters_of_japanese_lines_are_joined_without_spaces() -> None:
    rows = ["講義の資料はページとして配られることが多い。読む人には文が見え", "るが、ファイルには文字とその位置しかない。"]
    assert markdown(pdf(lines(70, 100, rows, size=12))) == "".join(rows) + "\n"


def test_a_page_that_is_turned_reads_as_it_is_seen() -> None:
    turned = [At(one.y, 842 - one.x, one.text, one.size, turned=True) for one in lines(70, 100, PARAGRAPH)]
    assert markdown(pdf(turned, rotated=90)) == markdown(pdf(lines(70, 100, PARAGRAPH)))


def test_what_stands_on_its_side_or_off_the_page_is_not_in_the_text() -> None:
    container = opened(pdf([*lines(70, 100, PARAGRAPH), At(20, 400, "stamp", turned=True), At(2000, 100, "unseen")]))
    assert "stamp" not in container.text
    assert "unseen" not in container.text
    assert container.notes == (
        "a PDF, whose translation is a Markdown document; left out: characters that stand on their side (5)",
    )


def test_running_heads_and_page_numbers_are_left_out_and_counted() -> None:
    pages = [
        [At(70, 40, "On Lectures", 9), *lines(70, 120, [f"Page {n} says something. It is short."]), At(290, 810, str(n), 9)]
        for n in range(1, 5)
    ]
    container = opened(pdf(*pages))
    assert container.text == "".join(f"Page {n} says something. It is short.\n\n" for n in range(1, 5))[:-1]
    assert "left out: running heads, feet and page numbers (8)" in container.notes[0]


def test_two_columns_are_read_one_after_the_other_and_the_text_goes_on_over_columns_and_pages() -> None:
    left = [
        "The first column of a paper is as wide as",
        "this, and when it is full the text goes on",
        "at the head of the second one",
    ]
    right = ["without any end of the paragraph. Here", "it stops.", "Another begins in the middle and goes on"]
    title = At(150, 60, "On the reading of pages", 18)
    first = [title, *lines(60, 100, left), *lines(310, 100, right)]
    second = lines(60, 100, ["on the next page, where it ends."])
    assert markdown(pdf(first, second)) == (
        "# On the reading of pages\n\n"
        + " ".join([*left, *right[:2]])
        + "\n\n"
        + right[2]
        + " on the next page, where it ends.\n"
    )


def test_larger_and_bold_lines_are_headings() -> None:
    page = [
        At(70, 60, "The whole", 20),
        At(70, 100, "A part", 15, "bold"),
        *lines(70, 130, PARAGRAPH),
        At(70, 200, "2.1 A smaller part", 11, "bold"),
        *lines(70, 225, PARAGRAPH),
    ]
    text = markdown(pdf(page))
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# The whole",
        "## A part",
        "### 2.1 A smaller part",
    ]


def test_lists_keep_their_markers_and_depth() -> None:
    page = [
        *(At(70, 100, "•"), At(82, 100, "an item that is long enough to be continued on the line that follows")),
        *(At(82, 113, "and ends here"), At(94, 126, "–"), At(106, 126, "one below it")),
        *(At(70, 139, "•"), At(82, 139, "another")),
        *(At(70, 165, "1."), At(85, 165, "first"), At(70, 178, "2."), At(85, 178, "second")),
    ]
    assert markdown(pdf(page)) == (
        "- an item that is long enough to be continued on the line that follows and ends here\n  - one below it\n- another\n"
        "1. first\n2. second\n"
    )


def test_a_table_keeps_its_cells() -> None:
    rows = [("Model", "BLEU", "Size"), ("small", "14.3", "10 M"), ("large | wide", "27.9", "200 M")]
    page = [At(x, 100 + 14 * n, cell) for n, row in enumerate(rows) for x, cell in zip((70, 200, 300), row, strict=True)]
    assert markdown(pdf(page)) == (
        "| Model | BLEU | Size |\n|---|---|---|\n| small | 14.3 | 10 M |\n| large \\| wide | 27.9 | 200 M |\n"
    )


def test_notes_are_tied_to_their_marks_and_exponents_are_not_notes() -> None:
    page = [
        At(70, 100, "We sort the words of it."),
        At(182.6, 96, "1", 7),
        At(190, 100, "Its length is x"),
        At(254.3, 96, "2", 7),
        *(At(72, 760, "1", 6), At(76, 764, "A word is what stands between spaces.", 9)),
    ]
    assert markdown(pdf(page)) == (
        "We sort the words of it.[^1] Its length is x²\n\n[^1]: A word is what stands between spaces.\n"
    )


def test_code_keeps_its_lines() -> None:
    page = [
        At(70, 100, "Call"),
        At(92, 100, "run", font="mono"),
        At(115, 100, "as follows:"),
        *lines(70, 130, ["def run(x):"], font="mono"),
        *lines(96.4, 143.2, ["return x"], font="mono"),
    ]
    assert markdown(pdf(page)) == "Call `run` as follows:\n\n```\ndef run(x):\n    return x\n```\n"


def slide(title: str, *items: str, number: int = 1) -> list[At]:
    shown = [At(x, 120 + 40 * n, text, 18) for n, item in enumerate(items) for x, text in ((40, "•"), (60, item))]
    return [At(40, 50, title, 28), *shown, At(500, 340, f"Course of Summer, {number}", 8)]


def test_slides_begin_with_their_titles_and_those_that_build_up_are_one() -> None:
    pages = [
        slide("Learning", number=1),
        slide("Gradients", "they point uphill", number=2),
        slide("Gradients", "they point uphill", "we go downhill", number=3),
        slide("Momentum", "we keep the direction", number=4),
    ]
    container = opened(pdf(*pages, size=SLIDE))
    assert container.text == (
        "# Learning\n\n## Gradients\n\n- they point uphill\n- we go downhill\n\n## Momentum\n\n- we keep the direction\n"
    )
    assert "slides that the next one repeats (1)" in container.notes[0]


def test_text_that_reads_as_markup_is_escaped() -> None:
    page = lines(70, 100, ["# is no heading, <b> no tag and *a* no emphasis."])
    document = formats.parse(markdown(pdf(page)), "markdown")
    assert [block.kind for block in document.blocks] == ["paragraph"]
    assert not [span for span in document.blocks[0].spans if span.kind in ("tag", "markup")]


LOCKED = "/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + "00" * 32 + ">/U<" + "11" * 32 + ">>>/ID[<00><00>]"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pdf([At(70, 70, "x")], trailer=LOCKED), "opens with a password only"),
        (b"%PDF-1.7\nnothing that follows", "damaged"),
        (pdf([]), "a PDF without text"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        unpack(data)


def test_a_scan_is_refused_and_the_remedy_named() -> None:
    picture = "q 500 0 0 700 40 40 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"
    data = pdf([]).replace(b"<</Length 0>>stream\n\n", f"<</Length {len(picture)}>>stream\n{picture}\n".encode("latin-1"))
    with pytest.raises(InputError, match=r"pictures without text.*ocrmypdf"):
        unpack(data)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(InputError, match=r"pip install 'diglot\[pdf\]'"):
        unpack(pdf(lines(70, 100, PARAGRAPH)))


def test_it_is_read_as_what_it_is() -> None:
    with pytest.raises(InputError, match="leave --from-format out"):
        unpack(pdf(lines(70, 100, PARAGRAPH)), "plain")


def test_a_damaged_file_is_read_or_refused() -> None:
    whole = pdf(lines(70, 100, PARAGRAPH), slide("A title", "one", "two"))
    for seed in range(100):
        random, made = Random(seed), bytearray(whole)
        for _ in range(random.randint(1, 6)):
            place = random.randrange(9, len(made))
            made[place : place + random.randrange(2)] = random.randbytes(random.randrange(4))
        with suppress(InputError):
            found = unpack(bytes(made))
            assert found is None or isinstance(formats.parse(found.text, found.format).text, str)


def test_outputs_are_markdown_and_kept_apart_from_those_of_another_file() -> None:
    alone = name_outputs([Path("week1.en.pdf")], None)[0]
    assert (alone.document("ja"), alone.edition("en", "ja", "tsv")) == (Path("week1.ja.md"), Path("week1.en-ja.tsv"))
    both = name_outputs([Path("week1.pdf"), Path("week1.md")], None)
    assert [one.document("ja") for one in both] == [Path("week1.pdf.ja.md"), Path("week1.ja.md")]
    assert made_of([Path("week1.pdf"), Path("week1.ja.md")], ["ja"]) == {Path("week1.ja.md"): Path("week1.pdf")}


def test_the_commands_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("week1.pdf").write_bytes(pdf([At(70, 60, "On Pages", 20), *lines(70, 100, ["A page is read."])]))
    assert [line.count('"en"') for line in caller(segment, capfd)("week1.pdf").out.splitlines()] == [1, 1]
    told = caller(detect, capfd)("week1.pdf").err
    assert told == "week1.pdf: a PDF, whose translation is a Markdown document\n"
    Path("week1.en-ja.tsv").write_text("On Pages\tページについて\nA page is read.\tページが読まれる。\n", "utf-8")
    assert caller(apply, capfd)("week1.en-ja.tsv", "week1.pdf").code == 0
    assert Path("week1.ja.md").read_text("utf-8") == "# ページについて\n\nページが読まれる。\n"
