"""The training file: what was packed is there, and the shuffle is a function of the seed."""

from collections import Counter
from pathlib import Path

import pytest

from diglot import InputError
from diglot.corpora import Pair
from diglot.corpora.pack import Mix, Pack, Row, Sampler, write_pack

DOMAINS = {"talks": "lec", "manual": "doc"}


def pairs() -> list[Pair]:
    talks = [Pair("talks", f"d{n // 10}", ("en", "ja"), f"talk {n}", f"講義{n}") for n in range(40)]
    manual = [Pair("manual", "m", ("en", "zh"), f"page {n}", f"第{n}页") for n in range(25)]
    return [*talks, *manual, Pair("talks", "z", ("ja", "zh"), "講義", "讲座")]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    assert write_pack(pairs(), DOMAINS, tmp_path / "p.pack") == 66
    assert [p.name for p in tmp_path.iterdir()] == ["p.pack"]
    return Pack(tmp_path / "p.pack")


def test_packed_is_read(pack: Pack) -> None:
    assert len(pack) == 66
    for row, pair in zip(pack, pairs(), strict=True):
        assert (pack.corpora[row.corpus], row.languages, row.first, row.second) == (pair.corpus, *pair[2:])
    assert pack[0] == Row(0, False, ("en", "ja"), "talk 0", "講義0")
    assert [i for i in range(66) if not pack[i].continues] == [0, 10, 20, 30, 40, 65]


def test_a_corpus_without_a_domain_is_general(tmp_path: Path) -> None:
    write_pack(pairs(), {"talks": "lec", "elsewhere": "doc"}, tmp_path / "p.pack")
    pack = Pack(tmp_path / "p.pack")
    assert dict(zip(pack.corpora, pack.domains, strict=True)) == {"talks": "lec", "manual": "gen"}


def test_a_file_that_is_no_pack_is_said(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no pack")
    write_pack(pairs(), DOMAINS, tmp_path / "cut")
    (tmp_path / "cut").write_bytes((tmp_path / "cut").read_bytes()[:-40])
    for name in ("x", "cut", "missing"):
        with pytest.raises(InputError, match="not a pack"):
            Pack(tmp_path / name)


def drawn(sampler: Sampler, windows: range) -> list[tuple]:
    return [example for window in windows for example in sampler.window(window)]


def test_an_epoch_holds_every_pair_in_both_directions_once(pack: Pack) -> None:
    sampler = Sampler(pack, Mix({}, {}), seed=1, window=20)
    epoch = [e for e, _ in drawn(sampler, range(sampler.windows_per_epoch))]
    assert Counter((e.source_language, e.target_language) for e in epoch) == {
        ("en", "ja"): 40, ("ja", "en"): 40, ("en", "zh"): 25, ("zh", "en"): 25, ("ja", "zh"): 1, ("zh", "ja"): 1,
    }  # fmt: skip
    assert len(set(epoch)) == 132
    assert {e.domain for e in epoch if e.source.startswith("page")} == {"doc"}


def test_the_mix_decides_how_often(pack: Pack) -> None:
    mix = Mix({"talks": 2.5}, {"ja-en": 0.0}, other_corpora=0.0)
    sampler = Sampler(pack, mix, seed=1, window=50)
    counts: Counter[str] = Counter()
    for epoch in range(20):
        start = epoch * sampler.windows_per_epoch
        counts.update(e.source for e, _ in drawn(sampler, range(start, start + sampler.windows_per_epoch)))
    assert not any(text.startswith(("page", "第")) for text in counts)
    assert counts["講義3"] == 0
    assert 40 <= counts["talk 3"] <= 60


def test_order_is_a_function_of_the_seed_and_differs_by_epoch(pack: Pack) -> None:
    one, same, other = (Sampler(pack, Mix({}, {}), seed=s, window=20) for s in (1, 1, 2))
    assert drawn(one, range(9)) == drawn(same, range(9))
    assert same.window(5) == one.window(5)
    assert drawn(one, range(7)) != drawn(other, range(7))
    per_epoch = one.windows_per_epoch
    assert drawn(one, range(per_epoch)) != drawn(one, range(per_epoch, 2 * per_epoch))


def test_the_sentence_before_comes_along_within_a_document(pack: Pack) -> None:
    sampler = Sampler(pack, Mix({}, {}), seed=1, window=200)
    before = {example.source: text for example, text in sampler.window(0)}
    assert before["talk 5"] == "talk 4"
    assert before["講義5"] == "講義4"
    assert before["talk 10"] == ""
    assert before["page 0"] == ""
