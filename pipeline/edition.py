"""One lecture through all stages: the file opened, its segments translated and checked, the edition made of them."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO

from diglot import InputError
from diglot.pipeline import bilingual, captions, detect, formats
from diglot.pipeline.check import check_all
from diglot.pipeline.checks import subtitling
from diglot.pipeline.containers import Progress, no_progress, unpack
from diglot.pipeline.decode import Decoded, Stray, decode
from diglot.pipeline.document import AlignedPair, Document, Segment
from diglot.pipeline.formats import subtitles
from diglot.pipeline.formats.conversion import converted
from diglot.pipeline.formats.wrapping import wrapped
from diglot.pipeline.glossary import Glossary
from diglot.pipeline.memory import Memory, translate_with
from diglot.pipeline.repair import Judge, Step, repair
from diglot.pipeline.segment import segment
from diglot.pipeline.terminology.consistent import Kept, keep_first
from diglot.pipeline.translate import Request, Translator, is_kept, source_language


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read: repaired or as it is, in which format (None: recognised), with its comments or without.

    ``judge`` helps where the file has lost bytes; ``progress`` shows how far a long one has been read.
    """

    repair: bool = True
    format: str | None = None
    comments: bool = False
    judge: Judge | None = None
    progress: Progress = no_progress


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as the pipeline sees it: its document, the bytes in it that were in another encoding, the plan of its repair,
    what makes a file of a text, and the usual ending of the container that the text was in, empty for none, with notes on
    what is not in the text.
    """

    document: Document
    strays: tuple[Stray, ...]
    plan: tuple[Step, ...]
    pack: Callable[[str], bytes] = _encoded
    container: str = ""
    notes: tuple[str, ...] = ()


def open_bytes(data: bytes, name: str, reading: Reading) -> Opened:
    """Unpack, decode, repair, parse and detect a file; ``name`` tells the format too. Raises :class:`diglot.InputError`."""
    try:
        container = unpack(data, reading.format, reading.progress)
        decoded = Decoded(container.text, "utf-8") if container else decode(data)
        if not container and not reading.format and (container := captions.opened(decoded, name)):
            decoded = replace(decoded, text=container.text)
        repaired = repair(decoded.text, reading.judge) if reading.repair else None
        text, plan = (repaired.text, repaired.plan) if repaired else (decoded.text, ())
        kind = reading.format or (container.format if container else formats.recognise(text, name))
        document = formats.parse(text, kind, comments=reading.comments)
    except InputError as exc:
        raise InputError(f"{name}: {exc}") from exc
    opened = Opened(detect.detect(document), decoded.strays, plan)
    return replace(opened, pack=container.pack, container=container.ending, notes=container.notes) if container else opened


def as_subtitles(opened: Opened, format: str) -> Opened:
    """Subtitles whose translation is written in ``format``, srt or vtt; any other file as it is."""
    if format not in subtitles.FORMATS or opened.document.format not in set(subtitles.TIMED) - {format}:
        return opened
    container = opened.container and f".{format}"
    return replace(opened, pack=lambda text: _encoded(converted(text, opened.document.format, format)), container=container)


def segments_of(document: Document) -> Iterator[Segment]:
    """The segments of a document, each in its own language."""
    return detect.detect_segments(segment(document), document)


@dataclass(slots=True)
class Summary:
    """What came of one document in one target language."""

    status: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    seconds: float = 0.0
    untranslated: list[Segment] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def count(self, pair: AlignedPair) -> None:
        """Take a pair into account."""
        self.status[pair.translation.status] += 1
        self.languages[pair.segment.language] += 1
        self.findings.update(finding.severity for finding in pair.findings)
        if pair.translation.status == "untranslated":
            self.untranslated.append(pair.segment)

    def line(self) -> str:
        """One line for people."""
        total = self.status.total()
        parts = [f"{total} segments"]
        parts += [f"{count} {status}" for status, count in sorted(self.status.items(), reverse=True)]
        parts.append("languages " + " ".join(f"{code}:{count}" for code, count in self.languages.most_common()))
        parts += [f"{self.repaired} places repaired"] if self.repaired else []
        found = [(severity, count) for severity, count in sorted(self.findings.items()) if severity != "info"]
        parts += [f"{count} {severity}{'s' if count != 1 else ''}" for severity, count in found]
        parts += [f"{self.seconds:.1f} s"]
        if self.status["translated"] and self.seconds > 0:
            parts += [f"{self.status['translated'] / self.seconds:.1f} segments/s"]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Edition:
    """A document translated: its pairs, the language of its sources (``mul``: several; empty: nothing to translate), and how
    it becomes a file, as :class:`Opened` has it.
    """

    document: Document
    pairs: Sequence[AlignedPair]
    source: str
    target: str
    summary: Summary
    pack: Callable[[str], bytes] = _encoded
    container: str = ""

    def translated(self) -> bytes:
        """The translated document, as a file holds it."""
        done = ((p.segment, p.translation.text) for p in self.pairs if p.translation.status == "translated")
        return self.pack(wrapped(self.document, formats.render(self.document, done, self.target)))

    def write(self, format: str, title: str) -> str:
        """An aligned edition as text, in one of the formats ``bilingual.WRITTEN``.

        Raises :class:`diglot.InputError` for subtitles in two languages of a document that has no cues.
        """
        if format == "ass" and self.container != ".ass":
            raise InputError("a bilingual ass edition is made from Advanced SubStation only; ask for srt or vtt")
        file = StringIO(newline="")
        bilingual.write(
            format, self.pairs, file, title=title, source=self.source, target=self.target, document=self.document
        )
        made = file.getvalue()
        return self.pack(made).decode("utf-8", "surrogatepass") if format == "ass" else made


def request_for(
    segments: Iterable[Segment],
    target: str,
    languages: Iterable[str],
    only: str | None = None,
    *,
    glossary: Glossary | None = None,
    inline_terms: bool = False,
) -> Request:
    """What is wanted of these segments: passages of uncertain language are taken for the document's commonest."""
    counts = Counter(one.language for one in segments if one.language != "und")
    fallback = only or (counts.most_common(1)[0][0] if counts else None)
    return Request(target, frozenset(languages), only, fallback, glossary, inline_terms)


