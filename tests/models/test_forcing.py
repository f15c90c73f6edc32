"""What a draft lacks is written where the draft looked at it, and nothing else of the draft before that changes."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toys import toy_model, toy_tokenizer

from diglot import PLACEHOLDERS, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.models import checkpoint
from diglot.models.checkpoint import ModelInfo
from diglot.models.engines import EngineResult, SearchSettings
from diglot.models.engines.ctranslate2 import CTranslate2Engine
from diglot.models.forcing import CHANCES, Begun, Complete, force
from diglot.models.tokenizer import END
from diglot.models.wanted import Wanted

TOKENS = toy_tokenizer()
TERM = f"{TERM_OPEN}mask{TERM_CLOSE}マスク{TERM_TARGET_CLOSE}"
ENGLISH = f"{TERM_OPEN}マスク{TERM_CLOSE}mask{TERM_TARGET_CLOSE}"
MASK = ["マスク"]


def source(text: str) -> list[int]:
    return TOKENS.source(TOKENS.encode(text), "ja")


def wanted(*groups: Sequence[str]) -> Wanted:
    return Wanted([[TOKENS.encode(form) for form in group] for group in groups], TOKENS)


def looking(given: str, text: str, at: str, mark: str) -> EngineResult:
    """A draft whose tokens with ``at`` in them look at the place of the source with ``mark``, and the others at nothing."""
    ids, pieces = TOKENS.encode(text), TOKENS.pieces(source(given))
    rows = [[float(at in piece and i == pieces.index(mark)) for i in range(len(pieces))] for piece in TOKENS.pieces(ids)]
    return EngineResult(ids, -1.0, (), lambda: rows)


def blind(ids: Sequence[int], width: int) -> EngineResult:
    """A result that looked at nothing."""
    return EngineResult(list(ids), -1.0, (), lambda: [[0.0] * width] * len(ids))


def going_on(rest: str) -> Complete:
    """A search that gives what it is told and ``rest`` after that."""
    return lambda begun: [blind([*one.prefix, *TOKENS.encode(rest)], len(one.source)) for one in begun]


def refusing(begun: Sequence[Begun]) -> list[EngineResult]:
    raise AssertionError(begun)


def text(result: EngineResult | None) -> str:
    assert result is not None
    return TOKENS.decode(result.ids)


def test_a_term_is_written_where_the_draft_looked_at_it() -> None:
    given = f"The {TERM} reads."
    draft = looking(given, "文の未来を見えなくします。", "未", TERM_OPEN)
    (result,) = force([source(given)], [wanted(MASK)], [draft], going_on("は文を読みます。"), TOKENS)
    before, _, after = text(result).partition("マスク")
    assert before.startswith("文") and "未" not in before
    assert after.strip() == "は文を読みます。"


@pytest.mark.parametrize("at", [TERM_OPEN, "マスク", TERM_TARGET_CLOSE])
def test_to_look_at_any_part_of_an_annotation_is_to_look_at_the_term(at: str) -> None:
    given = f"The {TERM} reads."
    mark = next(piece for piece in TOKENS.pieces(source(given)) if piece[-1] == at[-1])
    (result,) = force([source(given)], [wanted(MASK)], [looking(given, "文の未来を", "未", mark)], going_on("。"), TOKENS)
    assert text(result).partition("マスク")[0].strip() == "文の"


def test_what_looked_at_the_term_just_before_is_part_of_what_stands_there() -> None:
    given = f"The {TERM} reads."
    ids, width = TOKENS.encode("文の未来を"), len(source(given))
    at = TOKENS.pieces(source(given)).index(TERM_OPEN)
    looked = [
        [{"の": 0.1, "未": 0.5}.get(piece[:1], 1.0 if "来" in piece else 0.0) * (i == at) for i in range(width)]
        for piece in TOKENS.pieces(ids)
    ]
    (result,) = force([source(given)], [wanted(MASK)], [EngineResult(ids, -1.0, (), lambda: looked)], going_on("。"), TOKENS)
    assert text(result).partition("マスク")[0].strip() == "文の"


@pytest.mark.parametrize(("draft", "expected"), [("matrix", "Mask"), ("the matrix", "mask")])
def test_a_term_has_a_capital_letter_only_where_it_begins_the_sentence(draft: str, expected: str) -> None:
    drafts = [looking(ENGLISH, draft, "mat", TERM_OPEN)]
    (result,) = force([source(ENGLISH)], [wanted(["mask", "Mask"])], drafts, going_on("."), TOKENS)
    assert text(result).split()[-2] == expected


def test_there_is_an_end_to_what_may_be_joined_on_to_a_term() -> None:
    begun: list[Begun] = []
    ends = (TOKENS.ids([letter])[0] for letter in "acdefghiklm")

    def complete(rows: Sequence[Begun]) -> list[EngineResult]:
        begun.extend(rows)
        return [blind([*rows[0].prefix, next(ends)], 30)]

    draft = looking(ENGLISH, "the matrix", "mat", TERM_OPEN)
    assert force([source(ENGLISH)], [wanted(["mask"])], [draft], complete, TOKENS) == [None]
    assert len(begun) == CHANCES


def test_of_what_a_search_goes_on_with_only_what_has_everything_stays() -> None:
    given = f"The {TERM} reads {PLACEHOLDERS[0]}."

    def complete(begun: Sequence[Begun]) -> list[EngineResult]:
        rests = ["を読みます。", f"は{PLACEHOLDERS[0]}を読みます。", f"も{PLACEHOLDERS[0]}を"]
        best, *others = [blind([*begun[0].prefix, *TOKENS.encode(rest)], 30) for rest in rests]
        return [best._replace(others=others)]

    draft = looking(given, "未来", "未", TERM_OPEN)
    (result,) = force([source(given)], [wanted(MASK, [PLACEHOLDERS[0]])], [draft], complete, TOKENS)
    assert result is not None
    assert [text(one).strip()[4:5] for one in (result, *result.others)] == ["は", "も"]


@pytest.mark.parametrize(
    ("given", "groups", "allowed"),
    [
        ("The mask reads.", [MASK], None),  # where it comes from is not known
        (f"The {TERM} reads.", [MASK], frozenset({70})),  # it cannot be written
        (f"The {TERM} reads.", [], None),  # nothing is wanted: another search does that better
        (f"The {TERM} reads.", [[""]], None),
    ],
    ids=["no place", "not in the vocabulary", "nothing wanted", "empty"],
)
def test_what_cannot_be_forced_is_left_to_another_search(given: str, groups: list, allowed: frozenset[int] | None) -> None:
    draft = blind(TOKENS.encode("文"), 30)
    assert force([source(given)], [wanted(*groups)], [draft], refusing, TOKENS, allowed) == [None]


def test_a_placeholder_too_many_is_cut_off_and_forbidden() -> None:
    mark, begun = PLACEHOLDERS[0], []

    def complete(rows: Sequence[Begun]) -> list[EngineResult]:
        begun.extend(rows)
        return going_on("を読みます。")(rows)

    draft = blind(TOKENS.encode(f"{mark}と{mark}{PLACEHOLDERS[1]}を読みます。"), 30)
    (result,) = force([source(f"Read {mark}.")], [wanted([mark])], [draft], complete, TOKENS)
    assert text(result).count(mark) == 1 and PLACEHOLDERS[1] not in text(result)
    assert [one.forbidden for one in begun] == [frozenset(TOKENS.ids(PLACEHOLDERS))]


def test_what_makes_another_word_of_the_term_is_forbidden_after_it() -> None:
    """A mask must not become a masker, whatever comes first to the translator's mind."""
    begun: list[Begun] = []

    def complete(rows: Sequence[Begun]) -> list[EngineResult]:
        begun.extend(rows)
        ends = [token for token in TOKENS.ids(["er", "r", "."]) if token not in rows[0].forbidden]
        best, *others = [blind([*rows[0].prefix, token], 30) for token in ends[:2]]
        return [best._replace(others=others)]

    draft = looking(ENGLISH, "the future", "fut", TERM_OPEN)
    (result,) = force([source(ENGLISH)], [wanted(["mask"])], [draft], complete, TOKENS)
    assert text(result).endswith("mask.")
    assert [one.forbidden for one in begun] == [frozenset(), frozenset(TOKENS.ids(["er", "r"]))]


