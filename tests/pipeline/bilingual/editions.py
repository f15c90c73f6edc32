"""Pairs for the tests of the editions: a small lecture, and any pairs at all."""

import io
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import strategies as st

from diglot.pipeline import bilingual
from diglot.pipeline.document import AlignedPair, Finding, Segment, Span, Translation

# Any character, the awkward ones often: control characters, halves of surrogate pairs, what formats use as marks.
characters = st.one_of(
    st.characters(codec=None),
    st.sampled_from("\0\t\n\r\x0b\x0c\x1b\x7f\x85\u2028\u2029\ufeff\ufffe\ud800\udc00\\\"'=+-@<>&;|`$*_#␊␉␛␡ あ中한"),
)
texts = st.text(characters, max_size=30)


def pair(
    index: int,
    source: str,
    target: str,
    *,
    block: int | None = None,
    kind: Any = "paragraph",
    status: Any = "translated",
    language: str = "en",
    spans: tuple[Span, ...] = (),
    findings: tuple[Finding, ...] = (),
) -> AlignedPair:
    block = index if block is None else block
    segment = Segment(index, block, kind, language, source, ((0, len(source)),), spans, 0.99)
    return AlignedPair(segment, Translation(target, status, -0.25), findings)


@st.composite
def pairs(draw: st.DrawFn) -> list[AlignedPair]:
    """Pairs whose spans are anywhere in the source, some of them in the target too."""
    drawn = []
    for index in range(draw(st.integers(0, 4))):
        source = draw(texts)
        cuts = sorted(draw(st.sets(st.integers(0, len(source)), max_size=4)))
        spans = tuple(Span(a, b, "code") for a, b in zip(cuts[::2], cuts[1::2], strict=False))
        kept = "".join(source[span.start : span.end] for span in spans)
        status = draw(st.sampled_from(["translated", "kept", "untranslated"]))
        target = source if status != "translated" else draw(texts) + kept
        drawn.append(pair(index, source, target, status=status, spans=spans))
    return drawn


LECTURE = (
    pair(0, "Why layers?", "なぜ層を重ねるのか", kind="heading"),
    pair(
        1,
        "Each layer adds $x$ to its input.",
        "各層は入力に $x$ を加えます。",
        block=1,
        spans=(Span(16, 19, "formula"),),
    ),
    pair(
        2,
        "It takes 12 steps.",
        "21 ステップかかります。",
        block=1,
        findings=(Finding("number", "error", "“12” became “21”", "Write the value of 12", (9, 11), (0, 2)),),
    ),
    pair(3, "復習しましょう。", "復習しましょう。", status="kept", language="ja"),
    pair(4, "Um, so, right.", "Um, so, right.", status="untranslated"),
)


def written(name: str, content: Iterable[AlignedPair], **options: Any) -> str:
    """An edition as text; a lone surrogate must not be left in it, for no file could hold it."""
    file = io.StringIO(newline="")
    bilingual.write(name, iter(content), file, title="Layers <1>", source="mul", target="ja", **options)
    file.getvalue().encode("utf-8")
    return file.getvalue()


def rows(name: str, text: str) -> Iterator[bilingual.Row]:
    return bilingual.read(name, io.StringIO(text, newline=""))
