"""PDFs as programs write them, made by hand: pages of strings at places, in the fonts that every reader has."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

FONTS = {"regular": "Helvetica", "bold": "Helvetica-Bold", "mono": "Courier"}
A4, SLIDE = (595, 842), (640, 360)
TURNS = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}


class At(NamedTuple):
    """A string whose first letter stands so far from the left and from the top of the page."""

    x: float
    y: float
    text: str
    size: float = 11
    font: str = "regular"
    turned: int = 0  # degrees, against the clock


class Box(NamedTuple):
    """A filled rectangle with its upper left corner there."""

    x: float
    y: float
    width: float
    height: float


def lines(x: float, y: float, texts: Sequence[str], size: float = 11, leading: float = 0, font: str = "regular") -> list[At]:
    """Strings one below the other."""
    step = leading or round(1.2 * size, 1)
    return [At(x, y + number * step, text, size, font) for number, text in enumerate(texts)]


def pdf(
    *pages: Sequence[At | Box], size: tuple[int, int] = A4, rotated: int = 0, extra: str = "", trailer: str = ""
) -> bytes:
    """A document; ``extra`` is added to the dictionary of each page."""
    fonts = [f"<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>" for name in FONTS.values()]
    fonts.append(
        "<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/UniJIS-UCS2-H/DescendantFonts[<</Type/Font"
        "/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/DW 1000/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)"
        "/Supplement 2>>>>]>>"
    )
    resources = "".join(f"/F{number} {number + 3} 0 R" for number in range(len(fonts)))
    first = 3 + len(fonts)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>", *fonts]
    for number, page in enumerate(pages):
        content = "\n".join(_drawn(page, size[1]))
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]} {size[1]}]/Rotate {rotated}"
            f"/Resources<</Font<<{resources}>>>>/Contents {first + 2 * number + 1} 0 R{extra}>>"
        )
        objects.append(f"<</Length {len(content)}>>stream\n{content}\nendstream")
    return _file(objects, trailer)


def _drawn(page: Sequence[At | Box], height: float) -> Iterator[str]:
    for one in page:
        if isinstance(one, Box):
            yield f"{one.x} {height - one.y - one.height} {one.width} {one.height} re f"
            continue
        wide = any(ord(c) > 0x2E7F for c in one.text)
        number = len(FONTS) if wide else list(FONTS).index(one.font)
        shown = one.text.encode("utf-16-be" if wide else "cp1252").hex()
        yield f"BT /F{number} {one.size} Tf {TURNS[one.turned]} {one.x} {height - one.y} Tm <{shown}> Tj ET"


def _file(objects: Sequence[str], trailer: str) -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\n"
    )
    return made + end.encode() + f"startxref\n{len(made)}\n%%EOF\n".encode()
