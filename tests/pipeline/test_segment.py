"""Sentences: the rules case by case, and what must be true of every segmentation whatever the text."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import PLACEHOLDERS
from diglot.pipeline.document import Block, Document, Segment, Span, joiner
from diglot.pipeline.protect import mask, restore
from diglot.pipeline.segment import fillers, segment, sentences

LANGUAGES = ["en", "fr", "de", "es", "ja", "zh", "ko", "und"]
CASES = [
    case
    for file in sorted((Path(__file__).parent.parent / "data" / "segment").glob("*.json"))
    for case in json.loads(file.read_text(encoding="utf-8"))
]
MARKS = [*".!?…。！？，、,:()（）「」“”«»\"'¿¹", "[1]", "**", "</b>", "😊", ":)"]
WORDS = ["The", "we", "Dr.", "e.g.", "U.S.", "3", "1.", "2017", "x_y", "$a$", "`c.`", "https://a.b/c?", "これは", "です"]
WORDS += ["と言った", "我们", "吗", "그리고", "습니다"]
SPACES = [" ", "  ", "\n", "\n\n", "\u3000", "\0", "\ud800", "\ue000", ""]
CLAUSES = [
    "so we go on with the next one",
    "然后我们继续看下一个例子",
    "次の例を見ていきます",
    "다음 예를 같이 보겠습니다",
    "`a, b`",
    "x",
    "",
]
SPLICED = st.tuples(
    st.sampled_from([", ", "，", "、", ","]), st.lists(st.sampled_from(CLAUSES), min_size=20, max_size=60)
).map(lambda drawn: drawn[0].join(drawn[1]))
TEXTS = st.lists(st.sampled_from([*MARKS, *WORDS, *SPACES]), max_size=40).map("".join) | st.text(max_size=60)


def parameters(*, failing: bool) -> list[object]:
    chosen = [case for case in CASES if (case["verdict"] == "known-failures") == failing]
    return [pytest.param(case, id=case["label"]) for case in chosen]


def cut(case: dict[str, str]) -> list[str]:
    return [case["input"][start:end] for start, end in sentences(case["input"], case["language"])]


def document(text: str, *blocks: Block) -> Document:
    return Document(text, "plain", blocks or (Block("paragraph", ((0, len(text)),), language="en"),))


def pieces(source: Document, part: Segment) -> str:
    """The pieces of a segment's ranges, joined as everywhere."""
    joined = ""
    for start, end in part.ranges:
        piece = source.text[start:end]
        joined += joiner(joined, piece) + piece
    return joined


@pytest.mark.parametrize("case", parameters(failing=False))
def test_sentences(case: dict[str, str]) -> None:
    assert cut(case) == case["expected"]


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize("case", parameters(failing=True))
def test_known_failures(case: dict[str, str]) -> None:
    assert cut(case) == case["expected"]


