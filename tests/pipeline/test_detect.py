import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot.pipeline.detect import block_text, detect, detect_segments, identify, runs
from diglot.pipeline.document import Block, Document, Segment, Span
from diglot.pipeline.ngrams import LANGUAGES, LATIN, evidence, repertoire, tokens

DATA = Path(__file__).parents[1] / "data" / "detect"

# Any Unicode string, lone surrogates and NUL too, and strings of what the scanners look for.
ANY = st.text(st.characters(), max_size=60)
MIXED = st.lists(
    st.sampled_from(
        [
            "the model",
            "学習する",
            "模型",
            "這個",
            "모델",
            "«",
            "»",
            "「",
            "」",
            '"',
            "’",
            " ",
            "\n",
            "$",
            "`",
            "<",
            "@",
            "。",
            ". ",
            "x_1",
            "…",
            "�",
            "\x00",
            "é",
            "é",
            "Ａ",
            "ｶﾞ",
            "Привет",
        ]
    ),
    max_size=25,
).map("".join)


def cases(name):
    return list(read_cases(name))


def read_cases(name):
    for case in json.loads((DATA / name).read_text(encoding="utf-8")):
        strict = [pytest.mark.xfail(strict=True)] if case["verdict"] == "known-failures" else []
        yield pytest.param(case, id=f"{case['label']}: {str(case['input'])[:30]!a}", marks=strict)


def document(*texts):
    """A document of one block a line."""
    blocks, start = [], 0
    for text in texts:
        blocks.append(Block("paragraph", ((start, start + len(text)),)))
        start += len(text) + 1
    return Document("\n".join(texts), "plain", tuple(blocks))


def whole(document, block):
    """The segment that is all of a block."""
    (start, end), *_ = document.blocks[block].ranges
    return Segment(block, block, "paragraph", "und", document.text[start:end], ((start, end),))


@pytest.mark.parametrize("case", cases("identify.json"))
def test_a_string_alone(case):
    assert identify(case["input"]).language == case["expected"]


@pytest.mark.parametrize("case", cases("documents.json"))
def test_the_blocks_of_a_document(case):
    assert [block.language for block in detect(document(*case["input"])).blocks] == case["expected"]


@pytest.mark.parametrize("case", cases("runs.json"))
def test_the_runs_of_a_line(case):
    text = case["input"]
    assert [[text[start:end], language] for start, end, language in runs(text)] == case["expected"]


@given(ANY | MIXED)
def test_any_string_has_a_language_of_ours_and_a_probability(text):
    language, probability = identify(text)
    assert language in LANGUAGES
    assert 0 <= probability <= 1
    assert identify(text) == (language, probability)


@given(ANY | MIXED)
def test_text_without_letters_is_undetermined(text):
    if not any(c.isalpha() for c in text):
        assert identify(text) == ("und", 0.0)


@given(ANY | MIXED)
def test_runs_are_the_line(text):
    found = runs(text)
    assert "".join(text[start:end] for start, end, _ in found) == text
    assert all(start < end for start, end, _ in found)
    assert all(one[2] != other[2] for one, other in pairwise(found))


@given(ANY | MIXED)
def test_a_line_of_one_run_is_what_it_is_alone(text):
    found = runs(text)
    assert len(found) != 1 or found[0][2] == identify(text).language


@given(st.lists(ANY | MIXED, min_size=1, max_size=8))
def test_detect_changes_nothing_but_language_and_probability(texts):
    before = document(*texts)
    after = detect(before)
    assert after.text == before.text
    for old, new in zip(before.blocks, after.blocks, strict=True):
        assert (old.kind, old.ranges, old.spans) == (new.kind, new.ranges, new.spans)
        assert new.language in LANGUAGES
        assert 0 <= new.probability <= 1


@given(st.lists(ANY | MIXED, min_size=1, max_size=8))
def test_segments_come_out_in_order_with_a_language(texts):
    seen = detect(document(*texts))
    segments = [whole(seen, block) for block in range(len(texts))]
    found = list(detect_segments(iter(segments), seen))
    assert [segment.text for segment in found] == [segment.text for segment in segments]
    assert all(segment.language in LANGUAGES for segment in found)


def test_segments_stream():
    seen = detect(document("The first sentence.", "The second sentence."))
    taken = []

    def segments():
        for block in range(2):
            taken.append(block)
            yield whole(seen, block)

    next(detect_segments(segments(), seen))
    assert taken == [0]


def test_a_block_may_hold_sentences_in_two_languages():
    seen = detect(document("This is the first step of the method. これは方法の最初の段階です。 Then we go on."))
    text = seen.text
    pieces = [text[:37], text[38:53], text[54:]]
    segments = [Segment(i, 0, "paragraph", "und", piece, ((0, 1),)) for i, piece in enumerate(pieces)]
    assert [segment.language for segment in detect_segments(segments, seen)] == ["en", "ja", "en"]


