"""reStructuredText: what is written where a translation stands, how docutils reads that, and that any input ends soon."""

import io
import re
from collections.abc import Callable

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from docutils.utils import punctuation_chars
from hypothesis import given, settings
from hypothesis import strategies as st

from diglot.pipeline import formats, protect
from diglot.pipeline.document import Segment
from diglot.pipeline.formats import rst_marks
from diglot.pipeline.segment import segment

COURSE = """\
.. _sorting:

=========
 Sorting
=========

Why we sort
-----------

A sorted list is *easy* to search. See `Why we sort`_, or :ref:`the next part <next>`, or
`a book about it. <https://example.org/a_b>`_ The function ``sort()`` takes :math:`n \\log n`
steps [1]_ **at most**::

    names.sort()

1. compare,
2. swap; and **then**

   - go on with |more|

Stack
   Last in, *first* out.

.. note:: All of *this*
   is slow.

.. figure:: two.png
   :alt: two lists

   Before *and* after.

    A quotation.

    -- Ann Lee

| The first line,
| the *second* line

.. |more| replace:: the *rest*
.. [1] Or ``n`` steps.
"""


def translated(text: str, translate: Callable[[Segment], str]) -> str:
    document = formats.parse(text, "rst")
    return formats.render(document, [(one, translate(one)) for one in segment(document)], "ja")


def always(translation: str) -> Callable[[Segment], str]:
    return lambda _: translation


def into_kana(one: Segment) -> str:
    """A sentence in a script without spaces, with all that is protected."""
    parts, done = [], 0
    for span in one.spans:
        parts += [one.text[done : span.start], one.text[span.start : span.end]]
        done = span.end
    parts.append(one.text[done:])
    return "".join(kana(part) if number % 2 == 0 else part for number, part in enumerate(parts))


def kana(text: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"\w", "か", text)).replace(".", "。")


def structure(text: str) -> tuple[list[str], str]:
    """The elements of a document as docutils reads it, without text, targets and remarks, and what it has to say of it."""
    said = io.StringIO()
    settings = {"warning_stream": said, "report_level": 2, "doctitle_xform": False, "file_insertion_enabled": False}
    tree = publish_doctree(text, settings_overrides=settings)
    for message in list(tree.findall(nodes.system_message)):
        message.parent.remove(message)
    kinds = [one.tagname for one in tree.findall() if not isinstance(one, nodes.Text | nodes.target)]
    return kinds, re.sub(r"^\S+ ", "", said.getvalue(), flags=re.MULTILINE)


def test_a_course_page_comes_back_whole() -> None:
    assert translated(COURSE, lambda one: one.text) == COURSE


def test_docutils_reads_a_translation_as_it_read_the_source() -> None:
    text = re.sub(":ref:`.*>`", "`the next part <sorting_>`_", COURSE)
    made = translated(text, into_kana)
    assert structure(made) == structure(text)
    assert structure(text)[1] == ""
    assert not re.search("[a-z]{2}", re.sub(r"``.*?``|:math:`.*?`|<.*?>|\.\. .*|.*sort.*|:alt:|\|more\|", "", made))


def test_it_is_so_for_words_put_together_in_any_way() -> None:
    marks = ["*a b*", "**c**", "``d e``", ":math:`f`", "[1]_", "|g|", "`h i <http://j.k>`_", "l_", ":sub:`m`", "(*n*)"]
    rest = "so on.\n\n.. [1] A note.\n.. |g| replace:: g\n.. _l: m.n\n"
    text = " ".join([*(f"{one} word, {one}. ({one}) and" for one in marks), rest])
    made = translated(text, into_kana)
    kinds, said = structure(made)
    assert (kinds, said) == structure(text)
    assert "problematic" not in kinds


