"""How fast a model translates here: our engines, and ``generate()`` of Hugging Face on the same weights.

    python benchmarks/decoding.py SOURCE.txt --from en --to ja [--lines 200] [--threads 1]
    python benchmarks/decoding.py SOURCE.txt --from en --to ja --lines 2048 --batch 512 --device cuda

SOURCE is one sentence a line. Every system gets the same lines, the same number of threads and batches of the same size
in one run: compare the ratios. Loading is timed in a process of its own; its memory is the peak that the kernel names.

On a GPU (bfloat16) sentences are translated one at a time and in large batches, with recorded steps and without, and two
questions are asked besides:

* are the tokens right? The GPU in fp32 must write what the CPU writes in fp32; how often bfloat16 differs is said.
* how far is it from the limit on paper? A step of the decoder has to read its weights and those of the output layer once
  for the whole batch, and of every row the keys and values of its source and of its W hypotheses:

      bytes = 2 (P + V D) + 2 B * 2 L D (S + W T / 2)          tokens/s <= B * bandwidth / bytes

  with P parameters in the decoder's L layers of width D, V words of the target language, B rows of S source and T target
  tokens (on average half written), two bytes a number. The encoder is left out. The bandwidth is that of a copy, measured.
"""

import argparse
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from diglot import models
from diglot.models.translator import Translator, released_model

Run = Callable[[], list[str]]


class Task(NamedTuple):
    """What every system is given."""

    texts: list[str]
    source: str
    target: str
    model: Path
    threads: int
    repeats: int


def timed(run: Run, repeats: int) -> tuple[float, list[str]]:
    """The least seconds of several runs, after one to warm up, and what was written."""
    written = run()
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return min(taken), written


def ours(task: Task, engine: str, device: str, beam: int, batch: int, *, rerank: bool = False) -> Translator:
    """Our translator with one of its engines, in batches of about so many sentences; the search alone unless ``rerank``."""
    tokens = 1 if batch == 1 else batch * 32
    options: dict[str, Any] = {"beam": beam, "threads": task.threads, "batch_tokens": tokens, "rerank": rerank}
    translator = models.load(str(task.model), engine=engine, device=device, **options)
    assert isinstance(translator, Translator)
    return translator


