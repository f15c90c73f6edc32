"""Install the pinned PyTorch: on a machine without an NVIDIA GPU the CPU build, which is a tenth of the size.

PyPI has one build of PyTorch for Linux, the one for CUDA; CPU builds are on PyTorch's own index, as 2.x.y+cpu. pip prefers
such a local version where it can reach that index, and takes what the configured index has where it cannot.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def main() -> int:
    """Run pip; its exit code."""
    pinned = re.search(r"^torch==.*$", Path("constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    if pinned is None:
        sys.exit("constraints.txt names no torch")
    command = [sys.executable, "-m", "pip", "install", "-q", pinned[0]]
    if sys.platform == "linux" and not shutil.which("nvidia-smi"):
        command += ["--extra-index-url", CPU_INDEX, "--retries", "1", "--timeout", "15"]
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main())
