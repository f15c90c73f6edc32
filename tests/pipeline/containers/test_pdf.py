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

from .sheets import A4, SLIDE, At, Box, lines, pdf

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


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_is_turned_reads_as_it_is_seen(degrees: int) -> None:
    width, height = A4
    seen = lines(70, 100, PARAGRAPH)
    places = {90: lambda x, y: (y, height - x), 180: lambda x, y: (width - x, height - y), 270: lambda x, y: (width - y, x)}
    turned = [At(*places[degrees](one.x, one.y), one.text, one.size, turned=degrees) for one in seen]
    assert markdown(pdf(turned, rotated=degrees)) == markdown(pdf(seen))


def test_what_stands_on_its_side_or_off_the_page_is_not_in_the_text() -> None:
    container = opened(pdf([*lines(70, 100, PARAGRAPH), At(20, 400, "stamp", turned=90), At(2000, 100, "unseen")]))
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


def test_numbers_of_pages_may_stand_high() -> None:
    pages = [[*lines(70, 120, PARAGRAPH), At(290, 700, str(n))] for n in range(1, 4)]
    assert "left out: running heads, feet and page numbers (3)" in opened(pdf(*pages)).notes[0]


def test_numbers_in_the_text_are_not_those_of_pages() -> None:
    cells = [At(x, 690 + 13 * n, cell) for n in range(3) for x, cell in ((70, f"row {n}"), (200, f"{n}5"))]
    container = opened(pdf(*[[*lines(70, 120, [f"Page {n} has a table."]), *cells] for n in range(1, 5)]))
    assert container.text.count("| row 2 | 25 |") == 4


def test_sections_in_running_heads_and_small_print_at_one_place_are_left_out() -> None:
    pages = [
        [At(70, 50, head, 9), *lines(70, 120, PARAGRAPH), At(400, 300 + n, "a label", 9), At(500, 200, f"by {who}", 7)]
        for n, (head, who) in enumerate(zip(("Words", "Lines", "Lines", "Blocks", "Pages"), "AAAAA", strict=True))
    ]
    text = markdown(pdf(*pages))
    assert not [word for word in ("Words", "Lines", "by A") if word in text]
    assert text.count("a label") == 5


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


def test_a_title_above_columns_that_begin_at_different_heights_is_none_of_theirs() -> None:
    left = ["We ask in which order the pieces of a", "page are read. It can be told from the", "places of its letters."]
    right = ["The second column begins higher, as its", "heading does, and is read all the same", "after the first."]
    page = [At(190, 60, "On the order of pages", 18), *(At(60, 115, "Summary", 15), At(310, 103, "Method", 15))]
    text = markdown(pdf([*page, *lines(60, 140, left), *lines(310, 128, right)]))
    assert text == (f"# On the order of pages\n\n## Summary\n\n{' '.join(left)}\n\n## Method\n\n{' '.join(right)}\n")


def test_a_running_head_is_not_a_row_of_the_table_below_it() -> None:
    rows = [("Option", "What it does"), ("quiet", "say nothing of what is left out, nor of pages"), ("force", "write all")]
    table = [At(x, 100 + 13 * n, cell) for n, row in enumerate(rows) for x, cell in zip((90, 150), row, strict=True)]
    made = markdown(pdf([At(70, 68, "1.3 Quick guide to it"), At(300, 68, "Chapter 1"), *table]))
    assert "| Option | What it does |\n|---|---|\n| quiet |" in made


def test_a_gap_through_both_columns_does_not_end_them() -> None:
    text = ["We ask in which order the pieces of a", "page are read. It can be told from the", "places of its letters."]
    table = [At(x, 100 + 13 * n, cell) for n in range(3) for x, cell in ((310, f"row {n}"), (380, f"{n}.5"))]
    made = markdown(pdf([*lines(60, 100, text), *lines(60, 160, text * 3), *table, *lines(310, 160, text * 3)]))
    assert made.startswith(" ".join(text) + "\n\n" + " ".join(text))
    assert "| row 1 | 1.5 |" in made


def test_headings_keep_their_signs() -> None:
    text = markdown(pdf([At(70, 60, "1. Programs in C #", 20), *lines(70, 100, PARAGRAPH)]))
    assert text.startswith("# 1. Programs in C \\#\n")


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


def test_bullets_that_are_drawn_are_bullets() -> None:
    page = [
        *(Box(70, 94, 4, 4), At(82, 100, "a disc is drawn before this item")),
        *(Box(94, 107, 4, 4), At(106, 113, "and before one below it")),
        *(Box(68, 117, 10, 10), At(71, 125, "2", 8), At(82, 126, "a ball with a number")),
    ]
    assert (
        markdown(pdf(page)) == "- a disc is drawn before this item\n  - and before one below it\n2. a ball with a number\n"
    )


