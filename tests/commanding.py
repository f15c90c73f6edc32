"""The program as a user runs it: a process in an empty folder, its exit code, what it wrote."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click
import pytest


class Ran(NamedTuple):
    """What a command gave: exit code, standard output, standard error."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


Run = Callable[..., Ran]


def runner(folder: Path, cache: Path) -> Run:
    """A function that runs ``diglot`` in a folder, with one thread, a cache of its own and without a terminal."""

    def run(*arguments: str, stdin: bytes = b"") -> Ran:
        environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUTF8": "0", "LC_ALL": "C.UTF-8"}
        environment["XDG_CACHE_HOME"] = str(cache)
        command = [sys.executable, "-m", "diglot.cli", *arguments]
        ran = subprocess.run(command, input=stdin, capture_output=True, cwd=folder, env=environment, check=False)
        return Ran(ran.returncode, ran.stdout, ran.stderr.decode("utf-8", "replace"))

    return run


class Called(NamedTuple):
    """What a command gave that was called within the process of the test."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


def caller(command: click.Command, capfd: pytest.CaptureFixture[str]) -> Call:
    """A function that calls a command with arguments; errors come out as they are raised."""

    def call(*arguments: str) -> Called:
        code = command.main(list(arguments), standalone_mode=False)
        return Called(code, *capfd.readouterr())

    return call
