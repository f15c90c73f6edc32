"""``diglot corpus``: parallel text from its sources to the file that training reads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from diglot import DiglotError, InputError
from diglot.commands.common import (
    Group,
    codes,
    language,
    load_model,
    model_options,
    model_path,
    progress_bar,
    say,
    write,
    write_file,
)

if TYPE_CHECKING:
    from diglot.corpora import Pair
    from diglot.corpora.catalogue import Source
    from diglot.corpora.clean import Report
    from diglot.corpora.synthetic import Text
    from diglot.models.translator import Translator

PATH = click.Path(path_type=Path)
WARNINGS = 20  # that are shown of one kind of work; the rest is counted


def catalogue_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``own``: catalogues of the user's."""
    option = click.option(
        "--catalogue",
        "own",
        multiple=True,
        type=PATH,
        metavar="FILE",
        help="A catalogue of your own (TOML). May be repeated.",
    )
    return option(command)


@click.group(cls=Group, short_help="Collect, clean and pack parallel text.")
def corpus() -> None:
    """Parallel text: find it, fetch it, clean it, pack it for training.

    \b
    diglot corpus list --pair en-ja --licences open
    diglot corpus fetch hf-course rust-book-ja -o sources
    diglot corpus build mine/en-ja.tsv talk.en talk.ja --sources sources -o corpus
    diglot corpus pack corpus/*.tsv.xz -o train.pack
    diglot corpus tokenizer train.pack --size 24000 -o spiece.model
    diglot train config.toml
    """


@corpus.command("list", short_help="List the public sources that are known.")
@click.option(
    "--licences", type=click.Choice(["open", "all"]), default="all", show_default=True, help="open: no other sources."
)
@click.option("--pair", metavar="PAIR", help="Only sources of this pair, as in en-ja.")
@click.option("--domain", type=click.Choice(["lec", "doc", "talk", "gen"]), help="Only sources of this domain.")
@catalogue_option
def list_sources(licences: str, pair: str | None, domain: str | None, own: tuple[Path, ...]) -> int:
    """List the public sources that the catalogue knows; those marked * can be fetched and built.

    The size is the number of pairs that were found there, of the pair asked for or of all.
    """
    from diglot.corpora.catalogue import read_catalogue

    known = read_catalogue(own)
    if pair and pair not in (pairs := {code for source in known.values() for code in source.pairs}):
        raise InputError(f"no source of {pair}; there are {', '.join(sorted(pairs))}")
    lines = [
        (
            f"{name}{'*' * source.readable}",
            source.domain,
            source.tier,
            str(source.pairs[pair] if pair else sum(source.pairs.values())),
            " ".join(source.pairs),
            source.about,
        )
        for name, source in known.items()
        if (licences == "all" or source.tier == "open")
        and (pair is None or pair in source.pairs)
        and (domain is None or domain == source.domain)
    ]
    _table([("source", "domain", "licence", "size", "pairs", ""), *lines])
    return 0


@corpus.command(short_help="Fetch public sources.")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option("-o", "--output", required=True, type=PATH, metavar="DIR", help="Where each source gets a folder.")
@catalogue_option
def fetch(names: tuple[str, ...], output: Path, own: tuple[Path, ...]) -> int:
    """Fetch sources of the catalogue, each at its commit. A fetch that was cut off goes on where it was.

    Their licences are theirs: read them before you publish what you train on them.
    """
    from diglot.corpora.catalogue import read_catalogue
    from diglot.corpora.fetch import fetch_repository

    known = read_catalogue(own)
    for name in names:
        source = _named(known, name)
        for number, repository in enumerate(source.repositories):
            folder = _source_folder(output, source, number)
            with progress_bar(0, repository.name, unit="B") as advance:
                fetch_repository(repository.name, repository.commit, folder, progress=advance)
        say(f"{name}: in {output / name}; licence: {source.licence or 'not stated'}")
    return 0


