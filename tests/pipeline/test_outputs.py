"""Names of outputs, and that a file of somebody else is never overwritten."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diglot import InputError
from diglot.pipeline.outputs import Outputs, made_of, name_outputs, refuse_existing

CODES = ("en", "ja", "zh", "fr", "de", "es", "ko")


def documents(*inputs: str, folder: str | None = None, target: str = "ja") -> list[str]:
    names = name_outputs([Path(one) for one in inputs], Path(folder) if folder else None)
    return [name.document(target).as_posix() for name in names]


def editions(*inputs: str, folder: str | None = None) -> list[str]:
    names = name_outputs([Path(one) for one in inputs], Path(folder) if folder else None)
    return [name.edition("en", "ja", "tsv").as_posix() for name in names]


# -------------------------------------------------------------------------------------------------------------------- names


def test_outputs_stand_beside_their_input_or_in_a_folder() -> None:
    assert documents("a/week.md") == ["a/week.ja.md"]
    assert documents("a/week.md", folder="out") == ["out/week.ja.md"]
    assert editions("a/week.md", folder="out") == ["out/week.en-ja.tsv"]


def test_the_language_of_a_source_gives_way_to_that_of_the_translation() -> None:
    assert documents("talk.en.srt") == ["talk.ja.srt"]
    assert editions("talk.en.srt") == ["talk.en-ja.tsv"]
    assert documents("talk.ja.srt") == ["talk.ja.ja.srt"]
    assert documents("talk.en.srt", "talk.srt") == ["talk.en.ja.srt", "talk.ja.srt"]
    assert documents("release.v2.md") == ["release.v2.ja.md"]


def test_inputs_of_one_name_keep_their_folders() -> None:
    assert documents("c/a/notes.md", "c/b/notes.md", folder="out") == ["out/a/notes.ja.md", "out/b/notes.ja.md"]
    assert documents("c/a/notes.md", "c/b/slides.md", folder="out") == ["out/notes.ja.md", "out/slides.ja.md"]


def test_a_root_keeps_the_folders_below_it() -> None:
    paths = [Path("c/a/x.md"), Path("c/y.md")]
    names = name_outputs(paths, Path("out"), [Path("c"), Path("c")])
    assert [name.document("ja").as_posix() for name in names] == ["out/a/x.ja.md", "out/y.ja.md"]


def test_inputs_that_differ_in_their_extension_keep_it_in_editions() -> None:
    assert editions("week.md", "week.txt") == ["week.md.en-ja.tsv", "week.txt.en-ja.tsv"]


inputs = st.lists(
    st.builds(
        lambda folder, stem, language, ending: f"{folder}/{stem}{language}{ending}",
        st.sampled_from(["p", "p/q", "r"]),
        st.sampled_from(["a", "b", "a-x"]),
        st.sampled_from(["", ".en", ".ja"]),
        st.sampled_from([".md", ".srt", ""]),
    ),
    unique=True,
    min_size=1,
    max_size=6,
)


@given(inputs, st.sampled_from([None, "out"]))
def test_no_two_inputs_write_one_file(given_inputs: list[str], folder: str | None) -> None:
    for made in (editions(*given_inputs, folder=folder), documents(*given_inputs, folder=folder)):
        assert len(set(made)) == len(made)


# ---------------------------------------------------------------------------------------------------------- what was made


def origins(*names: str, to: tuple[str, ...] = ("ja",)) -> dict[str, str]:
    return {str(path): str(origin) for path, origin in made_of([Path(name) for name in names], to).items()}


def test_outputs_of_an_earlier_run_are_known() -> None:
    assert origins("l.md", "l.ja.md", "l.zh.md", "l.en-ja.md") == {
        "l.ja.md": "l.md",
        "l.zh.md": "l.md",
        "l.en-ja.md": "l.md",
    }
    assert origins("t.en.srt", "t.ja.srt", "t.en-ja.srt") == {"t.ja.srt": "t.en.srt", "t.en-ja.srt": "t.en.srt"}
    assert origins("l.md", "l.txt", "l.md.en-ja.html") == {"l.md.en-ja.html": "l.md"}


def test_originals_are_not_taken_for_outputs() -> None:
    assert origins("l.ja.md", "m.md", "a-b.md", "l.en-ja.md", "c/l.md") == {"l.en-ja.md": "l.ja.md"}
    assert origins("t.en.srt", "t.ja.srt", to=("zh",)) == {}
    assert origins("t.en.srt", "t.ja.srt", to=("ja", "en")) == {}


@given(inputs, st.sampled_from(CODES))
def test_all_that_a_run_writes_is_left_out_of_the_next(given_inputs: list[str], target: str) -> None:
    first = [Path(one) for one in given_inputs]
    first = [path for path in first if path not in made_of(first, [target])]
    written = [name.document(target) for name in name_outputs(first, None)]
    second = dict.fromkeys([*first, *written])
    assert set(made_of(second, [target])) >= {path for path in written if path not in first}


# ------------------------------------------------------------------------------------------------------------------ writing


def test_files_get_their_names_together(tmp_path: Path) -> None:
    with Outputs() as outputs:
        outputs.write(tmp_path / "new" / "a.md", "ä")
        outputs.write(tmp_path / "new" / "b.bin", b"\xff")
        assert not {path.name for path in (tmp_path / "new").iterdir()} & {"a.md", "b.bin"}
        assert outputs.commit(overwrite=False) == [tmp_path / "new" / "a.md", tmp_path / "new" / "b.bin"]
    assert (tmp_path / "new" / "a.md").read_text("utf-8") == "ä"
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"a.md", "b.bin"}


def test_what_was_not_committed_is_removed(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Outputs() as outputs:
        outputs.write(tmp_path / "a.md", "a")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_a_file_made_meanwhile_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("a file system without links")

    if not links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    with Outputs() as outputs:
        outputs.write(tmp_path / "a.md", "mine")
        outputs.write(tmp_path / "b.md", "mine")
        (tmp_path / "b.md").write_text("theirs")
        with pytest.raises(InputError, match=r"b\.md: was made meanwhile"):
            outputs.commit(overwrite=False)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b.md": "theirs"}


def test_none_gets_its_name_where_one_cannot(tmp_path: Path) -> None:
    with Outputs() as outputs:
        outputs.write(tmp_path / "a.md", "a")
        (first,) = tmp_path.iterdir()
        outputs.write(tmp_path / "b.md", "b")
        for path in tmp_path.iterdir():
            if path != first:
                path.unlink()
        with pytest.raises(InputError, match=r"b\.md: cannot be written"):
            outputs.commit(overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_overwriting_is_done_on_request(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old")
    with pytest.raises(InputError, match="exists already"):
        refuse_existing([tmp_path / "a.md"], [], overwrite=False)
    with pytest.raises(InputError, match="is an input"):
        refuse_existing([tmp_path / "a.md"], [tmp_path / "x" / ".." / "a.md"], overwrite=True)
    with Outputs() as outputs:
        outputs.write(tmp_path / "a.md", "new")
        outputs.commit()
    assert (tmp_path / "a.md").read_text() == "new"
