"""Fuzz the stages that read what users give them: no crash, nothing lost, nothing said twice, time linear in the length.

    pip install atheris
    python scripts/fuzz.py --seconds 3600 --work DIR
    python scripts/fuzz.py --seconds 600 --work DIR --only segment,protect
    python scripts/fuzz.py --work DIR --again DIR/findings/segment-1f6e2d.bin

atheris changes bytes so that they reach branches not yet seen, beginning with the regression corpora of ``tests/data`` and
the examples, and with a dictionary of marks that mean something to one stage or another. The first byte of an input chooses
a language or a format, the second how often the rest is said again, so that quadratic time shows. Each target checks what
is true of its stage whatever the input is.

An input that breaks something is written to ``DIR/findings``, one for each place in the code, and the run goes on. The exit
code is 1 if there are any.
"""

import argparse
import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tempfile
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import StringIO
from itertools import pairwise
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["diglot"]):
    import diglot.pipeline
    from diglot import PLACEHOLDERS, DiglotError, InputError
    from diglot.pipeline import bilingual, formats, glossary, protect
    from diglot.pipeline.align import align
    from diglot.pipeline.decode import decode
    from diglot.pipeline.detect import LANGUAGES, detect, detect_segments, runs
    from diglot.pipeline.document import Document, Segment, joiner
    from diglot.pipeline.fillers import fillers
    from diglot.pipeline.repair import apply, repair, undo
    from diglot.pipeline.segment import segment, sentences

    for module in pkgutil.walk_packages(diglot.pipeline.__path__, "diglot.pipeline."):
        if module.name != "diglot.pipeline.pytest_plugin":
            importlib.import_module(module.name)  # what is imported where it is used would not be instrumented

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 2048
# Seconds of the processor for an input, and for each of its characters; instrumented code is slow.
BASE, EACH = 2.0, 2e-4
CODES = [*LANGUAGES, "vi"]
# What means something to one stage or another: what opens, what closes, what doubles, what is no letter.
MARKS = r"""
``` ` $$ $ \( \) \[ \] \begin{a} \end{a} \frac{ } <b> </b> <pre> <!-- --> &amp; https://a.b/c ]( ![ [^1] [1] {{ }} WEBVTT
00:00:01,000 00:00:02.000 [00:12] 1:02:03 Dr. e.g. U.S. 3.14 1. etc. 。 ？ 、 「 」 （ ） 『 … .. ?! um, 嗯， えーと、 です
と言った 습니다 我们 Ã© â€™ ã€‚ ï¼Œ Â 縺 讖 鈥檚 ‚ € é ß İ ı ſ ﬁ Ａ ０ ½ ² ① ー ｶﾞ 々 𝒙 😀 <tmx> <tu> <tuv xml:lang="en">
<seg> </seg> <xliff version="2.0"> <unit id="1"> <source> <target> {"source": "target": \ud800
.. note:: :ref:` <a>`_ word_ [1]_ |a| :: ==== ---- .. _a: :param x:
"""
SPECIAL = [
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\t",
    "\0",
    "\x0b",
    "\x85",
    "\u2028",
    "\u3000",
    "\xa0",
    "\xad",
    "\ud83d",
    "-->\n",
    "\n| a |",
]
SPECIAL += [
    "\ufffd",
    "\u0301",
    "\u200b",
    "\u200d",
    "\u200f",
    "\u202e",
    "\ufe0f",
    "\ufeff",
    "\ue000",
    "\U0001f1eb",
    "\U0010ffff",
]


class Check(Exception):
    """Something that must be true of every input is not."""


def ensure(fact: bool, what: str) -> None:
    """Raise where the fact is none."""
    if not fact:
        raise Check(what)


# Targets: each takes bytes and raises where something is wrong.


def fuzz_decode(data: bytes) -> None:
    """Text or an error of ours; what does not fit the encoding is said with its place."""
    try:
        decoded = decode(data)
    except InputError:
        return
    ensure(all(data[stray.offset :].startswith(stray.data) for stray in decoded.strays), "a stray byte is elsewhere")


def fuzz_repair(data: bytes) -> None:
    """The plan leads there and back, lines stay, and a second repair finds nothing."""
    _, text = choice_and_text(data)
    repaired = repair(text)
    ensure(apply(repaired.plan, text) == repaired.text, "the plan does not lead there")
    ensure(undo(repaired.plan, repaired.text) == text, "the plan does not lead back")
    ensure(text.count("\n") == repaired.text.count("\n"), "a line was lost")
    ensure(repair(repaired.text).text == repaired.text, "not idempotent")


def fuzz_detect(data: bytes) -> None:
    """Each block has a language of ours and a probability; runs are the line, in order."""
    choice, text = choice_and_text(data)
    document = parsed(text, choice)
    known = {*LANGUAGES, "und"}
    for part in (*document.blocks, *detect_segments(segment(document), document)):
        ensure(part.language in known and 0 <= part.probability <= 1.000001, "no language or no probability")
    found = runs(text)
    ensure("".join(text[start:end] for start, end, _ in found) == text, "runs are not the line")


