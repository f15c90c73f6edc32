"""``diglot translate --dry-run``: what a run would do, as a table, without the model.

Work is counted as translators count it: in words, and in characters where a language is written without spaces.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from diglot import InputError
from diglot.commands.batch import Input
from diglot.commands.common import reason, say, shown, write
from diglot.commands.lecture import Lecture, Options, open_lecture, outputs_of, sources_of

COUNTED = ("segments", "words", "characters", "memory")
COLUMNS = ("file", "format", "languages", "to", *COUNTED, "state", "outputs")
_NAMED = ("segments", "words", "characters", "segments in the memory")
_WITHOUT_SPACES = ("ja", "zh")


def show_plan(inputs: Sequence[Input], options: Options, *, to_stdout: bool) -> bool:
    """Write the table, a row for each file and target; whether all files could be read.

    ``to_stdout``: the run would write to standard output, no files.
    """
    total: Counter[str] = Counter()
    aside = {"state": "new", "outputs": "-"} if to_stdout else {}
    sources = {path.resolve() for path in sources_of(inputs, options)}
    write("\t".join(COLUMNS) + "\n")
    for one in inputs:
        try:
            lecture = open_lecture(one, options)
            rows = [_row(lecture, target, options, sources) | aside for target in options.targets]
        except (InputError, OSError) as exc:
            say(f"diglot: {reason(exc)}")
            total["failed"] += 1
            continue
        for row in rows:
            write("\t".join(str(row[column]) for column in COLUMNS) + "\n")
            total.update({column: row[column] for column in COUNTED if row["state"] == "new"})
    say("to do: " + ", ".join(f"{total[column]:,} {name}" for column, name in zip(COUNTED, _NAMED, strict=True)))
    return not total["failed"]


def _row(lecture: Lecture, target: str, options: Options, sources: Collection[Path]) -> dict[str, Any]:
    """The columns for one file and target; the numbers are of what is to be translated."""
    languages = Counter(segment.language for segment in lecture.segments)
    outputs = list(outputs_of(lecture, target, options).values())
    return {
        "file": lecture.name,
        "format": lecture.opened.container.removeprefix(".") or lecture.opened.document.format,
        "languages": " ".join(f"{code}:{count}" for code, count in languages.most_common()),
        "to": target,
        **_work(lecture, target, options),
        "state": _state(outputs, sources, options),
        "outputs": " ".join(map(shown, outputs)),
    }


def _work(lecture: Lecture, target: str, options: Options) -> Counter[str]:
    """How much of a lecture is to be translated, and how many of its segments the memory has."""
    from diglot.pipeline.document import primary
    from diglot.pipeline.edition import request_for
    from diglot.pipeline.translate import is_kept, source_language

    work = Counter(dict.fromkeys(COUNTED, 0))
    request = request_for(lecture.segments, target, (), options.only)
    for segment in lecture.segments:
        if is_kept(segment, request):
            continue
        language = source_language(segment, request)
        work["segments"] += 1
        if language in _WITHOUT_SPACES:
            work["characters"] += len("".join(segment.text.split()))
        else:
            work["words"] += len(segment.text.split())
        work["memory"] += bool(options.memory and options.memory.recall(segment.text, language, primary(target)))
    return work


def _state(outputs: Sequence[Path], sources: Collection[Path], options: Options) -> str:
    """``new``, ``done`` (it will be skipped) or ``exists`` (in part, or an input, so that it will fail)."""
    there = [path for path in outputs if path.exists()]
    if len(there) == len(outputs) and not options.overwrite:
        return "done"
    if any(path.resolve() in sources for path in there):
        return "exists"
    return "new" if not there or options.overwrite else "exists"
