"""``diglot align``: a text and its translation, or a text that is bilingual already, to aligned editions."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diglot import InputError
from diglot.commands.common import (
    BUNDLED,
    EDITIONS,
    FORMATS,
    GATE,
    editions,
    language,
    progress_bar,
    read,
    say,
    tell_notes,
    tell_strays,
    write,
)
from diglot.commands.reading import reading

if TYPE_CHECKING:
    from diglot.pipeline.align import Similarity
    from diglot.pipeline.document import Document, Segment
    from diglot.pipeline.edition import Edition

_AT_ONCE = 256


@click.command(short_help="Align a text with its translation.")
@click.argument("files", nargs=-1, required=True, metavar="FILE | SRC TGT")
@click.option("--from", "from_", callback=language, metavar="LANG", help="The language of the source. [default: detected]")
@click.option("--to", callback=language, metavar="LANG", help="The language of the translation. [default: detected]")
@click.option("-o", "--output", metavar="DIR", help="Where editions go, instead of beside the (first) input; - is stdout.")
@click.option(
    "--formats", callback=editions, default="tsv", metavar="FORMATS", help=f"Of {','.join(EDITIONS)}. [default: tsv]"
)
@click.option(
    "--model",
    metavar="PATH",
    help="Compare with the translations of a model too, slower: a folder, hf:PATH, or 'bundled' for ours.",
)
@click.option("--overwrite", is_flag=True, help="Replace editions that exist.")
@click.option("--no-repair", is_flag=True, help="Leave mojibake as it is.")
@click.option("--from-format", type=click.Choice(FORMATS), help="The format, where it is not recognised correctly.")
def align(
    files: Sequence[str],
    from_: str | None,
    to: str | None,
    output: str | None,
    formats: tuple[str, ...],
    model: str | None,
    overwrite: bool,
    no_repair: bool,
    from_format: str | None,
) -> int:
    """Align a text with its translation, sentence by sentence, and write editions of both.

    SRC and TGT are a text and its translation. A FILE alone is in two languages already: in turn by sentence, paragraph or
    block, the source in comments above its translation, in two columns of a table, two lines of a cue, or one whole text
    after the other. What has no partner is kept and marked, and so are menus and buttons of a saved web page.

    Exit code 4 if the two have no more in common than any two texts: one may be the wrong file.

    \b
    diglot align lecture.en.md lecture.ja.md
    diglot align notes.txt -o out --formats tsv,html
    diglot align talk.en.srt talk.ja.srt --model bundled
    """
    if len(files) > 2:
        raise click.UsageError("give one file that is in two languages, or two: SRC TGT")
    to_stdout = output == "-" or (output is None and files[0] == "-")
    if to_stdout and len(formats) != 1:
        raise click.UsageError("standard output takes one format; give -o DIR for more")
    from diglot.pipeline.align.bitext import align_document, align_documents

    similarity = _translations(model) if model else None
    opened = [_open(file, from_format, repair=not no_repair) for file in files]
    if len(opened) == 2:
        made = align_documents(opened[0], opened[1], source=from_, target=to, similarity=similarity)
    else:
        if not {"srt", "vtt", "ass"}.isdisjoint(formats):
            raise InputError(f"{files[0]}: has both languages in it already; ask for another edition, as in --formats tsv")
        made = align_document(*opened[0], source=from_, target=to, similarity=similarity)
    name = "stdin" if files[0] == "-" else Path(files[0]).name
    if to_stdout:
        write(made.write(formats[0], name))
    else:
        _write_all(made, [Path(file) for file in files], output, formats, overwrite=overwrite)
    say(f"{name}: {_summary(made)}")
    return _judged(made, files)


def _open(file: str, format: str | None, *, repair: bool) -> "tuple[Document, list[Segment]]":
    from diglot.pipeline.edition import open_bytes, segments_of

    name = "standard input" if file == "-" else file
    opened = open_bytes(read(file), name, reading(format, repair=repair, comments=True))
    tell_notes(name, opened.notes)
    tell_strays(name, opened.strays)
    return opened.document, list(segments_of(opened.document))


def _translations(path: str) -> "Similarity":
    """A rough translator, quick rather than good, that translates no text twice."""
    from diglot import models

    translator = models.load(None if path == BUNDLED else path, beam=1)
    known: dict[tuple[str, str, str], str] = {}

    def translate(texts: Sequence[str], source: str, target: str) -> list[str]:
        new = [text for text in dict.fromkeys(texts) if (text, source, target) not in known]
        with progress_bar(len(new), "translating") as advance:
            for start in range(0, len(new), _AT_ONCE):
                part = new[start : start + _AT_ONCE]
                for text, found in zip(part, translator(part, source, target), strict=True):
                    known[text, source, target] = found.text
                advance(len(part))
        return [known[text, source, target] for text in texts]

    return translate


def _write_all(
    made: "Edition", files: Sequence[Path], output: str | None, formats: Sequence[str], *, overwrite: bool
) -> None:
    from diglot.pipeline.outputs import Outputs, name_outputs, refuse_existing

    names = name_outputs(files[:1], Path(output) if output else None)[0]
    places = {name: names.edition(made.source, made.target, name) for name in formats}
    refuse_existing(places.values(), files, overwrite=overwrite)
    with Outputs() as outputs:
        for name, place in places.items():
            outputs.write(place, made.write(name, files[0].name))
        for place in outputs.commit(overwrite=overwrite):
            say(f"wrote {place}")


def _judged(made: "Edition", files: Sequence[str]) -> int:
    """Tell of texts that are no translations of each other, as where a file is the wrong one; an exit code."""
    from diglot.pipeline.align.agreement import BY_CHANCE, agreement

    found = agreement(made)
    if found is None or found >= BY_CHANCE:
        return 0
    names = ["standard input" if file == "-" else file for file in files]
    texts = " and ".join(names) if len(names) == 2 else f"{made.source} and {made.target} of {names[0]}"
    say(
        f"diglot: {texts} do not seem to be translations of each other: agreement {found:.2f}, where translations reach "
        f"about 0.9 and any two texts up to {BY_CHANCE}; see whether these are the texts that you meant"
    )
    return GATE


def _summary(made: "Edition") -> str:
    """One line for people."""
    scores = [pair.translation.score or 0.0 for pair in made.pairs if pair.translation.status == "translated"]
    said = Counter((f.code, pair.translation.status) for pair in made.pairs for f in pair.findings)
    codes = Counter(f.code for pair in made.pairs for f in pair.findings)
    counts = {
        "doubtful": codes["doubtful-pair"],
        f"without partner in {made.source}": said["no-partner", "untranslated"],
        f"without partner in {made.target}": said["no-partner", "kept"],
        "of the page": codes["furniture"],
        "not aligned": codes["not-aligned"],
    }
    mean = sum(scores) / max(1, len(scores))
    found = [f"{count} {what}" for what, count in counts.items() if count]
    return ", ".join([f"{made.source} to {made.target}, {len(scores)} pairs, mean score {mean:.2f}", *found])
