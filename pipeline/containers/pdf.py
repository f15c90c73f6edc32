"""PDF: the characters of each page with their places, of which :mod:`diglot.pipeline.printed` makes Markdown.

A PDF is read and never written: the translation of one is a Markdown document.
"""

from collections.abc import Iterator, Sequence
from math import hypot
from typing import Any, NamedTuple

from diglot import InputError
from diglot.pipeline.containers import Container, Progress, no_progress
from diglot.pipeline.printed import Drawing, Page, Run
from diglot.pipeline.printed.bullets import with_bullets
from diglot.pipeline.printed.lines import lines_of
from diglot.pipeline.printed.writing import written

Handle = Any  # what PDFium hands out; its bindings have no types

_GAP, _BACK = 0.2, -0.2  # of the size of a font: what divides two words, and a letter from the accent that is set over it
_SAME_LINE = 0.05  # of the size: how far characters of one run may stand above each other
_FIXED_PITCH = 1  # a flag of fonts
_MONO = ("mono", "courier", "consol", "cmtt", "typewriter", "menlo", "lmtt")
_BOLD = ("bold", "black", "heavy", "cmbx", "cmssbx", "semibold", "-bd")
_HEAVY = 600  # the weight of bold letters
_FEW, _MANY = 0.01, 0.2  # shares of characters whose fonts do not tell what they are: what is told, what is refused
_LOCKED = 4  # PDFium's error where a password is missing
_HYPHEN = 0x02  # PDFium's sign for one at the end of a line
_BULLET = 0x88  # that of TeX, where its font is a bitmap and tells nothing
_INVISIBLE = (0x7F, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF)
_LISTED = 8  # pages that are named one by one


class _Style(NamedTuple):
    """What the characters of one text object share."""

    size: float
    upright: bool
    bold: bool
    mono: bool


def read(data: bytes, progress: Progress = no_progress) -> Container:
    """The text of a PDF as Markdown, with notes on what is not in it; ``progress`` shows the pages that are read.

    Raises :class:`diglot.InputError` for one that is broken or locked, or whose text cannot be read.
    """
    document = _opened(data)
    try:
        sheets = []
        with progress(len(document), "reading", "page") as advance:
            for number in range(len(document)):
                sheets.append(_sheet(document, number))
                advance(1)
    finally:
        document.close()
    _refuse(sheets)
    made = written([sheet.page for sheet in sheets])
    notes = tuple(_notes(sheets, made.left_out))
    return Container(made.text, "markdown", lambda text: text.encode("utf-8", "surrogatepass"), ".pdf", notes)


def _opened(data: bytes) -> Handle:
    try:
        import pypdfium2
    except ImportError as exc:
        raise InputError("a PDF, which takes pypdfium2 to read: pip install 'diglot[pdf]'") from exc
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if exc.err_code == _LOCKED:
            raise InputError("a PDF that opens with a password only; save it without (qpdf --decrypt IN OUT)") from exc
        raise InputError("a PDF that is damaged; open it in its program and save it again") from exc
    return document


def _sheet(document: Handle, number: int) -> "_Sheet":
    from pypdfium2 import PdfiumError

    try:
        return _Sheet(document[number])
    except PdfiumError as exc:
        raise InputError(f"a PDF whose page {number + 1} is damaged; open it in its program and save it again") from exc


def _refuse(sheets: "Sequence[_Sheet]") -> None:
    """Raise :class:`diglot.InputError` where the text of a document is not in its PDF, or cannot be told."""
    total, unknown = sum(sheet.total for sheet in sheets), sum(sheet.unknown for sheet in sheets)
    ocr = "recognise it first, as with ocrmypdf"
    if not total:
        pictures = any(sheet.has_pictures for sheet in sheets)
        raise InputError(f"a PDF of pictures without text (a scan?); {ocr} IN OUT" if pictures else "a PDF without text")
    if unknown > _MANY * total:
        share = f"{unknown / total:.0%} of its characters"
        raise InputError(f"a PDF whose fonts do not tell what {share} are; {ocr} --force-ocr IN OUT")


def _notes(sheets: "Sequence[_Sheet]", left_out: Sequence[str]) -> Iterator[str]:
    """What becomes of a PDF, and what of its pages could not be read."""
    total, unknown = sum(sheet.total for sheet in sheets), sum(sheet.unknown for sheet in sheets)
    turned = sum(sheet.turned for sheet in sheets)
    aside = [*left_out, *([f"characters that stand on their side ({turned:,})"] if turned else [])]
    yield "a PDF, whose translation is a Markdown document" + (f"; left out: {', '.join(aside)}" if aside else "")
    blank = [number for number, sheet in enumerate(sheets, 1) if not sheet.total and sheet.has_pictures]
    if blank:
        named = ", ".join(map(str, blank[:_LISTED])) + (", …" if len(blank) > _LISTED else "")
        yield f"pages without text, only pictures, are not read: {named}"
    if unknown > _FEW * total:
        yield f"{unknown:,} of {total:,} characters may be wrong: their fonts do not tell what they are"


