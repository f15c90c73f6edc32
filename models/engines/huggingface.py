"""Models that other people trained, behind the same translator: Marian (OPUS-MT), M2M-100 and NLLB.

Their own tokenizer is used, and the search is that of :mod:`~diglot.models.engines.converted` (CTranslate2, on a CPU) or of
:mod:`~diglot.models.engines.generate` (torch). What stands here is the rest: how each kind is told the languages, how
placeholders get through a model that never saw one, batches by a budget of tokens.
"""

import hashlib
import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from diglot import PLACEHOLDERS, CheckpointError, LanguageError
from diglot.models import first_line
from diglot.models.batching import by_tokens
from diglot.models.checkpoint import ModelInfo
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.normalise import normalise
from diglot.models.translator import Hypothesis, SearchOptions, where_to_run

# ---------------------------------------------------------------------------------------------------------------- languages

# Our codes and the names of FLORES-200, which NLLB uses; their first three letters are ISO 639-3, which Marian uses.
FLORES: Mapping[str, str] = {
    "ar": "arb_Arab", "bg": "bul_Cyrl", "bn": "ben_Beng", "ca": "cat_Latn", "cs": "ces_Latn", "da": "dan_Latn",
    "de": "deu_Latn", "el": "ell_Grek", "en": "eng_Latn", "es": "spa_Latn", "et": "est_Latn", "fa": "pes_Arab",
    "fi": "fin_Latn", "fr": "fra_Latn", "he": "heb_Hebr", "hi": "hin_Deva", "hr": "hrv_Latn", "hu": "hun_Latn",
    "id": "ind_Latn", "is": "isl_Latn", "it": "ita_Latn", "ja": "jpn_Jpan", "ko": "kor_Hang", "lt": "lit_Latn",
    "lv": "lvs_Latn", "ms": "zsm_Latn", "nl": "nld_Latn", "no": "nob_Latn", "pl": "pol_Latn", "pt": "por_Latn",
    "ro": "ron_Latn", "ru": "rus_Cyrl", "sk": "slk_Latn", "sl": "slv_Latn", "sr": "srp_Cyrl", "sv": "swe_Latn",
    "sw": "swh_Latn", "ta": "tam_Taml", "th": "tha_Thai", "tr": "tur_Latn", "uk": "ukr_Cyrl", "ur": "urd_Arab",
    "vi": "vie_Latn", "zh": "zho_Hans",
}  # fmt: skip
_OTHER_NAMES = {"ara": "ar", "cmn": "zh", "fas": "fa", "jap": "ja", "lav": "lv", "msa": "ms", "nor": "no", "swa": "sw"}
_BY_THREE_LETTERS = {name[:3]: code for code, name in FLORES.items()} | _OTHER_NAMES


def our_code(name: str) -> str:
    """Our code of a language that a model calls ``name``; a name that the table does not have stays as it is.

    >>> our_code("cmn_Hans"), our_code("jpn_Jpan"), our_code("pt_br"), our_code("en"), our_code("ROMANCE")
    ('zh', 'ja', 'pt', 'en', 'ROMANCE')
    """
    first = name.partition("_")[0].lower()
    code = _BY_THREE_LETTERS.get(first, first)
    return code if code in FLORES else name


@dataclass(frozen=True)
class Languages:
    """Our codes of what a model reads and writes, each with its own name for it; its own names are taken too.

    A target whose name is empty is the only one that the model has: it need not be told.
    """

    sources: Mapping[str, str]
    targets: Mapping[str, str]

    @property
    def all(self) -> tuple[str, ...]:
        """Every code, those of the table first."""
        codes = {**self.sources, **self.targets}
        return tuple(sorted(codes, key=lambda code: (code not in FLORES, code)))


