"""What speech recognisers write as JSON, and the captions of YouTube (``.json3``): segments with their times.

Method: the JSON is read with the places of its strings, so that only those that hold what was said are written anew. Known
are the segments of Whisper, and of WhisperX, faster-whisper and services that write as it does; the ``transcription`` of
whisper.cpp, the ``chunks`` of Transformers, and the ``events`` of YouTube. Where words have times of their own, the words of
a translation are spread over these, so that programs which show words one by one show the translation. The text of the
whole is written anew with its segments. What else was recorded of the speech (tokens, probabilities) stays.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from diglot import InputError
from diglot.pipeline.captions import Caption, Captions, Piece
from diglot.pipeline.formats.subtitles import clock

_STRING = re.compile(r'"(?>(?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r"\\u(?!00[0-7])")
_LANGUAGE = re.compile(r"[A-Za-z]{2,20}(?:-\w+)*")  # en, English
_MOST_EDGE = 4  # characters between two segments in the text of the whole


class _Pairs(list[tuple[str, Any]]):
    """The members of an object in their order, also of those that have one name."""


def read(file: str) -> Captions | None:
    """The segments of a file; None for other JSON, and for what is none.

    Raises :class:`diglot.InputError` for one that breaks off.
    """
    try:
        data = _with_places(file)
    except json.JSONDecodeError as exc:
        if re.search(r'"(?:tStartMs|segments|transcription)"\s*:', file[:10_000]):
            message = f"line {exc.lineno}: JSON that is not whole ({exc.msg}); get the file again"
            raise InputError(message) from exc
        return None
    except (ValueError, RecursionError):
        return None
    data = data if isinstance(data, dict) else {"segments": data or None}
    for name, caption in _KINDS.items():
        shown = _captions(data.get(name), caption)
        if shown is not None:
            ascii_only = file.isascii() and _ESCAPED.search(file) is not None
            return Captions(
                _also_within(file, data.get("text"), shown),
                partial(_spelled, ascii_only),
                ".json3" if name == "events" else ".json",
                languages=_languages(data),
                in_lines=name == "events",
            )
    return None


def _with_places(file: str) -> Any:
    """JSON in which each string is a piece of the file."""
    strings = _STRING.finditer(file)

    def placed(value: Any) -> Any:
        if isinstance(value, str):
            string = next(strings)
            return Piece(string.start() + 1, string.end() - 1, value)
        if isinstance(value, _Pairs):
            return {name: placed(member) for name, member in value if next(strings)}
        return [placed(member) for member in value] if isinstance(value, list) else value

    return placed(json.loads(file, object_pairs_hook=_Pairs, strict=False))


def _captions(found: Any, caption: Callable[[dict[str, Any]], Caption | None]) -> list[Caption] | None:
    """The cues of a list of segments; None for what is no such list."""
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return None
    shown = [caption(one) for one in found]
    return [one for one in shown if one and one.words.strip()] if any(shown) or not found else None


def _segment(segment: dict[str, Any]) -> Caption | None:
    """A segment of Whisper: ``start``, ``end``, ``text``, perhaps ``words`` and ``speaker``."""
    text, start, end = segment.get("text"), _number(segment.get("start")), _number(segment.get("end"))
    if not isinstance(text, Piece) or start is None:
        return None
    speaker = segment.get("speaker")
    words = _spoken(_texts(segment.get("words"), "word"))
    places = ((text,), words) if words else ((text,),)
    return Caption(start, end, text.words, places, speaker.words if isinstance(speaker, Piece) else "")


def _transcribed(segment: dict[str, Any]) -> Caption | None:
    """One of whisper.cpp: ``text``, and ``timestamps`` ``from`` and ``to``."""
    text, times = segment.get("text"), segment.get("timestamps")
    if not isinstance(text, Piece) or not isinstance(times, dict):
        return None
    start, end = (clock(one.words) if isinstance(one, Piece) else None for one in (times.get("from"), times.get("to")))
    return Caption(start, end, text.words, ((text,),))


def _chunk(chunk: dict[str, Any]) -> Caption | None:
    """One of Transformers: ``text``, and a ``timestamp`` of two numbers."""
    text, times = chunk.get("text"), chunk.get("timestamp")
    if not isinstance(text, Piece) or not isinstance(times, list) or len(times) != 2:
        return None
    return Caption(_number(times[0]), _number(times[1]), text.words, ((text,),))


def _event(event: dict[str, Any]) -> Caption | None:
    """One of YouTube: ``tStartMs``, ``dDurationMs`` and, where something is said, ``segs`` with ``utf8``."""
    start, duration, segs = _number(event.get("tStartMs")), _number(event.get("dDurationMs")), event.get("segs", [])
    texts = _texts(segs, "utf8")
    if start is None:
        return None
    words = "".join(piece.words for piece in texts)
    return Caption(start / 1000, None if duration is None else (start + duration) / 1000, words, (_spoken(texts),))


_KINDS = {"segments": _segment, "transcription": _transcribed, "chunks": _chunk, "events": _event}


def _texts(found: Any, name: str) -> tuple[Piece, ...]:
    """The member of one name of all the objects in a list; nothing where one lacks it."""
    texts = [one.get(name) if isinstance(one, dict) else None for one in found] if isinstance(found, list) else []
    pieces = tuple(text for text in texts if isinstance(text, Piece))
    return pieces if len(pieces) == len(texts) else ()


def _spoken(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.words.strip())


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e12 else None


def _languages(data: dict[str, Any]) -> tuple[Piece, ...]:
    """Where the language of the text is named."""
    result = data.get("result")
    found = data.get("language") or (result.get("language") if isinstance(result, dict) else None)
    return (found,) if isinstance(found, Piece) and _LANGUAGE.fullmatch(found.words) else ()


def _also_within(file: str, whole: Any, shown: Sequence[Caption]) -> Sequence[Caption]:
    """Segments with their places in the text of the whole, where that is made of them."""
    found = list(_found_within(file, whole, shown)) if isinstance(whole, Piece) else []
    if len(found) < len(shown):
        return shown
    return [one._replace(places=(*one.places, (piece,))) for one, piece in zip(shown, found, strict=True)]


def _found_within(file: str, whole: Piece, shown: Sequence[Caption]) -> Iterator[Piece]:
    place = whole.start
    for caption in shown:
        piece = caption.places[0][0]
        said = file[piece.start : piece.end].strip()
        start = file.find(said, place, min(whole.end, place + len(said) + _MOST_EDGE))
        if start < 0 or piece.words != caption.words:
            return
        end = start + len(said)
        yield Piece(place, end, file[place:start] + piece.words.strip())
        place = end


def _spelled(ascii_only: bool, words: str, _: str) -> str:
    return json.dumps(words, ensure_ascii=ascii_only)[1:-1]
