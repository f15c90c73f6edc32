"""Corrections go back to where they belong: in order, sorted, cut down, or into a document that was edited since."""

from collections.abc import Sequence
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot import InputError
from diglot.pipeline.apply import Applied, apply, place, rows_into
from diglot.pipeline.bilingual import Row
from diglot.pipeline.document import Segment
from diglot.pipeline.edition import Reading, open_bytes, segments_of

LECTURE = """# Momentum

Is that clear? Yes. We average the gradients. Is that clear? Yes.

- Um, the average moves slowly.
- `beta` is 0.9.
"""
sources = st.lists(st.sampled_from(["Yes.", "No.", "Is that so?", "It is 5.", "Look.", "Here it ends."]), max_size=12)


def segments(texts: Sequence[str]) -> list[Segment]:
    return [Segment(i, i, "line", "en", text, ((0, len(text)),)) for i, text in enumerate(texts)]


def rows(texts: Sequence[str], *, numbered: bool = True) -> list[Row]:
    return [Row("en", "ja", text, f"訳{i}", line=i + 2, segment=i if numbered else None) for i, text in enumerate(texts)]


def applied(text: str, edition: Sequence[Row], name: str = "lecture.md") -> Applied:
    opened = open_bytes(text.encode(), name, Reading())
    return apply(opened, list(segments_of(opened.document)), edition, "ja")


def edition(text: str = LECTURE, name: str = "lecture.md") -> list[Row]:
    """An edition in which every segment has a translation of its own."""
    return rows([one.text for one in segments_of(open_bytes(text.encode(), name, Reading()).document)])


# ------------------------------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize("numbered", [True, False])
@given(texts=sources)
def test_an_edition_of_the_document_itself_fits_row_by_row(numbered: bool, texts: list[str]) -> None:
    assert place(rows(texts, numbered=numbered), segments(texts)) == list(range(len(texts)))


@given(texts=sources, kept=st.sets(st.integers(0, 11)))
def test_rows_that_say_their_segment_need_not_all_be_there(texts: list[str], kept: set[int]) -> None:
    some = [row for row in rows(texts) if row.segment in kept]
    assert place(some, segments(texts)) == [row.segment for row in some]


@given(here=sources, there=sources)
def test_no_place_is_given_twice_and_equal_sources_find_one(here: list[str], there: list[str]) -> None:
    places = place(rows(here), segments(there))
    found = [at for at in places if at is not None]
    assert len(found) == len(set(found))
    for text in set(here):
        exact = [at for row, at in enumerate(places) if at is not None and here[row] == there[at] == text]
        assert len(exact) == min(here.count(text), there.count(text))


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ("A y B y C", "A new y B y C", [0, 2, 3, 4, 5]),
        ("A y B y C", "y A y B C", [1, 2, 3, 0, 4]),
        ("A y B y C", "B y C A y", [3, 4, 0, 1, 2]),
        ("A y B", "A B", [0, None, 1]),
        ("y y y", "y y", [0, 1, None]),
        ("A B C", "D E F", [None, None, None]),
    ],
)
def test_repeated_sources_go_where_their_neighbours_went(here: str, there: str, expected: list[int | None]) -> None:
    assert place(rows(here.split()), segments(there.split())) == expected


def test_a_changed_source_keeps_its_place_between_its_neighbours() -> None:
    there = ["Look.", "We average all the gradients.", "Here it ends."]
    assert place(rows(["Look.", "We average the gradients.", "Here it ends."]), segments(there)) == [0, 1, 2]
    assert place(rows(["Look.", "Something else altogether!", "Here it ends."]), segments(there)) == [0, None, 2]
    assert place(rows(["We average the gradients.", "Look.", "Here it ends."]), segments(there)) == [None, 0, 2]


def test_fillers_and_white_space_do_not_count() -> None:
    assert place(rows(["So we  stop\nhere."]), segments(["So, um, we stop here."])) == [0]


# ----------------------------------------------------------------------------------------------------------------- editions


def test_each_of_equal_sentences_gets_its_own_correction() -> None:
    made = applied(LECTURE, edition())
    assert made.edition.translated().decode() == "# 訳0\n\n訳1 訳2 訳3 訳4 訳5\n\n- 訳6\n- 訳7\n"
    assert (made.placed, list(made.unplaced)) == (8, [])


def test_subtitles_keep_their_times() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nYes.\n\n2\n00:00:03,000 --> 00:00:04,000\nYes.\n"
    made = applied(text, edition(text, "talk.srt"), "talk.srt")
    assert made.edition.translated().decode() == text.replace("Yes.", "訳0", 1).replace("Yes.", "訳1")


def test_what_finds_no_place_and_what_has_no_translation_is_named() -> None:
    given_rows = edition()
    made = applied(LECTURE.replace("Is that clear? Yes. We", "A word on noise. We"), given_rows)
    assert [row.target for row in made.unplaced] == ["訳1", "訳2"]
    assert [one.text for one in made.edition.summary.untranslated] == ["A word on noise."]
    assert "A word on noise." in made.edition.translated().decode()
    assert made.placed + len(made.unplaced) == len(given_rows)


