"""What white space sets out: columns, indented code; and prose, which it does not."""

from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline import formats
from diglot.pipeline.formats.layout import cells, code, divides, is_set_out
from diglot.pipeline.formats.lines import lines


def kept(text: str) -> list[str]:
    return [text[start:end] for start, end in lines(text) if start in code(text)]


def test_code_is_indented_after_a_blank_line_or_a_colon() -> None:
    command = "    make install --user"
    assert kept(f"Do this:\n{command}\n") == [command.strip()]
    assert kept(f"Do this.\n\n{command}\n\n{command}\n") == [command.strip()] * 2
    assert kept(f"One does this in a sentence\n{command}\n") == []


def test_prose_is_no_code_however_it_is_indented() -> None:
    assert kept("He said:\n\n    Call main() first, then look at the log.\n    It is in (a) or in [b].\n") == []
    assert kept("彼はこう言いました：\n\n    まず main() を呼びます\n") == []
    assert kept("           A TITLE IN THE MIDDLE\n           of the page\n") == []


def test_columns_are_divided_by_tabs_and_wide_gaps() -> None:
    text = "bisection   log n\tlinear time"
    assert [text[start:end] for start, end in cells(text, 0, len(text))] == ["bisection", "log n", "linear time"]
    assert divides("名前　　時間")
    assert not divides("It ends here.  The next one begins.")
    assert not divides("It ends here.  The next one begins.", narrow=True)
    assert divides("Name  Time", narrow=True)


def test_lines_of_speech_are_not_set_out() -> None:
    text = "and then we look at it again.  So that\n　　それから次に進みます\n"
    assert not any(is_set_out(text, start, end) for start, end in lines(text))


@given(st.text(alphabet=" \t\n:.a({é木　", max_size=80))
def test_cells_lie_in_their_line_and_plain_text_comes_back(text: str) -> None:
    for start, end in lines(text):
        found = cells(text, start, end, narrow=True)
        assert found[0][0] == start
        assert found[-1][1] == end
        assert all(a <= b for a, b in found)
    document = formats.parse(text, "plain")
    assert formats.render(document, []) == text
    places = [place for block in document.blocks for place in block.ranges]
    assert places == sorted(places)