@pytest.mark.parametrize(
    ("text", "translation", "expected"),
    [
        ("Title\n=====\n", "長い題名です", "長い題名です\n============\n"),
        ("Title\n=====\n", "Da", "Da\n==\n"),
        ("Title\n=====\n", "Title", "Title\n=====\n"),
        ("Title\n==========\n", "題名", "題名\n==========\n"),
        ("Title\n==========\n", "ひとつの題名", "ひとつの題名\n============\n"),
        ("=======\n Title\n=======\n", "題名です", "==========\n 題名です\n==========\n"),
        ("=======\r\n Title\r\n=======\r\n", "題名です", "==========\r\n 題名です\r\n==========\r\n"),
        ("Two words here\r\nand more there\r\n", "Zwei", "Zwei\r\n"),
        ("=====\nTitle\n=====\n\nSee Title_.\n", "Da", ".. _`Title`:\n\n==\nDa\n==\n\nDa\n"),
        ("So `Title`_.\n\nTitle\n-----\n\n.. _title: a.b\n", "Da", "Da\n\nDa\n--\n\n.. _title: a.b\n"),
        ("A word.\n", "2 * 3 *x* `y` |z| w_ a_b __c__", "2 * 3 \\*x* \\`y` \\|z| w\\_ a_b __c\\_\\_\n"),
        ("A word.\n", "C:\\dir", "C:\\\\dir\n"),
        ("A word.\n", "- ein Wort", "\\- ein Wort\n"),
        ("A word.\n", "1. Wort", "\\1. Wort\n"),
        ("A word.\n", "z. B. ein Wort", "\\z. B. ein Wort\n"),
        ("1. A word.\n", "z. B. ein Wort", "1. \\z. B. ein Wort\n"),
        ("A word.\n", ".. note:: Wort", "\\.. note:: Wort\n"),
        ("A word.\n", ":so: ein Wort", "\\:so: ein Wort\n"),
        ("A word.\n", "......", "\\......\n"),
        ("A word.\n", "Ein Wort::", "Ein Wort:\\:\n"),
        ("A word::\n\n  code\n", "Ein Wort:", "Ein Wort::\n\n  code\n"),
        ("A word::\n\n  code\n", "言葉：", "言葉： ::\n\n  code\n"),
        ("A word::\n\n  code\n", "Ein Wort::", "Ein Wort::\n\n  code\n"),
        ("A word\n   It means much.\n", "Mot : un", "Mot \\: un\n   Mot \\: un\n"),
        ("Two words here\nand more there\n", "Zwei", "Zwei\n"),
        ("- Two words here\n  and more there\n", "Zwei", "- Zwei\n"),
        ("A *word* here\n", "Ein *Wort*e hier", "Ein *Wort*\\ e hier\n"),
        ("A *word* here\n", "これは*言葉*です", "これは\\ *言葉*\\ です\n"),
        ("A *word* here\n", "これは「*言葉*」、*言葉*。", "これは「*言葉*」、*言葉*。\n"),
        ("A *word* here\n", "Ein * Wort *hier", "Ein *Wort* hier\n"),
        ("A *word* here\n", "Ein *Wort hier", "Ein \\*Wort hier\n"),
        ("A *word* here\n", "Ein **Wort** hier", "Ein \\*\\*Wort** hier\n"),
        ("A *word* here\n", "Ein *Wort* hier *und", "Ein *Wort* hier \\*und\n"),
        ("See :ref:`a b <c>`\n", "Siehe :ref:`a b und", "Siehe :ref:\\`a b und\n"),
        ("So :kbd:`x` and :kbd:`y`\n", ":kbd:`x`:kbd:`y`です", ":kbd:`x`\\ :kbd:`y`\\ です\n"),
        ("A word.\n", "言葉`か**語**と_`言葉", "言葉\\`か\\*\\*語\\*\\*と\\_\\`言葉\n"),
        ("これは\\ *言葉*\\ です\n", "This is a \\ *word*\\ , yes", "This is a *word*\\ , yes\n"),
        ("So ``x`` and ``y``\n", "``x````y``", "``x``\\ ``y``\n"),
        ("So `the x <u>`_ is\n", "これは`エックス<u>`_です", "これは\\ `エックス <u>`_\\ です\n"),
        ("**See 'x' and `y`**\n", "これは`y`と'x'*", "**これは`y`と'x'\\***\n"),
        ("So `x y <u>`_ and ``z`` [1]_\n", "`か``z``か[1]_ <u>`_も", "`かか <u>`_\\ ``z``\\ [1]_\\ も\n"),
        ("See word_ now\n", "So:word_", "So:\\ word_\n"),
        (".. image:: a\n   :alt: A *word*\n", "Ein *Wort*", ".. image:: a\n   :alt: Ein *Wort*\n"),
    ],
)
def test_a_translation_is_written_as_restructuredtext(text: str, translation: str, expected: str) -> None:
    assert translated(text, always(translation)) == expected