def test_a_changed_source_is_told_with_its_pair() -> None:
    made = applied(LECTURE.replace("average the gradients", "average all gradients"), edition())
    told = {pair.target: f.message for pair in made.edition.pairs for f in pair.findings if f.code == "source-changed"}
    assert list(told) == ["訳3"]
    assert "We average the gradients." in told["訳3"]


def test_rows_without_translation_leave_the_source_and_need_none_where_nothing_is_to_be_translated() -> None:
    text = "It is here.\n\nIt is there.\n\nOpen.\n\nこれは日本語の文です。\n"
    given_rows = [
        Row("en", "ja", "It is here.", "It is here.", "kept"),
        Row("en", "ja", "It is there.", " "),
        Row("en", "ja", "Open.", "Open.", "untranslated"),
    ]
    made = applied(text, given_rows)
    assert [pair.translation.status for pair in made.edition.pairs] == ["kept", "untranslated", "untranslated", "kept"]
    assert made.edition.translated().decode() == text


def test_notes_and_scores_come_along() -> None:
    (row,) = edition("Look here.\n")
    made = applied("Look here.\n", [row._replace(note="ask Mei", score=-0.5)])
    (pair,) = made.edition.pairs
    assert pair.note == "ask Mei"
    assert pair.translation.score == -0.5
    assert "ask Mei" in made.edition.write("tsv", "lecture.md").splitlines()[1].split("\t")


def test_an_edition_of_something_else_is_refused() -> None:
    with pytest.raises(InputError, match="none of its sources is in the document"):
        applied(LECTURE, [Row("en", "ja", "Nobody said this.", "訳")])
    assert applied(LECTURE, []).placed == 0


def test_the_order_is_that_of_the_document_and_the_language_is_told() -> None:
    mixed = [*reversed(rows(["a", "b", "c"])), Row("en", "zh", "a", "译", segment=0), Row("en", "", "d", "d", segment=3)]
    target, found = rows_into(mixed, "ja-JP")
    assert (target, [row.source for row in found]) == ("ja", ["a", "b", "c", "d"])
    assert rows_into([row for row in mixed if row.target_language != "zh"], None)[0] == "ja"
    for wanted in (None, "fr"):
        with pytest.raises(InputError, match=r"in: ja, zh; give --to"):
            rows_into(mixed, wanted)


# ---------------------------------------------------------------------------------------------------------------- any text

SENTENCE = "Waves carry energy."
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def zipped(**parts: str) -> bytes:
    """An archive, its parts in order; ``__`` stands for a slash and the last ``_`` for a point."""
    file = BytesIO()
    with ZipFile(file, "w") as made:
        for name, content in parts.items():
            made.writestr(".".join(name.replace("__", "/").rsplit("_", 1)).rstrip("."), content)
    return file.getvalue()


PAGE = f'<?xml version="1.0"?><html><body><p>{SENTENCE}</p></body></html>'
DOCUMENT = f'<d xmlns:w="{WORD}"><w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p></d>'
SLIDE = f'<s xmlns:a="{DRAWING}"><a:p><a:r><a:t>{SENTENCE}</a:t></a:r></a:p></s>'
PACKED = {
    "a.docx": zipped(word__document_xml=DOCUMENT),
    "a.pptx": zipped(ppt__slides__slide1_xml=SLIDE),
    "a.epub": zipped(mimetype_="application/epub+zip", page_xhtml=PAGE),
}
nasty = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=9),
    st.lists(st.sampled_from("波\x0b\x0c\n\r\0\x1b\ufffe\ud800<&"), max_size=9).map("".join),
)


def corrected(name: str, target: str) -> bytes:
    """A packed file in which one sentence has become ``target``."""
    opened = open_bytes(PACKED[name], name, Reading(repair=False))
    return apply(opened, list(segments_of(opened.document)), [Row("en", "ja", SENTENCE, target)], "ja").edition.translated()


@pytest.mark.parametrize("name", PACKED)
@settings(max_examples=40)
@given(target=nasty)
def test_whatever_a_correction_holds_the_file_stays_whole(name: str, target: str) -> None:
    with ZipFile(BytesIO(corrected(name, f"波{target}波"))) as made:
        changed = max(made.namelist(), key=len)
        text = "".join(ElementTree.fromstring(made.read(changed)).itertext()).strip()
    assert (text[0], text[-1]) == ("波", "波")


@pytest.mark.parametrize("name", PACKED)
def test_a_line_break_as_office_programs_paste_it_is_a_space(name: str) -> None:
    made = open_bytes(corrected(name, "一行。\x0b二行。"), name, Reading(repair=False))
    assert "一行。 二行。" in made.document.text
