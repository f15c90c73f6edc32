"""The readers of formats: PO, TMX, Markdown and captions, each on files that this test writes."""

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import InputError
from diglot.corpora.captions import read_bilingual, read_captions, read_cues
from diglot.corpora.markdown import blocks, inline, read_commented, read_markdown
from diglot.corpora.po import language_of, read_po
from diglot.corpora.tmx import read_tmx
from diglot.pipeline import bilingual
from diglot.pipeline.bilingual import Row
from diglot.pipeline.protect import find


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


# ----------------------------------------------------------------------------------------------------------------------- PO

PO = r"""# A comment
msgid ""
msgstr ""
"Language: ja_JP\n"
"Content-Type: text/plain; charset=UTF-8\n"

#: lesson.rst:3
msgid "A stack is a list with one end."
msgstr "スタックは端が一つのリストです。"

#, fuzzy, python-format
#| msgid "old"
msgid "Guessed"
msgstr "推測"

msgid ""
"A queue has two ends; "
"see :ref:`queues` and ``deque``."
msgstr ""
"キューには端が二つあります。"
":ref:`queues` と ``deque`` を参照。"

msgid "Not yet"
msgstr ""

msgctxt "menu"
msgid "Say \"hi\"\tnow"
msgstr "\"やあ\"と言う"
msgid "No blank line before"
msgstr "前に空行がない"

msgid "%d item"
msgid_plural "%d items"
msgstr[0] "%d 個"

#~ msgid "Obsolete"
#~ msgstr "古い"
"""


def test_po_gives_translated_messages_in_order(tmp_path: Path) -> None:
    path = write(tmp_path / "ja.po", PO)
    assert language_of(path) == "ja_JP"
    assert list(read_po(path)) == [
        ("A stack is a list with one end.", "スタックは端が一つのリストです。"),
        ("A queue has two ends; see `queues` and `deque`.", "キューには端が二つあります。`queues` と `deque` を参照。"),
        ('Say "hi"\tnow', '"やあ"と言う'),
        ("No blank line before", "前に空行がない"),
    ]


def test_po_names_a_line_that_it_cannot_read(tmp_path: Path) -> None:
    said: list[str] = []
    path = write(tmp_path / "x.po", 'msgid "a"\nmsgstr "b"\n\nnonsense\nmsgid "c"\nmsgstr "d"\n')
    assert list(read_po(path, said.append)) == [("a", "b"), ("c", "d")]
    assert said == [f"{path}:4: not a line of a PO file; it is left out"]
    assert language_of(path) == ""


# ---------------------------------------------------------------------------------------------------------------------- TMX

TMX = """<?xml version="1.0"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="en"/><body>
<tu><tuv xml:lang="en-US"><seg>A <bpt i="1">&lt;b></bpt>heap<ept i="1">&lt;/b></ept> &amp; a <hi>tree</hi></seg></tuv>
    <tuv xml:lang="JA"><seg>ヒープと木</seg></tuv><tuv lang="zh_CN"><seg>堆和树</seg></tuv></tu>
<tu><tuv xml:lang="en"><seg>alone</seg></tuv></tu>
</body></tmx>"""


def test_tmx_gives_units_by_language_without_code(tmp_path: Path) -> None:
    path = write(tmp_path / "m.tmx", TMX)
    assert list(read_tmx(path)) == [{"en": "A heap & a tree", "ja": "ヒープと木", "zh": "堆和树"}]


def test_an_edition_of_ours_keeps_its_formulas(tmp_path: Path) -> None:
    row, file = Row("en", "ja", "It takes $n$ steps\x01.", "$n$段階です。"), StringIO()
    bilingual.write("tmx", [bilingual.pair(row, 0, find(row.source))], file, title="t", source="en", target="ja")
    text = file.getvalue()
    ours, other = write(tmp_path / "ours.tmx", text), write(tmp_path / "other.tmx", text.replace('"diglot"', '"cat"'))
    assert list(read_tmx(ours)) == [{"en": "It takes $n$ steps.", "ja": "$n$段階です。"}]
    assert list(read_tmx(other)) == [{"en": "It takes  steps.", "ja": "段階です。"}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TMX[:-20], "not whole XML"),
        (TMX.replace('SYSTEM "tmx14.dtd"', '[<!ENTITY a "ha"><!ENTITY b "&a;&a;">]'), "declares an entity"),
        ("", "not whole XML"),
    ],
)
def test_a_tmx_that_is_cut_or_a_bomb_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path / "m.tmx", text)
    with pytest.raises(InputError, match=said) as raised:
        list(read_tmx(path))
    assert str(raised.value).startswith(f"{path}:")


# ----------------------------------------------------------------------------------------------------------------- Markdown

EN = """---
title: Heaps
---
# Heaps {#heaps}

A heap is a **tree**
in an [array](a.md).

* push
* pop

```python
# not a heading
heap = []
```

## Cost

<Video id="heaps" />

> It is logarithmic. Really! See `log n`.

| a | b |
"""

JA = """# ヒープ

ヒープは[配列](b.md)に入った
**木**です。

- 入れる
- 出す

```
heap = []
```

## 費用

> 対数です。本当です！`log n`を参照。

<!-- note -->

| あ | い |
"""


def test_markdown_with_the_same_blocks_is_paired(tmp_path: Path) -> None:
    assert list(read_markdown(write(tmp_path / "a.md", EN), write(tmp_path / "b.md", JA))) == [
        ("Heaps", "ヒープ"),
        ("A heap is a tree in an array.", "ヒープは配列に入った 木です。"),
        ("push", "入れる"),
        ("pop", "出す"),
        ("Cost", "費用"),
        ("It is logarithmic.", "対数です。"),
        ("Really!", "本当です！"),
        ("See `log n`.", "`log n`を参照。"),
    ]


