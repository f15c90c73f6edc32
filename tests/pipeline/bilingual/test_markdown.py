"""The edition to read: paragraphs again, what was kept only once, nothing that Markdown would swallow."""

import pytest

from diglot.pipeline.document import Document, Span

from .editions import LECTURE, pair, written


def blocks(text: str) -> list[str]:
    return text.strip().split("\n\n")


def test_sentences_of_a_block_stand_together() -> None:
    assert blocks(written("md", LECTURE))[2:7] == [
        "> **Why layers?**",
        "## なぜ層を重ねるのか",
        "> Each layer adds $x$ to its input. It takes 12 steps.",
        "各層は入力に $x$ を加えます。21 ステップかかります。",
        "*⚠ “12” became “21”. Write the value of 12*",
    ]


def test_what_was_kept_stands_once_and_what_failed_says_so() -> None:
    text = written("md", LECTURE)
    assert text.count("復習しましょう。") == 1
    assert "> Um, so, right.\n\n*(not translated)*" in text


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("2 * 3 * 4 <T> a_b", r"2 \* 3 \* 4 \<T\> a\_b"),
        ("# no heading", r"\# no heading"),
        ("1. no item", r"1\. no item"),
        ("- no item", r"\- no item"),
        ("two\nlines", "two lines"),
        ("$5 and $6", r"\$5 and \$6"),
    ],
)
def test_plain_text_stays_plain_text(source: str, shown: str) -> None:
    assert blocks(written("md", [pair(0, source, "x")]))[2] == f"> {shown}"


def test_code_and_formulas_are_not_escaped() -> None:
    spans = (Span(4, 9, "code"), Span(13, 20, "formula"))
    content = [pair(0, "Use `a_b` or $x_1*y$ * 2", "`a_b` か $x_1*y$ * 2", spans=spans)]
    assert blocks(written("md", content))[2:] == [r"> Use `a_b` or $x_1*y$ \* 2", r"`a_b` か $x_1*y$ \* 2"]


def test_markdown_stays_markdown() -> None:
    document = Document("*so*", "markdown", ())
    assert blocks(written("md", [pair(0, "*so*", "*では*")], document=document))[2:] == ["> *so*", "*では*"]
