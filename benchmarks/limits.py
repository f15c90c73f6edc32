"""The limits that the program keeps: how fast it starts, and what a transcript of ten megabytes costs in time and memory.

    python benchmarks/limits.py

Starting is the median of five runs of the command on a warm disk, with the peak memory of the last. The transcript is
made of sentences written for this file, in English with the punctuation of a Chinese speech recogniser, one line in fifty
damaged; it goes through decode, repair, parse, detect and segment in a process of its own, whose peak memory is what the
kernel says.
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

SUBJECTS = (
    "the gradient|a second layer|our loss function|the whole batch|this matrix|each student|the query vector|um the decoder"
)
VERBS = "points to|is divided by|grows with|does not change|looks like|depends on|was computed from|says nothing about"
OBJECTS = (
    "the learning rate|3.5 of 10 examples|e.g. the first row|what we saw last week|the mean, and so on|x_1|U.S. census data"
)


def transcript(size: int) -> str:
    """English speech of about ``size`` bytes: lines broken in mid-sentence, full stops of another language, some damage."""
    chance = random.Random(7)
    lines: list[str] = []
    length = 0
    while length < size:
        words = f"{chance.choice(SUBJECTS.split('|'))} {chance.choice(VERBS.split('|'))} {chance.choice(OBJECTS.split('|'))}"
        mark = chance.choice(["。", "，", "", ". ", "? "])
        if chance.random() < 0.02:
            mark = mark.encode("utf-8").decode("latin-1")
        lines.append(words.capitalize() + mark if chance.random() < 0.5 else words + mark)
        length += len(lines[-1].encode("utf-8")) + 1
    return "\n".join(lines) + "\n"


def stages(path: str) -> None:
    """What a process of its own runs: prints seconds, segments and megabytes."""
    from diglot.pipeline.edition import Reading, open_bytes, segments_of

    started = time.perf_counter()
    opened = open_bytes(Path(path).read_bytes(), path, Reading())
    count = sum(1 for _ in segments_of(opened.document))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.perf_counter() - started:.2f} {count} {peak:.0f}")


def cost(*arguments: str) -> str:
    """The median time of five runs of a command, and its peak memory, as two columns."""
    taken, peak = [], 0.0
    for _ in range(5):
        started = time.perf_counter()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([sys.executable, "-m", "diglot.cli", *arguments], **quiet)
        _, status, usage = os.wait4(process.pid, 0)
        taken.append(time.perf_counter() - started)
        peak = usage.ru_maxrss / 1024
        if status:
            raise SystemExit(f"diglot {' '.join(arguments)} failed")
    return f"{statistics.median(taken):.2f} | {peak:.0f}"


def main() -> None:
    """Print both tables in Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.txt"
        small.write_text("A sentence with damage: æ©Ÿæ¢°å\xadžç¿’.\n", encoding="utf-8")
        print("| command | seconds | peak memory, MB |\n|---|---|---|")
        print(f"| diglot --help | {cost('--help')} |")
        print(f"| diglot repair, a small file | {cost('repair', str(small))} |")
        print(f"| diglot segment, a small file | {cost('segment', str(small))} |")
        translate = ("translate", str(small), "--to", "ja", "--overwrite", "--no-cache")
        print(f"| diglot translate, one sentence | {cost(*translate)} |\n")
        print("| transcript | segments | seconds | MB/s | peak memory, MB |\n|---|---|---|---|---|")
        for megabytes in (1, 3, 10):
            path = Path(folder) / f"{megabytes}.txt"
            path.write_text(transcript(megabytes * 1_000_000), encoding="utf-8")
            command = [sys.executable, __file__, "stages", str(path)]
            ran = subprocess.run(command, check=True, capture_output=True, text=True)
            taken, count, peak = ran.stdout.split()
            print(f"| {megabytes} MB | {count} | {taken} | {megabytes / float(taken):.2f} | {peak} |", flush=True)


if __name__ == "__main__":
    stages(sys.argv[2]) if sys.argv[1:2] == ["stages"] else main()
