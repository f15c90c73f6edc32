"""The wheel: the packages are the folders, and every data file that the program reads is in it."""

import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest

import diglot

ROOT = Path(diglot.__file__).resolve().parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_packages_are_the_folders_with_an_init() -> None:
    folders = {p.parent for top in ("commands", "pipeline", "models", "corpora") for p in (ROOT / top).rglob("__init__.py")}
    expected = {"diglot", *(".".join(("diglot", *folder.relative_to(ROOT).parts)) for folder in folders)}
    assert set(SETTINGS["tool"]["setuptools"]["packages"]) == expected
    for package in ("commands", "pipeline", "models", "corpora"):
        for path in (ROOT / package).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), f"{path} is in no package"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a wheel built from a copy of what git knows."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(out), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    return zipfile.ZipFile(next(out.glob("*.whl"))).namelist()


def test_the_wheel_holds_code_and_data_and_nothing_else(wheel: list[str]) -> None:
    names = set(wheel)
    assert "diglot/py.typed" in names
    for folder, pattern in (("pipeline", "data/*"), ("corpora", "glossaries/*.tsv"), ("corpora", "catalogue.toml")):
        for path in (ROOT / folder).glob(pattern):
            assert f"diglot/{folder}/{path.relative_to(ROOT / folder).as_posix()}" in names
    for path in (ROOT / "models" / "pretrained").rglob("*"):
        assert path.is_dir() or f"diglot/{path.relative_to(ROOT).as_posix()}" in names
    outside = [
        n
        for n in names
        if not n.startswith(("diglot/pipeline", "diglot/models", "diglot/corpora", "diglot/commands", "diglot-"))
    ]
    assert sorted(outside) == ["diglot/__init__.py", "diglot/cli.py", "diglot/py.typed"]


def test_command_and_plugin_are_registered(wheel: list[str]) -> None:
    assert SETTINGS["project"]["scripts"] == {"diglot": "diglot.cli:main"}
    assert SETTINGS["project"]["entry-points"]["pytest11"] == {"diglot": "diglot.pipeline.pytest_plugin"}
    assert any(name.endswith("entry_points.txt") for name in wheel)


def test_constraints_pin_every_dependency() -> None:
    pins = {
        line.split("==")[0].lower()
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    }
    wanted = [
        *SETTINGS["project"]["dependencies"],
        *chain.from_iterable(SETTINGS["project"]["optional-dependencies"].values()),
    ]
    for requirement in wanted:
        name = requirement.split(">")[0].split("[")[0].strip().lower()
        assert name in pins, f"{name} is not in constraints.txt"


def test_released_weights_fit_the_repository() -> None:
    files = [p for p in (ROOT / "models" / "pretrained").rglob("*") if p.is_file()]
    assert all(p.stat().st_size <= 16_000_000 for p in files)
    assert sum(p.stat().st_size for p in files) <= 64_000_000


def test_the_card_in_the_model_folder_is_the_one_in_the_documentation() -> None:
    card = (ROOT / "docs" / "model-card.md").read_bytes()
    folders = [p.parent for p in (ROOT / "models" / "pretrained").glob("*/config.json")]
    assert [(folder / "README.md").read_bytes() == card for folder in folders] == [True]
