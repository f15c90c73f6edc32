"""What diglot does not read: refused by name or by how it begins, because read as prose it would come back broken."""

import json
import re

from diglot import InputError

_EDITION = "is an edition, not a document: it goes to --memory, `diglot check` or `diglot apply`"
_CAPTIONS = "is captions and no text; diglot.pipeline.captions reads it"
_SUBTITLES = "is not read; save it as SubRip (.srt) or WebVTT (.vtt)"
_OFFICE = "is not read; save it as .docx"
_NOT_READ = "is not read"
_BROKEN_NOTEBOOK = "is no whole notebook; open it in Jupyter and save it again"

# What a text is and what to say of it, by the endings of its name.
_ENDINGS = (
    ("CSV", _NOT_READ, ".csv"),
    ("TSV", _NOT_READ, ".tsv"),
    ("JSON", _NOT_READ, ".json .jsonl"),
    ("JSON", _BROKEN_NOTEBOOK, ".ipynb"),
    ("YAML", _NOT_READ, ".yaml .yml"),
    ("TOML", _NOT_READ, ".toml"),
    ("a configuration", _NOT_READ, ".ini .cfg .conf .properties .strings"),
    ("XML", _NOT_READ, ".xml .svg .resx"),
    ("XLIFF", _EDITION, ".xlf .xliff"),
    ("TMX", _EDITION, ".tmx"),
    ("gettext", _NOT_READ, ".po .pot"),
    ("TTML", _CAPTIONS, ".ttml .dfxp"),
    ("Advanced SubStation", _CAPTIONS, ".ass .ssa"),
    ("this kind of subtitles", _SUBTITLES, ".sub .smi .stl"),
    ("SubViewer", _CAPTIONS, ".sbv"),
    ("RTF", _OFFICE, ".rtf"),
    ("OpenDocument", _OFFICE, ".fodt .fods .fodp"),
    ("a package of LaTeX", _NOT_READ, ".sty .cls .dtx .ins"),
    ("BibTeX", _NOT_READ, ".bib .bst"),
    ("AsciiDoc", _NOT_READ, ".adoc .asciidoc"),
    ("this markup", _NOT_READ, ".org .textile .wiki .typ"),
    ("source code", _NOT_READ, ".py .pyi .js .mjs .ts .tsx .jsx .vue .css .scss .c .h .cc .cpp .hpp .cu .cs .java .kt"),
    ("source code", _NOT_READ, ".scala .go .rs .swift .rb .php .pl .lua .r .jl .m .hs .ml .ex .erl .clj .sql .sh .bash"),
    ("source code", _NOT_READ, ".zsh .bat .ps1 .cmake .proto .diff"),
)
_NAMED = {ending: (what, verdict) for what, verdict, endings in _ENDINGS for ending in endings.split()}
# The same by how it begins.
_BEGINNINGS = [
    (re.compile(beginning), *verdict)
    for beginning, verdict in (
        (r"\{\\rtf", _NAMED[".rtf"]),
        (r"\[Script Info\]", _NAMED[".ass"]),
        (r"<(?:\?xml\b[^\0]{0,2000}?<)?xliff\b", _NAMED[".xlf"]),
        (r"<(?:\?xml\b[^\0]{0,2000}?<)?tmx\b", _NAMED[".tmx"]),
        (r"<(?:\?xml\b[^\0]{0,2000}?<)?tt\b", _NAMED[".ttml"]),
        (r"<\?xml\b", _NAMED[".xml"]),
    )
]


def refuse_unread(text: str, ending: str) -> None:
    """Raise :class:`~diglot.InputError` for a text that is not prose, whatever its name or by the ending of it (``.csv``).

    >>> refuse_unread("Just a note.", ".txt")
    >>> refuse_unread("a,b", ".csv")
    Traceback (most recent call last):
    ...
    diglot.InputError: CSV is not read; give --from-format plain to treat it as text
    """
    begin = text.lstrip("\ufeff \t\r\n")
    begins = ((what, verdict) for pattern, what, verdict in _BEGINNINGS if pattern.match(begin))
    found = next(begins, None) or _NAMED.get(ending) or (_NAMED[".json"] if _is_json(begin) else None)
    if found:
        what, verdict = found
        message = f"{what} {verdict}; give --from-format plain to treat it as text"
        raise InputError(message)


def _is_json(text: str) -> bool:
    """Whether a text begins with an object, or a list of something that has parts: a line in brackets may be ``[1, 2]``."""
    if not text.startswith(("{", "[")):
        return False
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return bool(found) and (isinstance(found, dict) or all(isinstance(one, dict | list) for one in found))