def languages_of(tokenizer: Any, name: str) -> Languages:
    """What the tokenizer, and for Marian the name of the folder, say of a model's languages."""
    if hasattr(tokenizer, "supported_language_codes"):
        return _marian_languages(tokenizer, name)
    if hasattr(tokenizer, "lang_code_to_id"):
        names = {code: code for code in tokenizer.lang_code_to_id}
        return Languages(names, names)
    if type(tokenizer).__name__.startswith("NllbTokenizer"):
        known = tokenizer.get_vocab()
        names = {code: flores for code, flores in FLORES.items() if flores in known}
        names |= {token: token for token in known if re.fullmatch("[a-z]{3}_[A-Z][a-z]{3}", token)}
        return Languages(names, names)
    raise CheckpointError(f"{name}: neither Marian nor M2M-100 nor NLLB (its tokenizer is {type(tokenizer).__name__})")


def _marian_languages(tokenizer: Any, name: str) -> Languages:
    """A pair fixed by training, or targets chosen by a tag before the text (``>>jpn<<``), simplified characters first."""
    source, target = _pair(tokenizer, name)
    # A name that is not in the table is that of a group (mul, ROMANCE, gmw), whose members the folder does not list.
    sources = {our_code(source): source} if our_code(source) in FLORES else {**FLORES, source: source}
    tags = [code[2:-2] for code in tokenizer.supported_language_codes]
    if not tags:
        return Languages(sources, {our_code(target): ""})
    targets: dict[str, str] = {}
    for tag in sorted(tags, key=lambda tag: ("Hans" not in tag, len(tag), tag)):
        targets.setdefault(our_code(tag), tag)
    return Languages(sources, {**targets, **{tag: tag for tag in tags}})


def _pair(tokenizer: Any, name: str) -> tuple[str, str]:
    if tokenizer.source_lang and tokenizer.target_lang:
        return tokenizer.source_lang, tokenizer.target_lang
    ending = re.search(r"[-_]([a-z]{2,3})[-_]([a-z]{2,3})$", name)  # opus-mt-en-de
    if ending is None:
        raise CheckpointError(
            f"{name}: does not say what it translates; add source_lang and target_lang to its tokenizer_config.json"
        )
    return ending[1], ending[2]


# -------------------------------------------------------------------------------------------------------------- placeholders

# Models that never saw a placeholder copy what has the shape of an e-mail address better than tags or braces.
_TOKENS = {placeholder: f"ph{number}@tb.x" for number, placeholder in enumerate(PLACEHOLDERS)}
_TOKEN = re.compile(r"ph ?(\d{1,2}) ?[@＠] ?tb ?[.．] ?x", re.IGNORECASE)


def with_tokens(text: str) -> str:
    """Text for a model that does not know our placeholders.

    >>> with_tokens("Here \\ue001 is.")
    'Here ph1@tb.x is.'
    """
    return _SURROGATE.sub("\ufffd", text).translate(_TABLE)


_TABLE = str.maketrans(_TOKENS)
BATCH_TOKENS = 2048
_SURROGATE = re.compile("[\ud800-\udfff]")  # no text for their tokenizers, which are not written in Python


def with_placeholders(text: str) -> str:
    """The inverse, forgiving what models do to tokens; a number that no placeholder has stays.

    >>> with_placeholders("Hier ist Ph1@TB.x .") == "Hier ist \\ue001 ."
    True
    """
    return _TOKEN.sub(lambda m: PLACEHOLDERS[int(m[1])] if int(m[1]) < len(PLACEHOLDERS) else m[0], text)


# ---------------------------------------------------------------------------------------------------------------- translator


class Searcher(Protocol):
    """What searches a batch: rows of ids in; for each the ids written after ``first``, and their mean log-probability."""

    def search(self, rows: Sequence[Sequence[int]], first: int | None, settings: SearchSettings) -> list[EngineResult]:
        """Translate a batch; ``first`` is the token by which a model is told the language to write."""
        ...


