"""mypy --strict over the package as users get it.

mypy does not follow an editable install of this layout, so the package is shown to it under its own name: a folder with a
link ``diglot`` to this repository.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Run mypy; its exit code."""
    root = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "diglot").symlink_to(root, target_is_directory=True)
        command = [sys.executable, "-m", "mypy", "--config-file", str(root / "pyproject.toml"), "-p", "diglot.pipeline"]
        command += ["-p", "diglot.models", "-p", "diglot.corpora", "-p", "diglot.commands"]
        command += ["-m", "diglot.cli"]
        return subprocess.call(command, cwd=folder, env=os.environ | {"MYPYPATH": folder})


if __name__ == "__main__":
    sys.exit(main())
