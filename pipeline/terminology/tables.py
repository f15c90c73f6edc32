"""Glossaries as tables: TSV and CSV, with a header line or without, as OmegaT, DeepL and spreadsheets write them."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from diglot import GlossaryError, InputError
from diglot.pipeline.decode import decode
from diglot.pipeline.document import primary
from diglot.pipeline.glossary import Term, in_capitals
from diglot.pipeline.terminology.files import (
    Direction,
    GlossaryFile,
    choose_direction,
    clean,
    direction_of,
    is_language,
    is_verb,
    language_code,
    named_direction,
)

Row = tuple[int, list[str]]  # line number, cells
Wanted = tuple[str | None, str | None]

# In the languages of those who make them: what people head their tables with.
_COLUMNS = {
    "source": (
        *("source", "source term", "src", "term", "terms"),
        *("terme", "begriff", "terminus", "fachbegriff", "ausgangsbegriff", "quelle", "término", "origen"),
        *("用語", "原語", "原文", "术语", "原词", "용어", "원문", "원어"),
    ),
    "target": (
        *("target", "targets", "target term", "tgt", "translation", "translations"),
        *("traduction", "cible", "übersetzung", "zielbegriff", "ziel", "entsprechung", "traducción", "destino"),
        *("訳語", "訳", "訳文", "対訳", "翻訳", "译文", "译名", "译词", "翻译", "번역", "번역어", "역어"),
    ),
    "forbidden": ("forbidden", "forbidden targets", "interdit", "verboten", "prohibido", "禁止", "禁用", "금지"),
    "one way": ("one way", "one-way"),
    "dnt": ("dnt", "do not translate", "do-not-translate"),
    "case": ("case", "case sensitive", "case-sensitive"),
    "pos": ("pos", "part of speech", "品詞", "词性", "품사"),
    "domain": ("domain", "subject", "field", "domaine", "fachgebiet", "bereich", "dominio", "分野", "领域", "분야"),
    "note": (
        *("note", "notes", "comment", "comments", "description", "definition", "remark", "remarks"),
        *("commentaire", "remarque", "définition", "kommentar", "anmerkung", "hinweis", "comentario", "nota", "definición"),
        *("備考", "注", "注釈", "コメント", "説明", "定義", "备注", "注释", "说明", "定义", "비고", "메모", "설명", "정의"),
    ),
    "source language": ("source language", "source lang", "source_lang"),
    "target language": ("target language", "target lang", "target_lang"),
    "evidence": ("evidence",),  # of the bundled glossaries: read by people
    "": ("",),
}
_COLUMN_OF = {name: column for column, names in _COLUMNS.items() for name in names}
# Without a header line the number of columns says what they are; an export of DeepL names the languages in each row.
_PLAIN = {2: ["source", "target"], 3: ["source", "target", "note"]}
_DEEPL = ["source", "target", "source language", "target language", "evidence"]
_SIDES = ("source", "target")
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SCRIPTS = {"ja": re.compile(f"[\u3041-\u30ff{_HAN}]"), "zh": re.compile(f"[{_HAN}]"), "ko": re.compile("[\uac00-\ud7a3]")}
_LATIN = re.compile("[A-Za-z]")
_SAMPLE, _SURE = 200, 0.9  # rows that tell the languages of a table, and how sure they must be
_FEW, _MOST = 3, 0.9  # a first line is odd in a table of more lines than a few, of which most are as they should be
_YES_NO = dict.fromkeys(("yes", "y", "true", "1", "x"), True) | dict.fromkeys(("no", "n", "false", "0", ""), False)


def read_table(file: GlossaryFile, data: bytes, wanted: Wanted) -> tuple[Direction, list[Term]]:
    """The terms of a table and the direction of its columns."""
    rows = _rows(file, data)
    first = next(rows, None)
    if first is None:
        file.fail(0, "it is empty", "write a line: source, tab, target")
    columns, stated = _header(file, first, wanted)
    is_headed = bool(columns)
    if not is_headed:
        columns = _columns_by_count(file, first)
        rows = chain([first], rows)
    named = [(line, _named(file, line, cells, columns)) for line, cells in rows]
    if "source language" in columns:
        return _of_one_direction(file, named, wanted)
    if stated is None and None in wanted:
        stated = named_direction(file) or _told_direction(file, named)
    direction = direction_of(file, stated, wanted)
    if not is_headed:
        _warn_of_header(file, named, direction)
    return direction, [_term(file, line, row, direction) for line, row in named]


def _rows(file: GlossaryFile, data: bytes) -> Iterator[Row]:
    """The rows with their line numbers, without blank lines and comments (``#``)."""
    text = _text(file, data)
    is_csv = file.path.suffix.lower() == ".csv"
    for line, cells in _csv_rows(file, text) if is_csv else _tsv_rows(text):
        if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
            yield line, cells


def _text(file: GlossaryFile, data: bytes) -> str:
    try:
        decoded = decode(data)
    except InputError as error:
        message = f"{file.path}: {error}"
        raise GlossaryError(message) from error
    if decoded.strays:
        file.fail(decoded.strays[0].line, f"bytes that are not {decoded.encoding}", "save the file as UTF-8")
    return decoded.text


def _tsv_rows(text: str) -> Iterator[Row]:
    for line, row in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        yield line, [_unquoted(cell) for cell in row.split("\t")]


def _unquoted(cell: str) -> str:
    """A cell without the quotes that spreadsheets put round one with quotes inside."""
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _csv_rows(file: GlossaryFile, text: str) -> Iterator[Row]:
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=head.count), strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        file.fail(line, f"not CSV ({error})", "check the quotation marks of this line")


