"""What a draft lacks is written where the draft looked at it, and nothing else of the draft before that changes."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toys import toy_model, toy_tokenizer

from diglot import PLACEHOLDERS, TERM_CLOSE, TERM_OPEN, TERM_TARGET_CLOSE
from diglot.models import checkpoint
from diglot.models.checkpoint import ModelInfo
from diglot.models.engines import SearchSettings
from diglot.models.engines.ctranslate2 import CTranslate2Engine
from diglot.models.forcing import Begun, Draft, force
from diglot.models.tokenizer import END

TOKENS = toy_tokenizer()
TERM = f"{TERM_OPEN}mask{TERM_CLOSE}マスク{TERM_TARGET_CLOSE}"
MASK = [TOKENS.encode("マスク")]


def source(text: str) -> list[int]:
    return TOKENS.source(TOKENS.encode(text), "ja")


def looking(begun: Begun, text: str, at: str, mark: str) -> Draft:
    """A draft whose tokens with ``at`` in them look at the place of the source with ``mark``, and the others at nothing."""
    ids = TOKENS.encode(text)
    place = TOKENS.pieces(begun.source).index(mark)
    rows = [[float(at in piece and i == place) for i in range(len(begun.source))] for piece in TOKENS.pieces(ids)]
    return Draft(ids, -1.0, rows)


def going_on(text: str, at: str, mark: str, rest: str) -> Callable[[Sequence[Begun]], list[Draft]]:
    """A translator that gives ``text`` first, and what it is told and ``rest`` after that."""

    def complete(begun: Sequence[Begun]) -> list[Draft]:
        return [
            Draft([*one.prefix, *TOKENS.encode(rest)], -1.0, [[0.0] * len(one.source)] * 99)
            if one.prefix
            else looking(one, text, at, mark)
            for one in begun
        ]

    return complete


def text(draft: Draft | None) -> str:
    assert draft is not None
    return TOKENS.decode(draft.ids)


def test_a_term_is_written_where_the_draft_looked_at_it() -> None:
    complete = going_on("文の未来を見えなくします。", "未", TERM_OPEN, "は文を読みます。")
    (draft,) = force([source(f"The {TERM} reads.")], [[MASK]], complete, TOKENS)
    before, _, after = text(draft).partition("マスク")
    assert before.startswith("文") and "未" not in before
    assert after.strip() == "は文を読みます。"


def test_what_lacks_nothing_is_not_asked_for_again() -> None:
    asked: list[Sequence[Begun]] = []

    def complete(begun: Sequence[Begun]) -> list[Draft]:
        asked.append(begun)
        return [looking(one, "マスクは文を読みます。", "文", TERM_OPEN) for one in begun]

    (draft,) = force([source(f"The {TERM} reads.")], [[MASK]], complete, TOKENS)
    assert text(draft) == "マスクは文を読みます。" and len(asked) == 1


def test_a_part_of_a_compound_in_katakana_is_the_term() -> None:
    def complete(begun: Sequence[Begun]) -> list[Draft]:
        return [looking(one, "エンコーダーマスク", "マ", TERM_OPEN) for one in begun]

    (draft,) = force([source(f"The {TERM} reads.")], [[MASK]], complete, TOKENS)
    assert text(draft) == "エンコーダーマスク"


@pytest.mark.parametrize(
    ("written", "is_found"),
    [("masks", True), ("Masked", True), ("masking", True), ("masker", False), ("unmask", False)],
)
def test_an_english_word_may_be_inflected(written: str, is_found: bool) -> None:
    def complete(begun: Sequence[Begun]) -> list[Draft]:
        return [looking(one, f"the {written}", "the", TERM_OPEN) for one in begun]

    wanted = [[TOKENS.encode("mask")]]
    (draft,) = force([source(f"{TERM_OPEN}マスク{TERM_CLOSE}mask{TERM_TARGET_CLOSE}")], [wanted], complete, TOKENS)
    assert (draft is not None) == is_found


@pytest.mark.parametrize(
    ("given", "wanted", "allowed"),
    [
        ("The mask reads.", [MASK], None),  # where it comes from is not known
        (f"The {TERM} reads.", [MASK], frozenset({70})),  # it cannot be written
        (f"The {TERM} reads.", [], None),  # nothing is wanted: another search does that better
        (f"The {TERM} reads.", [[[]]], None),
    ],
    ids=["no place", "not in the vocabulary", "nothing wanted", "empty"],
)
def test_what_cannot_be_forced_is_left_to_another_search(given: str, wanted: list, allowed: frozenset[int] | None) -> None:
    def complete(begun: Sequence[Begun]) -> list[Draft]:
        raise AssertionError(begun)

    assert force([source(given)], [wanted], complete, TOKENS, allowed) == [None]


def test_a_placeholder_too_many_is_cut_off_and_forbidden() -> None:
    mark = PLACEHOLDERS[0]
    begun: list[Begun] = []

    def complete(rows: Sequence[Begun]) -> list[Draft]:
        begun.extend(rows)
        rest = "を読みます。" if rows[0].forbidden else f"{mark}と{mark}{PLACEHOLDERS[1]}を読みます。"
        ids = [*rows[0].prefix, *TOKENS.encode(rest)]
        return [Draft(ids, -1.0, [[0.0] * len(rows[0].source)] * len(ids))]

    (draft,) = force([source(f"Read {mark}.")], [[[TOKENS.ids([mark])]]], complete, TOKENS)
    assert text(draft).count(mark) == 1 and PLACEHOLDERS[1] not in text(draft)
    assert begun[1].forbidden == frozenset(TOKENS.ids(PLACEHOLDERS))


words = st.sampled_from(
    ["", "文", "マスク", "mask", "a mask ", PLACEHOLDERS[0], PLACEHOLDERS[1], TERM_OPEN, TERM_CLOSE, TERM, "。"]
)
texts = st.lists(words, max_size=6).map("".join)


@given(
    given=texts, answers=st.lists(texts, min_size=1, max_size=5), wanted=st.lists(st.lists(texts, max_size=2), max_size=3)
)
def test_it_ends_and_what_it_gives_has_everything(given: str, answers: list[str], wanted: list[list[str]]) -> None:
    """Whatever a translator answers, also where it disregards what it is told."""
    groups = [[TOKENS.encode(form) for form in group] for group in wanted]
    calls = iter(range(100))

    def complete(begun: Sequence[Begun]) -> list[Draft]:
        ids = [*begun[0].prefix, *TOKENS.encode(answers[next(calls) % len(answers)])]
        return [Draft(ids, -1.0, [[1 / (place + 1)] * len(begun[0].source) for place in range(len(ids))])]

    (draft,) = force([source(given)], [groups], complete, TOKENS)
    if draft is not None:
        forms = [[TOKENS.decode(form).strip().casefold() for form in group if form] for group in groups if any(group)]
        assert all(any(form in text(draft).casefold() for form in group) for group in forms)


def test_ctranslate2_writes_it_for_one_target_after_the_other(tmp_path: Path) -> None:
    """CTranslate2 reads a beginning by the vocabulary of the target before, unless it is made to forget it."""
    written = TOKENS.encode("未来")[1:]
    term = f"{TERM_OPEN}future{TERM_CLOSE}未来{TERM_TARGET_CLOSE}"
    ideographs = [i for i, piece in enumerate(TOKENS.vocabulary) if "一" <= piece <= "龥"]  # no word goes on with them
    vocabulary = {"ja": sorted({END, *ideographs[::2], *written}), "en": sorted({END, *ideographs[1::2], *written})}
    info = ModelInfo(("en", "ja"), {code: tuple(ids) for code, ids in vocabulary.items()})
    model = toy_model(4, d_model=64, norm="layer")
    with torch.no_grad():  # an end symbol that wins now and then
        model.embedding.weight[END] = model.embedding.weight[ideographs].mean(0) * 6
    checkpoint.save(tmp_path / "m", model, TOKENS, info, card="", int8=False)
    engine = CTranslate2Engine(tmp_path / "m", compute_type="float32", threads=1, cache=tmp_path / "cache")
    for target in ("ja", "en", "ja", "en"):
        rows = [TOKENS.source(TOKENS.encode(f"The {term} {word}."), target) for word in ("reads", "writes one")]
        for found in engine.search(rows, target, SearchSettings(max_length=30), [[[written]]] * 2):
            assert any(found.ids[i : i + len(written)] == written for i in range(30))
    assert "_torch" not in vars(engine)