READ = """\
:orphan:
:Author: Ann Lee
:Goals: to learn

.. glossary::

   kept
      meaning

A. Lee began it,
and ended it.

axis : int
   typed

learning rate : number
   step

:param x: place
:rtype: float

.. versionadded:: 1.2
   novelty

    quotation

    -- Bo Moe

Quoted::

> literal

A "*" and more.

====  =====
Way   first

      then
====  =====

+------+-------+
| Heap | here  |
|      |       |
|      | there |
+------+-------+
"""


def test_what_is_read_and_what_is_left() -> None:
    found = [" ".join(READ[slice(*place)] for place in block.ranges) for block in formats.parse(READ, "rst").blocks]
    assert found == [
        *("to learn", "meaning", "A. Lee began it, and ended it.", "typed", "learning rate", "step", "place", "novelty"),
        *("quotation", "Bo Moe", "Quoted:", 'A "*" and more.', "Way", "Heap"),
    ]


SIMPLE = """\
====  =========  ===
Way   Cost now   Why
====  =========  ===
Heap  ``n`` all  So
      and more
====  =========  ===
"""
GRID = """\
+------+------------+
| Way  | Cost now   |
+======+============+
| Heap | ``n`` all  |
|      | *and* more |
+------+------------+
"""


def test_the_columns_of_tables_are_as_wide_as_their_words() -> None:
    made = {"Way": "方法", "Cost now": "今のコスト", "Why": "なぜ", "Heap": "H", "So": "So"}
    cost = "``n``で全部とまだもっとある"
    assert translated(SIMPLE, lambda one: made.get(one.text, cost)) == (
        "====  ====================  ====\n方法  今のコスト            なぜ\n====  ====================  ====\n"
        "H     ``n``\\ で             So\n      全部とまだもっとある\n====  ====================  ====\n"
    )
    for text in (SIMPLE, GRID):
        longer = translated(text, lambda one: f"{one.text} は長い")
        assert structure(longer) == structure(text)
        assert structure(translated(text, into_kana)) == structure(text)
        assert longer.count("は長い") == len(formats.parse(text, "rst").blocks)


def test_marks_that_open_and_close_are_pairs() -> None:
    (one,) = segment(formats.parse("So\\ *the* **word** :ref:`of it <a>` and `there <b>`_ :dfn:`too`\\ .", "rst"))
    masked = protect.mask(one.text, one.spans)
    assert [(masked.pieces[first], masked.pieces[last]) for first, last in masked.pairs] == [
        ("\\ *", "*"),
        ("**", "**"),
        (":ref:`", "<a>`"),
        ("`", "<b>`_"),
        (":dfn:`", "`\\ "),
    ]


def test_emphasis_that_came_to_touch_is_set_apart() -> None:
    document = formats.parse("See *one thing* and **two** now.", "rst")
    (one,) = segment(document)
    masked = protect.mask(one.text, one.spans)
    first, second, third, fourth = re.findall("[\ue000-\uf8ff]", masked.text)
    restored = protect.restore(f"{first}一つ{second}{third}二つ{fourth}です", masked)
    assert formats.render(document, [(one, restored)]) == "*一つ* **二つ**\\ です"


def test_a_link_whose_words_are_its_name_elsewhere_stays() -> None:
    (first, _) = formats.parse("Our `home page <http://a.b>`_ is new.\n\nSee `Home\npage`_ again.", "rst").blocks
    assert [span.kind for span in first.spans] == ["reference"]


def test_a_mark_by_accident_is_none_at_the_beginning_of_a_line_either() -> None:
    text = "The words of a line here\n" * 4
    made = translated(text, always("これは`とても**長い**`文である_ので、どこでも`行が_終わってよい*のだ。" * 2))
    assert structure(made) == structure("A word.\n")


def test_no_line_ends_within_a_mark() -> None:
    text = "The quick *x* and\nthe slow *y* and\nthe last *z* of\nall the words\n"
    made = translated(text, always("これは速い*x*と、それから遅い*y*と、最後の*z*という言葉の全部です"))
    assert re.findall(r"\*[^*]*\*", made) == ["*x*", "*y*", "*z*"]