def test_what_else_is_drawn_is_no_bullet() -> None:
    text = "A line that is underlined."
    drawn = [Box(70, 102, 140, 0.5), Box(50, 94, 18, 6), Box(60, 60, 9, 9), Box(192, 94, 4, 4)]
    assert markdown(pdf([At(70, 100, text), At(200, 100, "A box ends a proof."), *drawn])) == text + " A box ends a proof.\n"


def test_bullets_of_bitmap_fonts_are_read() -> None:
    assert markdown(pdf([At(70, 100, "\x88 講義の資料")])) == "- 講義の資料\n"


def test_an_item_that_begins_a_list_with_another_number_than_one_stays_an_item() -> None:
    page = [At(70, 100, "•"), At(82, 100, "an item"), At(90, 113, "2."), At(105, 113, "second of those below it")]
    document = formats.parse(markdown(pdf(page)), "markdown")
    assert [(block.kind, len(block.ranges)) for block in document.blocks] == [("item", 1), ("item", 1)]


def test_what_is_below_a_number_is_indented_as_markdown_wants_it() -> None:
    page = [*(At(70, 100, "10."), At(90, 100, "the tenth")), *(At(95, 113, "•"), At(107, 113, "one below it"))]
    document = formats.parse(made := markdown(pdf(page)), "markdown")
    assert made == "10. the tenth\n    - one below it\n"
    assert [block.kind for block in document.blocks] == ["item", "item"]


def test_captions_and_lines_of_a_table_of_contents_stand_alone() -> None:
    text = ["All of this is shown in two pictures.", "Figure 1: A page, and the letters that are on it."]
    entries = [f"{words} . . . . . . . . . . . . {number}" for words, number in (("On pages", 3), ("On lines", 14))]
    assert markdown(pdf([*lines(70, 100, text), *lines(70, 160, entries)])).split("\n\n")[:2] == text
    assert markdown(pdf(lines(70, 100, entries))) == "On pages … 3\n\nOn lines … 14\n"


def test_a_table_keeps_its_cells() -> None:
    rows = [("Model", "BLEU", "Size"), ("small", "14.3", "10 M"), ("large | wide", "27.9", "200 M")]
    page = [At(x, 100 + 14 * n, cell) for n, row in enumerate(rows) for x, cell in zip((70, 200, 300), row, strict=True)]
    assert markdown(pdf(page)) == (
        "| Model | BLEU | Size |\n|---|---|---|\n| small | 14.3 | 10 M |\n| large \\| wide | 27.9 | 200 M |\n"
    )


def test_a_row_without_a_first_cell_goes_on_with_the_one_above() -> None:
    rows = [("quiet", "say nothing of what", "no"), ("", "is left out", ""), ("force", "write over files", "no")]
    page = [
        At(x, 100 + 13 * n, cell) for n, row in enumerate(rows) for x, cell in zip((70, 130, 300), row, strict=True) if cell
    ]
    assert "| quiet | say nothing of what is left out | no |\n" in markdown(pdf(page))


def test_a_dash_or_a_number_at_the_beginning_of_a_line_is_no_item() -> None:
    text = [
        "The pages of a lecture are read line by line and joined again",
        "– a matter of taste – and then they are printed in the year of",
    ]
    whole = [*text, "99. It is then that they are read again by all who were there."]
    assert markdown(pdf(lines(70, 100, whole))) == " ".join(whole) + "\n"


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
        At(115, 100, "as follows, in a program that has run before this one:"),
        *lines(70, 130, ["def run(x):"], font="mono"),
        *lines(96.4, 143.2, ["return x"], font="mono"),
        *lines(70, 169.6, ["run(2)"], font="mono"),
    ]
    assert markdown(pdf(page)) == (
        "Call `run` as follows, in a program that has run before this one:\n\n"
        "```\ndef run(x):\n    return x\n\nrun(2)\n```\n"
    )


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


PICTURE = "q 500 0 0 700 40 40 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x80 EI Q"


def pictured(data: bytes) -> bytes:
    """A document with a picture on its empty pages."""
    stream = f"<</Length {len(PICTURE)}>>stream\n{PICTURE}\n".encode("latin-1")
    return data.replace(b"<</Length 0>>stream\n\n", stream)


def test_a_scan_is_refused_and_the_remedy_named() -> None:
    with pytest.raises(InputError, match=r"pictures without text.*ocrmypdf"):
        unpack(pictured(pdf([])))


def test_pages_without_text_are_named() -> None:
    container = opened(pictured(pdf(lines(70, 100, PARAGRAPH), [], [])))
    assert container.notes[1:] == ("pages without text, only pictures, are not read: 2, 3",)


def test_fonts_that_do_not_tell_their_characters_are_reported_or_refused() -> None:
    known, unknown = "講義の資料をよむ" * 4, "\ue000"
    assert opened(pdf([At(70, 100, known)])).notes[1:] == ()
    assert opened(pdf([At(70, 100, known + 2 * unknown)])).notes[1].startswith("2 of 34 characters may be wrong")
    with pytest.raises(InputError, match=r"fonts do not tell what 33% .*--force-ocr"):
        unpack(pdf([At(70, 100, known + 16 * unknown)]))


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