class HuggingFaceTranslator:
    """Somebody else's model between its ``languages``; to its callers a :class:`diglot.models.translator.Translator`.

    ``longest`` is the number of its positions.
    """

    def __init__(
        self,
        searcher: Searcher,
        tokenizer: Any,
        languages: Languages,
        info: ModelInfo,
        options: SearchOptions,
        fingerprint: str = "",
        longest: int = 512,
    ) -> None:
        self.searcher, self.tokenizer = searcher, tokenizer
        self.info, self.options, self.fingerprint = info, options, fingerprint
        self._languages = languages
        self._longest = longest

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it translates from or to."""
        return self.info.languages

    @property
    def inline_terms(self) -> bool:
        """Whether the model was trained to read terms in the text: no such model was."""
        return False

    @property
    def identity(self) -> str:
        """What decides about a translation besides the text: the weights, the engine, the way it searches."""
        return f"{self.fingerprint} {type(self.searcher).__name__} {self.options.beam} {self.options.length_penalty}"

    def __call__(
        self,
        texts: Sequence[str],
        source: str,
        target: str,
        *,
        context: Sequence[str] | None = None,
        domain: str | None = None,
        beam: int | None = None,
        block_ngram: int | None = None,
        must_contain: Sequence[Sequence[Sequence[str]]] | None = None,
    ) -> list[Hypothesis]:
        """Translate texts from ``source`` to ``target``; as many hypotheses as texts, in their order.

        These models know neither ``context`` nor ``domain`` nor ``must_contain``, which are left unread. A text that is
        longer than the model's positions is answered with nothing rather than with its beginning, so that the caller cuts
        it. Raises :class:`diglot.LanguageError` for a pair that the model does not have.
        """
        self.require(source, target)
        settings = SearchSettings(beam or self.options.beam, self.options.length_penalty, block_ngram=block_ngram or 0)
        results = [Hypothesis("", -float("inf"))] * len(texts)
        with quiet():
            rows = self._encode([normalise(text, source) for text in texts], source, target)
            for indices in self._batches([len(row) for row in rows]):
                batch = [rows[i] for i in indices]
                room = min(max(settings.max_length, 2 * max(map(len, batch))), self._longest - 1)
                found = self.searcher.search(batch, self._first_token(target), settings._replace(max_length=room))
                for i, one in zip(indices, found, strict=True):
                    results[i] = self._decoded(one)
        return results

    def _decoded(self, found: EngineResult) -> Hypothesis:
        text = self.tokenizer.decode(found.ids, skip_special_tokens=True)
        return Hypothesis(with_placeholders(text), found.score, [self._decoded(one) for one in found.others])

    def require(self, source: str, target: str) -> None:
        """Raise :class:`diglot.LanguageError` unless the model translates from ``source`` to ``target``.

        The same code twice asks only whether the model has the language at all.
        """
        for code in (source, target):
            if code not in self.languages:
                has = ", ".join(known for known in self.languages if known in FLORES)
                raise LanguageError(f"the model '{self.info.name}' does not have the language '{code}'; it has {has}")
        if source != target and not (source in self._languages.sources and target in self._languages.targets):
            pairs = f"from {', '.join(self._languages.sources)} to {', '.join(self._languages.targets)}"
            raise LanguageError(
                f"the model '{self.info.name}' does not translate from '{source}' to '{target}', only {pairs}"
            )

    def _encode(self, texts: Sequence[str], source: str, target: str) -> list[list[int]]:
        """The ids of each text, with what tells the model the languages."""
        if self._is_marian:
            tag = self._languages.targets.get(target)
            before = f">>{tag}<< " if tag else ""
        else:
            self.tokenizer.src_lang = self._languages.sources[source]
            before = ""
        return [self.tokenizer(before + with_tokens(text))["input_ids"] for text in texts]

    @property
    def _is_marian(self) -> bool:
        return hasattr(self.tokenizer, "supported_language_codes")

    def _first_token(self, target: str) -> int | None:
        """The token by which M2M-100 and NLLB are told to write the language; Marian has none."""
        if self._is_marian:
            return None
        name = self._languages.targets[target]
        of_m2m = hasattr(self.tokenizer, "get_lang_id")
        return int(self.tokenizer.get_lang_id(name) if of_m2m else self.tokenizer.convert_tokens_to_ids(name))

    def _batches(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Indices by a budget of source tokens, without what is too long for the model."""
        fitting = [i for i, length in enumerate(lengths) if length <= self._longest]
        for batch in by_tokens([(lengths[i],) for i in fitting], self.options.batch_tokens or BATCH_TOKENS):
            yield [fitting[k] for k in batch]


# ------------------------------------------------------------------------------------------------------------------ loading