def hugging_face(task: Task, device: str, beam: int, batch: int) -> Run:
    """``generate()``, sorted by length and batched, as its makers recommend; fp32 on a CPU, bfloat16 on a GPU."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    from diglot.models import huggingface

    huggingface.register()
    torch.set_num_threads(task.threads)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    model = AutoModelForSeq2SeqLM.from_pretrained(str(task.model)).eval().to(device, dtype)
    tokenizer = AutoTokenizer.from_pretrained(str(task.model), tgt_lang=task.target)
    ordered = sorted(task.texts, key=len)

    def run() -> list[str]:
        written: list[str] = []
        for start in range(0, len(ordered), batch):
            inputs = tokenizer(ordered[start : start + batch], return_tensors="pt", padding=True).to(device)
            with torch.inference_mode():
                ids = model.generate(**inputs, num_beams=beam, max_new_tokens=256, do_sample=False)
            written += tokenizer.batch_decode(ids, skip_special_tokens=True)
        return written

    return run


class Table:
    """Rows of sentences, source words and target tokens a second, printed as they come."""

    def __init__(self, task: Task) -> None:
        self.task, self.words = task, sum(len(text.split()) for text in task.texts)
        print(f"{len(task.texts)} sentences, {self.words} words, {task.threads} threads\n")
        print("| system | beam | batch | sentences/s | words/s | target tokens/s |\n|---|---|---|---|---|---|")

    def row(self, name: str, beam: int, batch: int, run: Run, tokenizer: Any) -> float:
        """Time a system; its target tokens a second."""
        seconds, written = timed(run, self.task.repeats)
        tokens = sum(len(tokenizer.encode(text)) + 1 for text in written)
        rates = f"{len(written) / seconds:.1f} | {self.words / seconds:.0f} | {tokens / seconds:.0f}"
        print(f"| {name} | {beam} | {batch} | {rates} |", flush=True)
        return tokens / seconds


def texts_of(translator: Translator, task: Task) -> Run:
    """A run of one of our translators."""
    return lambda: [found.text for found in translator(task.texts, task.source, task.target)]


def on_cpu(task: Task, batch: int) -> None:
    """Our engines and ``generate()``."""
    table = Table(task)
    for beam in (1, 4):
        for engine, kind in (("ctranslate2", "int8"), ("torch", "fp32")):
            translator = ours(task, engine, "cpu", beam, batch)
            table.row(f"diglot, {engine} {kind}", beam, batch, texts_of(translator, task), translator.tokenizer)
        table.row("transformers generate() fp32", beam, batch, hugging_face(task, "cpu", beam, batch), translator.tokenizer)
    translator = ours(task, "ctranslate2", "cpu", 4, batch, rerank=True)
    table.row("diglot, ctranslate2 int8, reranked", 4, batch, texts_of(translator, task), translator.tokenizer)
    loads = [
        subprocess.run([sys.executable, __file__, "loading"], check=True, capture_output=True, text=True).stdout.split()
        for _ in range(5)
    ]
    seconds = statistics.median(float(one[0]) for one in loads)
    print(f"\nload and one sentence: {seconds:.2f} s, {loads[0][1]} MB, torch imported: {loads[0][2]}")


def loading() -> None:
    """What a process of its own runs: prints seconds and megabytes of loading and one sentence."""
    started = time.perf_counter()
    models.load(threads=1)(["Good morning, everyone."], "en", "ja")
    status = Path("/proc/self/status").read_text()  # getrusage() would count what the parent held before this began
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024
    print(f"{time.perf_counter() - started:.2f} {peak:.0f} {'torch' in sys.modules}")


def on_gpu(task: Task, large: int, device: str = "cuda") -> None:
    """Recorded steps, the same unrecorded, ``generate()``, the limit on paper; then whether the tokens are right."""
    table, bandwidth = Table(task), bandwidth_of(device)
    for batch in (1, large):
        some = task if batch > 1 else task._replace(texts=task.texts[:: max(1, len(task.texts) // 64)])
        table.words = sum(len(text.split()) for text in some.texts)
        for beam in (1, 4):
            translator = ours(some, "torch", device, beam, batch)
            fast = table.row("diglot, torch bf16", beam, batch, texts_of(translator, some), translator.tokenizer)
            most = limit(translator, some, batch, beam, bandwidth)
            translator.engine.graphs = None
            table.row("the same, unrecorded", beam, batch, texts_of(translator, some), translator.tokenizer)
            theirs = hugging_face(some, device, beam, batch)
            slow = table.row("transformers generate() bf16", beam, batch, theirs, translator.tokenizer)
            print(f"| the limit on paper | {beam} | {batch} | | | {most:.0f} |")
            print(f"| reached / generate() | {beam} | {batch} | | | {fast / most:.1%}, {fast / slow:.1f} x |", flush=True)
    print(f"\nbandwidth of a copy: {bandwidth / 1e9:.0f} GB/s\n")
    parity(task, large, device)


def bandwidth_of(device: str) -> float:
    """Bytes a second of a copy within the device, read and written, of three the best."""
    import torch

    source = torch.ones(1 << 28, dtype=torch.bfloat16, device=device)
    target, best = torch.empty_like(source), 0.0
    for _ in range(4):
        torch.accelerator.synchronize() if device == "cuda" else None
        started = time.perf_counter()
        target.copy_(source)
        torch.accelerator.synchronize() if device == "cuda" else None
        best = max(best, 2 * source.nbytes / (time.perf_counter() - started))
    return best


def limit(translator: Translator, task: Task, rows: int, width: int, bandwidth: float) -> float:
    """Target tokens a second that the bandwidth allows: the formula above."""
    model, encode = translator.engine.model, translator.tokenizer.encode
    source = statistics.mean(len(encode(text)) + 2 for text in task.texts)
    target = statistics.mean(len(encode(found)) + 1 for found in texts_of(translator, task)())
    shape = model.config
    parameters = sum(p.numel() for p in model.decoder.parameters())
    vocabulary = len(translator.info.vocabulary.get(task.target, ())) or shape.vocabulary
    keys = 2 * shape.n_decoder_layers * shape.d_model * (source + width * target / 2)
    return rows * bandwidth / (2 * (parameters + vocabulary * shape.d_model) + 2 * rows * keys)


def parity(task: Task, batch: int, device: str) -> None:
    """How many translations are those of the CPU in fp32, for the GPU in fp32 and in bfloat16."""
    import torch

    from diglot.models import checkpoint
    from diglot.models.engines.torch import TorchEngine

    for beam in (1, 4):
        expected = texts_of(ours(task, "torch", "cpu", beam, 32), task)()
        for dtype in (torch.float32, torch.bfloat16):
            translator = ours(task, "torch", device, beam, batch)
            model, tokenizer, info = checkpoint.load(task.model)
            translator.engine = TorchEngine(model, tokenizer, device, info.vocabulary, dtype)
            same = sum(a == b for a, b in zip(texts_of(translator, task)(), expected, strict=True))
            print(f"beam {beam}, {dtype}: {same} of {len(expected)} as on the CPU in float32", flush=True)


def main() -> None:
    """Print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--from", dest="from_", default="en")
    parser.add_argument("--to", default="ja")
    parser.add_argument("--model", type=Path, default=released_model())
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=2)
    said = parser.parse_args()
    texts: Sequence[str] = [t for t in said.source.read_text(encoding="utf-8").split("\n") if t.strip()][: said.lines]
    task = Task(list(texts), said.from_, said.to, said.model, said.threads, said.repeats)
    (on_gpu if said.device == "cuda" else on_cpu)(task, said.batch)


if __name__ == "__main__":
    loading() if sys.argv[1:2] == ["loading"] else main()
