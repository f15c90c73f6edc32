"""``diglot repair``, ``diglot detect``, ``diglot segment``: the stages of the pipeline, one at a time."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diglot import InputError
from diglot.commands.common import (
    read,
    reading_options,
    say,
    tell_notes,
    tell_strays,
    write,
    write_file,
    write_json,
)
from diglot.commands.reading import judge, reading

if TYPE_CHECKING:
    from diglot.pipeline.document import Segment


@click.command(short_help="Repair mojibake.")
@click.argument("file")
@click.option("--no-model", is_flag=True, help="Where bytes are lost, do not ask the released model.")
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write what was repaired, as JSON.")
def repair(file: str, no_model: bool, report: Path | None) -> int:
    """Undo mojibake: the repaired text to stdout. FILE may be - for standard input."""
    from diglot.pipeline.decode import decode
    from diglot.pipeline.outputs import refuse_inputs
    from diglot.pipeline.repair import repair, to_json

    if report:
        refuse_inputs([report], [Path(file)])
    try:
        decoded = decode(read(file))
    except InputError as exc:
        raise InputError(str(exc) if str(exc).startswith(file) else f"{file}: {exc}") from exc
    tell_strays(file, decoded.strays)
    repaired = repair(decoded.text, None if no_model else judge)
    if report:
        strays = [asdict(one) | {"data": one.data.hex()} for one in decoded.strays]
        described = {"file": file, "encoding": decoded.encoding, "strays": strays, "steps": to_json(repaired.plan)}
        write_file(report, json.dumps(described, ensure_ascii=False, indent=1) + "\n")
    write(repaired.text)
    uncertain = sum(not step.certain for step in repaired.plan)
    say(f"{file}: {decoded.encoding}, {len(repaired.plan)} places repaired, {uncertain} of them uncertain")
    return 0


@click.command(short_help="Detect the language of each passage.")
@click.argument("file")
@reading_options
def detect(file: str, from_format: str | None, no_repair: bool, comments: bool) -> int:
    """Detect the language of each passage: JSON lines with start, end, language, probability.

    Offsets are code points of the repaired text; FILE may be - for standard input.
    """
    for one in _segments(file, from_format, no_repair, comments):
        place = {"start": one.ranges[0][0], "end": one.ranges[-1][1]}
        write_json(place | {"language": one.language, "probability": round(one.probability, 4)})
    return 0


@click.command(short_help="Cut a document into sentences.")
@click.argument("file")
@reading_options
def segment(file: str, from_format: str | None, no_repair: bool, comments: bool) -> int:
    """Cut into sentences: JSON lines with index, start, end, kind, language, text.

    Offsets are code points of the repaired text; FILE may be - for standard input.
    """
    for one in _segments(file, from_format, no_repair, comments):
        place = {"index": one.index, "start": one.ranges[0][0], "end": one.ranges[-1][1]}
        write_json(place | {"kind": one.kind, "language": one.language, "text": one.text})
    return 0


def _segments(file: str, from_format: str | None, no_repair: bool, comments: bool) -> "Iterator[Segment]":
    from diglot.pipeline.edition import open_bytes, segments_of

    opened = open_bytes(read(file), file, reading(from_format, repair=not no_repair, comments=comments))
    tell_notes(file, opened.notes)
    tell_strays(file, opened.strays)
    yield from segments_of(opened.document)