@corpus.command(short_help="Read, clean and join parallel text.")
@click.argument("files", nargs=-1, type=PATH, metavar="[FILE]...")
@click.option("--sources", type=PATH, metavar="DIR", help="Read what 'corpus fetch' put there, too.")
@click.option("-o", "--output", required=True, type=PATH, metavar="DIR", help="Where PAIR.tsv.xz and report.json go.")
@click.option(
    "--licences", type=click.Choice(["open", "all"]), default="all", show_default=True, help="open: no other text."
)
@click.option(
    "--held-out",
    multiple=True,
    type=PATH,
    metavar="FILE",
    help="A test set, a text a line or in columns: its texts are left out. May be repeated.",
)
@click.option(
    "--join", callback=codes, default="ja-zh", show_default=True, metavar="PAIRS", help="Made over shared English."
)
@catalogue_option
def build(
    files: tuple[Path, ...],
    sources: Path | None,
    output: Path,
    licences: str,
    held_out: tuple[Path, ...],
    join: tuple[str, ...],
    own: tuple[Path, ...],
) -> int:
    """Read, clean and join parallel text: one PAIR.tsv.xz for each pair of languages, and a report of what was dropped.

    FILE is en-ja.tsv[.xz] (corpus, document, en, ja; or en, ja alone), NAME.tmx, NAME.po, or NAME.ja.md with its source in
    comments; or files that belong together by their names: talk.en talk.ja, talk.en.srt talk.ja.srt, notes/en notes/ja.
    """
    from diglot.corpora.build import build as build_corpus
    from diglot.corpora.build import licensed
    from diglot.corpora.catalogue import read_catalogue
    from diglot.corpora.clean import held_out_texts, standard_filters
    from diglot.corpora.sources import read_all

    if not files and not sources:
        raise click.UsageError("name files, or --sources DIR")
    _refuse_inputs(files, output)
    known, warnings, left_out = read_catalogue(own), Warnings(), dict[str, int]()
    pairs: Iterator[Pair] = _counted(chain(read_all(files, warnings), _fetched(sources, known, warnings)))
    if licences == "open":
        pairs = licensed(pairs, known, left_out)
    joins = [(one, other) for one, _, other in (pair.partition("-") for pair in join)]
    lexicons = [name for name, source in known.items() if source.lexicon]
    texts = set(held_out_texts(held_out))
    filters = standard_filters(texts)
    if held_out:
        say(f"held out: {len(texts):,} texts of {len(held_out)} {'file' if len(held_out) == 1 else 'files'}")
    reports = build_corpus(pairs, output, filters, joins=joins, lexicons=lexicons)
    warnings.close()
    for name, count in left_out.items():
        say(f"{name}: {count} pairs left out, because the catalogue knows no open licence of it")
    for name, report in reports.items():
        say(summary(name, report))
    say(f"wrote {output}; what was dropped, with examples: {output / 'report.json'}")
    if not reports["all"].kept:
        raise InputError(f"{output}: no pair was kept; see report.json there for what each filter dropped")
    return 0


