"""One lecture of a run: opened, translated into each language that is not done yet, written, and reported.

What the user can mend about one file is reported and does not stop the others. The model is loaded when the first text
is to be translated, so that a run in which all is done, or nothing can be read, ends at once.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diglot import DiglotError, InputError
from diglot.commands.batch import STDIN, Input
from diglot.commands.common import (
    BUNDLED,
    FAILED,
    UNTRANSLATED,
    progress_bar,
    read,
    reason,
    say,
    shown,
    tell_notes,
    tell_strays,
    write,
)
from diglot.commands.terms import glossary_for

if TYPE_CHECKING:
    from diglot import Model
    from diglot.pipeline.document import Segment
    from diglot.pipeline.edition import Edition, Opened, Reading
    from diglot.pipeline.glossary import Glossary
    from diglot.pipeline.memory import Memory
    from diglot.pipeline.outputs import Names
    from diglot.pipeline.register import Register
    from diglot.pipeline.translate import Hypothesis, Request, Translator

SUBTITLES = ("srt", "vtt", "ass")  # editions in two languages
_TRANSLATED, _IN_PART, _SKIPPED, _FAILED = "translated", "translated in part", "skipped", "failed"


@dataclass(frozen=True)
class Options:
    """What is wanted of each lecture of a run; ``only`` is the one source language to take, None for all."""

    targets: Sequence[str]
    reading: "Reading"
    formats: Sequence[str]
    only: str | None = None
    glossaries: "Sequence[str | Glossary]" = ()
    memory: "Memory | None" = None
    register: "Register" = "polite"
    consistent: bool = False
    overwrite: bool = False
    drop_fillers: bool = False
    cached: bool = False


@dataclass(frozen=True)
class Lecture:
    """A file as it was opened, cut into segments, and the names of its outputs."""

    path: Path
    names: "Names"
    opened: "Opened"
    segments: "Sequence[Segment]"

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return "stdin" if self.path == STDIN else str(self.path)

    @property
    def title(self) -> str:
        """What it is called in editions."""
        return "stdin" if self.path == STDIN else self.path.name

    def place(self, segment: "Segment") -> str:
        """Where a segment stands: its line, or in a container its number, as editions have it."""
        if self.opened.container:
            return f"{self.name}, segment {segment.index}"
        return f"{self.name}:{self.opened.document.text.count(chr(10), 0, segment.ranges[0][0]) + 1}"


def open_lecture(one: Input, options: Options) -> Lecture:
    """Read a file and cut it into segments, with a message on bytes in another encoding."""
    lecture = read_lecture(one, options)
    tell_notes(lecture.name, lecture.opened.notes)
    tell_strays(lecture.name, lecture.opened.strays)
    return lecture


def read_lecture(one: Input, options: Options) -> Lecture:
    """Read a file and cut it into segments. Raises :class:`diglot.InputError`."""
    from diglot.pipeline.edition import as_subtitles, open_bytes, segments_of, without_fillers
    from diglot.pipeline.outputs import written_ending

    name = "standard input" if one.path == STDIN else str(one.path)
    opened = open_bytes(read(str(one.path)), name, options.reading)
    if one.names.file:
        opened = as_subtitles(opened, one.names.file.suffix.lower().removeprefix("."))
    segments = segments_of(opened.document)
    kept = list(without_fillers(segments) if options.drop_fillers else segments)
    format = opened.document.format
    ending = opened.container or {"plain": ".txt", "transcript": ".txt", "markdown": ".md", "latex": ".tex"}.get(
        format, f".{format}"
    )
    names = replace(one.names, extension=written_ending(ending)) if one.path == STDIN else one.names
    return Lecture(one.path, names, opened, kept)


def outputs_of(lecture: Lecture, target: str, options: Options) -> dict[str, Path]:
    """The files to write for a language: the editions by their formats, the document under an empty name.

    Where there is nothing to translate there is no edition, and subtitles in two languages are made of subtitles alone.
    """
    from diglot.pipeline.edition import request_for, source_of

    source = source_of(lecture.segments, request_for(lecture.segments, target, (), options.only))
    formats = [name for name in options.formats if source and (name not in SUBTITLES or _may_be(lecture, name))]
    return {"": lecture.names.document(target)} | {name: lecture.names.edition(source, target, name) for name in formats}


def _may_be(lecture: Lecture, subtitles: str) -> bool:
    """Whether a lecture can be made subtitles of a format."""
    from diglot.pipeline.formats.subtitles import TIMED

    return lecture.opened.container == ".ass" if subtitles == "ass" else lecture.opened.document.format in TIMED


def write_outputs(made: "Edition", lecture: Lecture, places: Mapping[str, Path], *, overwrite: bool) -> None:
    """Write the files of :func:`outputs_of`, all or none."""
    from diglot.pipeline.outputs import Outputs

    with Outputs() as outputs:
        for format, place in places.items():
            outputs.write(place, made.write(format, lecture.title) if format else made.translated())
        for place in outputs.commit(overwrite=overwrite):
            say(f"wrote {shown(place)}")


def sources_of(inputs: Iterable[Input], options: Options) -> list[Path]:
    """The files that a run reads and must not write over. An edition that is a memory may be written anew."""
    glossaries = [Path(name) for name in options.glossaries if isinstance(name, str) and name != BUNDLED]
    return [*(one.path for one in inputs), *glossaries]


def exit_code(became: Counter[str]) -> int:
    """The exit code of a run, by what became of its files."""
    return FAILED if became[_FAILED] else UNTRANSLATED if became[_IN_PART] else 0


@dataclass
class Job:
    """What is done with each lecture of a run that reads the files ``sources``."""

    options: Options
    load: "Callable[[], Model]"
    sources: Collection[Path] = ()
    terms: "dict[tuple[str, str], Glossary | None]" = field(default_factory=dict, init=False)
    left_out: dict[str, list[str]] = field(default_factory=dict, init=False)  # glossaries, and why, for each direction

    def tell_unused(self) -> None:
        """Tell of each glossary that has served no direction of the run; that it does not serve all is no matter."""
        for reasons in self.left_out.values():
            if len(reasons) == len(self.terms):
                say(f"diglot: not used {reasons[0]}")

    def _leave_out(self, name: str, reason: str) -> None:
        self.left_out.setdefault(name, []).append(reason)

    @cached_property
    def model(self) -> "Model":
        """The model, loaded now. Raises :class:`diglot.DiglotError`, which ends a run: no other file could be translated."""
        try:
            model = self.load()
        except OSError as exc:
            raise DiglotError(f"the model cannot be loaded: {reason(exc)}") from exc
        if self.options.consistent and not model.inline_terms:
            raise click.UsageError("--consistent needs a model that reads terms in the text, and this one does not")
        return model

    @cached_property
    def _remembering(self) -> "Translator":
        """The model, which is not asked what it was asked in an earlier run."""
        from diglot.pipeline.cache import Remembering, default_cache

        return Remembering(self.model, default_cache(), self.model.identity) if self.options.cached else self.model

    def translator(self, texts: Sequence[str], source: str, target: str, **settings: Any) -> "Sequence[Hypothesis]":
        """Translate texts, with the model that is loaded for the first of them."""
        return self._remembering(texts, source, target, **settings)

    def run(self, one: Input) -> Counter[str]:
        """Translate a file into all languages; what became of it, counted."""
        try:
            lecture = open_lecture(one, self.options)
        except (InputError, OSError) as exc:
            say(f"diglot: {reason(exc)}")
            return Counter([_FAILED])
        return Counter(self._tried(lecture, target) for target in self.options.targets)

    def print(self, one: Input, target: str, format: str | None) -> Counter[str]:
        """Translate a file to standard output: the document, or an edition of it; what became of it."""
        lecture = open_lecture(one, self.options)
        made = self._edition(lecture, target)
        write(made.write(format, lecture.title) if format else made.translated())
        return Counter([self._report(made, lecture)])

    def request(self, target: str, segments: "Sequence[Segment] | None" = None) -> "Request":
        """What is wanted of segments, with the terms of their main language; no model is asked if all of them are kept."""
        from diglot.pipeline.edition import main_source, request_for, source_of

        unasked = request_for(segments or (), target, (), self.options.only)
        if segments is not None and not self.options.only and not source_of(segments, unasked):
            return unasked
        languages, inline_terms = self.model.languages, self.model.inline_terms
        request = request_for(segments or (), target, languages, self.options.only, inline_terms=inline_terms)
        request = replace(request, register=self.options.register)
        source = main_source(segments or (), request) if self.options.glossaries else None
        if source and (source, target) not in self.terms:
            self.terms[source, target] = glossary_for(self.options.glossaries, source, target, self._leave_out)
        return replace(request, glossary=self.terms[source, target]) if source else request

    def _tried(self, lecture: Lecture, target: str) -> str:
        try:
            return self._translate(lecture, target)
        except (InputError, OSError) as exc:
            say(f"diglot: {reason(exc)}")
            return _FAILED

    def _translate(self, lecture: Lecture, target: str) -> str:
        from diglot.pipeline.outputs import refuse_existing

        options, places = self.options, outputs_of(lecture, target, self.options)
        if not options.overwrite and all(place.exists() for place in places.values()):
            there = f"{shown(places[''])} exists{_older(places[''], lecture)}"
            say(f"skipped {lecture.name}: {there} (--overwrite translates anew)")
            return _SKIPPED
        refuse_existing(places.values(), self.sources, overwrite=options.overwrite)
        made = self._edition(lecture, target)
        write_outputs(made, lecture, places, overwrite=options.overwrite)
        for name in set(SUBTITLES).intersection(options.formats) - set(places) if made.source else ():
            say(f"{lecture.name}: no {name} edition, which only {'.ass files' if name == 'ass' else 'subtitles'} can have")
        return self._report(made, lecture)

    def edition(self, lecture: Lecture, target: str, progress: Callable[[int], None] = lambda _: None) -> "Edition":
        """The edition of a lecture in one language; ``progress`` is called with the number of segments done."""
        from diglot.pipeline.edition import make_edition

        return make_edition(
            lecture.opened,
            lecture.segments,
            self.translator,
            self.request(target, lecture.segments),
            memory=self.options.memory,
            consistent=self.options.consistent,
            progress=progress,
        )

    def _edition(self, lecture: Lecture, target: str) -> "Edition":
        with progress_bar(len(lecture.segments), f"{lecture.title} to {target}") as advance:
            return self.edition(lecture, target, advance)

    def _report(self, made: "Edition", lecture: Lecture) -> str:
        """Tell what came of a lecture, in words and in one."""
        from diglot.pipeline.checks.content import shortened
        from diglot.pipeline.formats import remarks

        summary, name = made.summary, lecture.name
        if made.pairs:
            say(f"{name} to {made.target}: {summary.line()}")
        if summary.kept:
            segments = {index for one in summary.kept for index in one.changed}
            say(f"{name}: {len(summary.kept)} terms kept as first rendered, {len(segments)} segments changed")
        for one in summary.kept:
            say(f"{name}: {one.term} → {one.rendering} ({len(one.changed)} times)")
        if not made.source:
            asked = f" from {self.options.only}" if self.options.only else ""
            say(f"{name}: nothing to translate{asked} into {made.target}, so no edition was written")
        for remark in remarks(made.document, made.target) if made.source else ():
            say(f"{name}: {remark}")
        for segment in summary.untranslated:
            say(f"{lecture.place(segment)}: left untranslated ({self._why(segment)}): {shortened(segment.text)}")
        return _IN_PART if summary.untranslated else _TRANSLATED

    def _why(self, segment: "Segment") -> str:
        from diglot.pipeline.document import primary

        if segment.language == "und":
            return "its language is not certain"
        if primary(segment.language) not in self.model.languages:
            return f"the model has no {segment.language}"
        return f"{segment.language}, no translation was sound"


def _older(output: Path, lecture: Lecture) -> str:
    """A remark where the input was changed after its translation was written."""
    changed = lecture.path != STDIN and lecture.path.stat().st_mtime > output.stat().st_mtime
    return f", older than {lecture.name}" if changed else ""
