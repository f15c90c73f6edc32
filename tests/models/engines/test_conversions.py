"""Converted models: made once, made anew when damaged, and made for one run where nothing can be kept."""

from pathlib import Path

from diglot.models.engines.conversions import kept


class Maker:
    """Writes a model and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, folder: Path) -> None:
        self.count += 1
        (folder / "model.bin").write_bytes(b"weights")


def test_a_conversion_is_made_once_and_anew_when_it_is_damaged(tmp_path: Path) -> None:
    make = Maker()
    folder = kept("a-model", make, tmp_path / "cache")
    assert kept("a-model", make, tmp_path / "cache") == folder
    assert make.count == 1
    (folder / "model.bin").write_bytes(b"other")
    assert kept("a-model", make, tmp_path / "cache") == folder
    assert make.count == 2
    assert (folder / "model.bin").read_bytes() == b"weights"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["a-model"]


def test_where_nothing_can_be_kept_a_conversion_lasts_as_long_as_the_program(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    make = Maker()
    folder = kept("a-model", make, tmp_path / "file" / "cache")
    assert (folder / "model.bin").read_bytes() == b"weights"
    assert tmp_path not in folder.parents
