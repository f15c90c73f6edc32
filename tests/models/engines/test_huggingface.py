"""Other people's models behind our translator: tiny ones with random weights, made here and loaded from their folders."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from commanding import Run
from hypothesis import given
from hypothesis import strategies as st
from toys import SENTENCES, toy_tokenizer
from transformers import (
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    NllbTokenizer,
    PreTrainedModel,
)
from transformers.utils import logging

from diglot import PLACEHOLDERS, CheckpointError, LanguageError
from diglot.models.engines import SearchSettings
from diglot.models.engines.converted import ConvertedModel
from diglot.models.engines.generate import GeneratingModel
from diglot.models.engines.huggingface import (
    FLORES,
    HuggingFaceTranslator,
    load,
    our_code,
    quiet,
    with_placeholders,
    with_tokens,
)
from diglot.models.translator import SearchOptions
from diglot.pipeline.document import Segment
from diglot.pipeline.translate import Request, translate

LONGEST = 48
SHAPE = {
    "d_model": 16,
    "encoder_layers": 1,
    "decoder_layers": 1,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 16,
    "decoder_ffn_dim": 16,
    "max_position_embeddings": LONGEST,
    "init_std": 0.5,
}


def write_json(path: Path, values: object) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def keep(folder: Path, model: PreTrainedModel) -> Path:
    logging.disable_progress_bar()
    model.save_pretrained(folder)
    logging.enable_progress_bar()
    return folder


def pieces(*first: str, last: tuple[str, ...] = ()) -> list[str]:
    return [*first, *(p for p in toy_tokenizer().vocabulary if p not in {*first, *last}), *last]


def marian(folder: Path, tags: tuple[str, ...] = (), **config: str) -> Path:
    folder.mkdir()
    vocabulary = pieces("</s>", "<unk>", *tags, last=("<pad>",))
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(toy_tokenizer().model)
    write_json(folder / "vocab.json", {piece: i for i, piece in enumerate(vocabulary)})
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "MarianTokenizer", **config})
    torch.manual_seed(1)
    end, pad = 0, len(vocabulary) - 1
    special = {"pad_token_id": pad, "eos_token_id": end, "decoder_start_token_id": pad}
    return keep(folder, MarianMTModel(MarianConfig(vocab_size=len(vocabulary), **special, **SHAPE)))


def m2m(folder: Path) -> Path:
    folder.mkdir()
    vocabulary = pieces("<s>", "<pad>", "</s>", "<unk>")
    (folder / "sentencepiece.bpe.model").write_bytes(toy_tokenizer().model)
    write_json(folder / "vocab.json", {piece: i for i, piece in enumerate(vocabulary)})
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "M2M100Tokenizer"})
    torch.manual_seed(1)
    config = M2M100Config(vocab_size=len(vocabulary) + 108, **SHAPE)  # 100 languages, 8 ids that nobody uses
    return keep(folder, M2M100ForConditionalGeneration(config))


def nllb(folder: Path) -> Path:
    characters = sorted(set("".join(SENTENCES).replace(" ", "▁")) | set("▁ph0123456789@tb.x"))
    vocabulary = {piece: i for i, piece in enumerate(["<s>", "<pad>", "</s>", "<unk>", *characters])}
    tokenizer = NllbTokenizer(vocab=vocabulary, merges=[])
    tokenizer.save_pretrained(folder)
    torch.manual_seed(1)
    return keep(folder, M2M100ForConditionalGeneration(M2M100Config(vocab_size=len(tokenizer), **SHAPE)))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("models")
    return {
        "pair": marian(root / "opus-mt-en-de", source_lang="en", target_lang="de"),
        "tags": marian(root / "tags", (">>jpn<<", ">>cmn_Hant<<", ">>cmn_Hans<<"), source_lang="eng", target_lang="mul"),
        "m2m": m2m(root / "m2m"),
        "nllb": nllb(root / "nllb"),
    }


@pytest.fixture(scope="module")
def translators(folders: dict[str, Path]) -> dict[str, HuggingFaceTranslator]:
    return {
        kind: load(str(folder), "cpu", SearchOptions(engine="torch", batch_tokens=64)) for kind, folder in folders.items()
    }


def generating(translator: HuggingFaceTranslator) -> GeneratingModel:
    assert isinstance(translator.searcher, GeneratingModel)
    return translator.searcher


PAIRS = {"pair": ("en", "de"), "tags": ("en", "zh"), "m2m": ("en", "ja"), "nllb": ("ja", "zh")}
KINDS = pytest.mark.parametrize("kind", PAIRS)
TEXTS = [*SENTENCES[:6], "", "Look at \ue003 and \ue000.", "\ud800 \x00"]


def tokens(translator: HuggingFaceTranslator, text: str, source: str, target: str) -> list[str]:
    return translator.tokenizer.convert_ids_to_tokens(translator._encode([text], source, target)[0])


# ---------------------------------------------------------------------------------------------------------------- languages


def test_each_kind_is_told_the_languages_in_its_own_way(translators: dict[str, HuggingFaceTranslator]) -> None:
    assert tokens(translators["pair"], "at", "en", "de") == ["▁", "at", "</s>"]
    assert tokens(translators["tags"], "at", "en", "zh")[0] == ">>cmn_Hans<<"
    assert tokens(translators["tags"], "at", "en", "cmn_Hant")[0] == ">>cmn_Hant<<"
    assert tokens(translators["m2m"], "at", "en", "ja")[0] == "__en__"
    assert tokens(translators["nllb"], "a", "ja", "zh")[0] == "jpn_Jpan"
    first = {kind: translators[kind]._first_token(PAIRS[kind][1]) for kind in PAIRS}
    assert first["pair"] is first["tags"] is None
    names = {kind: translators[kind].tokenizer.convert_ids_to_tokens(first[kind]) for kind in ("m2m", "nllb")}
    assert names == {"m2m": "__ja__", "nllb": "zho_Hans"}


def test_the_languages_are_under_our_codes(translators: dict[str, HuggingFaceTranslator]) -> None:
    assert translators["pair"].languages == ("de", "en")
    assert translators["tags"].languages == ("en", "ja", "zh", "cmn_Hans", "cmn_Hant", "jpn")
    for kind in ("m2m", "nllb"):
        assert set(FLORES) <= set(translators[kind].languages)


def test_the_pair_is_read_off_the_name_where_the_folder_does_not_say(tmp_path: Path) -> None:
    assert load(str(marian(tmp_path / "opus-mt-tc-big-en-jap")), "cpu", SearchOptions()).languages == ("en", "ja")
    with pytest.raises(CheckpointError, match="source_lang"):
        load(str(marian(tmp_path / "model")), "cpu", SearchOptions())


def test_a_group_of_sources_takes_any_of_them(tmp_path: Path) -> None:
    translator = load(str(marian(tmp_path / "m", source_lang="mul", target_lang="eng")), "cpu", SearchOptions())
    translator.require("ja", "en")
    with pytest.raises(LanguageError):
        translator.require("en", "ja")


@KINDS
def test_what_a_model_lacks_is_said_in_one_line(translators: dict[str, HuggingFaceTranslator], kind: str) -> None:
    source, target = PAIRS[kind]
    translators[kind].require(source, target)
    translators[kind].require(source, source)  # is the language there at all
    with pytest.raises(LanguageError, match=r"^the model '.*' does not have the language 'tlh'; it has [^\n]*$"):
        translators[kind](["a"], source, "tlh")


def test_a_fixed_pair_goes_one_way(translators: dict[str, HuggingFaceTranslator]) -> None:
    with pytest.raises(LanguageError, match="does not translate from 'de' to 'en', only from en to de"):
        translators["pair"](["a"], "de", "en")


@given(st.text(max_size=8))
def test_a_name_that_the_table_does_not_have_stays(name: str) -> None:
    assert our_code(name) in {*FLORES, name}


# -------------------------------------------------------------------------------------------------------------- translating


@KINDS
@pytest.mark.parametrize("beam", [1, 3])
def test_as_many_as_texts_in_order_and_none_moved_by_its_neighbours(
    translators: dict[str, HuggingFaceTranslator], kind: str, beam: int
) -> None:
    translate_ = translators[kind]
    together = translate_(TEXTS, *PAIRS[kind], beam=beam, block_ngram=2)
    alone = [translate_([text], *PAIRS[kind], beam=beam, block_ngram=2)[0] for text in TEXTS]
    assert [h.text for h in together] == [h.text for h in alone]
    assert [h.score for h in together] == pytest.approx([h.score for h in alone], abs=1e-4)
    assert translate_([], *PAIRS[kind]) == []


@KINDS
@pytest.mark.parametrize("beam", [1, 4])
def test_the_text_is_what_generate_writes(
    folders: dict[str, Path], translators: dict[str, HuggingFaceTranslator], kind: str, beam: int
) -> None:
    """Their own way, as their documentation shows it: tokenizer, generate(), decode; one text at a time."""
    with quiet():
        theirs, tokenizer = (auto.from_pretrained(folders[kind]) for auto in (AutoModelForSeq2SeqLM, AutoTokenizer))
    settings = {"num_beams": beam, "early_stopping": beam > 1, "max_new_tokens": LONGEST - 1}
    if kind in ("m2m", "nllb"):
        tokenizer.src_lang, first = {"m2m": ("en", "__ja__"), "nllb": ("jpn_Jpan", "zho_Hans")}[kind]
        settings["forced_bos_token_id"] = tokenizer.convert_tokens_to_ids(first)
    for text in ("Look at the mask!", "A word", "マスクは未来"):
        given = tokenizer((">>cmn_Hans<< " if kind == "tags" else "") + text, return_tensors="pt")
        written = theirs.generate(**given, **settings)[:, 2 if kind in ("m2m", "nllb") else 1 :]
        expected = tokenizer.batch_decode(written, skip_special_tokens=True)[0]
        assert translators[kind]([text], *PAIRS[kind], beam=beam)[0].text == expected


@KINDS
def test_the_score_is_the_mean_log_probability_of_what_generate_chose(
    translators: dict[str, HuggingFaceTranslator], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    translator = translators[kind]
    searcher = generating(translator)
    monkeypatch.setattr(searcher.model.generation_config, "forced_eos_token_id", None)  # chosen, not forced
    settings, first = SearchSettings(max_length=20), translator._first_token(PAIRS[kind][1])
    row = translator._encode(["A mask."], *PAIRS[kind])[0]
    config = searcher._generation_config(first, settings)
    config.update(return_dict_in_generate=True, output_scores=True)
    out = searcher.model.generate(input_ids=torch.tensor([row]), generation_config=config)
    chosen = searcher.model.compute_transition_scores(out.sequences, out.scores, normalize_logits=True)[0]
    expected = chosen[0 if first is None else 1 :].mean().item()
    memory = searcher.model.get_encoder()(input_ids=torch.tensor([row]))[0]
    given_first = 1 if first is None else 2
    with torch.inference_mode():
        scores = searcher._scores(memory, torch.ones(1, len(row)), out.sequences, given_first)
    assert scores == pytest.approx([expected], abs=1e-4)


@KINDS
def test_the_end_is_counted_and_what_stands_after_it_is_not(
    translators: dict[str, HuggingFaceTranslator], kind: str
) -> None:
    translator, searcher = translators[kind], generating(translators[kind])
    end = translator.tokenizer.eos_token_id
    memory, mask = torch.randn(1, 4, 16), torch.ones(1, 4)
    start, pad = searcher.model.config.decoder_start_token_id, translator.tokenizer.pad_token_id
    with torch.inference_mode():
        short = searcher._scores(memory, mask, torch.tensor([[start, 7, 8, end]]), 1)
        padded = searcher._scores(memory, mask, torch.tensor([[start, 7, 8, end, pad, pad]]), 1)
        without = searcher._scores(memory, mask, torch.tensor([[start, 7, 8]]), 1)
    assert short == pytest.approx(padded, abs=1e-5)
    assert short != pytest.approx(without, abs=1e-3)


@KINDS
def test_a_text_beyond_the_positions_is_answered_with_nothing(
    translators: dict[str, HuggingFaceTranslator], kind: str
) -> None:
    long, short = translators[kind](["x" * 500, "a mask"], *PAIRS[kind])
    assert (long.text, long.score) == ("", -float("inf"))
    assert short.score > -float("inf")


@KINDS
def test_nothing_of_the_language_tokens_is_left(translators: dict[str, HuggingFaceTranslator], kind: str) -> None:
    # Weights are random, so a tag may come out anywhere; the one that was given must not begin the text.
    for hypothesis in translators[kind](SENTENCES[:4], *PAIRS[kind]):
        assert not hypothesis.text.startswith(("</s>", "<pad>", "zho_Hans"))


def test_batches_keep_to_both_budgets(translators: dict[str, HuggingFaceTranslator], monkeypatch) -> None:
    translator, searcher = translators["pair"], generating(translators["pair"])
    lengths = [5] * 30 + [LONGEST + 1, LONGEST]
    by_tokens = list(translator._batches(lengths))
    assert sorted(i for batch in by_tokens for i in batch) == [i for i in range(32) if i != 30]
    assert max(sum(lengths[i] for i in batch) for batch in by_tokens) <= 64
    sizes = watched(monkeypatch)
    monkeypatch.setattr("diglot.models.engines.generate.LOGITS", 12 * searcher.model.config.vocab_size)
    searcher.search(
        translator._encode(["a", "b", "c", "d", "e", "f", "g"], "en", "de"), None, SearchSettings(4, max_length=5)
    )
    assert sizes == [3, 3, 1]


def watched(monkeypatch: pytest.MonkeyPatch, most: int = 99) -> list[int]:
    """The sizes of the batches that are searched from now on; the memory is too small for more than ``most`` rows."""
    generate, sizes = GeneratingModel._generate, list[int]()

    def watch(self, rows, first, settings):
        sizes.append(len(rows))
        if len(rows) > most:
            raise torch.cuda.OutOfMemoryError("in a test")
        return generate(self, rows, first, settings)

    monkeypatch.setattr(GeneratingModel, "_generate", watch)
    return sizes


def test_memory_that_runs_out_halves_the_batch(translators: dict[str, HuggingFaceTranslator], monkeypatch) -> None:
    searcher = generating(translators["pair"])
    rows = translators["pair"]._encode(["a", "b", "c", "d", "e"], "en", "de")
    expected = searcher.search(rows, None, SearchSettings(max_length=8))
    sizes = watched(monkeypatch, most=2)
    found = searcher.search(rows, None, SearchSettings(max_length=8))
    assert [len(one.ids) for one in found] == [len(one.ids) for one in expected]
    assert sizes == [5, 2, 3, 1, 2]


@KINDS
@pytest.mark.parametrize("beam", [1, 4])
def test_ctranslate2_writes_what_generate_writes(
    folders: dict[str, Path],
    translators: dict[str, HuggingFaceTranslator],
    kind: str,
    beam: int,
    tmp_path: Path,
    monkeypatch,
) -> None:
    """In float32, token by token and with the same score; what generate() forces at its limit is not forced."""
    translator, searcher = translators[kind], generating(translators[kind])
    monkeypatch.setattr(searcher.model.generation_config, "forced_eos_token_id", None)
    with quiet():
        converted = ConvertedModel(str(folders[kind]), "tiny", compute_type="float32", threads=1, cache=tmp_path)
    rows = [row for row in translator._encode(SENTENCES[:12], *PAIRS[kind]) if len(row) <= LONGEST]
    first, settings = translator._first_token(PAIRS[kind][1]), SearchSettings(beam, max_length=20)
    end = translator.tokenizer.eos_token_id
    for row, found in zip(rows, converted.search(rows, first, settings), strict=True):
        expected = searcher.search([row], first, settings)[0]
        written = expected.ids[: expected.ids.index(end) + 1] if end in expected.ids else expected.ids
        assert found.ids == written[: len(found.ids)]
        assert len(written) - len(found.ids) in (0, 1)  # whether what is given counts towards the limit
        if end in found.ids:
            assert found.score == pytest.approx(expected.score, abs=1e-4)
        assert len({tuple(one.ids) for one in (found, *found.others)}) == beam


def test_on_a_cpu_models_are_converted_once(folders: dict[str, Path], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = load(str(folders["m2m"]), "cpu", SearchOptions(threads=1))
    assert isinstance(first.searcher, ConvertedModel)
    (kept,) = (tmp_path / "diglot" / "models").iterdir()
    made = (kept / "model.bin").stat().st_mtime_ns
    second = load(str(folders["m2m"]), "cpu", SearchOptions(threads=1))
    assert (kept / "model.bin").stat().st_mtime_ns == made
    assert second(SENTENCES[:3], "en", "ja") == first(SENTENCES[:3], "en", "ja")
    (kept / "model.bin").write_bytes(b"damaged")
    assert load(str(folders["m2m"]), "cpu", SearchOptions(threads=1))(["A mask."], "en", "ja") == first(
        ["A mask."], "en", "ja"
    )


def test_the_pipeline_takes_it_for_a_translator(translators: dict[str, HuggingFaceTranslator]) -> None:
    segments = [Segment(i, i, "paragraph", "en", text, ((0, len(text)),)) for i, text in enumerate(SENTENCES[:3])]
    pairs = list(translate(segments, translators["m2m"], Request("ja", frozenset(translators["m2m"].languages))))
    assert [pair.segment for pair in pairs] == segments
    assert all(pair.translation.text for pair in pairs)


def test_the_command_runs_one_and_says_what_is_wrong(run: Run, folders: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A mask\n\nThe encoder reads $x$ at once.\n", encoding="utf-8")
    ran = run("translate", "a.md", "--from", "en", "--to", "ja", "--model", f"hf:{folders['m2m']}", "--beam", "2")
    assert ran.code in (0, 3)  # random weights write nonsense, which the guards may refuse
    translated = (tmp_path / "a.ja.md").read_text(encoding="utf-8")
    assert translated.startswith("# ")
    assert "$x$" in translated
    broken = shutil.copytree(folders["pair"], tmp_path / "broken-en-de")
    (broken / "vocab.json").unlink()
    for model, target, message in (
        (folders["pair"], "ja", "does not have the language 'ja'; it has de, en"),
        (broken, "de", "vocab.json: missing; the model folder is not whole"),
    ):
        ran = run("translate", "a.md", "--from", "en", "--to", target, "--overwrite", "--model", f"hf:{model}")
        assert ran.code not in (0, 3)
        assert message in ran.err
        assert (ran.err.count("\n"), ran.err[:8]) == (1, "diglot: ")


# ------------------------------------------------------------------------------------------------------------- placeholders


@given(st.lists(st.sampled_from([*PLACEHOLDERS, "a", " ", "1", "。", "@"])).map("".join))
def test_placeholders_come_back(text: str) -> None:
    assert with_placeholders(with_tokens(text)) == text
    assert not set(with_tokens(text)) & set(PLACEHOLDERS)


@pytest.mark.parametrize("token", ["ph1@tb.x", "Ph1@TB.X", "ph 1 @ tb . x", "ph1＠tb．x", "PH1@tb.x"])
def test_a_token_that_a_model_dressed_up_is_still_known(token: str) -> None:
    assert with_placeholders(f"Der {token}.") == "Der \ue001."


def test_a_number_that_is_no_placeholder_stays() -> None:
    assert with_placeholders("ph16@tb.x ph99@tb.x") == "ph16@tb.x ph99@tb.x"


# ------------------------------------------------------------------------------------------------------------------ loading


FILES = {
    "pair": ["config.json", "model.safetensors", "source.spm", "target.spm", "vocab.json"],
    "m2m": ["config.json", "model.safetensors", "sentencepiece.bpe.model", "vocab.json"],
    "nllb": ["config.json", "model.safetensors", "tokenizer.json"],
}


@pytest.mark.parametrize("how", ["missing", "cut"])
@pytest.mark.parametrize(("kind", "file"), [(kind, file) for kind, files in FILES.items() for file in files])
def test_a_folder_that_is_not_whole_is_said_in_one_line(
    folders: dict[str, Path], tmp_path: Path, capfd: pytest.CaptureFixture, kind: str, file: str, how: str
) -> None:
    damaged = shutil.copytree(folders[kind], tmp_path / "m-en-de")
    if how == "missing":
        (damaged / file).unlink()
    else:
        (damaged / file).write_bytes((damaged / file).read_bytes()[: (damaged / file).stat().st_size // 2])
    with pytest.raises(CheckpointError) as caught:
        load(str(damaged), "cpu", SearchOptions())
    assert str(damaged) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_folders_of_another_kind_are_said(tmp_path: Path) -> None:
    for kind, message in (("diglot", "without hf:"), ("bert", "runs Marian, M2M-100 and NLLB")):
        write_json(tmp_path / "config.json", {"model_type": kind})
        with pytest.raises(CheckpointError, match=message):
            load(str(tmp_path), "cpu", SearchOptions())
    for path in (str(tmp_path / "nothing"), "nothing", "./a/b"):
        with pytest.raises(CheckpointError, match="no folder here"):
            load(path, "cpu", SearchOptions())


def test_what_ctranslate2_cannot_convert_is_said(folders: dict[str, Path], tmp_path: Path) -> None:
    damaged = shutil.copytree(folders["pair"], tmp_path / "opus-mt-en-de")
    (damaged / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match="CTranslate2 cannot convert it"):
        ConvertedModel(str(damaged), "damaged", cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_identity_tells_weights_and_search_apart(folders: dict[str, Path], tmp_path: Path) -> None:
    def identity(folder: Path, **options: object) -> str:
        return load(str(folder), "cpu", SearchOptions(**options)).identity  # type: ignore[arg-type]

    moved = shutil.copytree(folders["pair"], tmp_path / "moved-en-de")
    assert identity(moved) == identity(folders["pair"])
    assert identity(moved, beam=2) != identity(moved)
    weights = moved / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert identity(moved) != identity(folders["pair"])


def test_nothing_of_transformers_reaches_the_terminal(folders: dict[str, Path]) -> None:
    code = (
        "from diglot.models.engines.huggingface import load\n"
        "from diglot.models.translator import SearchOptions\n"
        f"for folder in {[str(folder) for folder in folders.values()]!r}:\n"
        "    translator = load(folder, 'cpu', SearchOptions(beam=2))\n"
        "    translator(['A mask.', 'x' * 5000], 'en', 'ja' if 'ja' in translator.languages else 'de')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_verbosity_of_others_is_left_as_it_was(folders: dict[str, Path]) -> None:
    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    load(str(folders["pair"]), "cpu", SearchOptions())(["a"], "en", "de")
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before
