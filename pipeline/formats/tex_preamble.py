r"""The preamble of a LaTeX document: where it ends, and what in it depends on the language of the text.

It is left as it is, but for the encoding that it names, which is UTF-8 now. What it lacks for a translation is said in
words: Chinese, Japanese and Korean need a package before LaTeX can set them, and a file that is read with ``\input`` is
translated by itself.
"""

import re
from collections.abc import Iterator

_CLASS = re.compile(r"^[ \t]*\\document(?:class|style)\b", re.MULTILINE)
_ENVIRONMENT = re.compile(r"\\begin\{(?!filecontents)")
_BODY = re.compile(r"^(?:[^%\\\r\n]|\\.)*?\\begin[ \t]*\{document\}", re.MULTILINE)
_ENCODING = re.compile(r"(\\usepackage[ \t]*\[)(?!utf8)\w{1,20}(\][ \t]*\{inputenc\})")
_READS_EAST_ASIAN = re.compile(
    r"\b(?:ctex|xeCJK|CJK|luatexja|jlreq|zxjatype|kotex|xetexko|luatexko|oblivoir|polyglossia)"
    r"|\{(?:lt|bx|u)?[jt]s?(?:article|book|report)\}"
)
_PACKAGES = {"ja": ("luatexja", "lualatex"), "zh": ("ctex", "xelatex"), "ko": ("kotex", "xelatex")}
_ACCENTED = ("de", "es", "fr")
_FONTS = re.compile(r"fontenc|fontspec|polyglossia|unicode-math")
_TAKEN_IN = re.compile(r"^[^%\r\n]{0,200}?\\(?:input|include|subfile)[ \t]*\{([^{}\r\n]{1,200})\}", re.MULTILINE)


def body(text: str) -> int:
    """Where the body of a document begins: at once where it has no preamble, being a part of another one."""
    declared = _CLASS.search(text)
    if not declared or _ENVIRONMENT.search(text, 0, declared.start()):
        return 0
    begins = _BODY.search(text, declared.start())
    return begins.end() if begins else len(text)


def declared(text: str) -> str:
    r"""A document that names UTF-8 where it names its encoding.

    >>> print(declared(r"\documentclass{article}\usepackage[latin1]{inputenc}"))
    \documentclass{article}\usepackage[utf8]{inputenc}
    """
    end = body(text)
    return _ENCODING.sub(r"\g<1>utf8\g<2>", text[:end]) + text[end:]


def remarks(text: str, target: str) -> Iterator[str]:
    """What is left to do before the translation of a document can be typeset."""
    end = body(text)
    if end and target in _PACKAGES and not _READS_EAST_ASIAN.search(text, 0, end):
        package, program = _PACKAGES[target]
        yield f"to typeset it, add \\usepackage{{{package}}} to its preamble and run {program}"
    if end and target in _ACCENTED and not _FONTS.search(text, 0, end):
        yield "to typeset it with all its accents and quotation marks, add \\usepackage[T1]{fontenc} to its preamble"
    if files := list(dict.fromkeys(_TAKEN_IN.findall(text, end))):
        named = ", ".join(files[:3]) + (", …" if len(files) > 3 else "")
        yield f"it still reads {named}: translate such files too, and name their translations in it"
