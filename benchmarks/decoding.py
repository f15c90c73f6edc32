"""How fast the released model translates here: our engines, and ``generate()`` of Hugging Face on the same weights.

    python benchmarks/decoding.py SOURCE.txt --from en --to ja [--lines 200] [--threads 1]

SOURCE is one sentence a line. Every system gets the same lines, the same number of threads and batches of the same size
in one run: compare the ratios. Loading is timed in a process of its own; its memory is the peak that the kernel names.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from diglot import models
from diglot.models.translator import Translator, released_model


def timed(run: Callable[[], object], repeats: int) -> float:
    """The least seconds of several runs, after one to warm up."""
    run()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return min(taken)


def hugging_face(texts: Sequence[str], target: str, beam: int, batch: int, threads: int) -> Callable[[], object]:
    """``generate()`` in fp32, sorted by length and batched, as its makers recommend."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from diglot.models import huggingface

    huggingface.register()
    torch.set_num_threads(threads)
    folder = str(released_model())
    model, tokenizer = (
        AutoModelForSeq2SeqLM.from_pretrained(folder).eval(),
        AutoTokenizer.from_pretrained(folder, tgt_lang=target),
    )
    ordered = sorted(texts, key=len)

    def run() -> None:
        for start in range(0, len(ordered), batch):
            inputs = tokenizer(ordered[start : start + batch], return_tensors="pt", padding=True)
            with torch.inference_mode():
                model.generate(**inputs, num_beams=beam, max_new_tokens=256, do_sample=False)

    return run


def loading() -> None:
    """What a process of its own runs: prints seconds and megabytes of loading and one sentence."""
    started = time.perf_counter()
    models.load(threads=1)(["Good morning, everyone."], "en", "ja")
    status = Path("/proc/self/status").read_text()  # getrusage() would count what the parent held before this began
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(f"{time.perf_counter() - started:.2f} {peak:.0f} {'torch' in sys.modules}")


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--from", dest="from_", default="en")
    parser.add_argument("--to", default="ja")
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=2)
    options = parser.parse_args()
    texts = [t for t in options.source.read_text(encoding="utf-8").split("\n") if t.strip()][: options.lines]
    words = sum(len(t.split()) for t in texts)
    print(f"{len(texts)} sentences, {words} words, {options.threads} threads, batches of {options.batch}\n")
    print("| system | beam | sentences/s | words/s |\n|---|---|---|---|")

    def row(name: str, beam: int, seconds: float) -> None:
        print(f"| {name} | {beam} | {len(texts) / seconds:.1f} | {words / seconds:.0f} |", flush=True)

    for beam in (1, 4):
        for engine, device in (("ctranslate2", "cpu"), ("torch", "cpu")):
            translator: Translator = models.load(
                engine=engine, device=device, beam=beam, threads=options.threads, batch_tokens=options.batch * 32
            )
            run = lambda t=translator: t(texts, options.from_, options.to)  # noqa: E731
            row(f"diglot, {engine}{' int8' if engine == 'ctranslate2' else ' fp32'}", beam, timed(run, options.repeats))
        theirs = hugging_face(texts, options.to, beam, options.batch, options.threads)
        row("transformers generate() fp32", beam, timed(theirs, options.repeats))
    loads = [
        subprocess.run([sys.executable, __file__, "loading"], check=True, capture_output=True, text=True).stdout.split()
        for _ in range(5)
    ]
    seconds = statistics.median(float(one[0]) for one in loads)
    print(f"\nload and one sentence: {seconds:.2f} s, {loads[0][1]} MB, torch imported: {loads[0][2]}")


if __name__ == "__main__":
    loading() if sys.argv[1:2] == ["loading"] else main()