def test_a_section_that_is_built_otherwise_is_skipped_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    one, other = write(tmp_path / "a.md", EN), write(tmp_path / "b.md", JA.replace("- 出す\n", ""))
    found = list(read_markdown(one, other, said.append))
    assert ("Heaps", "ヒープ") in found and ("It is logarithmic.", "対数です。") in found
    assert not any(a == "push" for a, _ in found)
    assert len(said) == 1 and "1 of 3 sections" in said[0]


def test_files_with_other_headings_are_left_out(tmp_path: Path) -> None:
    said: list[str] = []
    one, other = write(tmp_path / "a.md", EN), write(tmp_path / "b.md", JA.replace("## 費用", "### 費用"))
    assert list(read_markdown(one, other, said.append)) == []
    assert "headings" in said[0]


def test_the_source_in_comments_is_paired_with_the_block_below(tmp_path: Path) -> None:
    said: list[str] = []
    text = "<!-- # Heaps -->\n# ヒープ\n\n<!--\nA heap is\na tree.\n-->\nヒープは木です。\n\n<!-- Note -->\n```\ncode\n```\n"
    path = write(tmp_path / "ja.md", text)
    assert list(read_commented(path, said.append)) == [("Heaps", "ヒープ"), ("A heap is a tree.", "ヒープは木です。")]
    assert "1 comments" in said[0]


@given(st.text(alphabet="#`$-*>|<! \n[]()a\u3042~{}", max_size=200))
def test_any_markdown_is_cut_into_blocks(text: str) -> None:
    from diglot.corpora.markdown import _parse

    assert all(block.kind for block in _parse(text.split("\n")))
    inline(text)


def test_long_lines_of_marks_take_no_time(tmp_path: Path) -> None:
    for mark in ("*", "[", "![", "`", "<!--", "{#", "__a"):
        assert blocks(write(tmp_path / "x.md", mark * 3_000)) is not None


# ----------------------------------------------------------------------------------------------------------------- captions


def cues(*rows: tuple[float, float, str]) -> str:
    def stamp(time: float) -> str:
        return f"00:00:{time:06.3f}".replace(".", ",")

    return "".join(f"{n}\n{stamp(start)} --> {stamp(end)}\n{text}\n\n" for n, (start, end, text) in enumerate(rows, 1))


def test_captions_are_paired_where_cues_end_together(tmp_path: Path) -> None:
    one = write(
        tmp_path / "a.srt", cues((0, 2, "A matrix is"), (2, 4, "a <i>map</i>."), (4, 7, "Look at it."), (8, 9, "Good."))
    )
    other = write(
        tmp_path / "b.srt", cues((0, 4.2, "行列は写像です。"), (4.2, 5, "それを"), (5, 7, "見ます。"), (8, 9.1, "よし。"))
    )
    assert list(read_captions(one, other)) == [
        ("A matrix is a map.", "行列は写像です。"),
        ("Look at it.", "それを見ます。"),
        ("Good.", "よし。"),
    ]


def test_captions_that_go_apart_are_brought_together_again(tmp_path: Path) -> None:
    apart = [(n * 2.0, n * 2.0 + 1, f"Odd {n}.") for n in range(10)]
    one = write(tmp_path / "a.srt", cues(*apart, (25, 27, "Here again.")))
    other = write(tmp_path / "b.srt", cues((0, 22, "ずっと前。"), (25, 27, "また一緒です。"), (27, 29, "続き。")))
    assert list(read_captions(one, other)) == [("Here again.", "また一緒です。")]


def test_captions_in_two_languages_at_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.srt", cues((0, 1, "So the loss\n所以损失"), (1, 2, "goes down.\n下降了。"), (2, 3, "[music]"))
    )
    assert list(read_bilingual(path)) == [("So the loss goes down.", "所以损失下降了。")]
    said: list[str] = []
    assert list(read_bilingual(write(tmp_path / "b.srt", cues((0, 1, "One."))), said.append)) == []
    assert "no cue in two languages" in said[0]


def test_vtt_cues(tmp_path: Path) -> None:
    path = write(tmp_path / "a.vtt", "WEBVTT\n\nNOTE hidden\n\n00:01.500 --> 01:00:02.25 align:start\n<v Ann>Hello\nthere\n")
    assert read_cues(path) == [(1.5, 3602.25, "Hello\nthere")]


def test_the_number_of_a_cue_is_no_text_where_no_blank_line_comes_before_it(tmp_path: Path) -> None:
    tight = cues((0, 1, "Is it 7?"), (1, 2, "No,\n8"), (2, 3, "or 9.")).replace("\n\n", "\n")
    assert [cue.text for cue in read_cues(write(tmp_path / "a.srt", tight))] == ["Is it 7?", "No,\n8", "or 9."]
    assert [cue.text for cue in read_cues(write(tmp_path / "b.srt", cues((0, 1, "3\n2"), (1, 2, "1"))))] == ["3\n2", "1"]


def test_captions_without_cues_are_said(tmp_path: Path) -> None:
    said: list[str] = []
    empty, full = write(tmp_path / "a.srt", "nothing"), write(tmp_path / "b.srt", cues((0, 1, "x")))
    assert list(read_captions(empty, full, said.append)) == []
    assert said[0].startswith(str(empty))