def fuzz_segment(data: bytes) -> None:
    """Sentences and what lies between them are the text; segments are the blocks."""
    choice, text = choice_and_text(data)
    language = CODES[choice % len(CODES)]
    edge = 0
    for start, end in sentences(text, language):
        ensure(edge <= start < end and not text[edge:start].strip(), "text between sentences")
        edge = end
    ensure(not text[edge:].strip(), "text after the last sentence")
    ensure(all(0 <= start < end <= len(text) for start, end in fillers(text, language)), "a filler outside")
    document = parsed(text, choice)
    found = list(segment(document))
    check_segments(document, found)
    there = [document.text[start:end] for block in document.blocks for start, end in block.ranges]
    covered = [document.text[start:end] for part in found for start, end in part.ranges]
    ensure("".join("".join(covered).split()) == "".join("".join(there).split()), "segments are not the blocks")


def check_segments(document: Document, found: list[Segment]) -> None:
    """Ranges in order and without white space, texts as joined, spans inside that can be masked."""
    ranges = [piece for part in found for piece in part.ranges]
    ensure(all(before[1] <= after[0] for before, after in pairwise(ranges)), "ranges out of order")
    for part in found:
        whole = ""
        for start, end in part.ranges:
            piece = document.text[start:end]
            ensure(start < end and piece == piece.strip(), "white space around a range")
            whole += joiner(whole, piece) + piece
        ensure(part.text == whole, "text is not its pieces")
        ensure(len(part.spans) <= len(PLACEHOLDERS), "too many spans")
        check_mask(part.text, list(part.spans))


def fuzz_protect(data: bytes) -> None:
    """Spans are ordered and disjoint; what is masked is restored, and nothing is lost."""
    _, text = choice_and_text(data)
    found = protect.find(text)
    most = len(PLACEHOLDERS)
    check_mask(text, found, exactly=len(found) <= most)


def check_mask(text: str, spans: list[protect.Span], *, exactly: bool = True) -> None:
    """Spans in order; the text comes back."""
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    ensure(edges == sorted(edges) and all(span.start < span.end for span in spans), "spans out of order")
    if exactly:
        masked = protect.mask(text, spans)
        ensure(protect.restore(masked.text, masked) == text, "not restored")
        ensure(not any(protect.lost(masked, masked.text)), "a piece lost in nothing")


def fuzz_align(data: bytes) -> None:
    """Every segment of either text is in one link, in order."""
    choice, text = choice_and_text(data)
    middle = len(text) // 2
    documents = [parsed(text[:middle], choice), parsed(text[middle:], choice)]
    first, second = (list(detect_segments(segment(document), document)) for document in documents)
    links = align(first, second)
    ensure([i for link in links for i in link.first] == list(range(len(first))), "the first text is not linked once")
    ensure([i for link in links for i in link.second] == list(range(len(second))), "the second text is not linked once")


def fuzz_formats(data: bytes) -> None:
    """A document rendered with nothing, or with its own text, is itself, in whatever format it is read."""
    choice, text = choice_and_text(data)
    name = formats.FORMATS[choice % len(formats.FORMATS)]
    with suppress(InputError):  # refused: no prose
        ensure(formats.recognise(text) in formats.FORMATS, "no format")
    try:
        document = detect(formats.parse(text, name, comments=choice > 127))
    except InputError:
        ensure(name in {"srt", "vtt"}, "only subtitles may be refused")
        return
    ensure(document.text == text or name in {"html", "latex"}, "another text")  # in these, characters are resolved
    text = text if name == "latex" else document.text
    found = list(segment(document))
    check_segments(document, found)
    ensure(formats.render(document, []) == text, "rendered with nothing")
    ensure(formats.render(document, [(part, part.text) for part in found]) == text, "rendered with itself")
    if "⟦" not in text and "⟧" not in text and name != "rst":  # where lines under titles have their lengths
        bracketed = formats.render(document, [(part, f"⟦{part.text}⟧") for part in found])
        ensure(bracketed.replace("⟦", "").replace("⟧", "") == text, "rendered in brackets")


def fuzz_glossary(data: bytes) -> None:
    """Any file is a glossary or an error of ours that names it; its terms are found in order."""
    suffix = ("tsv", "csv", "tbx")[data[0] % 3] if data else "tsv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"en-ja.{suffix}"
        path.write_bytes(data[1:])
        try:
            terms = glossary.read(path)
        except DiglotError as error:
            ensure(str(error).startswith(str(path)), "an error that does not say where")
            return
    _, text = choice_and_text(data)
    places = [place for match in terms.match(text, "en") for place in (match.start, match.end)]
    ensure(places == sorted(places) and all(0 <= place <= len(text) for place in places), "matches out of order")


def fuzz_editions(data: bytes) -> None:
    """Any file is an edition or an error of ours."""
    choice, text = choice_and_text(data)
    names = bilingual.READ
    try:
        for _ in bilingual.read(names[choice % len(names)], StringIO(text, newline="")):
            pass
    except DiglotError:
        return


