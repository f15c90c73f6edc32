"""How the cost of translating grows: with the architecture, the length of a sentence, the number of lectures.

    python benchmarks/scaling.py architectures      our deep encoder and shallow decoder, beside 6 and 6 layers
    python benchmarks/scaling.py lengths            sentences of 10 to 500 tokens
    python benchmarks/scaling.py lectures           1, 10 and 100 files in one ``diglot translate``
        [--threads 1] [--counts 1 10 100]

Architectures are run with random weights in CTranslate2 int8, every one with the same sources, vocabulary, threads and
batches; how much is written is forced to the length of the source, because random weights do not know when to stop. The
lengths are forced, too. The lectures are made of sentences written for this file, no two alike, so that no cache answers.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

CONFIGS = Path(__file__).parents[1] / "configs"
VANILLA = {  # the base model of Vaswani et al. 2017, but for its dropout
    "d_model": 512, "n_heads": 8, "d_ff": 2048, "n_encoder_layers": 6, "n_decoder_layers": 6, "positions": "sinusoidal",
    "norm": "layer", "norm_first": False, "feed_forward": "relu", "normalise_queries_and_keys": False,
}  # fmt: skip


# ------------------------------------------------------------------------------------------- architectures and lengths


def translator_of(folder: Path, threads: int) -> Any:
    """CTranslate2's own translator of a model folder, in int8: ours has no way to force a length."""
    import ctranslate2

    from diglot.models.engines.ctranslate2 import convert

    converted = convert(folder, folder.parent / "converted")
    return ctranslate2.Translator(str(converted), compute_type="int8", intra_threads=threads, inter_threads=1)


def sources(count: int, length: int) -> list[list[str]]:
    """Random pieces of the released vocabulary, to be translated into Japanese."""
    from diglot.models.tokenizer import CONTROL, Tokenizer
    from diglot.models.translator import released_model

    tokenizer, chance = Tokenizer.load(released_model() / "spiece.model"), random.Random(7)
    ordinary = sorted(set(range(len(tokenizer))) - tokenizer.unwritable - set(tokenizer.ids(CONTROL)))
    rows = ([chance.choice(ordinary) for _ in range(length - 2)] for _ in range(count))
    return [tokenizer.pieces(tokenizer.source(row, "ja", None)) for row in rows]


def seconds(translator: Any, rows: Sequence[Sequence[str]], beam: int, batch: int, *, restricted: bool = True) -> float:
    """The time that a sentence takes where as many tokens are written as are read."""
    length, started = len(rows[0]), time.perf_counter()
    translator.translate_batch(
        rows, beam_size=beam, min_decoding_length=length, max_decoding_length=length, max_input_length=0,
        use_vmap=restricted, max_batch_size=batch,
    )  # fmt: skip
    return (time.perf_counter() - started) / len(rows)


def make(folder: Path, **shape: Any) -> int:
    """Write a model of random weights; how many million parameters it has."""
    from diglot.models import checkpoint
    from diglot.models.tokenizer import Tokenizer
    from diglot.models.transformer import Transformer, TransformerConfig
    from diglot.models.translator import released_model

    tokenizer, info = Tokenizer.load(released_model() / "spiece.model"), checkpoint.read_info(released_model())
    model = Transformer(TransformerConfig(vocabulary=len(tokenizer), **shape))
    checkpoint.save(folder, model, tokenizer, info, card="")
    return round(model.parameter_count() / 1e6)