@corpus.command("filter", short_help="Leave out the pairs that a model doubts.")
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE...")
@click.option("-o", "--output", required=True, type=PATH, metavar="DIR", help="Where files of the same names go.")
@click.option("--best", type=click.FloatRange(0, 1), default=0.9, show_default=True, help="The share of each file to keep.")
@click.option("--model", metavar="PATH", callback=model_path, help="A model folder. [default: bundled, the released model]")
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="auto: a GPU if there is one.",
)
def filter_pairs(files: tuple[Path, ...], output: Path, best: float, model: str | None, device: str) -> int:
    """Leave out the pairs that a model doubts most, of clean text: PAIR.tsv[.xz] as 'corpus build' writes it.

    The model reads each pair in both directions (dual cross-entropy). What it makes of them stays in DIR/NAME.scores: a run
    that was cut off goes on where it was, and another --best takes seconds. DIR/report.json shows some of what was left out.
    """
    from diglot.corpora.build import write_report, write_tsv
    from diglot.corpora.clean import Report
    from diglot.corpora.doubt import Doubt, by_corpus, credible
    from diglot.corpora.journal import digest, kept_results
    from diglot.corpora.read import read_tsv
    from diglot.pipeline.outputs import refuse_inputs

    refuse_inputs([output / path.name for path in files], files)
    if model and model.startswith("hf:"):
        raise click.UsageError("--model hf: cannot judge pairs; give the folder of a model of diglot")
    translator = cast("Translator", load_model({"model": model, "device": device}))
    score = partial(_both_ways, translator)
    output.mkdir(parents=True, exist_ok=True)
    warnings, reports = Warnings(), dict[str, Report]()
    rows: list[tuple[str, ...]] = [("corpus", "pair", "pairs", "kept", "doubt", "")]
    for path in files:
        pairs = list(read_tsv(path, warnings))
        if lacking := {code for pair in pairs[:1] for code in pair.languages} - set(translator.languages):
            has = ", ".join(translator.languages)
            raise InputError(f"{path}: the model does not have '{min(lacking)}'; it has {has}")
        about = {"model": translator.identity, "texts": digest(text for pair in pairs for text in pair[3:])}
        with progress_bar(len(pairs), path.name) as advance:
            made = kept_results(pairs, score, output / f"{path.name}.scores", about, advance)
        doubts = [Doubt(*scores) for scores in made]
        kept = credible(pairs, doubts, best, reports.setdefault(path.name, Report()))
        write_tsv(output / path.name, (pair for pair, keep in zip(pairs, kept, strict=True) if keep))
        for one in by_corpus(pairs, doubts, kept):
            rows.append((one.corpus, path.name.split(".")[0], f"{one.pairs}", f"{one.kept}", f"{one.doubt:.2f}", ""))
        say(summary(path.name, reports[path.name]))
    warnings.close()
    write_report(output, reports)
    _table(rows)
    say(f"wrote {output}; what was left out, with examples: {output / 'report.json'}")
    return 0


@corpus.command(short_help="Count what files and packs hold.")
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE...")
@catalogue_option
def stats(files: tuple[Path, ...], own: tuple[Path, ...]) -> int:
    """Count what files of parallel text or packs hold, by corpus and pair; widths are columns (a CJK character is two)."""
    from diglot.corpora.catalogue import read_catalogue
    from diglot.corpora.stats import count, read_any

    known = read_catalogue(own)
    counts = count(pair for path in files for pair in read_any(path))
    rows: list[tuple[str, ...]] = [("corpus", "pair", "domain", "licence", "pairs", "documents", "width", "width")]
    for one in sorted(counts, key=lambda c: (c.languages, -c.pairs)):
        source = known.get(one.corpus)
        known_of = (source.domain, source.tier) if source else ("-", "-")
        widths = (f"{total / one.pairs:.0f}" for total in (one.first_width, one.second_width))
        rows.append((one.corpus, "-".join(one.languages), *known_of, f"{one.pairs}", f"{one.documents}", *widths))
    rows.append(("all", "", "", "", f"{sum(c.pairs for c in counts)}", f"{sum(c.documents for c in counts)}", "", ""))
    _table(rows)
    return 0


@corpus.command(short_help="Pack clean text for training.")
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE...")
@click.option("-o", "--output", required=True, type=PATH, metavar="PACK", help="The training file.")
@click.option(
    "--domain",
    multiple=True,
    metavar="CORPUS=TAG",
    help="lec, doc, talk, gen, or bt for back-translations. May be repeated.",
)
@catalogue_option
def pack(files: tuple[Path, ...], output: Path, domain: tuple[str, ...], own: tuple[Path, ...]) -> int:
    """Pack clean text (what 'corpus build' wrote) into the one file that 'diglot train' reads.

    Each corpus gets a domain tag: the one given here, else the catalogue's, else gen.
    """
    from diglot.corpora.catalogue import DOMAINS, read_catalogue
    from diglot.corpora.clean import normalise
    from diglot.corpora.pack import write_pack
    from diglot.corpora.sources import read_all
    from diglot.pipeline.outputs import refuse_inputs

    refuse_inputs([output], files)
    given = dict(entry.partition("=")[::2] for entry in domain)
    if wrong := [entry for entry in domain if entry.partition("=")[2] not in DOMAINS]:
        raise click.UsageError(f"--domain {wrong[0]}: give CORPUS=TAG with one of {', '.join(DOMAINS)}")
    domains = {name: source.domain for name, source in read_catalogue(own).items()} | given
    warnings, tags = Warnings(), dict[str, str]()

    def noted(pairs: "Iterator[Pair]") -> "Iterator[Pair]":
        for pair in pairs:
            tags.setdefault(pair.corpus, domains.get(pair.corpus, "gen"))
            yield pair._replace(first=normalise(pair.first), second=normalise(pair.second))  # on one line each

    packed = write_pack(noted(_counted(read_all(files, warnings))), domains, output)
    warnings.close()
    for tag in DOMAINS:
        if names := [name for name, of in tags.items() if of == tag]:
            say(f"{tag}: {', '.join(names)}")
    say(f"wrote {output}: {packed} pairs")
    return 0


