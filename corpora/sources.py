"""Which reader for which files: those that a user names, and those of a fetched source, whose patterns the catalogue knows.

A file that holds both languages is read alone (TSV, TMX, PO, Markdown with its source in comments); files that hold one
each are read together, and their names say which belong together: ``talk.en`` and ``talk.ja`` (lines), ``talk.en.srt`` and
``talk.ja.srt`` (captions), folders ``notes/en`` and ``notes/ja`` (Markdown trees with the same file names).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.captions import read_bilingual, read_captions
from diglot.corpora.markdown import read_commented, read_markdown
from diglot.corpora.po import language_of, read_po
from diglot.corpora.read import Texts, Warn, ignore, read_columns, read_lines, read_tsv
from diglot.corpora.tmx import read_tmx

CAPTIONS = (".srt", ".vtt")
_CODE = re.compile(r"([a-z]{2})(?:[-_][A-Za-z]{2,4})?")

# The readers that the catalogue names: of two files with one language each, and of one file with both.
TOGETHER: Mapping[str, Callable[[Path, Path, Warn], Texts]] = {
    "lines": read_lines,
    "markdown": read_markdown,
    "captions": read_captions,
}
ALONE: Mapping[str, Callable[[Path, Warn], Texts]] = {
    "columns": read_columns,
    "po": read_po,
    "commented": read_commented,
    "bilingual": read_bilingual,
}


def read_all(paths: Iterable[Path], warn: Warn = ignore) -> Iterator[Pair]:
    """The pairs of files that a user names, whatever their formats. Raises :class:`diglot.InputError`."""
    alone, together = _arrange(paths)
    for path in alone:
        yield from _read_alone(path, warn)
    for (_, name, _), by_language in together.items():
        for one, other in combinations(_en_first(by_language), 2):
            yield from _read_together(name, (one, other), by_language[one], by_language[other], warn)


Group = tuple[Path, str, str]  # the folder, the name and the ending that files of several languages have in common


def _arrange(paths: Iterable[Path]) -> tuple[list[Path], dict[Group, dict[str, Path]]]:
    """Files that are read alone, and those that belong together, each by its language."""
    alone: list[Path] = []
    together: dict[Group, dict[str, Path]] = {}
    for path in paths:
        if not path.exists():
            raise InputError(f"{path}: there is no such file")
        plain = path.name.removesuffix(".xz")
        if plain.endswith((".tsv", ".tmx", ".po")) or (plain.endswith(".md") and path.is_file()):
            alone.append(path)
            continue
        ending = path.suffix if path.suffix in CAPTIONS else ""
        stem, _, language = plain.removesuffix(ending).rpartition(".")
        if not (code := _CODE.fullmatch(language)):
            raise InputError(
                f"{path}: which language? Name it NAME.en, NAME.en.srt, or a folder named en; or give TSV, TMX or PO"
            )
        sides = together.setdefault((path.parent, stem or path.absolute().parent.name, ending), {})
        if code[1] in sides:
            raise InputError(f"{path} and {sides[code[1]]} are the same side of a text; give one of them")
        sides[code[1]] = path
    for (folder, name, _), files in together.items():
        if len(files) < 2:
            raise InputError(f"{folder / name}: has one language only ({', '.join(files)}); name its translation too")
    return alone, together


def _en_first(codes: Iterable[str]) -> list[str]:
    return sorted(codes, key=lambda code: (code != "en", code))


def _read_alone(path: Path, warn: Warn) -> Iterator[Pair]:
    name = path.name.split(".")[0]
    if path.suffix == ".tmx":
        for unit in read_tmx(path):
            for one, other in combinations(_en_first(unit), 2):
                yield Pair(name, path.name, (one, other), unit[one], unit[other])
    elif path.suffix in (".po", ".md"):
        code = language_of(path) if path.suffix == ".po" else path.stem.rpartition(".")[2]
        if not (found := _CODE.fullmatch(code)):
            raise InputError(
                f"{path}: which language is it translated to? The header of a PO file, or NAME.ja.md, says that"
            )
        texts = read_po(path, warn) if path.suffix == ".po" else read_commented(path, warn)
        yield from (Pair(name, path.name, ("en", found[1]), *pair) for pair in texts)
    else:
        yield from read_tsv(path, warn)


def _read_together(name: str, languages: tuple[str, str], one: Path, other: Path, warn: Warn) -> Iterator[Pair]:
    if one.is_dir():
        files = ((str(path.relative_to(one)), path, other / path.relative_to(one)) for path in sorted(one.rglob("*.md*")))
        documents = [(document, a, b) for document, a, b in files if b.is_file()]
        reader = TOGETHER["markdown"]
    else:
        documents = [(one.name, one, other)]
        reader = TOGETHER["captions" if one.suffix in CAPTIONS else "lines"]
    for document, first, second in documents:
        yield from (Pair(name, document, languages, *pair) for pair in reader(first, second, warn))


def read_tree(corpus: str, reader: str, files: Mapping[str, str], root: Path, warn: Warn = ignore) -> Iterator[Pair]:
    """The pairs of a fetched source.

    ``files`` gives each language the pattern of its files, as in ``{"en": "chapters/en/**/*.mdx", "ja": ...}``; files that
    belong together are those for which the wild cards stand for the same. For a reader of one file the key is the pair:
    ``{"en-ja": "ja/**/*.po"}``.
    """
    found = {key: dict(find(root, pattern)) for key, pattern in files.items()}
    if reader in ALONE:
        for key, documents in found.items():
            first, _, second = key.partition("-")
            for document, path in documents.items():
                texts = ALONE[reader](path, warn)
                yield from (Pair(corpus, document or path.name, (first, second), *pair) for pair in texts)
        return
    source, *targets = _en_first(found)
    for target in targets:
        for document in (document for document in found[source] if document in found[target]):
            one, other = found[source][document], found[target][document]
            texts = TOGETHER[reader](one, other, warn)
            yield from (Pair(corpus, document or one.name, (source, target), *pair) for pair in texts)


def find(root: Path, pattern: str) -> Iterator[tuple[str, Path]]:
    """The files below ``root`` that a pattern fits, in order, each with what its wild cards (``*``, ``**/``) stand for."""
    kinds = {"**/": "((?:[^/]+/)*)", "*": "([^/]*)"}
    shape = re.compile("".join(kinds.get(part) or re.escape(part) for part in re.split(r"(\*\*/|\*)", pattern)))
    start = root / pattern.partition("*")[0].rpartition("/")[0]
    for path in sorted(start.rglob("*")):
        match = shape.fullmatch(path.relative_to(root).as_posix())
        if match and path.is_file() and not path.is_symlink():
            yield "/".join(group.strip("/") for group in match.groups()).strip("/"), path
