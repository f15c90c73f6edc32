"""What :mod:`diglot` offers to programs: strings and files translated by the very path of ``diglot translate``."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, cast

from diglot import InputError
from diglot.commands.batch import STDIN, Input
from diglot.commands.common import BUNDLED, code_of, target_of
from diglot.commands.lecture import Job, Options, read_lecture
from diglot.commands.reading import judge, reading
from diglot.commands.terms import glossary_for

if TYPE_CHECKING:
    from diglot import Files, Model, Terms
    from diglot.pipeline.edition import Edition
    from diglot.pipeline.glossary import Glossary


def translate_texts(
    texts: Sequence[str],
    *,
    to: str,
    source: str = "auto",
    model: "Model | str | PathLike[str] | None" = None,
    glossary: "Terms | None" = None,
) -> list[str]:
    """Translate strings through the whole pipeline; see :func:`diglot.translate`."""
    from diglot.pipeline.edition import request_for
    from diglot.pipeline.lines import translate_strings

    target, only = target_of(to), _only(source)
    translator = _ready(model, target, only)
    named = _named(glossary)
    language = (only or _main_source(texts, target)) if named else None
    terms = glossary_for(named, language, target) if language else None
    inline_terms = translator.inline_terms
    request = request_for([], target, translator.languages, only, glossary=terms, inline_terms=inline_terms)
    return translate_strings(texts, translator, request, judge)


def translate_lecture(
    path: Path,
    *,
    to: str,
    source: str = "auto",
    model: "Model | str | PathLike[str] | None" = None,
    glossary: "Terms | None" = None,
    memory: "Files | None" = None,
) -> "Edition":
    """Translate a file as ``diglot translate`` does, and write nothing; see :func:`diglot.translate_file`."""
    from diglot.pipeline import memory as memories
    from diglot.pipeline.outputs import name_outputs

    if path == STDIN:
        raise InputError("-: is standard input, no file; give its text to diglot.translate")
    target, only = target_of(to), _only(source)
    translator = _ready(model, target, only)
    corrected = [memory] if isinstance(memory, str | PathLike) else memory or ()
    options = Options(
        targets=[target],
        only=only,
        reading=reading(),
        formats=(),
        glossaries=_named(glossary),
        memory=memories.read(map(Path, corrected), only, target),
    )
    lecture = read_lecture(Input(path, name_outputs([path], None)[0]), options)
    return Job(options, lambda: translator).edition(lecture, target)


def _only(source: str) -> str | None:
    """The one source language to translate; None for all."""
    return None if source == "auto" else code_of(source)


def _main_source(texts: Sequence[str], target: str) -> str | None:
    """The language of most of what is to be translated, the one to take glossaries for; None where there is none."""
    from diglot.pipeline.detect import identify
    from diglot.pipeline.document import primary

    sizes: Counter[str] = Counter()
    for text in texts:
        sizes[primary(identify(text).language)] += len(text)
    return next((code for code, _ in sizes.most_common() if code not in ("und", target)), None)


def _named(terms: "Terms | None") -> "list[str | Glossary]":
    """Glossaries by their names, or as they were made."""
    from diglot.pipeline.glossary import Glossary

    given = [terms] if isinstance(terms, str | PathLike | Glossary) else terms or ()
    return [one if isinstance(one, Glossary) else str(one) for one in given]


def _ready(model: "Model | str | PathLike[str] | None", *languages: str | None) -> "Model":
    """A model that has these languages. Raises :class:`diglot.LanguageError` for one that it lacks."""
    path = BUNDLED if model is None else fspath(model) if isinstance(model, str | PathLike) else None
    translator = _loaded(path) if path is not None else cast("Model", model)
    for code in filter(None, languages):
        translator.require(code, code)
    return translator


@cache
def _loaded(path: str) -> "Model":
    """A model, loaded once in the life of a program that translates string after string."""
    from diglot import models

    return models.load(None if path == BUNDLED else path)