def main_source(segments: Iterable[Segment], request: Request) -> str | None:
    """The language of most segments that are to be translated, the one to take a glossary for; None where there are none."""
    counts = Counter(source_language(one, request) for one in segments if not is_kept(one, request))
    return counts.most_common(1)[0][0] if counts else request.only


def source_of(segments: Iterable[Segment], request: Request) -> str:
    """The language that an edition is from: of the segments to be translated, ``mul`` for several, empty for none.

    A language that has less than a fiftieth of the text (a title, an interjection) does not count.
    """
    sizes: Counter[str] = Counter()
    for one in segments:
        if not is_kept(one, request):
            sizes[source_language(one, request)] += len(one.text)
    languages = [code for code, size in sizes.items() if size * 50 >= sizes.total()]
    return "" if not languages else languages[0] if len(languages) == 1 else "mul"


def make_edition(
    opened: Opened,
    segments: Sequence[Segment],
    translator: Translator,
    request: Request,
    *,
    memory: Memory | None = None,
    consistent: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Edition:
    """Translate and check one document; ``progress`` is called with the number of segments done since the last call.

    ``consistent``: the first rendering of a term without glossary entry is asked for in the rest of the document.
    """
    started = time.monotonic()
    summary = Summary(repaired=len(opened.plan))
    pairs = []
    made: Iterable[AlignedPair] = _counted(translate_with(memory or Memory({}), segments, translator, request), progress)
    if consistent and (source := main_source(segments, request)):
        made, summary.kept = keep_first(list(made), translator, request, source)
    checked = check_all(made, request.target, glossary=request.glossary)
    for pair in subtitling.check(opened.document, checked, request.target):
        summary.count(pair)
        pairs.append(pair)
    summary.seconds = time.monotonic() - started
    source = source_of(segments, request)
    return Edition(opened.document, pairs, source, request.target, summary, opened.pack, opened.container)


def _counted(pairs: Iterable[AlignedPair], progress: Callable[[int], None]) -> Iterator[AlignedPair]:
    for pair in pairs:
        progress(1)
        yield pair


def without_fillers(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Segments with hesitations (um, えーと, 嗯) left out of what is translated; the document keeps them."""
    from diglot.pipeline.segment import fillers

    for one in segments:
        cuts = fillers(one.text, one.language)
        yield _without(one, cuts) if cuts else one


def _without(segment: Segment, cuts: Sequence[tuple[int, int]]) -> Segment:
    kept, spans, last, removed = [], [], 0, 0
    for start, end in [*cuts, (len(segment.text), len(segment.text))]:
        kept.append(segment.text[last:start])
        spans += [
            replace(span, start=span.start - removed, end=span.end - removed)
            for span in segment.spans
            if last <= span.start and span.end <= start
        ]
        removed += end - start
        last = end
    return replace(segment, text="".join(kept), spans=tuple(spans))