@corpus.command(short_help="Train a tokenizer on a pack.")
@click.argument("pack", type=PATH)
@click.option("--size", required=True, type=click.IntRange(350), help="Pieces; the released models have 12000 to 32000.")
@click.option("-o", "--output", required=True, type=PATH, metavar="FILE", help="The SentencePiece model.")
@click.option("--sentences", type=click.IntRange(1), default=300_000, show_default=True, help="Of each language, at most.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True, help="CPU threads.")
@catalogue_option
def tokenizer(pack: Path, size: int, output: Path, sentences: int, threads: int, own: tuple[Path, ...]) -> int:
    """Train the tokenizer on a PACK: as many sentences of each language, half of them lectures where there are so many."""
    from diglot.corpora.catalogue import read_catalogue
    from diglot.corpora.pack import Pack
    from diglot.corpora.sample import sample_texts
    from diglot.models.tokenizer import train
    from diglot.pipeline.outputs import refuse_inputs

    refuse_inputs([output], [pack])
    lexicons = [name for name, source in read_catalogue(own).items() if source.lexicon]
    made = train(sample_texts(Pack(pack), sentences, without=lexicons), size, threads=threads)
    write_file(output, made.model)
    say(f"wrote {output}: {len(made)} pieces")
    return 0


@corpus.command(short_help="Make pairs with a model.")
@click.argument("files", nargs=-1, required=True, type=PATH, metavar="FILE...")
@click.option("--from", "from_", required=True, callback=language, metavar="LANG", help="The side that is translated.")
@click.option("--to", required=True, callback=language, metavar="LANG", help="The language that it is translated into.")
@click.option(
    "-o", "--output", required=True, type=PATH, metavar="TSV", help="As in en-ja.tsv.xz: the name begins with the pair."
)
@click.option("--best", type=click.FloatRange(0, 1), default=0.9, show_default=True, help="The share to keep, by score.")
@model_options
def translate(files: tuple[Path, ...], from_: str, to: str, output: Path, best: float, **search: Any) -> int:
    """Make pairs with a model: back-translations, or a large model's translations for a small one to learn from.

    The --from side of FILE (parallel text; NAME.LANG is plain text of one sentence a line) is translated, doubtful
    translations are dropped, the rest is written as corpora named CORPUS+mt. A run that was cut off goes on where it was.
    """
    from diglot.corpora.build import write_tsv
    from diglot.corpora.clean import Report
    from diglot.corpora.synthetic import pairs_made, translate_texts
    from diglot.pipeline.outputs import refuse_inputs

    if output.name.split(".")[0] not in (f"{from_}-{to}", f"{to}-{from_}"):
        raise click.UsageError(f"-o {output}: the name must begin with {from_}-{to} or {to}-{from_}")
    refuse_inputs([output], files)
    translator = load_model(search, [from_, to])
    texts = _texts(files, from_)
    journal = output.with_name(output.name + ".journal")
    about = {"from": from_, "to": to, "model": translator.identity}

    def run(batch: Sequence[str]) -> list[tuple[str, float]]:
        return [(made.text, made.score) for made in translator(batch, from_, to)]

    output.parent.mkdir(parents=True, exist_ok=True)
    with progress_bar(len(texts), f"{from_} to {to}") as advance:
        made = translate_texts(texts, run, journal, about, advance)
    report = Report()
    write_tsv(output, pairs_made(texts, made, from_, to, best=best, report=report))
    journal.unlink()
    say(summary(output.name, report))
    say(f"wrote {output}")
    return 0


# ------------------------------------------------------------------------------------------------------------------ helpers


class Warnings:
    """Tells what readers found wrong: the first of it at once, how much more there was at the end."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, message: str) -> None:
        """Tell one."""
        self._count += 1
        if self._count <= WARNINGS:
            say(message)

    def close(self) -> None:
        """Tell how many were not shown."""
        if self._count > WARNINGS:
            say(f"... and {self._count - WARNINGS} more of that kind")


def summary(name: str, report: "Report") -> str:
    """One line of what came of cleaning."""
    dropped = ", ".join(f"{reason} {count}" for reason, count in report.dropped.most_common())
    return f"{name}: {report.kept} of {report.seen} pairs kept; dropped: {dropped or 'none'}"


def _both_ways(translator: "Translator", pairs: "Sequence[Pair]") -> list[tuple[float, float]]:
    """How likely a model finds each side of pairs, the second and the first, given the other."""
    first, second = pairs[0].languages
    forward = translator.score([(pair.first, pair.second) for pair in pairs], second)
    backward = translator.score([(pair.second, pair.first) for pair in pairs], first)
    return list(zip(forward, backward, strict=True))


def _refuse_inputs(files: Iterable[Path], output: Path) -> None:
    """Raise :class:`diglot.InputError` for an input that the build might write over."""
    for path in files:
        if path.name.endswith(".tsv.xz") and path.resolve().parent == output.resolve():
            raise InputError(f"{path}: is an input and might be overwritten; write elsewhere with -o DIR")


def _named(known: "Mapping[str, Source]", name: str) -> "Source":
    if name not in known:
        raise DiglotError(f"the catalogue has no '{name}'; 'diglot corpus list' shows what it has")
    if not known[name].repositories:
        raise DiglotError(f"{name}: the catalogue knows no address for it")
    return known[name]


def _source_folder(root: Path, source: "Source", number: int) -> Path:
    """Where the files of a repository go: the folder of its source, or one in it where there are several."""
    many = len(source.repositories) > 1
    return root / source.name / source.repositories[number].name.rpartition("/")[2] if many else root / source.name


def _fetched(root: Path | None, known: "Mapping[str, Source]", warnings: Warnings) -> "Iterator[Pair]":
    """The pairs of all sources of the catalogue that have a folder there."""
    from diglot.corpora.sources import read_tree

    if root is None:
        return
    for name, source in known.items():
        if not (root / name).is_dir():
            continue
        if not source.readable:
            say(f"{name}: has no reader in the catalogue yet; it is left out")
            continue
        empty = True
        for pair in read_tree(name, source.reader, source.files, root / name, warnings):
            empty = False
            yield pair
        if empty:
            say(f"{name}: nothing was found in {root / name}; its files may have moved since the catalogue was made")


def _texts(paths: Iterable[Path], language: str) -> "list[Text]":
    """The texts of files in one language: a side of parallel text, or plain lines of ``NAME.LANG``."""
    from diglot.corpora.clean import normalise
    from diglot.corpora.read import numbered_lines
    from diglot.corpora.stats import read_any
    from diglot.corpora.synthetic import Text, texts_of

    texts = []
    for path in paths:
        if path.name.removesuffix(".xz").endswith(f".{language}"):
            lines = (normalise(line) for _, line in numbered_lines(path))
            texts += [Text(path.name.split(".")[0], path.name, line) for line in lines if line]
        else:
            texts += texts_of(read_any(path), language)
    if not texts:
        raise InputError(f"{', '.join(map(str, paths))}: holds nothing in '{language}'")
    return texts


def _counted(pairs: "Iterator[Pair]") -> "Iterator[Pair]":
    """The pairs, counted on a progress bar as they pass."""
    with progress_bar(0, "pairs", unit="") as advance:
        for number, pair in enumerate(pairs, 1):
            yield pair
            if number % 1000 == 0:
                advance(1000)


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    """Rows in columns, to standard output."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for *cells, last in rows:
        write("  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)), last]).rstrip() + "\n")
