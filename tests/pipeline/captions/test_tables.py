"""Tables of subtitles: told by their columns and times, written cell by cell."""

import pytest
from captioning import opened, translated

from diglot import InputError
from diglot.pipeline.formats import subtitles


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("start\tend\ttext\n500\t2500\tWe look.\n", (0.5, 2.5)),
        ("start,end,text\n0,2,We look.\n", (0.0, 2.0)),
        ("Text;Start;End\nWe look.;0.5;2.5\n", (0.5, 2.5)),
        ("Speaker Name,Start Time,End Time,Text\nAnn,00:00:00.120,00:00:02.150,We look.\n", (0.12, 2.15)),
        ('"no","start","end","caption"\r\n"1","0:01","0:02","We look."\r\n', (1.0, 2.0)),
    ],
)
def test_times(rows: str, expected: tuple[float, float]) -> None:
    one = opened(rows, "a.csv")
    assert [(cue.start, cue.end) for cue in subtitles.cues(one.document.text, "cues")] == [expected]
    assert one.pack(one.document.text) == rows.encode()


@pytest.mark.parametrize(
    ("row", "translation", "expected"),
    [
        ("1,2,We look.", "Wir sehen.", "1,2,Wir sehen."),
        ('1,2,"We look."', "Wir sehen.", '1,2,"Wir sehen."'),
        ("1,2,We look.", "Ja, wir sehen.", '1,2,"Ja, wir sehen."'),
        ('1,2,"We ""look"", yes."', 'Wir „sehen" ja.', '1,2,"Wir „sehen"" ja."'),
    ],
)
def test_a_translation_in_its_cell(row: str, translation: str, expected: str) -> None:
    assert translated(f"start,end,text\n{row}\n", "a.csv", lambda _: translation) == f"start,end,text\n{expected}\n"


def test_whisper_puts_nothing_in_quotation_marks() -> None:
    rows = 'start\tend\ttext\n0\t900\t"Yes," he said.\n900\t1900\tSo we go" on.\n'
    assert translated(rows, "a.csv", str.upper) == rows.replace('"Yes," he said.', '"YES," HE SAID.').replace(
        'So we go" on.', 'SO WE GO" ON.'
    )


@pytest.mark.parametrize(
    "rows",
    [
        "start,end\n1,2\n",
        "start,end,text,text\n1,2,a,b\n",
        "start,end,text\n1,soon,We look.\n",
        "start,end,text\n00:00:00:12,00:00:02:15,Which frames?\n",
        "text,start\nWe look.,1\n",
        "We start, end and text.\nMore of it.\n",
    ],
)
def test_other_tables_are_not_read(rows: str) -> None:
    with pytest.raises(InputError, match="CSV is not read"):
        opened(rows, "a.csv")


def test_a_row_too_short_is_left() -> None:
    rows = "start,end,text\n1,2,We look.\n\n3\n4,5,We go.\n"
    assert translated(rows, "a.csv", str.upper) == rows.replace("We look", "WE LOOK").replace("We go", "WE GO")
