"""The translator: order kept, one answer a text, the same answer alone and in company."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from toys import SENTENCES, toy_model, toy_tokenizer

from diglot import SEPARATOR, CheckpointError, LanguageError, models
from diglot.models import checkpoint
from diglot.models.checkpoint import ModelInfo
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.torch import TorchEngine
from diglot.models.tokenizer import END, START
from diglot.models.translator import BLOCKED_NGRAM, LONG, SHORT, SearchOptions, Translator
from diglot.models.wanted import Wanted

INFO = ModelInfo(("en", "ja", "zh"), {}, "toy")


class Echo:
    """An engine that gives back the text of its source, and remembers what it was asked."""

    workers, batch_tokens, score_tokens = 1, 1024, 1024

    def __init__(self) -> None:
        self.batches: list[Sequence[Sequence[int]]] = []
        self.settings: list[SearchSettings] = []
        self.wanted: list[tuple[str, Wanted]] = []

    def search(self, sources: Sequence[Sequence[int]], target: str, settings: SearchSettings) -> list[EngineResult]:
        self.batches.append(sources)
        self.settings.append(settings)
        return [EngineResult(list(s), -float(len(s))) for s in sources]

    def search_containing(
        self,
        sources: Sequence[Sequence[int]],
        target: str,
        settings: SearchSettings,
        wanted: Sequence[Wanted],
        drafts: Sequence[EngineResult],
    ) -> list[EngineResult]:
        self.batches.append(sources)
        self.settings.append(settings)
        self.wanted += zip(map(toy_tokenizer().decode, sources), wanted, strict=True)
        assert [draft.ids for draft in drafts] == [list(ids) for ids in sources]
        return [EngineResult(one.groups[0][0], -1.0) for one in wanted]

    def score(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[float]:
        raise AssertionError("one hypothesis a text: nothing to choose from")


def translator(**options: object) -> tuple[Translator, Echo]:
    engine = Echo()
    return Translator(engine, toy_tokenizer(), INFO, SearchOptions(**options)), engine  # type: ignore[arg-type]


def test_as_many_answers_as_texts_in_their_order() -> None:
    echo, engine = translator(batch_tokens=60)
    texts = [*SENTENCES, "", "x", SENTENCES[0]]
    assert [h.text for h in echo(texts, "ja", "zh")] == texts
    assert len(engine.batches) > 1
    assert echo([], "en", "ja") == []


def test_batches_keep_to_their_budget_and_long_ones_come_first() -> None:
    echo, engine = translator(batch_tokens=60)
    echo(SENTENCES, "en", "ja")
    for batch in engine.batches:
        assert len(batch) == 1 or len(batch) * max(map(len, batch)) <= 60
    longest = [max(map(len, batch)) for batch in engine.batches]
    assert longest == sorted(longest, reverse=True)


def test_several_workers_have_a_batch_each_and_change_no_answer() -> None:
    echo, engine = translator(batch_tokens=100_000)
    texts = [f"{sentence} {number}" for number in range(80) for sentence in SENTENCES]
    alone = echo(texts, "en", "ja")
    assert len(engine.batches) < 3
    engine.batches.clear()
    engine.workers = 3
    assert echo(texts, "en", "ja") == alone
    assert len(engine.batches) >= 3


def test_a_call_overrides_the_search() -> None:
    echo, engine = translator(beam=2, length_penalty=0.5)
    echo(["a"], "en", "ja")
    echo(["a"], "en", "ja", beam=5, block_ngram=3)
    assert [(s.beam, s.block_ngram, s.length_penalty) for s in engine.settings] == [(2, 0, 0.5), (5, 3, 0.5)]


def test_long_sources_may_become_longer_than_short_ones() -> None:
    echo, engine = translator()
    echo(["short", "long " * SHORT], "en", "ja")
    assert sorted(s.max_length for s in engine.settings) == [256, 512]


def test_context_and_language_tag_reach_the_engine() -> None:
    echo, engine = translator()
    echo(["now"], "en", "zh", context=["before"], domain="lec")
    (ids,) = engine.batches[0]
    assert toy_tokenizer().pieces(ids)[:2] == ["<2zh>", "<lec>"]
    assert toy_tokenizer().decode(ids) == f"before{SEPARATOR}now"


def test_only_a_text_whose_answer_lacks_something_is_searched_for_again_with_it() -> None:
    echo, engine = translator(batch_tokens=30)
    texts = ["The encoder " * 9, "The decoder", "A mask", "The mask マスク", "Nothing"]
    groups = [[["エンコーダー"]], [["デコーダー"]], [["マスク"]], [["マスク"]], []]
    answers = echo(texts, "en", "ja", must_contain=groups)
    assert len(engine.batches) > 3
    asked = {text.strip(): [toy_tokenizer().decode(ids) for ids in one.groups[0]] for text, one in engine.wanted}
    assert {text: set(spelled) for text, spelled in asked.items()} == {
        texts[0].strip(): {"エンコーダー"},
        texts[1]: {"デコーダー"},
        texts[2]: {"マスク"},
    }
    assert [answer.text for answer in answers] == ["エンコーダー", "デコーダー", "マスク", *texts[3:]]
    assert echo(["A mask"], "en", "ja")[0].text == "A mask"


def test_what_is_searched_for_again_does_not_loop() -> None:
    echo, engine = translator()
    for block in (None, 3):
        echo(["A mask"], "en", "ja", must_contain=[[["マスク"]]], block_ngram=block)
    assert [settings.block_ngram for settings in engine.settings] == [0, BLOCKED_NGRAM, 3, 3]


def test_hypotheses_without_what_must_be_contained_are_left_out() -> None:
    echo, engine = translator(rerank=False)
    texts = ["文です。", "マスクと文です。", "マスクです。"]
    best, *others = [EngineResult(toy_tokenizer().encode(text), -1.0) for text in texts]
    engine.search = lambda *_: [best._replace(others=others)]  # type: ignore[method-assign]
    (answer,) = echo(["The mask"], "en", "ja", must_contain=[[["マスク"]]])
    assert [one.text for one in (answer, *answer.others)] == texts[1:]
    assert not engine.wanted


def test_what_must_be_contained_is_spelled_as_it_may_stand_in_a_text() -> None:
    echo, engine = translator()
    echo(["x", "x"], "ja", "en", must_contain=[[["mask"]], [["\ue003"]]])
    pieces = [[toy_tokenizer().pieces(ids) for ids in one.groups[0]] for _, one in engine.wanted]
    assert pieces[0][0][0].startswith("▁")  # a word, not the end of another one
    assert [toy_tokenizer().decode(toy_tokenizer().ids(spelling)) for spelling in pieces[0]] == ["mask", "Mask"]
    assert pieces[1] == [["▁", "\ue003"], ["\ue003"]]  # what is no word may follow a bracket, too
    echo(["x"], "en", "ja", must_contain=[[["マスク", "BERT"]]])
    spelled = {"".join(toy_tokenizer().pieces(ids)) for ids in engine.wanted[-1][1].groups[0]}
    assert "マスク" in spelled


@pytest.mark.parametrize(("source", "target"), [("fr", "ja"), ("en", "ko")])
def test_a_language_that_the_model_lacks_is_said_with_those_it_has(source: str, target: str) -> None:
    with pytest.raises(LanguageError, match="it has en, ja, zh"):
        translator()[0](["a"], source, target)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("translator") / "toy"
    model = toy_model(4, d_model=64, norm="layer")
    checkpoint.save(path, model, toy_tokenizer(), INFO, card="", int8=False)
    return path


def test_load_gives_a_translator_of_either_engine(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for engine in ("torch", "ctranslate2"):
        translate = models.load(str(folder), device="cpu", engine=engine, threads=1)
        answers = translate(SENTENCES[:3], "en", "ja")
        assert translate.languages == ("en", "ja", "zh")
        assert len(answers) == 3
        assert all(answer.score < 0 for answer in answers)
        assert [translate([text], "en", "ja")[0].text for text in SENTENCES[:3]] == [a.text for a in answers]


def test_two_threads_write_what_one_writes(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    texts = [f"{sentence} {number}" for number in range(4) for sentence in SENTENCES]
    mask = [[["mask"]] if number % 3 == 0 else [] for number in range(len(texts))]
    one, two = (models.load(str(folder), device="cpu", threads=threads) for threads in (1, 2))
    assert [a.text for a in one(texts, "en", "ja")] == [a.text for a in two(texts, "en", "ja")]
    wanted = [translate(texts, "ja", "en", must_contain=mask) for translate in (one, two)]
    assert [a.text for a in wanted[0]] == [a.text for a in wanted[1]]


def test_a_score_is_the_mean_of_what_the_search_gives_each_token() -> None:
    tokens, model = toy_tokenizer(), toy_model()
    lecturing = Translator(
        TorchEngine(model, tokens, "cpu", {}), tokens, ModelInfo(("en", "ja"), domain="lec"), SearchOptions()
    )
    state = model.start(torch.tensor([tokens.source(tokens.encode(SENTENCES[0]), "ja", "lec")]))
    logs, ids = [], [*tokens.encode(SENTENCES[5]), END]
    for before, wanted in zip([START, *ids], ids, strict=False):
        logits, state = model.step(torch.tensor([before]), state)
        logs.append(float(logits.log_softmax(-1)[0, wanted].detach()))
    assert lecturing.score([(SENTENCES[0], SENTENCES[5])], "ja") == pytest.approx([sum(logs) / len(logs)], rel=1e-4)


def test_scores_do_not_depend_on_company(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    pairs = [(a, b) for a in SENTENCES[:4] for b in SENTENCES[5:9]] + [("", "x"), ("word " * 900, "")]
    for engine in ("torch", "ctranslate2"):
        translate = models.load(str(folder), device="cpu", engine=engine, threads=1)
        assert isinstance(translate, Translator)
        alone = [translate.score([pair], "ja")[0] for pair in pairs]
        assert translate.score(pairs, "ja") == pytest.approx(alone, rel=1e-4)
        assert translate.score([], "ja") == []


def test_of_a_very_long_text_only_the_beginning_counts() -> None:
    asked: list[Sequence[int]] = []

    class Counting(Echo):
        def score(self, sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]) -> list[float]:
            asked.extend([*sources, *targets])
            return [-1.0] * len(sources)

    long = "word " * 10 * LONG
    assert Translator(Counting(), toy_tokenizer(), INFO, SearchOptions()).score([(long, long)], "ja") == [-1.0]
    assert max(map(len, asked)) == len(toy_tokenizer().source([7] * LONG, "ja"))


@pytest.mark.parametrize("shape", [{"positions": "learned"}, {"bias": True}], ids=str)
def test_what_ctranslate2_cannot_run_is_run_by_torch(tmp_path: Path, shape: dict[str, object]) -> None:
    checkpoint.save(tmp_path / "m", toy_model(**shape), toy_tokenizer(), INFO, card="", int8=False)
    translate = models.load(str(tmp_path / "m"), device="cpu")
    assert isinstance(translate, Translator) and isinstance(translate.engine, TorchEngine)


def test_what_fills_all_of_the_learned_positions_is_still_read_backwards_and_scored() -> None:
    engine = TorchEngine(toy_model(positions="learned", max_length=16), toy_tokenizer(), "cpu", {})
    translate = Translator(engine, toy_tokenizer(), INFO, SearchOptions())
    fitting, too_long = translate(["word " * 3, "word " * 4], "en", "ja")
    assert fitting.text and len(fitting.others) == 3 and not too_long.text
    assert all(-20 < score < 0 for score in translate.score([(SENTENCES[0], SENTENCES[5]), ("word " * 400, "")], "ja"))


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not a readable model configuration"):
        models.load(str(tmp_path / "nothing"))