def architectures(threads: int) -> None:
    """Sentences a second of ours and of the transformer of 2017, of 24 tokens, one at a time and in batches of 32."""
    shapes = {
        "6-6, width 512: the base of 2017": VANILLA,
        "11-2, width 512: configs/ship.toml": tomllib.loads((CONFIGS / "ship.toml").read_text())["model"],
        "6-2, width 256: the released model": tomllib.loads((CONFIGS / "cpu.toml").read_text())["model"],
    }
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / str(number) / "model" for number in range(len(shapes))]
        sizes = [make(folder, **shape) for folder, shape in zip(folders, shapes.values(), strict=True)]
        translators = [translator_of(folder, threads) for folder in folders]
    systems = [(*system, True) for system in zip(shapes, sizes, translators, strict=True)]
    systems.append(("the same, whole vocabulary", sizes[-1], translators[-1], False))
    print("| layers | million parameters | beam | batch | sentences/s | ratio |\n|---|---|---|---|---|---|")
    for beam in (1, 4):
        for batch, count in ((1, 4), (32, 32)):
            rows = sources(count, 24)
            rounds = [[seconds(t, rows, beam, batch, restricted=r) for _, _, t, r in systems] for _ in range(6)]
            best = [min(taken) for taken in zip(*rounds[1:], strict=True)]  # in turns: the machine is noisy
            for (layers, size, _, _), taken in zip(systems, best, strict=True):
                print(f"| {layers} | {size} | {beam} | {batch} | {1 / taken:.1f} | {best[0] / taken:.2f} |", flush=True)


def lengths(threads: int) -> None:
    """The released model on sentences of 10 to 500 tokens, in batches of 2048 source tokens."""
    from diglot.models.translator import released_model

    print("| tokens | beam | sentences/s | ms a token |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model").symlink_to(released_model())
        translator = translator_of(Path(folder) / "model", threads)
    for beam in (1, 4):
        for length in (10, 30, 100, 250, 500):
            rows = sources(2048 // length, length)
            taken = min(seconds(translator, rows, beam, len(rows)) for _ in range(3))
            print(f"| {length} | {beam} | {1 / taken:.1f} | {1000 * taken / length:.3f} |", flush=True)


# ------------------------------------------------------------------------------------------------------------- lectures

WHO = "The second layer|Our teacher|A short note|This picture|The first reader|Every example|The old notation|My neighbour"
DOES = "explains|does not change|is longer than|comes before|was written for|looks like|depends on|says nothing about"
WHAT = "the answer of week|page|the table in part|exercise|the line with the number|the rule of chapter|slide|question"
END = "and we will need it later|as you have seen|which surprised many people|but only in winter|so please read it again"


def lecture(number: int, sentences: int = 40) -> str:
    """A lecture in Markdown, no sentence of which is in another one."""
    chance = random.Random(number)
    lines = [f"# Lecture {number}", ""]
    for sentence in range(sentences):
        who, does, what, end = (chance.choice(words.split("|")) for words in (WHO, DOES, WHAT, END))
        lines.append(f"{who} {does} {what} {number * sentences + sentence}, {end}.")
        lines += [""] * (sentence % 5 == 4)
    return "\n".join(lines) + "\n"


def lectures(threads: int, counts: Sequence[int], search: Sequence[str]) -> None:
    """Whole runs of the command: starting, reading, translating, checking, writing. ``search`` are further options."""
    print("| lectures | sentences | seconds | sentences/s | peak memory, MB |\n|---|---|---|---|---|")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{number:03}.md" for number in range(count)]
            for number, file in enumerate(files):
                file.write_text(lecture(number), encoding="utf-8")
            command = [sys.executable, "-m", "diglot.cli", "translate", *map(str, files), "--to", "ja", *search]
            started = time.perf_counter()
            process = subprocess.Popen([*command, "--no-cache", "--threads", str(threads)], stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            taken = time.perf_counter() - started
        if os.waitstatus_to_exitcode(status) not in (0, 3):  # 3: finished, with segments that were left as they are
            raise SystemExit(f"{' '.join(command[:4])} ... ended with {os.waitstatus_to_exitcode(status)}")
        sentences, peak = 41 * count, usage.ru_maxrss / 1024  # the heading is one
        print(f"| {count} | {sentences} | {taken:.1f} | {sentences / taken:.1f} | {peak:.0f} |", flush=True)


def main() -> None:
    """Print one table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["architectures", "lengths", "lectures"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-rerank", action="store_true")
    parser.add_argument("--counts", type=int, nargs="+", default=[1, 10, 100])
    said = parser.parse_args()
    if said.what == "lectures":
        lectures(said.threads, said.counts, ["--no-rerank"] if said.no_rerank else [])
    else:
        (architectures if said.what == "architectures" else lengths)(said.threads)


if __name__ == "__main__":
    main()
