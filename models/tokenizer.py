"""Text to ids and back: SentencePiece, with the marks that a translation model needs as single pieces.

Two kinds of marks, by who may write them:

* *control symbols* never come from text: the target language (``<2ja>``), the domain (``<lec>``), ``<bt>`` for a
  back-translated source. ``<2ja>`` typed by a person is cut into ordinary pieces.
* *user symbols* are the private-use characters of ``diglot/__init__.py`` (placeholders, inline terms, the separator):
  they stand in the text and are one piece each, wherever they stand.

Normalisation is chosen on purpose and baked into the model file: letters, digits and spaces in compatibility forms
(full-width ``Ａ１``, half-width kana) become the usual ones and decomposed letters are composed, while punctuation,
superscripts and case are kept.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from diglot import LANGUAGES, PLACEHOLDERS, SEPARATOR, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE, CheckpointError, DiglotError

PAD, UNKNOWN, START, END = 0, 1, 2, 3
DOMAINS = ("lec", "doc", "talk", "gen")
BACK_TRANSLATED = "<bt>"
SPARE = tuple(f"<r{i}>" for i in range(8))  # ids kept free, so that a later mark needs no new tokenizer
CONTROL = (*(f"<2{code}>" for code in LANGUAGES), *(f"<{domain}>" for domain in DOMAINS), BACK_TRANSLATED, *SPARE)
MARKS = (*PLACEHOLDERS, TERM_OPEN, TERM_CLOSE, TERM_TARGET_CLOSE, SEPARATOR)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Tokenizer:
    """A SentencePiece model and the layout of a source: ``<2ja> <lec> piece piece ... </s>``."""

    def __init__(self, model: bytes) -> None:
        from sentencepiece import SentencePieceProcessor

        try:
            self._pieces = SentencePieceProcessor(model_proto=model)
        except RuntimeError as exc:
            raise CheckpointError(f"the tokenizer is not a SentencePiece model: {exc}") from exc
        self.model = model

    @classmethod
    def load(cls, path: Path) -> "Tokenizer":
        """Read ``spiece.model``. Raises :class:`diglot.CheckpointError` where it is missing or damaged."""
        try:
            return cls(path.read_bytes())
        except OSError as exc:
            raise CheckpointError(f"{path}: no tokenizer here ({exc.strerror}); the model folder is not whole") from exc

    def __len__(self) -> int:
        return int(self._pieces.get_piece_size())

    def encode(self, text: str, *, alpha: float = 0.0) -> list[int]:
        """The ids of a text. With ``alpha`` a segmentation is drawn at random (Kudo 2018, subword regularisation).

        Half a surrogate pair, which no encoding can write, is read as U+FFFD.
        """
        text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
        if alpha:
            ids = self._pieces.encode(text, enable_sampling=True, alpha=alpha, nbest_size=-1)
        else:
            ids = self._pieces.encode(text)
        return list(ids)

    def seed(self, number: int) -> None:
        """Fix what :meth:`encode` with ``alpha`` will draw, for all tokenizers of the process."""
        from sentencepiece import set_random_generator_seed

        set_random_generator_seed(number)

    def ids_used(self, texts: Iterable[str], least: int = 1) -> tuple[int, ...]:
        """The ids that may stand in a translation: those in ``least`` texts or more, bytes, user symbols, the end."""
        counts: Counter[int] = Counter()
        for text in texts:
            counts.update(set(self._pieces.encode(text)))
        used = {END, *self.ids(MARKS), *self.ids([f"<0x{byte:02X}>" for byte in range(256)])}
        used.update(number for number, count in counts.items() if count >= least)
        return tuple(sorted(used - self.unwritable))

    def source(self, ids: Sequence[int], target: str, domain: str | None = None) -> list[int]:
        """The ids of a source sequence: target language, domain, the text, the end."""
        marks = [self._control[f"<2{target}>"]]
        if domain:
            marks.append(self._control[f"<{domain}>"])
        return [*marks, *ids, END]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids; start, end, padding and control symbols leave nothing behind."""
        return str(self._pieces.decode([i for i in ids if i not in self._silent]))

    def pieces(self, ids: Sequence[int]) -> list[str]:
        """The pieces themselves, for engines that speak in pieces."""
        return [self._pieces.id_to_piece(i) for i in ids]

    def ids(self, pieces: Sequence[str]) -> list[int]:
        """The ids of pieces, the inverse of :meth:`pieces`."""
        return [self._pieces.piece_to_id(piece) for piece in pieces]

    @property
    def vocabulary(self) -> list[str]:
        """All pieces in the order of their ids."""
        return self.pieces(range(len(self)))

    @cached_property
    def unwritable(self) -> frozenset[int]:
        """The ids that never stand in a translation: padding, unknown, start and the control symbols."""
        return frozenset({PAD, UNKNOWN, START, *self._control.values()})

    @cached_property
    def _control(self) -> dict[str, int]:
        return {symbol: self._pieces.piece_to_id(symbol) for symbol in CONTROL}

    @cached_property
    def _silent(self) -> frozenset[int]:
        return frozenset({PAD, START, END, *self._control.values()})


