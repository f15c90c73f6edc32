"""The documentation keeps its word: its Python runs, its links lead somewhere, its commands and options exist, with help.

The Python blocks of a page run one after the other, as a reader pastes them, in a folder with the files that the pages
speak of. A block whose first line is ``# needs …`` asks for what a test does not have, and is compiled only.
"""

import re
import shlex
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

import diglot
from diglot.cli import commands

ROOT = Path(diglot.__file__).parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^(?:    .*\n)+", re.MULTILINE)
INLINE = re.compile(r"`(diglot [^`\n]+)`")
LINK = re.compile(r"\]\((?!https?:)([^()\s]+)\)")
ALIGNED_REMARK = re.compile(r"\s{3,}.*")
SHELL = re.compile(r"\|\||&&|[|<>;]")
EDITION = (
    "source_language\ttarget_language\tsource\ttarget\n"
    "en\tja\tThe gradient points uphill.\t勾配は上を向きます。\nen\tja\tA step goes downhill.\t一歩は下へ進みます。\n"
)
FILES = {
    "lecture.md": "The gradient points uphill.\n\nA step goes downhill.\n",
    "lecture.txt": "The cafÃ© opens at nine.\n",
    "lecture.en-ja.tsv": EDITION,
    "terms.en-ja.tsv": "gradient\t勾配\n",
    "lecture.ja.md": "勾配は上を向きます。\n\n一歩は下へ進みます。\n",
}


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> Iterator[str]:
    return (code for kind, code in FENCED.findall(page.read_text("utf-8")) if kind == language)


# ------------------------------------------------------------------------------------------------------------------- Python


@pytest.mark.parametrize("page", [page for page in PAGES if any(blocks(page, "python"))], ids=name_of)
def test_python_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    for name, text in FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    names: dict[str, object] = {}
    faults = [fault for code in blocks(page, "python") if (fault := failure_of(code, names))]
    assert not faults


def failure_of(code: str, names: dict[str, object]) -> str:
    """What goes wrong in a block, run with the names of those before it; empty where nothing does."""
    try:
        compiled = compile(code, "block", "exec")
        if not code.startswith("# needs "):
            exec(compiled, names)
    except Exception:
        return f"{code}\n{traceback.format_exc(limit=-1)}"
    return ""


def test_wrong_python_is_seen() -> None:
    names: dict[str, object] = {}
    assert not failure_of("page = 1\n", names)
    assert not failure_of("assert page == 1\n", names)
    assert not failure_of("# needs a GPU\nnothing_here()\n", names)
    assert "NameError" in failure_of("print(document)\n", names)
    assert "SyntaxError" in failure_of("# needs a GPU\nfor\n", names)


# -------------------------------------------------------------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    text = FENCED.sub("", page.read_text("utf-8"))
    headings = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"`+[^`\n]+`+", "", FENCED.sub("", page.read_text("utf-8")))
    for link in LINK.findall(text):
        file, _, anchor = unquote(link).partition("#")
        target = page.parent / file if file else page
        assert target.exists(), f"{name_of(page)}: {link}"
        assert not anchor or anchor in anchors(target), f"{name_of(page)}: {link}"


# ----------------------------------------------------------------------------------------------------------------- commands


def command_lines(text: str) -> Iterator[str]:
    """The calls of the program in the code of a page or a help text, without pipes, redirections and remarks."""
    shell = [code for kind, code in FENCED.findall(text) if kind in ("", "sh", "console")]
    rest = FENCED.sub("", text)
    for block in (*shell, *CODE.findall(rest)):
        for line in re.sub(r"\\\n\s*", "", block).splitlines():
            for piece in SHELL.split(ALIGNED_REMARK.sub("", line.strip().removeprefix("$ ").split(" #")[0])):
                if piece.strip().startswith("diglot "):
                    yield piece.strip()
    yield from (ALIGNED_REMARK.sub("", line) for line in INLINE.findall(rest))


def all_commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    for key, one in command.commands.items() if isinstance(command, click.Group) else ():
        yield from all_commands(one, f"{name} {key}")


def usage_error(line: str) -> str:
    """What is wrong with a call: a command or an option that does not exist; empty where nothing is. Nothing is run."""
    _, *words = shlex.split(re.sub(r"[\[\]…]", " ", line))
    command: click.Command = commands
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        if name not in command.commands:
            return f"{line}: no such command: {name}"
        command = command.commands[name]
    try:
        command.make_parser(click.Context(command)).parse_args(words)
    except click.UsageError as exc:
        return f"{line}: {exc.format_message()}"
    return ""


SOURCES = {name_of(page): page.read_text("utf-8") for page in PAGES} | {
    name: "\n".join(f"    {line}" for line in (command.help or "").splitlines())
    for name, command in all_commands(commands, "diglot")
}


@pytest.mark.parametrize("source", [name for name, text in SOURCES.items() if any(command_lines(text))])
def test_commands_and_options_exist(source: str) -> None:
    assert [fault for line in command_lines(SOURCES[source]) if (fault := usage_error(line))] == []


@pytest.mark.parametrize(("name", "command"), list(all_commands(commands, "diglot")))
def test_the_help_says_what_each_option_is_for(name: str, command: click.Command) -> None:
    silent = [one.opts for one in command.params if isinstance(one, click.Option) and not one.help]
    assert command.help
    assert not silent, f"{name} {silent}"


def test_wrong_commands_are_seen() -> None:
    """What these tests would find."""
    text = "Say `diglot traslate a.md`.\n\n    $ diglot check a.tsv --offf x | less\n\n```\ndiglot corpus shuffle\n```\n"
    found = list(command_lines(text))
    assert found == ["diglot corpus shuffle", "diglot check a.tsv --offf x", "diglot traslate a.md"]
    assert all(usage_error(line) for line in found)
    assert not usage_error("diglot check a.tsv --off number")