words = st.sampled_from(
    ["", "文", "マスク", "mask", "a mask ", PLACEHOLDERS[0], PLACEHOLDERS[1], TERM_OPEN, TERM_CLOSE, TERM, "。"]
)
texts = st.lists(words, max_size=6).map("".join)


@given(
    given=texts,
    answers=st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=5),
    groups=st.lists(st.lists(texts, max_size=2), max_size=3),
)
def test_it_ends_and_what_it_gives_has_everything(given: str, answers: list[list[str]], groups: list[list[str]]) -> None:
    """Whatever a translator answers, also where it disregards what it is told."""
    calls = iter(range(1000))

    def answer(prefix: Sequence[int]) -> EngineResult:
        whole = [[*prefix, *TOKENS.encode(rest)] for rest in answers[next(calls) % len(answers)]]
        looked = [[1 / (place + 1)] * len(source(given)) for place in range(len(whole[0]))]
        return EngineResult(whole[0], -1.0, [EngineResult(ids, -2.0) for ids in whole[1:]], lambda: looked)

    def complete(begun: Sequence[Begun]) -> list[EngineResult]:
        return [answer(one.prefix) for one in begun]

    (result,) = force([source(given)], [wanted(*groups)], [answer([])], complete, TOKENS)
    forms = [[form.strip().casefold() for form in map(TOKENS.decode, group)] for group in wanted(*groups).groups]
    for one in (result, *result.others) if result else ():
        assert all(any(form in text(one).casefold() for form in group) for group in forms)