# What the tokenizers of each kind cannot do without; of several in one place one is enough.
_FILES = {
    "marian": (("source.spm",), ("target.spm",), ("vocab.json",)),
    "m2m_100": (("sentencepiece.bpe.model", "tokenizer.json"),),  # NLLB has the architecture of M2M-100
}


def load(path: str, device: str, options: SearchOptions) -> HuggingFaceTranslator:
    """The translator of a local folder, or of a model on the hub (``owner/name``), which is fetched where it is not yet.

    Raises :class:`diglot.CheckpointError` where it cannot be loaded or is of another kind.
    """
    folder = Path(path)
    if folder.is_dir():
        _check(folder)
    elif not re.fullmatch(r"[\w-]+/[\w.-]+", path):
        raise CheckpointError(f"{path}: no folder here; hf: takes the folder of a model or its name on the hub, owner/name")
    where = "cpu" if options.engine == "ctranslate2" else where_to_run(device)
    with quiet():
        config, tokenizer = _read(path)
    name = folder.resolve().name if folder.is_dir() else path
    languages = languages_of(tokenizer, name)
    fingerprint = _fingerprint(folder) if folder.is_dir() else f"{path}@{getattr(config, '_commit_hash', None)}"
    with quiet():
        if options.engine == "torch" or where != "cpu":
            searcher: Searcher = _on_torch(path, tokenizer, where, options.threads)
        else:
            from diglot.models.engines.converted import ConvertedModel

            searcher = ConvertedModel(path, fingerprint.replace("/", "--"), threads=options.threads)
    longest = int(getattr(config, "max_position_embeddings", 512))
    info = ModelInfo(languages.all, name=name)
    return HuggingFaceTranslator(searcher, tokenizer, languages, info, options, fingerprint, longest)


def _check(folder: Path) -> None:
    """Say in one line what is wrong with a folder, where transformers would say it in many or make something up."""
    config = folder / "config.json"
    try:
        kind = json.loads(config.read_text(encoding="utf-8"))["model_type"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CheckpointError(f"{config}: missing or not the configuration of a Hugging Face model") from exc
    if kind == "diglot":
        raise CheckpointError(f"{folder}: a model of diglot itself; write --model {folder}, without hf:")
    if kind not in _FILES:
        raise CheckpointError(f"{folder}: a model of the kind '{kind}'; hf: runs Marian, M2M-100 and NLLB")
    for names in _FILES[kind]:
        if not any((folder / name).is_file() for name in names):
            raise CheckpointError(f"{folder / names[0]}: missing; the model folder is not whole, copy it again")


def _read(path: str) -> tuple[Any, Any]:
    """The configuration and the tokenizer of a model, which are read without torch."""
    from transformers import AutoConfig, AutoTokenizer

    with _explained(path):
        return tuple(
            auto.from_pretrained(path, local_files_only=Path(path).is_dir()) for auto in (AutoConfig, AutoTokenizer)
        )


def _on_torch(path: str, tokenizer: Any, where: str, threads: int) -> Searcher:
    import torch
    from transformers import AutoModelForSeq2SeqLM

    from diglot.models.engines.generate import GeneratingModel

    if threads:
        torch.set_num_threads(threads)
    dtype = torch.bfloat16 if where.startswith("cuda") else torch.float32
    with _explained(path):
        model = AutoModelForSeq2SeqLM.from_pretrained(path, local_files_only=Path(path).is_dir(), dtype=dtype)
    return GeneratingModel(model.to(where), tokenizer)


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Whatever their loaders stumble over, it is the folder that has to be mended."""
    try:
        yield
    except Exception as exc:
        raise CheckpointError(f"{path}: transformers cannot load it as a translation model ({first_line(exc)})") from exc


def _fingerprint(folder: Path) -> str:
    """A short name for exactly these files: their names, sizes, beginnings and ends. Gigabytes are not read for it."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.name} {size}\n".encode())
        with path.open("rb") as file:
            digest.update(file.read(1 << 16))
            file.seek(max(0, size - (1 << 16)))
            digest.update(file.read(1 << 16))
    return digest.hexdigest()[:16]


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars, notices and warnings of transformers inside; they speak to its programmers, not to our users."""
    from transformers.utils import logging

    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="transformers")
            yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()