def test_a_short_segment_leans_on_its_block():
    seen = detect(document("行列を計算します。微分。", "それから更新します。"))
    assert identify("微分").probability < 0.95
    (segment,) = detect_segments([Segment(0, 0, "paragraph", "und", "微分", ((9, 11),))], seen)
    assert segment.language == "ja"


def test_segments_of_a_document_that_was_not_detected():
    (segment,) = detect_segments([Segment(0, 0, "paragraph", "und", "Wir rechnen weiter.", ((0, 1),))], document("Wir"))
    assert segment.language == "de"


def test_protected_spans_say_nothing():
    text = "関数 the_loss of the whole model を呼ぶ"
    start, end = text.index("the_"), text.index(" を")
    block = Block("paragraph", ((0, len(text)),), (Span(start, end, "code"),))
    assert block_text(Document(text, "plain", (block,)), block) == "関数   を呼ぶ"
    (found,) = detect(Document(text, "plain", (block,))).blocks
    assert found.language == "ja"
    segment = Segment(0, 0, "paragraph", "und", text, ((0, len(text)),), (Span(start, end, "code"),))
    (seen,) = detect_segments([segment], Document(text, "plain", (found,)))
    assert seen.language == "ja"


def test_a_segment_of_nothing_but_spans_is_undetermined():
    seen = detect(document("the loss"))
    segment = Segment(0, 0, "paragraph", "und", "the loss", ((0, 8),), (Span(0, 8, "formula"),))
    (found,) = detect_segments([segment], seen)
    assert (found.language, found.probability) == ("und", 0.0)


def test_a_latin_block_is_never_japanese_whatever_stands_around_it():
    seen = detect(document("これは例です。", "Figure 1", "次の例です。"))
    assert seen.blocks[1].language in LATIN


@pytest.mark.parametrize(
    "text",
    [
        "a" * 300_000,
        "the " * 100_000,
        "学" * 300_000,
        "「" * 50_000 + "」" * 50_000,
        "a.b@" * 50_000,
        "`$<" * 80_000,
        "\N{COMBINING ACUTE ACCENT}\N{COMBINING CEDILLA}" * 100_000,
        "a学" * 40_000,
        "\ud800" * 100_000,
    ],
    ids=["letters", "words", "characters", "brackets", "addresses", "openings", "accents", "alternating", "surrogates"],
)
def test_hostile_texts_end(text):
    assert identify(text).language in LANGUAGES
    assert detect(Document(text, "plain", (Block("paragraph", ((0, len(text)),)),))).blocks[0].language in LANGUAGES
    assert runs(text[:20_000])[-1][1] == 20_000


def test_a_block_of_very_many_ranges():
    text = "one line of a transcript\n" * 50_000
    ranges = tuple((start, start + 24) for start in range(0, len(text), 25))
    (found,) = detect(Document(text, "transcript", (Block("paragraph", ranges),))).blocks
    assert found.language == "en"


def test_tokens_leave_out_what_is_no_language():
    text = "Siehe https://x.org/the, a@b.org, `the code`, $the$, \\the, <the>, &the; und w12 3 GB."
    assert tokens(text) == (["Siehe", "und"], [])


def test_a_character_stands_in_the_standards_that_hold_it():
    assert repertoire("拡") == "euc_jp"
    assert repertoire("\N{CJK UNIFIED IDEOGRAPH-20000}") == ""


def test_evidence_of_long_text_takes_tokens_from_all_of_it():
    assert evidence("wort " * 1000).tokens <= 100
    assert evidence("").scores == (0.0,) * len(LANGUAGES)


def test_importing_loads_neither_langdetect_nor_the_model():
    code = (
        "import sys, diglot.pipeline.detect, diglot.pipeline.ngrams as n;"
        "assert 'langdetect' not in sys.modules and 'numpy' not in sys.modules;"
        "assert n._model.cache_info().currsize == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_langdetect_is_not_asked_where_the_letters_are_clear():
    code = (
        "import sys; from itertools import permutations; from diglot.pipeline.detect import identify;"
        "identify('The derivative of the loss is easy to write down.'); identify('損失の微分は簡単に書けます。');"
        "assert 'langdetect' not in sys.modules;"
        "[identify(' '.join(words)) for words in permutations('a in des on me do no'.split(), 3)];"
        "assert 'langdetect' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("attention は weighted sum です。", "ja"),
        ("Encoder 的 output は decoder の input です", "ja"),
        ("我们用 Transformer 的 attention 做 machine translation", "zh"),
        ("Attention 메커니즘은 weighted sum 입니다", "ko"),
        ("The word です means is.", "en"),
        ('The verb "する" means to do.', "en"),
        ("We call it 注意 in class.", "en"),
    ],
)
def test_what_holds_the_sentence_together_decides_not_the_terms_in_it(text: str, language: str) -> None:
    assert identify(text).language == language
