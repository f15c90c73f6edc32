"""The cache asks a translator once for each text and settings, and never stands in the way."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from diglot.pipeline.cache import MOST, Cache, Remembered, Remembering


class Counting:
    """A translator that says how often it was asked for which text."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str], source: str, target: str, **settings: object) -> list[Remembered]:
        self.asked += texts
        own = settings.get("must_contain") or [""] * len(texts)
        return [
            Remembered(f"{text} {target} {settings.get('beam')} {mine}", -0.5) for text, mine in zip(texts, own, strict=True)
        ]


def test_a_text_is_asked_for_once_and_order_is_kept(tmp_path: Path) -> None:
    inner = Counting()
    translate = Remembering(inner, Cache(tmp_path / "c.sqlite"), "model")
    first = translate(["a", "b"], "en", "ja")
    mixed = translate(["c", "b", "a"], "en", "ja")
    assert inner.asked == ["a", "b", "c"]
    assert [h.text for h in mixed] == ["c ja None ", "b ja None ", "a ja None "]
    assert (mixed[1].text, mixed[1].score) == (first[1].text, first[1].score)


@pytest.mark.parametrize(
    ("identity", "target", "settings"),
    [("other", "ja", {}), ("model", "zh", {}), ("model", "ja", {"beam": 4}), ("model", "ja", {"must_contain": [("x",)]})],
)
def test_another_model_language_or_setting_is_another_answer(
    tmp_path: Path, identity: str, target: str, settings: dict[str, object]
) -> None:
    inner, cache = Counting(), Cache(tmp_path / "c.sqlite")
    Remembering(inner, cache, "model")(["a"], "en", "ja")
    Remembering(inner, cache, identity)(["a"], "en", target, **settings)
    assert inner.asked == ["a", "a"]


def test_answers_outlive_the_process_that_got_them(tmp_path: Path) -> None:
    inner = Counting()
    for _ in range(2):
        Remembering(inner, Cache(tmp_path / "c.sqlite"), "model")(["a"], "en", "ja")
    assert inner.asked == ["a"]


def test_the_other_hypotheses_of_a_search_are_kept_too(tmp_path: Path) -> None:
    best = Remembered("a", -0.5, (Remembered("b\ud800", -float("inf")), Remembered("c", -1.0)))
    Cache(tmp_path / "c.sqlite").put([(b"key", best)])
    assert Cache(tmp_path / "c.sqlite").get([b"key", b"none"]) == [best, None]


def test_a_damaged_file_is_begun_anew_and_a_place_that_cannot_be_written_does_not_matter(tmp_path: Path) -> None:
    damaged = tmp_path / "c.sqlite"
    damaged.write_bytes(b"this is no database" * 100)
    (tmp_path / "file").write_text("")
    for path in (damaged, tmp_path / "file" / "c.sqlite"):
        inner = Counting()
        translate = Remembering(inner, Cache(path), "model")
        assert translate(["a"], "en", "ja")[0].text == translate(["a"], "en", "ja")[0].text
        assert inner.asked == ["a"]


def test_text_that_no_database_takes_is_translated_all_the_same(tmp_path: Path) -> None:
    inner = Counting()
    translate = Remembering(inner, Cache(tmp_path / "c.sqlite"), "model")
    assert [translate(["\ud800"], "en", "ja")[0].text for _ in range(2)] == ["\ud800 ja None "] * 2


def test_the_oldest_answers_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST > 100_000
    monkeypatch.setattr("diglot.pipeline.cache.MOST", 3)
    cache = Cache(tmp_path / "c.sqlite")
    cache.put([(bytes([i]), Remembered(str(i), 0.0)) for i in range(5)])
    kept = Cache(tmp_path / "c.sqlite").get([bytes([i]) for i in range(5)])
    assert [answer.text for answer in kept if answer] == ["2", "3", "4"]