@given(TEXTS | SPLICED, st.sampled_from(LANGUAGES))
def test_sentences_and_what_is_between_give_the_text_back(text: str, language: str) -> None:
    ends = [0]
    for start, end in sentences(text, language):
        assert ends[-1] <= start < end
        assert text[start:end] == text[start:end].strip()
        assert not text[ends[-1] : start].strip()
        ends.append(end)
    assert not text[ends[-1] :].strip()


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document whose blocks are made of lines, some of them with a span that the format knows."""
    text, blocks = "", []
    for _ in range(draw(st.integers(0, 3))):
        ranges, spans = [], []
        for line in draw(st.lists(TEXTS, max_size=4)):
            start = len(text) + len("> ")
            text += f"> {line}\n"
            ranges.append((start, start + len(line)))
            if len(line) > 2 and draw(st.booleans()):
                spans.append(Span(start + 1, start + 2, "markup"))
        kind = draw(st.sampled_from(["paragraph", "heading", "cue"]))
        blocks.append(Block(kind, tuple(ranges), tuple(spans), draw(st.sampled_from([*LANGUAGES, None]))))
    return Document(text, "plain", tuple(blocks))


@given(documents())
def test_segments_cover_the_blocks(source: Document) -> None:
    left = [text for block in source.blocks for start, end in block.ranges for text in source.text[start:end].split()]
    covered = [text for part in segment(source) for start, end in part.ranges for text in source.text[start:end].split()]
    assert "".join(covered) == "".join(left)


@given(documents())
def test_ranges_are_ordered_disjoint_and_trimmed(source: Document) -> None:
    ranges = [piece for part in segment(source) for piece in part.ranges]
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    for start, end in ranges:
        assert start < end
        assert source.text[start:end] == source.text[start:end].strip()


@given(documents())
def test_text_is_the_pieces_joined(source: Document) -> None:
    for number, part in enumerate(segment(source)):
        assert part.index == number
        assert part.text == pieces(source, part)


@given(documents())
def test_spans_are_inside_and_can_be_masked(source: Document) -> None:
    for part in segment(source):
        ends = [0]
        for span in part.spans:
            assert ends[-1] <= span.start < span.end <= len(part.text)
            ends.append(span.end)
        assert len(part.spans) <= len(PLACEHOLDERS)
        masked = mask(part.text, part.spans)
        assert restore(masked.text, masked) == part.text


@pytest.mark.parametrize(("language", "clause"), [("en", "this is the end of it, "), ("zh", "今天我们来看分类问题，")])
def test_commas_end_sentences_only_where_there_are_no_other_marks(language: str, clause: str) -> None:
    """A stretch that is too long, of clauses of usual length, with commas only, is cut at commas only."""
    spliced, short = clause * 60, clause * 4
    cuts = [spliced[start:end] for start, end in sentences(spliced, language)]
    assert len(cuts) > 20
    assert all(cut.endswith(clause.strip()) for cut in cuts)
    assert [end for _, end in sentences(short, language)] == [len(short.rstrip())]


def test_a_sentence_over_lines_is_one_segment() -> None:
    text = "> The model learns\n> in two steps. Then\n> it stops."
    block = Block("quote", ((2, 18), (21, 39), (42, 51)), language="en")
    first, second = segment(document(text, block))
    assert (first.text, first.ranges) == ("The model learns in two steps.", ((2, 18), (21, 34)))
    assert (second.text, second.ranges) == ("Then it stops.", ((35, 39), (42, 51)))


def test_japanese_lines_are_joined_without_space() -> None:
    source = document("改行の\n多い文です。", Block("cue", ((0, 3), (4, 10)), language="ja"))
    assert [part.text for part in segment(source)] == ["改行の多い文です。"]


def test_spans_of_the_format_and_found_ones_are_in_text_coordinates() -> None:
    text = "Read *this* file: main.py now."
    block = Block("paragraph", ((0, len(text)),), (Span(5, 6, "markup"), Span(10, 11, "markup")), "en")
    (part,) = segment(document(text, block))
    assert [(part.text[span.start : span.end], span.kind) for span in part.spans] == [
        ("*", "markup"),
        ("*", "markup"),
        ("main.py", "path"),
    ]


def test_no_sentence_ends_inside_a_span() -> None:
    text = "Call [this. That](u) now. Done."
    source = document(text, Block("paragraph", ((0, len(text)),), (Span(5, 20, "code"),), "en"))
    assert [part.text for part in segment(source)] == ["Call [this. That](u) now.", "Done."]


def test_a_seventeenth_span_starts_a_new_segment() -> None:
    text = " ".join(f"`x{number}`" for number in range(40))
    parts = list(segment(document(text)))
    assert [len(part.spans) for part in parts] == [16, 16, 8]
    assert " ".join(part.text for part in parts) == text


def test_language_kind_and_probability_are_the_block_s() -> None:
    source = document("Un titre", Block("heading", ((0, 8),), (), "fr", 0.9))
    (part,) = segment(source)
    assert (part.kind, part.language, part.probability, part.block) == ("heading", "fr", 0.9, 0)


def test_language_not_known() -> None:
    (part,) = segment(document("Word", Block("line", ((0, 4),))))
    assert part.language == "und"


@pytest.mark.parametrize(
    "text", [". " * 50_000, "(" * 50_000, "「」。" * 20_000, "\n " * 50_000, "a" * 100_000, "\u0301" * 50_000]
)
def test_hostile_text_is_survived(text: str) -> None:
    parts = list(segment(document(text)))
    assert sum(len("".join(part.text.split())) for part in parts) == len("".join(text.split()))


def test_a_hundred_thousand_ranges() -> None:
    line = "some words here\n"
    ranges = tuple((16 * number, 16 * number + 15) for number in range(100_000))
    parts = segment(document(line * 100_000, Block("heading", ranges, language="en")))
    assert sum(len(part.ranges) for part in parts) >= 100_000


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "So, um, the the model, you know, learns.", "So the model learns."),
        ("en", "Do you know what a hum is? I had had enough, it was 5 mm.", None),
        ("ja", "えーと、次に行きます。あの人は、まあ、来ます。", "次に行きます。あの人は、来ます。"),
        ("zh", "嗯，我们看那个模型。呃，很大。", "我们看那个模型。很大。"),
        ("ko", "음, 다음은 그 모델입니다.", "다음은 그 모델입니다."),
        ("fr", "Donc euh le modèle apprend.", "Donc le modèle apprend."),
        ("de", "Ähm, wir gehen um das Haus.", "wir gehen um das Haus."),
        ("es", "El modelo, o sea, aprende este año.", "El modelo aprende este año."),
        ("xx", "um, uh", None),
    ],
)
def test_fillers(language: str, text: str, expected: str | None) -> None:
    left, done = "", 0
    for start, end in fillers(text, language):
        assert done <= start < end
        left += text[done:start]
        done = end
    assert left + text[done:] == (text if expected is None else expected)
