"""Jupyter notebooks: the Markdown cells as one text, each cell set apart by a form feed."""

import json
import re
from collections.abc import Callable
from typing import Any

from diglot import InputError
from diglot.pipeline.containers import Container
from diglot.pipeline.formats.parts import BETWEEN

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def read(data: bytes) -> Container | None:
    """The Markdown cells of a notebook (nbformat 4); None for JSON that is something else."""
    try:
        notebook = json.loads(data)
    except ValueError as exc:
        raise InputError(f"a notebook that is not whole ({exc}); open it in Jupyter and save it again") from exc
    except RecursionError as exc:
        raise InputError("JSON that is nested too deep for a notebook") from exc
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        return None
    if notebook["nbformat"] != 4 or not isinstance(notebook.get("cells"), list):
        raise InputError(f"a notebook of format {notebook['nbformat']}; open it in Jupyter and save it in format 4")
    cells = [cell for cell in notebook["cells"] if _is_text(cell)]
    dumped = _style(data, notebook)

    def pack(text: str) -> bytes:
        for cell, source in zip(cells, text.split(BETWEEN), strict=bool(cells)):
            if source != _source(cell):
                cell["source"] = _LINE.findall(source) if isinstance(cell["source"], list) else source
        return dumped()

    return Container(BETWEEN.join(map(_source, cells)), "cells", pack, ".ipynb")


def _is_text(cell: Any) -> bool:
    """Whether a cell holds Markdown; one that holds what sets cells apart is left as it is."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "markdown":
        return False
    source = cell.get("source")
    if isinstance(source, list) and not all(isinstance(line, str) for line in source):
        return False
    return isinstance(source, str | list) and "\f" not in _source(cell)


def _source(cell: dict[str, Any]) -> str:
    source: str | list[str] = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _style(data: bytes, notebook: dict[str, Any]) -> Callable[[], bytes]:
    """What writes a notebook in the style that it was written in: indented, and with or without escapes."""

    def dump(indent: int | None, ascii_only: bool, end: bytes) -> bytes:
        return json.dumps(notebook, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") + end

    end = b"\n" if data.endswith(b"\n") else b""
    styles = [(indent, ascii_only) for ascii_only in (False, True) for indent in (1, 2, 4, None)]
    indent, ascii_only = next((style for style in styles if dump(*style, end) == data), (1, False))
    return lambda: dump(indent, ascii_only, end)
