"""Protected pieces: found where they are, put back as they were, missed when they are lost."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import PLACEHOLDERS
from diglot.pipeline.document import Span
from diglot.pipeline.protect import Loss, Masked, find, lost, mask, restore

CASES = json.loads((Path(__file__).parent.parent / "data" / "protect" / "spans.json").read_text(encoding="utf-8"))

# Text made of what the patterns look for, so that they meet one another.
MARKS = "$`{}<>&@/\\_()%., \n文。¹5\0\ud800\ue000\u0301😀"
OPENERS = [
    r"\(",
    r"\)",
    r"\[",
    r"\]",
    r"\begin{a}",
    r"\end{a}",
    r"\frac{",
    "$$",
    "``",
    "<b>",
    "</b>",
    "&amp;",
    "https://",
]
WORDS = ["word", "a.b", "www.", "--", "::", "()", "[1]", "[^", "12345", " km", "aB"]
PIECES = st.sampled_from([*MARKS, *OPENERS, *WORDS])
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40)


def parameters(*, failing: bool) -> list[object]:
    chosen = [case for case in CASES if (case["verdict"] == "known-failures") == failing]
    return [pytest.param(case["input"], case["expected"], id=case["label"]) for case in chosen]


def pieces(text: str) -> list[list[str]]:
    return [[text[span.start : span.end], span.kind] for span in find(text)]


@pytest.mark.parametrize(("text", "expected"), parameters(failing=False))
def test_find(text: str, expected: list[list[str]]) -> None:
    assert pieces(text) == expected


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("text", "expected"), parameters(failing=True))
def test_known_failures(text: str, expected: list[list[str]]) -> None:
    assert pieces(text) == expected


@given(TEXTS)
def test_spans_are_ordered_disjoint_and_inside(text: str) -> None:
    ends = [0]
    for span in find(text):
        assert ends[-1] <= span.start < span.end <= len(text)
        ends.append(span.end)


@given(TEXTS)
def test_mask_and_restore_give_the_text_back(text: str) -> None:
    spans = find(text)[: len(PLACEHOLDERS)]
    masked = mask(text, spans)
    if len(spans) == len(find(text)):
        assert restore(masked.text, masked) == text
        assert not any(lost(masked, masked.text))


@given(TEXTS)
def test_no_placeholder_of_the_input_stays_in_the_open(text: str) -> None:
    spans = find(text)[: len(PLACEHOLDERS)]
    masked = mask(text, spans)
    if len(spans) == len(find(text)):
        assert sum(masked.text.count(mark) for mark in PLACEHOLDERS) == len(spans)


@pytest.mark.parametrize(
    "piece", ["$", "$a", "`", "\\(", "\\begin{a}", "<a ", "[1,", "a_", "a.b(", "aB", "/a", "a@b.", "{{", "1,"]
)
def test_hostile_repetition_is_survived(piece: str) -> None:
    text = piece * 20_000
    edges = [place for span in find(text) for place in (span.start, span.end)]
    assert edges == sorted(edges) and all(0 <= place <= len(text) for place in edges)


def test_mask_replaces_by_order() -> None:
    text = "a `b` c $d$"
    assert mask(text, find(text)) == Masked("a \ue000 c \ue001", ("`b`", "$d$"))


def test_seventeen_spans_are_too_many() -> None:
    spans = [Span(i, i + 1, "code") for i in range(17)]
    with pytest.raises(ValueError, match="17 spans"):
        mask("x" * 17, spans)


def test_a_restored_piece_may_hold_a_placeholder() -> None:
    text = "icon \ue001 and `x`"
    masked = mask(text, find(text))
    assert masked.text == "icon \ue000 and \ue001"
    assert restore(masked.text, masked) == text


def masked(*parts: tuple[str, str] | str) -> Masked:
    """A masked text from strings and (piece, kind) pairs."""
    text, spans = "", []
    for part in parts:
        piece, kind = part if isinstance(part, tuple) else (part, "")
        if kind:
            spans.append(Span(len(text), len(text) + len(piece), kind))
        text += piece
    return mask(text, spans)


BOLD_LINK = masked(("**", "markup"), "a", ("**", "markup"), ("[", "markup"), "b", ("](u)", "markup"), ("`x`", "code"))


@pytest.mark.parametrize(
    ("hypothesis", "loss"),
    [
        ("\ue000a\ue001\ue002b\ue003\ue004", Loss()),
        ("\ue002b\ue003 \ue004 \ue000a\ue001", Loss()),
        ("\ue000a\ue001\ue002b\ue003", Loss(missing=("`x`",))),
        ("\ue000a\ue001\ue002b\ue003\ue004\ue004", Loss(extra=("`x`",))),
        ("\ue000a\ue001\ue002b\ue003\ue004\ue00f", Loss(extra=("\ue00f",))),
        ("\ue000a\ue001\ue003b\ue002\ue004", Loss(crossed=(("[", "](u)"),))),
        ("\ue000\ue002\ue001\ue003\ue004", Loss(crossed=(("**", "**"), ("[", "](u)")))),
        ("\ue001a\ue002b\ue003\ue004", Loss(missing=("**",))),
    ],
)
def test_lost(hypothesis: str, loss: Loss) -> None:
    assert lost(BOLD_LINK, hypothesis) == loss


def test_tags_pair_by_name() -> None:
    source = masked(("<b>", "tag"), "x", ("<br>", "tag"), ("<i>", "tag"), "y", ("</i>", "tag"), ("</b>", "tag"))
    assert source.pairs == ((0, 4), (2, 3))


def test_a_tag_without_partner_is_no_pair() -> None:
    assert masked(("</b>", "tag"), "x", ("<i>", "tag"), ("&amp;", "tag"), ("&amp;", "tag")).pairs == ()


@pytest.mark.parametrize("spans", [[], [Span(0, 1, "private")]])
def test_plain_text_needs_no_mask(spans: list[Span]) -> None:
    assert restore(mask("x", spans).text, mask("x", spans)) == "x"


def test_pictures_come_through_whole() -> None:
    text = "Well done 😊👍🏽! The team 👩‍💻 says ⚠️ and 100%."
    assert [text[s.start : s.end] for s in find(text) if s.kind == "emoji"] == ["😊", "👍🏽", "👩‍💻", "⚠️"]


@pytest.mark.parametrize(
    ("source", "pieces", "translation", "expected"),
    [
        ("{0} and {1}", ("$a$", "$b$"), "{1}{0}", "$b$ $a$"),
        ("{0} or {1}", ("`f`", "`g`"), "{0}{1}", "`f` `g`"),
        ("{0}{1} is", ("$a$", "$b$"), "{0}{1}", "$a$$b$"),
        ("{0} of {1}", ("`f`", "$x$"), "{0}{1}", "`f`$x$"),
        ("{0} so {1}", ("**", "**"), "{0}{1}", "****"),
        ("{0}, {1}, {2}", ("$a$", "$b$", "$c$"), "{0}{1}{2}", "$a$ $b$ $c$"),
    ],
)
def test_formulas_that_came_to_touch_are_set_apart(
    source: str, pieces: tuple[str, ...], translation: str, expected: str
) -> None:
    masked = Masked(source.format(*PLACEHOLDERS), pieces)
    assert restore(translation.format(*PLACEHOLDERS), masked) == expected


@pytest.mark.parametrize(
    ("marks", "expected"), [(("*", "**"), "*a* **b**"), (("_", "_"), "_a_ _b_"), (("`", "*"), "`a`*b*")]
)
def test_emphasis_that_came_to_touch_is_set_apart(marks: tuple[str, str], expected: str) -> None:
    (one, two), (a, b, c, d) = marks, PLACEHOLDERS[:4]
    masked = Masked(f"{a}a{b} and {c}b{d}", (one, one, two, two), ((0, 1), (2, 3)))
    assert restore(f"{a}a{b}{c}b{d}", masked) == expected