def test_a_mark_may_stand_where_docutils_says() -> None:
    known = punctuation_chars
    before = re.compile(rf"[{known.openers}{known.delimiters}]")
    behind = re.compile(rf"[{known.closing_delimiters}{known.delimiters}{known.closers}]")
    blocks = ((0x21, 0x7F), (0xA1, 0x250), (0x2010, 0x2028), (0x3001, 0x3100), (0xFF01, 0xFFA0))
    characters = [chr(code) for block in blocks for code in range(*block)]
    assert [one for one in characters if rst_marks.may_precede(one) and not before.match(one)] == []
    assert [one for one in characters if rst_marks.may_follow(one) and not behind.match(one)] == []


def test_a_mark_between_partners_is_none() -> None:
    assert rst_marks.find('A "*" or a (*) again') == []
    assert len(rst_marks.find('A "*b*" or a (*c*) again')) == len("****")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title\n=====\n\n.. note::\n\n   Text.\n", "rst"),
        (".. _here:\n\nSee :ref:`here` and so on.\n", "rst"),
        (".. note:: this is how a note begins there, and no more than that\n", "plain"),
        ("Notes\n=====\n\nNothing else in it.\n", "plain"),
        ("# Notes\n\nWrite ``so`` and **so**:\n\n.. note:: a note\n", "markdown"),
        ("In Sphinx:\n\n```rst\n.. note:: ``a note``\n```\n", "markdown"),
    ],
)
def test_it_is_recognised_by_its_marks(text: str, expected: str) -> None:
    assert formats.recognise(text, "notes.txt") == expected
    assert formats.recognise(text, "notes.rst") == "rst"


MANY = 5_000
HOSTILE = {
    "items": "- " * MANY + "a word",
    "numbers": "1. " * MANY + "a word\n" * 9,
    "stairs": "\n".join(" " * number + "- a word" for number in range(MANY // 10)),
    "fields": ":a " * MANY + ": a word",
    "stars": "*" * MANY,
    "emphasis": "*a " * MANY,
    "roles": ":a:`" * MANY,
    "long role": "a:" * MANY + "`a word`",
    "links": "`a <" * MANY,
    "names": "a-" * MANY + "a_ ",
    "references": "word_ " * MANY,
    "notes": "[#a" * MANY,
    "escapes": "\\" * MANY,
    "escaped spaces": "\\ " * MANY + "word",
    "bars": "|a " * MANY,
    "literals": "``a " * MANY,
    "colons": ":" * MANY,
    "blank lines": "- - - - a word\n" + "\n" * MANY,
    "titles": "word\n====\n" * MANY,
    "wide": "=" * MANY + "\nword\n" + "=" * MANY,
    "rows": "== ==\n" * MANY,
    "grids": "+--+\n" * MANY,
    "cells": "+--+--+\n" + "|ab|cd|\n+--+--+\n" * (MANY // 10),
    "targets": ".. _`" * MANY,
    "options": "-a, " * MANY,
    "note": ".. note:: " * MANY + "a word",
    "images": ".. image:: a\n" + "   :alt: a word\n" * MANY,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_read_in_linear_time_and_comes_back(name: str) -> None:
    text = HOSTILE[name]
    document = formats.parse(text, "rst")
    whole = [
        Segment(number, number, block.kind, "und", text[slice(*block.ranges[0])], block.ranges)
        for number, block in enumerate(document.blocks)
        if len(block.ranges) == 1
    ]
    assert formats.render(document, [(one, one.text) for one in whole], "ja") == text
    assert formats.render(document, [(one, "か" + one.text[::-1]) for one in whole], "ja")


WORDS = ["*", "**", "`", "``", "|", "_", "__", "\\", ":a:", " ", "word", "か", "。", "(", "<b>", "[1]_", "::", "-", "1."]


@settings(max_examples=80)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map("".join))
def test_whatever_a_translator_says_is_text(translation: str) -> None:
    text = "A word is here.\n\nAnother *word* is there.\n"
    made = translated(text, lambda one: translation if one.index == 0 else one.text)
    kinds, said = structure(made)
    assert kinds[-2:] == ["paragraph", "emphasis"]
    assert not {"emphasis", "strong", "literal", "title_reference", "problematic", "section"} & set(kinds[:-2]), said