TARGETS: dict[str, Callable[[bytes], None]] = {
    name.removeprefix("fuzz_"): target for name, target in list(globals().items()) if name.startswith("fuzz_")
}


def choice_and_text(data: bytes) -> tuple[int, str]:
    """A small number, and a text: what follows, said again as often as the second byte says, with lone surrogates."""
    text = data[2:].decode("utf-8", "surrogateescape")
    again = data[1] - 200 if len(data) > 1 and data[1] > 200 else 1
    return data[0] if data else 0, text * again


def parsed(text: str, choice: int) -> Document:
    """The text as a document with languages: subtitles where it can be read so, and it is its turn."""
    try:
        return detect(formats.parse(text, formats.FORMATS[choice % len(formats.FORMATS)], comments=choice > 127))
    except InputError:
        return detect(formats.parse(text, "plain"))


# The run


def main() -> None:
    """Fuzz each target for its share of the time, in a process of its own, because libFuzzer ends the one it runs in."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--work", type=Path, required=True, help="the inputs that reached something, and the findings")
    parser.add_argument("--only", default=",".join(TARGETS), help="targets, with commas between")
    parser.add_argument("--again", type=Path, help="run one input again and show where it breaks")
    options = parser.parse_args()
    if options.again:
        TARGETS[options.again.name.split("-")[0]](options.again.read_bytes())
        return
    names = options.only.split(",")
    if len(names) == 1:
        fuzz(names[0], options.work, options.seconds)
    for name in names:
        share = options.seconds // len(names)
        command = [sys.executable, __file__, "--only", name, "--work", str(options.work), "--seconds", str(share)]
        subprocess.run(command, check=False)
    findings = sorted((options.work / "findings").iterdir())
    print("\n".join(map(str, findings)) or "nothing found")
    sys.exit(bool(findings))


def fuzz(name: str, work: Path, seconds: int) -> None:
    """Fuzz one target; does not return."""
    corpus, findings = work / name, work / "findings"
    findings.mkdir(parents=True, exist_ok=True)
    if not corpus.exists():
        corpus.mkdir()
        for number, seed in enumerate(seeds()):
            (corpus / f"seed-{number}").write_bytes(seed)
    dictionary = work / "marks.dict"
    dictionary.write_text("".join(f'"{quoted(mark)}"\n' for mark in (*MARKS.split(), *SPECIAL)), encoding="ascii")

    def once(data: bytes) -> None:
        try:
            allowed = BASE + EACH * len(choice_and_text(data)[1])
            if seconds_for(name, data) > allowed:  # again, because the first time may have loaded something
                ensure(seconds_for(name, data) < allowed, f"more than {allowed:.1f} s of the processor")
        except Exception as error:
            keep(name, data, error, findings)

    options = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        "-timeout=120",
        "-report_slow_units=120",  # seconds on the clock, which say little beside other work
        "-rss_limit_mb=6000",
        "-print_final_stats=1",
    ]
    options += [f"-dict={dictionary}", f"-artifact_prefix={findings}/{name}-", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], once)
    atheris.Fuzz()


def seconds_for(name: str, data: bytes) -> float:
    """The time of the processor that a target takes for an input."""
    started = time.process_time()
    TARGETS[name](data)
    return time.process_time() - started


def keep(name: str, data: bytes, error: Exception, findings: Path) -> None:
    """Write an input that broke something, unless one like it is there: the same error at the same place."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames[-2:])
    sort = f"{zlib.crc32(f'{type(error).__name__} {where} {error if isinstance(error, Check) else None}'.encode()):08x}"
    path = findings / f"{name}-{sort}.bin"
    if not path.exists() or len(data) < path.stat().st_size:
        path.write_bytes(data)
        print(f"{path}: {type(error).__name__} {error} ({where})", file=sys.stderr, flush=True)


def seeds() -> Iterator[bytes]:
    """The inputs of the regression corpora and the parts of the examples, with a choice before each."""
    texts = [text for path in sorted((ROOT / "tests" / "data").rglob("*.json")) for text in strings(path)]
    for path in sorted((ROOT / "examples").glob("*.*")):
        texts += re.split(r"\n(?=#)", path.read_text(encoding="utf-8", errors="replace"))
    for number, text in enumerate(texts):
        yield bytes([number % 256, 0]) + text.encode("utf-8", "surrogatepass")[: LONGEST - 2]


def strings(path: Path) -> Iterator[str]:
    """The inputs of the cases in a file."""
    for case in json.loads(path.read_text(encoding="utf-8")):
        found = case.get("input") if isinstance(case, dict) else None
        yield from [found] if isinstance(found, str) else [text for text in found or () if isinstance(text, str)]


def quoted(mark: str) -> str:
    """A mark as libFuzzer's dictionaries write it."""
    return "".join(f"\\x{byte:02x}" for byte in mark.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
