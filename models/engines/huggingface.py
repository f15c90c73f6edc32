"""Models that other people trained, behind the same translator: Marian (OPUS-MT), M2M-100 and NLLB by transformers.

Their own tokenizer and ``generate()`` do the work. What stands here is the rest: how each kind is told the languages, how
placeholders get through a model that never saw one, batches by a budget of tokens, and a score that means what ours means.
"""

import copy
import hashlib
import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, NllbTokenizer
from transformers.modeling_outputs import BaseModelOutput
from transformers.utils import logging

from diglot import PLACEHOLDERS, CheckpointError, DiglotError, LanguageError
from diglot.models.batching import by_tokens
from diglot.models.checkpoint import ModelInfo
from diglot.models.engines import SearchSettings
from diglot.models.normalise import normalise
from diglot.models.translator import Hypothesis, SearchOptions

LOGITS = 1 << 26  # scores of the vocabulary that are held at a time: 256 MB

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
    if isinstance(tokenizer, NllbTokenizer):
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
_SURROGATE = re.compile("[\ud800-\udfff]")  # no text for their tokenizers, which are not written in Python


def with_placeholders(text: str) -> str:
    """The inverse, forgiving what models do to tokens; a number that no placeholder has stays.

    >>> with_placeholders("Hier ist Ph1@TB.x .") == "Hier ist \\ue001 ."
    True
    """
    return _TOKEN.sub(lambda m: PLACEHOLDERS[int(m[1])] if int(m[1]) < len(PLACEHOLDERS) else m[0], text)


# ---------------------------------------------------------------------------------------------------------------- translator


class HuggingFaceTranslator:
    """Somebody else's model between its ``languages``; to its callers a :class:`diglot.models.translator.Translator`."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        languages: Languages,
        info: ModelInfo,
        options: SearchOptions,
        fingerprint: str = "",
    ) -> None:
        self.model, self.tokenizer = model, tokenizer
        self.info, self.options, self.fingerprint = info, options, fingerprint
        self._languages = languages
        self._longest = int(getattr(model.config, "max_position_embeddings", 512))

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
        return f"{self.fingerprint} {type(self).__name__} {self.options.beam} {self.options.length_penalty}"

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
            for indices in self._batches([len(row) for row in rows], settings.beam):
                for i, found in zip(indices, self._search([rows[i] for i in indices], target, settings), strict=True):
                    results[i] = found
        return results

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

    def _batches(self, lengths: Sequence[int], beam: int) -> Iterator[list[int]]:
        """Indices by a budget of source tokens and one of scores: a vocabulary of 256,000 makes rows expensive."""
        fitting = [i for i, length in enumerate(lengths) if length <= self._longest]
        most = max(1, LOGITS // (beam * self.model.config.vocab_size))
        for batch in by_tokens([(lengths[i],) for i in fitting], self.options.batch_tokens):
            indices = [fitting[k] for k in batch]
            yield from (indices[first : first + most] for first in range(0, len(indices), most))

    def _search(self, rows: Sequence[Sequence[int]], target: str, settings: SearchSettings) -> list[Hypothesis]:
        """Translate one batch, or its halves where the GPU's memory is too small for it."""
        try:
            return self._generate(rows, self._first_token(target), settings)
        except torch.cuda.OutOfMemoryError:
            if len(rows) == 1:
                raise
        torch.cuda.empty_cache()
        half = len(rows) // 2
        return [*self._search(rows[:half], target, settings), *self._search(rows[half:], target, settings)]

    @torch.inference_mode()
    def _generate(self, rows: Sequence[Sequence[int]], first: int | None, settings: SearchSettings) -> list[Hypothesis]:
        ids = pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=self.tokenizer.pad_token_id)
        lengths = torch.tensor([len(row) for row in rows])
        mask = (torch.arange(ids.size(1)) < lengths[:, None]).long().to(self.model.device)
        memory = self.model.get_encoder()(input_ids=ids.to(self.model.device), attention_mask=mask)[0]
        written = self.model.generate(
            encoder_outputs=BaseModelOutput(last_hidden_state=memory),
            attention_mask=mask,
            generation_config=self._generation_config(ids.size(1), first, settings),
        )
        given = 1 if first is None else 2  # the start, and the language where there is one
        scores = self._scores(memory, mask, written, given)
        texts = self.tokenizer.batch_decode(written[:, given:], skip_special_tokens=True)
        return [Hypothesis(with_placeholders(text), score) for text, score in zip(texts, scores, strict=True)]

    def _generation_config(self, source_length: int, first: int | None, settings: SearchSettings) -> Any:
        """The model's own (which tokens start, end and are forbidden) with our way of searching."""
        config = copy.deepcopy(self.model.generation_config)
        config.update(
            do_sample=False,
            num_beams=settings.beam,
            early_stopping=settings.beam > 1,
            length_penalty=settings.length_penalty,
            no_repeat_ngram_size=settings.block_ngram,
            max_length=None,
            max_new_tokens=min(max(settings.max_length, 2 * source_length), self._longest - 1),
        )
        if first is not None:
            config.forced_bos_token_id = first
        return config

    def _scores(self, memory: Tensor, mask: Tensor, written: Tensor, given: int) -> list[float]:
        """Mean log-probability a token, the end counted but not the first ones, which were ``given``.

        Read off one teacher-forced pass over what was written: ``generate()`` would keep the scores of every step.
        """
        read, chosen = written[:, :-1], written[:, 1:]
        ends = chosen == self.tokenizer.eos_token_id
        counted = ends.cumsum(1) - ends.long() == 0
        counted[:, : given - 1] = False
        rows = max(1, LOGITS // (read.size(1) * self.model.config.vocab_size))
        means = []
        for part in range(0, len(written), rows):
            here = slice(part, part + rows)
            encoded = BaseModelOutput(last_hidden_state=memory[here])
            logits = self.model(encoder_outputs=encoded, attention_mask=mask[here], decoder_input_ids=read[here]).logits
            own = logits.float().log_softmax(-1).gather(2, chosen[here, :, None]).squeeze(2)
            total = own.masked_fill(~counted[here], 0).sum(1)
            means += (total / counted[here].sum(1).clamp_min(1)).tolist()
        return means


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
    if options.engine == "ctranslate2":
        raise DiglotError("models of Hugging Face run on torch: leave out --engine ctranslate2")
    if options.threads:
        torch.set_num_threads(options.threads)
    where = device if device != "auto" else "cuda" if torch.cuda.is_available() else "cpu"
    with quiet():
        model, tokenizer = _read(path, torch.bfloat16 if where.startswith("cuda") else torch.float32)
    name = folder.resolve().name if folder.is_dir() else path
    languages = languages_of(tokenizer, name)
    fingerprint = _fingerprint(folder) if folder.is_dir() else f"{path}@{getattr(model.config, '_commit_hash', None)}"
    info = ModelInfo(languages.all, name=name)
    return HuggingFaceTranslator(model.to(where).eval(), tokenizer, languages, info, options, fingerprint)


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


def _read(path: str, dtype: torch.dtype) -> tuple[Any, Any]:
    local = Path(path).is_dir()
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=local)
        model = AutoModelForSeq2SeqLM.from_pretrained(path, local_files_only=local, dtype=dtype)
    except Exception as exc:  # whatever their loaders stumble over, it is the folder that has to be mended
        lines = str(exc).strip().splitlines() or [type(exc).__name__]
        raise CheckpointError(f"{path}: transformers cannot load it as a translation model ({lines[0]})") from exc
    return model, tokenizer


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