class _Sheet:
    """A page, read: its lines, and how many characters it has, of these how many without meaning and how many turned."""

    def __init__(self, page: Handle) -> None:
        self.total = self.unknown = self.turned = 0
        left, bottom, right, top = page.get_bbox()
        self.frame = (left, bottom, right, top)
        self.rotation: int = page.get_rotation()
        text = page.get_textpage()
        width, height = page.get_size()
        runs = [run for run in self._runs(text) if 0 <= run.left < width and 0 <= run.base <= height]  # the rest is not seen
        text.close()
        self.has_pictures = not self.total and _has_pictures(page)
        drawings = list(self._drawings(page))
        page.close()
        self.page = Page(width, height, tuple(lines_of(with_bullets(runs, drawings))))

    def _runs(self, text: Handle) -> Iterator[Run]:
        """Characters that stand side by side on one line, in one style; in the order of the file."""
        held: list[str] = []
        left = right = base = 0.0
        style: _Style | None = None
        spaced = begun = False
        for character, own, box in self._characters(text):
            if own is None:
                spaced = True
                continue
            start, end, stands = box
            divides = spaced or own != style or abs(stands - base) > _SAME_LINE * own.size
            if held and style and (divides or not _BACK * own.size < start - right < _GAP * own.size):
                yield Run("".join(held), left, right, base, style.size, style.bold, style.mono, begun)
                held = []
            if not held:
                left, base, begun = start, stands, spaced
            held.append(character)
            right, style, spaced = end, own, False
        if held and style:
            yield Run("".join(held), left, right, base, style.size, style.bold, style.mono, begun)

    def _characters(self, text: Handle) -> Iterator[tuple[str, _Style | None, tuple[float, float, float]]]:
        """Each character with its style, its left and right and what it stands on; a space has no style."""
        from ctypes import addressof, byref, c_double

        from pypdfium2 import raw

        x, y, box = c_double(), c_double(), raw.FS_RECTF()
        page = text.raw
        styles: dict[int, _Style] = {}
        for index in range(text.count_chars()):
            code = raw.FPDFText_GetUnicode(page, index)
            if _is_space(code):
                yield " ", None, (0, 0, 0)
                continue
            holder = raw.FPDFText_GetTextObject(page, index)
            if not holder or code in _INVISIBLE or (code < 0x20 and code != _HYPHEN):
                continue
            key = addressof(holder.contents)
            style = styles.get(key) or styles.setdefault(key, self._style(page, index, holder))
            self.total += 1
            self.turned += not style.upright
            self.unknown += raw.FPDFText_HasUnicodeMapError(page, index) == 1 or _is_private(code)
            if style.upright:
                raw.FPDFText_GetLooseCharBox(page, index, byref(box))
                raw.FPDFText_GetCharOrigin(page, index, byref(x), byref(y))
                yield _character(code), style, self._place(box, x.value, y.value)

    def _drawings(self, page: Handle) -> Iterator[Drawing]:
        """What is on a page and no text: lines, areas, pictures."""
        from ctypes import byref, c_float

        from pypdfium2 import raw

        box = raw.FS_RECTF()
        sides = [c_float() for _ in range(4)]
        for index in range(raw.FPDFPage_CountObjects(page)):
            one = raw.FPDFPage_GetObject(page, index)
            if raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_TEXT or not raw.FPDFPageObj_GetBounds(
                one, *map(byref, sides)
            ):
                continue
            box.left, box.bottom, box.right, box.top = (side.value for side in sides)
            left, right, bottom = self._place(box, box.left, box.bottom)
            top = self._place(box, box.right, box.top)[2]
            yield Drawing(left, right, min(top, bottom), max(top, bottom))

    def _style(self, page: Handle, index: int, holder: Handle) -> _Style:
        from ctypes import byref, create_string_buffer

        from pypdfium2 import raw

        matrix, name = raw.FS_MATRIX(), create_string_buffer(128)
        raw.FPDFText_GetMatrix(page, index, byref(matrix))
        font = raw.FPDFTextObj_GetFont(holder)
        raw.FPDFFont_GetBaseFontName(font, name, len(name))
        called = name.value.decode("utf-8", "replace").lower()
        along = {0: matrix.a, 90: matrix.b, 180: -matrix.a, 270: -matrix.b}[self.rotation]
        return _Style(
            size=round(max(1.0, raw.FPDFText_GetFontSize(page, index) * hypot(matrix.c, matrix.d)), 2),
            upright=along > 0.95 * hypot(matrix.a, matrix.b),
            bold=any(part in called for part in _BOLD) or raw.FPDFFont_GetWeight(font) >= _HEAVY,
            mono=any(part in called for part in _MONO) or bool(raw.FPDFFont_GetFlags(font) & _FIXED_PITCH),
        )

    def _place(self, box: Handle, x: float, y: float) -> tuple[float, float, float]:
        """The left, the right and the base of a character on the page as it is seen."""
        left, bottom, right, top = self.frame
        match self.rotation:
            case 90:
                return box.bottom - bottom, box.top - bottom, x - left
            case 180:
                return right - box.right, right - box.left, y - bottom
            case 270:
                return top - box.top, top - box.bottom, right - x
        return box.left - left, box.right - left, top - y


def _has_pictures(page: Handle) -> bool:
    from pypdfium2 import raw

    return any(True for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _is_space(code: int) -> bool:
    """Whether a character is a space; ends of lines are PDFium's own and tell nothing."""
    return code == 0x20 or (code > 0x7F and chr(min(code, 0x10FFFF)).isspace())


def _is_private(code: int) -> bool:
    """Whether a character has no meaning outside its font; those that fonts of symbols have for bullets are known."""
    is_named = code in (*range(0x80, 0xA0), 0xFFFD, 0xFFFE, 0xFFFF) and code != _BULLET
    return is_named or (0xE000 <= code <= 0xF8FF and not 0xF020 <= code <= 0xF0FF) or code >= 0xF0000


def _character(code: int) -> str:
    if code == _HYPHEN:
        return "-"
    if code == _BULLET:
        return "•"
    return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else "\N{REPLACEMENT CHARACTER}"