WRITTEN = TOKENS.encode("未来")[1:]
FUTURE = f"{TERM_OPEN}future{TERM_CLOSE}未来{TERM_TARGET_CLOSE}"
SETTINGS = SearchSettings(beam=2, max_length=30, attention=True)


def rows(target: str) -> list[list[int]]:
    return [TOKENS.source(TOKENS.encode(f"The {FUTURE} {word}."), target) for word in ("reads", "writes one")]


@pytest.fixture
def engine(tmp_path: Path) -> CTranslate2Engine:
    """The real search, with a vocabulary for each of two targets."""
    ideographs = [i for i, piece in enumerate(TOKENS.vocabulary) if "一" <= piece <= "龥"]  # no word goes on with them
    vocabulary = {"ja": sorted({END, *ideographs[::2], *WRITTEN}), "en": sorted({END, *ideographs[1::2], *WRITTEN})}
    info = ModelInfo(("en", "ja"), {code: tuple(ids) for code, ids in vocabulary.items()})
    model = toy_model(4, d_model=64, norm="layer")
    with torch.no_grad():  # an end symbol that wins now and then
        model.embedding.weight[END] = model.embedding.weight[ideographs].mean(0) * 6
    checkpoint.save(tmp_path / "m", model, TOKENS, info, card="", int8=False)
    return CTranslate2Engine(tmp_path / "m", compute_type="float32", threads=1, cache=tmp_path / "cache")


@pytest.mark.parametrize("beam", [1, 2])
def test_ctranslate2_writes_it_for_one_target_after_the_other(engine: CTranslate2Engine, beam: int) -> None:
    """CTranslate2 reads a beginning by the vocabulary of the target before, unless it is made to forget it."""
    settings, asked = SETTINGS._replace(beam=beam), [Wanted([[WRITTEN]], TOKENS)] * 2
    for target in ("ja", "en", "ja", "en"):
        drafts = engine.search(rows(target), target, settings)
        for found in engine.search_containing(rows(target), target, settings, asked, drafts):
            assert any(found.ids[i : i + len(WRITTEN)] == WRITTEN for i in range(30))
            assert len(found.others) < beam
    assert "_torch" not in vars(engine)


def test_a_beginning_counts_as_it_did_in_its_draft(engine: CTranslate2Engine) -> None:
    begun = Begun(rows("en")[0], WRITTEN)
    found, unlikely = engine._complete([begun, begun._replace(score=-5.0)], "en", SETTINGS)
    assert unlikely.score == pytest.approx(found.score - 5.0 * len(WRITTEN) / (len(found.ids) + 1), abs=1e-4)


def test_what_is_forbidden_after_one_beginning_may_follow_another(engine: CTranslate2Engine) -> None:
    free, other = (Begun(row, WRITTEN) for row in rows("en"))
    found, beside = engine._complete([free, other], "en", SETTINGS)
    following = found.ids[len(WRITTEN)]
    bound, again = engine._complete([free._replace(forbidden=frozenset({following})), other], "en", SETTINGS)
    assert following not in [token for one in (bound, *bound.others) for token in one.ids[len(WRITTEN) :]]
    assert again.ids == beside.ids
