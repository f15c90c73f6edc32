"""Captions in XML: times, lines and spans are read and written, and the XML stays whole whatever a translation holds."""

from xml.etree import ElementTree

import pytest
from captioning import opened, translated
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline import captions
from diglot.pipeline.decode import Decoded
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.conversion import converted

NAMES = 'xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"'


def timed_text(cues: str, attributes: str = "") -> str:
    return f"<tt {NAMES}{attributes}><body><div>{cues}</div></body></tt>"


@pytest.mark.parametrize(
    ("attributes", "root", "expected"),
    [
        ('begin="00:00:01.5" end="00:00:02.25"', "", (1.5, 2.25)),
        ('begin="00:00:01.50000" end="00:00:02.250000"', "", (1.5, 2.25)),
        ('begin="1.5s" dur="750ms"', "", (1.5, 2.25)),
        ('begin="00:00:01:15" end="00:00:02:06"', ' ttp:frameRate="24"', (1.625, 2.25)),
        ('begin="15000000t" end="22500000t"', ' ttp:tickRate="10000000"', (1.5, 2.25)),
        ('begin="45f" end="00:00:02:15"', ' ttp:frameRate="0" ttp:tickRate="0"', (1.5, 2.5)),
        ('begin="36f" end="54f"', ' ttp:frameRate="24"', (1.5, 2.25)),
        ('begin="24f" dur="1s"', ' ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"', (1.001, 2.001)),
        ('begin="0.5m" end="0.01h"', "", (30.0, 36.0)),
    ],
)
def test_times(attributes: str, root: str, expected: tuple[float, float]) -> None:
    text = opened(timed_text(f"<p {attributes}>Hello.</p>", root), "a.ttml").document.text
    assert [(cue.start, cue.end) for cue in subtitles.cues(text, "cues")] == [expected]


def test_times_count_from_those_of_what_is_around() -> None:
    cue = '<p begin="1s" end="2s">One.</p>'
    file = f'<tt><body begin="10s"><div begin="5s">{cue}</div>{cue}</body></tt>'
    cues = subtitles.cues(opened(file, "a.ttml").document.text, "cues")
    assert [(cue.start, cue.end) for cue in cues] == [(16.0, 17.0), (11.0, 12.0)]


@pytest.mark.parametrize(
    ("content", "translation", "expected"),
    [
        ("R&amp;D is &lt; 5 &#8212; good.", "R&D ist < 5 – gut.", "R&amp;D ist &lt; 5 – gut."),
        ("\n    One\n    line.\n  ", "Eine Zeile.", "\n    Eine Zeile.\n  "),
        ("One thing,<br />and another.", "Eine Sache, und eine andere.", "Eine Sache,<br />und eine andere."),
        (
            'A <span tts:fontStyle="italic">tree</span> here.',
            "Ein <i>Baum</i> hier.",
            'Ein <span tts:fontStyle="italic">Baum</span> hier.',
        ),
        ('<span tts:color="red">A tree.</span>', "Ein Baum.", '<span tts:color="red">Ein Baum.</span>'),
        (
            'A <span tts:color="red">tree</span> here.',
            'Ein <span tts:color="red">Baum hier.',
            'Ein <span tts:color="red">Baum hier.</span>',
        ),
        ('A <span tts:color="red">tree</span> here.', "Ein</span> Baum.", "Ein Baum."),
        ("A <b>big <u>tree</u></b> here.", "Ein <b>großer <u>Baum</b> hier.", "Ein <b>großer <u>Baum</u></b> hier."),
        ("A vector&lt;int&gt; of <!-- no --> numbers.", "Ein vector<int>\x01 davon.", "Ein vector&lt;int&gt;\ufffd davon."),
        ("<![CDATA[A < B]]> is true.", "A < B ist wahr.", "A &lt; B ist wahr."),
        (
            '<span begin="0s">So</span> <span begin="1s">we begin.</span>',
            "Also fangen wir an.",
            '<span begin="0s">Also</span> <span begin="1s">fangen wir an.</span>',
        ),
    ],
)
def test_a_translation_in_its_cue(content: str, translation: str, expected: str) -> None:
    file = timed_text(f'<p begin="1s" end="2s">{content}</p>')
    made = translated(file, "a.ttml", lambda _: translation)
    ElementTree.fromstring(made)
    assert made == file.replace(content, expected)


