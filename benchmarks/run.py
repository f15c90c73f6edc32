"""All benchmarks that need no data, one after another: what ``make bench`` does. docs/benchmarks.md names the others."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run them; the worst exit code."""
    worst = 0
    for name in ("limits", "parallel_training", "adapting"):
        print(f"\n## {name}\n", flush=True)
        worst = max(worst, subprocess.call([sys.executable, "-W", "ignore", str(HERE / f"{name}.py")]))
    return worst


if __name__ == "__main__":
    sys.exit(main())