def train(
    texts: Iterable[str],
    size: int,
    *,
    kind: Literal["unigram", "bpe"] = "unigram",
    character_coverage: float = 0.9995,
    threads: int = 2,
) -> Tokenizer:
    """Train a tokenizer of ``size`` pieces on an iterable of sentences (Kudo 2018 unigram, or BPE).

    Bytes that no piece covers fall back to byte pieces, so that every string comes back as it went in (after
    normalisation); digits stand alone, so that numbers are spelled in one way. Raises :class:`diglot.DiglotError` where the
    text holds too little for so many pieces.
    """
    import io
    import tempfile

    import sentencepiece

    model = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        rule = Path(folder) / "normalisation.tsv"
        rule.write_text("".join(normalisation_rules()), encoding="utf-8", newline="\n")
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(texts),
                model_writer=model,
                vocab_size=size,
                model_type=kind,
                character_coverage=character_coverage,
                normalization_rule_tsv=str(rule),
                byte_fallback=True,
                split_digits=True,
                max_sentence_length=8192,
                pad_id=PAD,
                unk_id=UNKNOWN,
                bos_id=START,
                eos_id=END,
                control_symbols=list(CONTROL),
                user_defined_symbols=list(MARKS),
                num_threads=threads,
                minloglevel=1,
            )
        except RuntimeError as exc:
            reason = str(exc).rpartition("] ")[2]
            raise DiglotError(f"no tokenizer of {size} pieces can be made of this text: {reason}") from exc
    return Tokenizer(model.getvalue())


def normalisation_rules() -> Iterator[str]:
    """The lines of the normaliser: ``source code points TAB target code points``, in hexadecimal."""
    for code in range(1, 0x10000):
        character = chr(code)
        if 0xD800 <= code <= 0xF8FF:
            continue
        composed = unicodedata.normalize("NFC", character)
        if character in "\t\n\r\v\f\x85\u2028\u2029":
            yield _rule(character, " ")
        elif unicodedata.category(character)[0] in "LZ" or unicodedata.category(character) in ("Nd", "Mn"):
            if (usual := unicodedata.normalize("NFKC", character)) != character:
                yield _rule(character, usual)
        elif composed != character:
            yield _rule(character, composed)
    yield from _compositions()


def _compositions() -> Iterator[str]:
    """Rules for letters written as a base and its marks (か + ゛), and for half-width kana with a sound mark (ｶﾞ)."""
    for code in range(0xA0, 0x10000):
        character = chr(code)
        parts = unicodedata.normalize("NFD", character)
        hangul = 0xAC00 <= code <= 0xD7A3
        if len(parts) > 1 and not hangul and unicodedata.normalize("NFC", parts) == character:
            yield _rule(parts, character)
    for kana in map(chr, range(0xFF66, 0xFF9E)):
        for mark in "ﾞﾟ":
            voiced = unicodedata.normalize("NFKC", kana + mark)
            if len(voiced) == 1:
                yield _rule(kana + mark, voiced)


def _rule(before: str, after: str) -> str:
    return f"{' '.join(f'{ord(c):X}' for c in before)}\t{' '.join(f'{ord(c):X}' for c in after)}\n"