def _header(file: GlossaryFile, first: Row, wanted: Wanted) -> tuple[list[str], Direction | None]:
    """The columns that a header line names (none: it is no header line), and the direction when it names languages."""
    names = [" ".join(cell.lower().split()) for cell in first[1]]
    columns = [_COLUMN_OF.get(name, name) for name in names]
    if {"source", "target"} <= set(columns):
        return _checked(file, first[0], columns), None
    languages = [language_code(name) or "" for name in names if is_language(name)]
    if len(set(languages)) < 2 or not is_language(names[0]):
        return [], None
    direction = choose_direction(file, languages, wanted) if len(languages) > 2 else (languages[0], languages[1])
    roles = {direction[0]: "source", direction[1]: "target"}
    columns = [
        roles.get(language_code(name) or "", "") if is_language(name) else column
        for name, column in zip(names, columns, strict=True)
    ]
    return _checked(file, first[0], columns), direction


def _checked(file: GlossaryFile, line: int, columns: list[str]) -> list[str]:
    for column in columns:
        if column not in _COLUMNS:
            file.warn(line, f"the column “{column}” is not used")
        elif column and columns.count(column) > 1:
            file.fail(line, f"two columns for the {column}", "keep one")
    return columns


def _columns_by_count(file: GlossaryFile, first: Row) -> list[str]:
    line, cells = first
    if len(cells) in (4, 5) and is_language(cells[2]) and is_language(cells[3]):
        return _DEEPL[: len(cells)]
    if len(cells) not in _PLAIN:
        separator = "commas" if file.path.suffix.lower() == ".csv" else "tabs"
        what = f"{len(cells)} column{'s' if len(cells) > 1 else ''} and no header line"
        file.fail(line, what, f"write source, target and perhaps a note, separated by {separator}, or add a header line")
    return _PLAIN[len(cells)]


def _named(file: GlossaryFile, line: int, cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(columns) :]):
        file.fail(line, f"{len(cells)} columns where {len(columns)} are expected", "remove the extra separators")
    if len(cells) < 2:
        file.fail(line, "one column only", "write source and target, separated as in the other lines")
    return dict(zip(columns, cells, strict=False))


