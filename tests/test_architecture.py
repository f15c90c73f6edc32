"""The house rules, read off the source: who may import whom, which library is imported where, nothing at import."""

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import diglot

ROOT = Path(diglot.__file__).parent
PACKAGES = ("pipeline", "models", "corpora")
ROOMS = (*PACKAGES, "commands")
MODULES = [*sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py")), ROOT / "cli.py", ROOT / "__init__.py"]

# Library -> the places that may import it.
HOMES = {
    "torch": ("models/",),
    "transformers": ("models/huggingface.py", "models/engines/huggingface.py", "models/engines/generate.py"),
    "ctranslate2": ("models/engines/ctranslate2.py", "models/engines/converted.py"),
    "safetensors": ("models/checkpoint.py",),
    "sentencepiece": ("models/tokenizer.py",),
    "ftfy": ("pipeline/repair.py",),
    "langdetect": ("pipeline/detect.py",),
    "pypdfium2": ("pipeline/containers/pdf.py",),
    "pyromark": ("pipeline/formats/markdown.py",),
    "lxml": ("pipeline/bilingual/", "pipeline/terminology/tbx.py", "pipeline/containers/office.py"),
    "sacrebleu": ("corpora/score.py",),
    "click": ("cli.py", "commands/"),
    "tqdm": ("commands/common.py",),
    "rapidfuzz": ("pipeline/memory.py",),
    "platformdirs": ("models/engines/conversions.py", "pipeline/cache.py"),
    "pytest": ("pipeline/pytest_plugin.py",),
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> list[tuple[str, bool]]:
    """Modules that a file imports, each with whether that happens when the file is imported."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []

    def visit(node: ast.AST, outside: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((alias.name, outside) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{name_of(path)}: import by the long name"
                found.append((child.module or "", outside))
                found.extend((f"{child.module}.{alias.name}", outside) for alias in child.names)
            typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or typing
            visit(child, outside and not inside)

    visit(tree, True)
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_three_packages_never_import_one_another_and_nothing_imports_cli(path: Path) -> None:
    mine = path.relative_to(ROOT).parts[0]
    for module, outside in imports(path):
        parts = module.split(".")
        if parts[0] != "diglot" or len(parts) < 2:
            continue
        if mine in PACKAGES:
            assert parts[1] not in {*PACKAGES, "commands", "cli"} - {mine}, f"{name_of(path)} imports {module}"
        if mine == "__init__.py":
            assert not outside, f"diglot/__init__.py imports {module} when it is imported"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_library_is_imported_in_its_home_alone(path: Path) -> None:
    for module, _ in imports(path):
        homes = HOMES.get(module.split(".")[0])
        assert homes is None or name_of(path).startswith(homes), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert len(docstring) > 20


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_fit_in_the_eye(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 80, f"{name_of(path)}: {node.name}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_groups_are_atomic_and_not_possessive(path: Path) -> None:
    """Python 3.11 before 3.11.5 goes wrong where a possessive group fails half-way; an atomic group does not."""
    found = re.search(r"(?<!\\)\)(?:[*+?]|\{+[\d,]+\}+)\+.*", path.read_text(encoding="utf-8"))
    assert found is None, f"{name_of(path)}: (?>(?:…)*) in place of (?:…)*+ in {found and found[0]}"


def test_the_root_holds_only_the_package_and_the_commands() -> None:
    assert {p.name for p in ROOT.glob("*.py")} == {"__init__.py", "cli.py"}


def loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('\\n'.join({{m.split('.')[0] for m in sys.modules}}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


HEAVY = {"torch", "transformers", "ctranslate2", "sentencepiece", "sacrebleu", "langdetect", "lxml", "pypdfium2", "tqdm"}


@pytest.mark.parametrize(
    "statement",
    [
        "import diglot.cli",
        "from diglot.cli import commands; commands.main(['--help'], standalone_mode=False)",
        "from diglot.pipeline.repair import repair; repair('æ©Ÿæ¢°å\\xadžç¿’')",
        "from diglot.pipeline import edition, lines, outputs",
    ],
)
def test_light_commands_load_no_heavy_library(statement: str) -> None:
    assert not loaded_by(statement) & HEAVY


def test_importing_a_module_opens_no_file_of_ours_and_makes_no_folder(tmp_path: Path) -> None:
    code = (
        "import sys, importlib\n"
        "def hook(event, args):\n"
        "    if event == 'open' and 'diglot' in str(args[0]) or event == 'os.mkdir':\n"
        "        if not str(args[0]).endswith(('.py', '.pyc')) and '__pycache__' not in str(args[0]):\n"
        "            raise SystemExit(f'{event} {args[0]}')\n"
        f"names = {[m for m in all_modules() if 'huggingface' not in m and 'pytest' not in m]!r}\n"
        "import torch, torch.distributed, numpy, click\n"
        "sys.addaudithook(hook)\n"
        "for name in names: importlib.import_module(name)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ran.returncode == 0, ran.stderr


def all_modules() -> list[str]:
    packages = ((str(ROOT / package), f"diglot.{package}.") for package in ROOMS)
    return ["diglot", *(info.name for path, prefix in packages for info in pkgutil.walk_packages([path], prefix))]


@pytest.mark.parametrize("module", all_modules())
def test_examples_in_docstrings_run(module: str) -> None:
    results = doctest.testmod(importlib.import_module(module), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert results.failed == 0
