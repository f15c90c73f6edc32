"""What diglot does not read: refused by name or by how it begins, because read as prose it would come back broken."""

import json
import re

from diglot import InputError

_EDITION = "is an edition, not a document: it goes to --memory, `diglot check` or `diglot apply`"
_SUBTITLES = "is not read; save it as SubRip (.srt) or WebVTT (.vtt)"
_OFFICE = "is not read; save it as .docx"
_NOT_READ = "is not read"
_BROKEN_NOTEBOOK = "is no whole notebook; open it in Jupyter and save it again"

# What a text is by the ending of its name, and what to say of it.
_NAMED = {
    ".csv": ("CSV", _NOT_READ),
    ".tsv": ("TSV", _NOT_READ),
    ".json": ("JSON", _NOT_READ),
    ".jsonl": ("JSON", _NOT_READ),
    ".ipynb": ("JSON", _BROKEN_NOTEBOOK),
    **dict.fromkeys((".yaml", ".yml"), ("YAML", _NOT_READ)),
    ".toml": ("TOML", _NOT_READ),
    **dict.fromkeys((".ini", ".cfg", ".conf", ".properties", ".strings"), ("a configuration", _NOT_READ)),
    **dict.fromkeys((".xml", ".svg", ".resx"), ("XML", _NOT_READ)),
    **dict.fromkeys((".xlf", ".xliff"), ("XLIFF", _EDITION)),
    ".tmx": ("TMX", _EDITION),
    **dict.fromkeys((".po", ".pot"), ("gettext", _NOT_READ)),
    **dict.fromkeys((".ttml", ".dfxp"), ("TTML", _SUBTITLES)),
    **dict.fromkeys((".ass", ".ssa"), ("Advanced SubStation", _SUBTITLES)),
    **dict.fromkeys((".sub", ".sbv", ".smi", ".stl"), ("this kind of subtitles", _SUBTITLES)),
    ".rtf": ("RTF", _OFFICE),
    **dict.fromkeys((".fodt", ".fods", ".fodp"), ("OpenDocument", _OFFICE)),
    **dict.fromkeys((".tex", ".ltx", ".sty", ".bib"), ("LaTeX", _NOT_READ)),
    ".rst": ("reStructuredText", _NOT_READ),
    **dict.fromkeys((".adoc", ".asciidoc"), ("AsciiDoc", _NOT_READ)),
    **dict.fromkeys((".org", ".textile", ".wiki", ".typ"), ("this markup", _NOT_READ)),
    **dict.fromkeys(
        (
            *(
                ".py",
                ".pyi",
                ".js",
                ".mjs",
                ".ts",
                ".tsx",
                ".jsx",
                ".vue",
                ".css",
                ".scss",
                ".c",
                ".h",
                ".cc",
                ".cpp",
                ".hpp",
            ),
            *(
                ".cu",
                ".cs",
                ".java",
                ".kt",
                ".scala",
                ".go",
                ".rs",
                ".swift",
                ".rb",
                ".php",
                ".pl",
                ".lua",
                ".r",
                ".jl",
                ".m",
            ),
            *(
                ".hs",
                ".ml",
                ".ex",
                ".erl",
                ".clj",
                ".sql",
                ".sh",
                ".bash",
                ".zsh",
                ".bat",
                ".ps1",
                ".cmake",
                ".proto",
                ".diff",
            ),
        ),
        ("source code", _NOT_READ),
    ),
}
# The same by how it begins.
_BEGINNINGS = [
    (re.compile(beginning), *verdict)
    for beginning, verdict in (
        (r"\{\\rtf", _NAMED[".rtf"]),
        (r"\[Script Info\]", _NAMED[".ass"]),
        (r"(?:%[^\n]*\n\s*)*\\documentclass\b", _NAMED[".tex"]),
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
