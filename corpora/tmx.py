"""TMX 1.4b: translation memories, read as a stream so that a file of any size fits in memory.

What stands in inline elements (``<bpt>``, ``<ept>``, ``<ph>``, ``<it>``, ``<ut>``) is a foreign format's code and is left
out; ``<hi>`` and ``<sub>`` hold text. So does ``<ph>`` in an edition of this program: a formula, code or a link that stays.
Entity declarations are refused: no translation memory needs them, and they are how XML bombs are made. Nothing outside the
file is ever opened.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from diglot import InputError

Unit = dict[str, str]  # language code -> text
_CODE_ELEMENTS = frozenset({"bpt", "ept", "ph", "it", "ut"})
_OURS = "diglot"  # the creation tool of our editions
_NO_TEXT = "x-character"  # the type of a ``<ph>`` of ours that stands for what XML cannot hold


def read_tmx(path: Path) -> Iterator[Unit]:
    """The translation units of a file. Raises :class:`diglot.InputError` that names the line of a fault."""
    reader = _Reader()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                reader.parser.Parse(block)
                yield from reader.take()
            reader.parser.Parse(b"", True)
        yield from reader.take()
    except OSError as exc:
        raise InputError(f"{path}: cannot be read ({exc.strerror})") from exc
    except expat.ExpatError as exc:
        raise InputError(f"{path}:{exc.lineno}: not whole XML ({expat.ErrorString(exc.code)})") from exc
    except ValueError as exc:
        raise InputError(f"{path}:{reader.parser.CurrentLineNumber}: {exc}") from exc


class _Reader:
    """What an XML parser tells, gathered into units."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._refuse
        self._units: list[Unit] = []
        self._unit: Unit = {}
        self._language = ""
        self._pieces: list[str] | None = None  # of the segment that is open
        self._open: list[bool] = []  # the elements of code that are open: whether each holds foreign code
        self._inside_code = 0
        self._is_ours = False

    def take(self) -> list[Unit]:
        units, self._units = self._units, []
        return units

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "header":
            self._is_ours = attributes.get("creationtool") == _OURS
        elif name == "tu":
            self._unit = {}
        elif name == "tuv":
            code = attributes.get("xml:lang") or attributes.get("lang") or ""
            self._language = code.replace("_", "-").split("-")[0].lower()
        elif name == "seg":
            self._pieces = []
        elif name in _CODE_ELEMENTS:
            is_text = self._is_ours and name == "ph" and attributes.get("type") != _NO_TEXT
            self._open.append(not is_text)
            self._inside_code += not is_text

    def _end(self, name: str) -> None:
        if name == "seg":
            if self._language:
                self._unit.setdefault(self._language, "".join(self._pieces or ()))
            self._pieces = None
        elif name in _CODE_ELEMENTS:
            self._inside_code -= self._open.pop()
        elif name == "tu" and len(self._unit) > 1:
            self._units.append(self._unit)

    def _text(self, data: str) -> None:
        if self._pieces is not None and not self._inside_code:
            self._pieces.append(data)

    def _refuse(self, *_: object) -> None:
        raise ValueError("declares an entity; take the declaration out")