def _of_one_direction(
    file: GlossaryFile, rows: Sequence[tuple[int, Mapping[str, str]]], wanted: Wanted
) -> tuple[Direction, list[Term]]:
    """The terms of one direction from a table that names the languages of each row: the wanted or else the first."""
    own = [tuple(language_code(row.get(f"{side} language")) or "" for side in ("source", "target")) for _, row in rows]
    served = [(a, b) for a, b in own if wanted[0] in (None, a) and wanted[1] in (None, b)]
    direction = served[0] if served else direction_of(file, (own[0][0], own[0][1]) if own else None, wanted)
    chosen = [(line, row) for (line, row), have in zip(rows, own, strict=True) if have == direction]
    if len(chosen) < len(rows):
        what = f"{len(rows) - len(chosen)} rows that are not {direction[0]} to {direction[1]} are left out"
        file.warn(rows[0][0], what)
    return direction, [_term(file, line, row, direction) for line, row in chosen]


def _told_direction(file: GlossaryFile, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Direction | None:
    """The languages of the two columns as detection tells them; a warning says that they were."""
    from diglot.pipeline.detect import identify

    found = [identify("\n".join(row.get(side, "") for _, row in rows[:_SAMPLE])) for side in _SIDES]
    if any(one.probability < _SURE for one in found) or found[0].language == found[1].language:
        return None
    direction = found[0].language, found[1].language
    file.warn(rows[0][0], f"taken for {direction[0]} to {direction[1]}; a header line or the file's name can say it")
    return direction


def _warn_of_header(file: GlossaryFile, rows: Sequence[tuple[int, Mapping[str, str]]], direction: Direction) -> None:
    """Warn of a first line that is written in other scripts than the rest and may name the columns."""
    fits = [all(_is_in(row.get(side, ""), code) for side, code in zip(_SIDES, direction, strict=True)) for _, row in rows]
    line, first = rows[0]
    cells = [first.get(side, "") for side in _SIDES]
    if not fits[0] and cells[0] != cells[1] and len(fits) > _FEW and sum(fits) >= _MOST * (len(fits) - 1):
        what = f"“{cells[0]}” and “{cells[1]}” are not {direction[0]} and {direction[1]}"
        file.warn(line, f"{what}; if they name the columns, write source and target for them")


def _is_in(text: str, language: str) -> bool:
    """Whether a text has a character that the language is written with."""
    script = _SCRIPTS.get(primary(language), _LATIN)
    return bool(script.search(text))


def _term(file: GlossaryFile, line: int, row: Mapping[str, str], direction: Direction) -> Term:
    source = clean(file, line, row.get("source", ""), "source term")
    targets = _alternatives(file, line, row.get("target", ""), "target")
    forbidden = _alternatives(file, line, row.get("forbidden", ""), "forbidden target")
    one_way = _alternatives(file, line, row.get("one way", ""), "one-way target")
    keep = _flag(file, line, row, "dnt")
    if not source:
        file.fail(line, "the source term is empty", "write it or remove the line")
    if not targets and not keep and not forbidden:
        file.fail(line, f"no target for “{source}”", "write it, or yes in a column dnt to leave the term as it is")
    for target in set(one_way).difference(targets):
        file.warn(line, f"“{target}” in the column one way is none of the targets")
    return Term(
        source=source,
        targets=targets or ((source,) if keep else ()),
        forbidden=forbidden,
        one_way=one_way,
        do_not_translate=keep,
        case_sensitive=_flag(file, line, row, "case") if row.get("case", "").strip() else in_capitals(source),
        verb=row.get("pos", "").strip().lower() in {"verb", "v", "v."} or is_verb(source, targets, direction),
        domain=row.get("domain", "").strip(),
        note=row.get("note", "").strip(),
        origin=f"{file.path.name}:{line}",
    )


def _alternatives(file: GlossaryFile, line: int, cell: str, what: str) -> tuple[str, ...]:
    cleaned = (clean(file, line, part, what) for part in cell.split("|"))
    return tuple(dict.fromkeys(part for part in cleaned if part))


def _flag(file: GlossaryFile, line: int, row: Mapping[str, str], column: str) -> bool:
    word = row.get(column, "").strip()
    if word.lower() not in _YES_NO:
        file.fail(line, f"“{word[:20]}” in the column {column}", "write yes or no")
    return _YES_NO[word.lower()]
