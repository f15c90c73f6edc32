"""Word and PowerPoint files (Office Open XML): their paragraphs as an HTML text, so that emphasis and links are kept.

A file is a zip archive of XML parts. Each paragraph of the parts that people read (the body, notes, headers; slides and
their notes, in their order) becomes one line of HTML: ``<h1>``, ``<td>`` or ``<p>``, in which a run of text that is
formatted otherwise than most of its paragraph is a ``<span id="N">``, a link an ``<a id="N">``, a tab or a line's end a
``<br id="N">``, and anything else that is no text (a picture, a formula, a footnote's mark) a ``<wbr id="N">``. When
the translated text comes back, the paragraphs that changed are made anew from copies of those runs; all other parts and
paragraphs stay as they were.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import cached_property
from html import escape, unescape
from typing import Any

from diglot import InputError
from diglot.pipeline.bilingual.xml import holdable
from diglot.pipeline.containers import Container, archive

Element = Any  # lxml has no types that mypy would know

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_WORD_PARTS = re.compile(r"word/(?:document|footnotes|endnotes|header\d*|footer\d*)\.xml")
_SLIDE_PARTS = re.compile(r"ppt/(?P<kind>slide|notesSlide)s/(?P=kind)(?P<number>\d+)\.xml")
_HEADING = re.compile(r"heading|title|überschrift|titre|título|見出し|标题|제목", re.IGNORECASE)
_TOKEN = re.compile(r"<(?P<name>span|a|w?br) id=\"(?P<id>\d+)\">|</(?:span|a)>")
_LINE = re.compile(r"<(?P<name>\w+)>(?P<inside>.*)</(?P=name)>")
# What a program notes beside the formatting, and changes within a word: it divides no text.
_NOTED = frozenset(("lang", "noProof", "err", "dirty", "altLang", "smtClean", "smtId"))


def read(data: bytes) -> Container:
    """The paragraphs of a ``.docx`` or ``.pptx`` file. Raises :class:`diglot.InputError` for any other archive."""
    file = archive.opened(data)
    texts = archive.read(file, _parts(file.namelist()))
    lines = [_Paragraph(one).html for name, xml in texts for one in _paragraphs(_parsed(name, xml))]

    def pack(text: str) -> bytes:
        wanted = iter(text.split("\n"))
        changed = {name: _filled(_parsed(name, xml), xml, wanted) for name, xml in texts}
        return archive.rewritten(file, changed)

    ending = ".docx" if "word/document.xml" in file.namelist() else ".pptx"
    return Container("\n".join(lines), "html", pack, ending)


def _parts(names: Sequence[str]) -> list[str]:
    """The names of the parts to read, in the order to read them in."""
    if "word/document.xml" in names:
        return sorted(filter(_WORD_PARTS.fullmatch, names), key=lambda name: (name != "word/document.xml", name))
    slides = [found for found in map(_SLIDE_PARTS.fullmatch, names) if found]
    if slides:
        return [found[0] for found in sorted(slides, key=lambda found: (int(found["number"]), found["kind"] != "slide"))]
    raise InputError(f"{_other(names)} is not read; save it as .docx or .pptx (EPUB is read too)")


def _other(names: Sequence[str]) -> str:
    """What an archive is that holds neither a Word nor a PowerPoint file."""
    if "xl/workbook.xml" in names:
        return "an Excel file"
    return "an OpenDocument file" if "content.xml" in names else "this kind of archive"


def _parsed(name: str, xml: bytes) -> Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as exc:
        raise InputError(f"{name} in it is broken ({exc.msg}); open the file and save it again") from exc


def _paragraphs(root: Element) -> Iterator[Element]:
    """The paragraphs that hold text of their own."""
    for element in list(root.iter(f"{{{_WORD}}}p", f"{{{_DRAWING}}}p")):
        if _Paragraph(element).has_text:
            yield element


def _filled(root: Element, xml: bytes, lines: Iterator[str]) -> bytes:
    """A part with the next lines in its paragraphs; the very bytes of it where none has changed."""
    from lxml import etree

    changed = False
    for element in _paragraphs(root):
        paragraph, line = _Paragraph(element), next(lines)
        if unescape(line) != unescape(paragraph.html):
            paragraph.fill(line)
            changed = True
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True) if changed else xml


class _Paragraph:
    """A paragraph as a line of HTML: its inline elements by number, and the formatting that most of its text has."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.space = element.tag.partition("}")[0] + "}"
        for one in list(element):
            if one.tag == self.space + "proofErr":
                element.remove(one)
            elif one.tag == self.space + "r":
                self._divide(one)
        properties = {self.space + "pPr", self.space + "endParaRPr"}
        self.inline = [one for one in element if one.tag not in properties]
        self.usual = self._usual()

    def _divide(self, run: Element) -> None:
        """Make of a run that holds text and something else (a tab, a line break) several runs with one thing each."""
        properties = run.find(self.space + "rPr")
        things = [one for one in run if one is not properties]
        if len({one.tag == self.space + "t" for one in things}) < 2:
            return
        for one in things[1:]:
            part = run.makeelement(run.tag, dict(run.attrib))
            if properties is not None:
                part.append(deepcopy(properties))
            part.append(one)
            run.getparent().insert(run.getparent().index(run) + things.index(one), part)

    @property
    def has_text(self) -> bool:
        """Whether there is anything to read in it."""
        return any(text.strip() for _, text in self._runs())

    @cached_property
    def html(self) -> str:
        """The paragraph as one line."""
        name = self._kind()
        return f"<{name}>{''.join(self._markup())}</{name}>"

    def _markup(self) -> Iterator[str]:
        """Its inline elements in order; neighbours of one formatting are one."""
        before, held = None, ""
        for number, one in enumerate(self.inline):
            text, look = self._text(one), self._look(one)
            if text is None:
                yield from _marked(before, held, self.usual)
                yield f'<{"br" if self._is_break(one) else "wbr"} id="{number}">'
                before, held = None, ""
            elif before is not None and (look == before[1] or not text.strip()):
                held += text
            else:
                yield from _marked(before, held, self.usual)
                before, held = (number, look, self._is_link(one)), text
        yield from _marked(before, held, self.usual)

    def fill(self, line: str) -> None:
        """Put a line of HTML in the place of what the paragraph holds."""
        found = _LINE.fullmatch(line)
        inside = found["inside"] if found else line
        made: list[Element] = []
        template, done = self._template(), 0
        current = template
        for token in [*_TOKEN.finditer(inside), None]:
            text = unescape(inside[done : token.start() if token else len(inside)])
            made += [self._with_text(current, text)] if text else []
            if token is None:
                break
            done, number = token.end(), int(token["id"] or -1)
            current = self.inline[number] if token["name"] in ("span", "a") and number < len(self.inline) else template
            if token["name"] in ("br", "wbr") and number < len(self.inline):
                made.append(self.inline[number])
        place = min((self.element.index(one) for one in self.inline), default=len(self.element))
        for one in self.inline:
            self.element.remove(one)
        self.element[place:place] = made

    def _template(self) -> Element:
        """A run formatted as most of the text is."""
        return next(one for one in self.inline if self._text(one) is not None and self._look(one) == self.usual)

    def _with_text(self, template: Element, text: str) -> Element:
        """A copy of a run, or of a link around runs, with another text."""
        made = deepcopy(template)
        made.tail = None
        places = list(made.iter(self.space + "t"))
        places[0].text = holdable(text)
        if self.space == f"{{{_WORD}}}":
            places[0].set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        for other in places[1:]:
            other.getparent().remove(other)
        return made

    def _kind(self) -> str:
        """The name of the HTML element that is like it."""
        style = self.element.find(f"{self.space}pPr/{self.space}pStyle")
        if style is not None and _HEADING.search(style.get(self.space + "val") or ""):
            return "h1"
        above = {one.tag for one in self.element.iterancestors()}
        if self.space + "tc" in above:
            return "td"
        body = next((one for one in self.element.iterancestors() if one.tag.endswith("}sp")), None)
        title = body is not None and any(
            one.get("type") in ("title", "ctrTitle") for one in body.iter() if str(one.tag).endswith("}ph")
        )
        return "h1" if title else "p"

    def _runs(self) -> list[tuple[Any, str]]:
        found = ((one, self._text(one)) for one in self.inline)
        return [(self._look(one), text) for one, text in found if text]

    def _usual(self) -> Any:
        """The formatting that most of the text outside links has."""
        sizes: Counter[Any] = Counter()
        for look, text in self._runs():
            sizes[look] += len(text)
        return max(sizes, key=sizes.__getitem__) if sizes else None

    def _is_link(self, one: Element) -> bool:
        return bool(one.tag == self.space + "hyperlink")

    def _is_break(self, one: Element) -> bool:
        """Whether it ends a line, or moves on to the next column."""
        return {_local(part) for part in (one, *one)} - {"r", "rPr"} <= {"br", "cr", "tab"}

    def _text(self, one: Element) -> str | None:
        """The text of a run, or of a link whose runs hold nothing else; None for anything else."""
        if self._is_link(one):
            inside = [self._text(run) for run in one]
            return "".join(inside) if inside and None not in inside else None  # type: ignore[arg-type]
        if one.tag != self.space + "r":
            return None
        texts = [child.text or "" for child in one if child.tag == self.space + "t"]
        noted = {self.space + "rPr", self.space + "t"}
        return "".join(texts) if texts and all(child.tag in noted for child in one) else None

    def _look(self, one: Element) -> tuple[Any, ...]:
        """How a run is formatted, what programs note for themselves left out; each link looks like no other."""
        if self._is_link(one):
            return ("link", self.element.index(one))
        properties = one.find(self.space + "rPr")
        if properties is None:
            return ()
        marks = [(key, value) for key, value in properties.items() if key not in _NOTED]
        inside = [_shape(child) for child in properties if _local(child) not in _NOTED]
        return (tuple(sorted(marks)), tuple(sorted(inside)))


def _marked(run: tuple[int, Any, bool] | None, text: str, usual: Any) -> Iterator[str]:
    """A run as HTML: bare where it is formatted as most are."""
    if run is None:
        return
    number, look, is_link = run
    words = escape(text.replace("\n", " "), quote=False)
    name = "a" if is_link else "span"
    yield words if look == usual else f'<{name} id="{number}">{words}</{name}>'


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _shape(element: Element) -> str:
    """What a formatting says, as text; which of its fonts Word guessed for a run does not count."""
    attributes = sorted((key, value) for key, value in element.items() if not key.endswith("}hint"))
    return f"{_local(element)} {attributes} {[_shape(child) for child in element]}"