def test_italics_become_those_of_subrip() -> None:
    content = 'A <span tts:fontStyle="italic">tree</span> <span tts:color="red">here</span>.'
    text = opened(timed_text(f'<p begin="1s" end="2s">{content}</p>'), "a.ttml").document.text
    assert converted(text, "cues", "srt") == "1\n00:00:01,000 --> 00:00:02,000\nA <i>tree</i> here.\n"


def test_prefixes_are_kept_also_of_new_line_breaks() -> None:
    file = '<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xml:lang="en"><tt:p begin="1s" end="2s">It is short.</tt:p></tt:tt>'
    long = "Dieser Satz ist viel länger als seine Vorlage, und deshalb steht er in zwei Zeilen."
    made = translated(file, "a.ttml", lambda _: long)
    assert made == file.replace('"en"', '"de"').replace("It is short.", long.replace("seine ", "seine<tt:br/>"))


def test_the_language_is_named_wherever_the_file_names_it() -> None:
    cue = '<p begin="1s" end="2s">A tree.</p>'
    file = f'<tt xml:lang="en"><body><div xml:lang="en-US">{cue}</div><div xml:lang="fr">{cue}</div></body></tt>'
    made = translated(file, "a.ttml", lambda _: "木です。")
    assert made == file.replace("A tree.", "木です。").replace("en-US", "de").replace('"en"', '"de"')
    assert opened(file, "a.ttml").pack(opened(file, "a.ttml").document.text) == file.encode()


def test_white_space_counts_where_the_file_says_so() -> None:
    kept = timed_text('<p begin="1s" end="2s">One\nline.</p>', ' xml:space="preserve"')
    assert "One\nline." in opened(kept, "a.ttml").document.text
    assert "One line." in opened(kept.replace("preserve", "default"), "a.ttml").document.text


def test_the_words_of_youtube_are_escaped_twice() -> None:
    file = '<transcript><text start="0.5" dur="2">It&amp;#39;s R&amp;amp;D.</text></transcript>'
    assert "It's R&D." in opened(file, "a.xml").document.text
    assert translated(file, "a.xml", lambda _: "F&E < 5.") == file.replace(
        "It&amp;#39;s R&amp;amp;D.", "F&amp;amp;E &amp;lt; 5."
    )


def test_another_encoding_is_named_no_more() -> None:
    file = '<?xml version="1.0" encoding="iso-8859-1"?>' + timed_text('<p begin="1s" end="2s">Das Café über dem Fluss.</p>')
    one = opened(file.encode("latin-1"), "a.ttml")
    assert one.pack(one.document.text) == file.replace("iso-8859-1", "UTF-8").encode()


TAGS = [
    "<i>",
    "</i>",
    "<b>",
    "</span>",
    '<span tts:color="red">',
    "<br/>",
    "&",
    "<",
    ">",
    "\n",
    "]]>",
    "\0",
    "word ",
    "<!--",
]


@given(st.lists(st.sampled_from(TAGS), max_size=12).map("".join))
def test_the_xml_stays_whole_whatever_a_translation_holds(translation: str) -> None:
    content = 'A <span tts:fontStyle="italic">t<span tts:color="red">r</span>ee</span> &lt;b&gt; here.'
    file = timed_text(f'<p begin="1s" end="2s">{content}</p>')
    found = captions.opened(Decoded(file, "utf-8"), "a.ttml")
    assert found is not None
    line = next(line for line in found.text.splitlines() if line.startswith("A "))
    ElementTree.fromstring(found.pack(found.text.replace(line, f"x {translation}")))
