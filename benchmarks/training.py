"""Training, measured: tokens a second, share of peak, where the time of a step goes, what augmentations and filters cost.

    python benchmarks/training.py en-ja.tsv [MORE.tsv.xz ...] [--config configs/ship.toml] [--device cuda] [--compile]

The model, the mix and the batches are those of the configuration; the pairs are yours, the tokenizer is the released one
unless --tokenizer names another. Steps are computed on batches that are ready, and the preparation of batches is timed
beside them: with that, one sees how many worker processes keep a device busy. Times of one run on one machine; the shares
and ratios are what counts.
"""

import argparse
import itertools
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import torch

from diglot.commands.recipe import read_recipe
from diglot.commands.training import carried_by, preparer
from diglot.corpora import Pair
from diglot.corpora.augment import Rates, Resources, augment
from diglot.corpora.clean import Filter, Report, clean, repeats_alike, standard_filters
from diglot.corpora.pack import Mix, Pack, Sampler, write_pack
from diglot.corpora.read import read_tsv
from diglot.corpora.terms import read_terms
from diglot.models.batching import (
    UNIT,
    Batch,
    Shape,
    all_shapes,
    by_tokens,
    few_shapes,
    in_buckets,
    lengths_of,
    rows_of,
    tokenised,
)
from diglot.models.objective import Objective, compile_layers
from diglot.models.throughput import measured_peak, operations
from diglot.models.tokenizer import PAD, Tokenizer
from diglot.models.training import TrainingConfig, make_optimizers
from diglot.models.transformer import Transformer, TransformerConfig
from diglot.models.translator import released_model

ROOT = Path(__file__).parents[1]
SHAPES = (8, 16, 24)
PARTS = ("forward, loss and its gradient by the logits", "backward", "clipping, optimizer")


def steps(
    recipe: dict[str, Any], settings: TrainingConfig, tokenizer: Tokenizer, batches: Sequence[Batch], device: str
) -> None:
    """Train on batches that are ready; print tokens a second, the share of peak, and where the time goes."""
    where = torch.device(device)
    model = Transformer(TransformerConfig.from_dict(recipe["model"] | {"vocabulary": len(tokenizer)})).to(where)
    if settings.compile:
        compile_layers(model)
    objective = Objective(model, smoothing=settings.label_smoothing, precision=settings.precision, compiled=settings.compile)
    optimizers = make_optimizers(model, settings)
    for batch in batches if settings.compile else batches[:1]:  # what is slow the first time
        step(objective, optimizers, batch, where)
    taken = [step(objective, optimizers, batch, where) for batch in batches]
    seconds, each = sum(map(sum, taken)), operations(model)
    source = sum(int((batch.source != PAD).sum()) for batch in batches)
    target = sum(batch.tokens() for batch in batches)
    peak = measured_peak(where, settings.precision)
    share = (source * each.source + target * each.target) / seconds / peak
    padding = 1 - (source + target) / sum(b.source.numel() + b.target.numel() for b in batches)
    size = f"{model.parameter_count() / 1e6:.1f} M parameters"
    print(f"{size}, {settings.precision}, {settings.batch_tokens} padded tokens a batch\n")
    print("| target tokens/s | share of peak | peak, TFLOP/s | padding |\n|---|---|---|---|")
    print(f"| {target / seconds:,.0f} | {share:.1%} | {peak / 1e12:.2f} | {padding:.1%} |\n")
    print("| part of a step | share of its time |\n|---|---|")
    for name, part in zip(PARTS, zip(*taken, strict=True), strict=True):
        print(f"| {name} | {sum(part) / seconds:.0%} |")
    print(flush=True)


def step(
    objective: Objective, optimizers: Sequence[torch.optim.Optimizer], batch: Batch, device: torch.device
) -> list[float]:
    """Seconds of the parts of one step."""
    objective.train()
    marks = [now(device)]
    loss = objective(*(part.to(device) for part in batch)) / batch.tokens()
    marks.append(now(device))
    loss.backward()
    marks.append(now(device))
    torch.nn.utils.clip_grad_norm_(objective.parameters(), 1.0)
    for optimizer in optimizers:
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    marks.append(now(device))
    return [later - earlier for earlier, later in itertools.pairwise(marks)]


def now(device: torch.device) -> float:
    """The clock, when the device has done what it was told; of a CPU, which others share, the time that was ours."""
    if device.type == "cpu":
        return time.process_time() / torch.get_num_threads()
    torch.cuda.synchronize(device)
    return time.perf_counter()


def paddings(lengths: Sequence[Shape], longest: int) -> None:
    """Print the share of padding in batches cut in several ways: by length, in buckets, and in few shapes for a compiler."""
    columns = ["padded tokens a batch", "examples at a time", "sorted by length", "in buckets"]
    columns += [f"{most} shapes" for most in SHAPES]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for budget, window in ((4096, 20_000), (16384, 20_000), (65536, 20_000), (65536, 65_536)):
        kept = [length for length in lengths[:window] if max(length) <= longest]
        buckets = [[kept[i] for i in bucket] for _, bucket in in_buckets(kept, all_shapes(longest), budget)]
        cells = [cut(kept, budget), sum(cut(bucket, budget) for bucket in buckets)]
        for most in SHAPES:
            found = in_buckets(kept, few_shapes(kept, longest, most), budget)
            cells.append(sum(-(-len(i) // rows_of(s, budget)) * rows_of(s, budget) * sum(s) for s, i in found))
        wasted = " | ".join(f"{1 - sum(map(sum, kept)) / cell:.1%}" for cell in cells)
        print(f"| {budget:,} | {window:,} | {wasted} |", flush=True)
    print()


def cut(lengths: Sequence[Shape], budget: int) -> int:
    """Padded tokens of examples that are sorted by length and cut by budget."""
    cells = 0
    for batch in by_tokens(lengths, budget, multiple=UNIT):
        cells += len(batch) * sum(-(-max(lengths[i][side] for i in batch) // UNIT) * UNIT for side in (0, 1))
    return cells


def augmentations(rates: Rates, drawn: Sequence[Any], tokenizer: Tokenizer, resources: Resources, alpha: float) -> None:
    """Print what each augmentation costs an example, and what that adds to preparing the data at its rate."""

    def prepared(of: Rates) -> None:
        random = Random(1)
        for example, before in drawn:
            one = augment(example, before, of, resources, random)
            tokenizer.encode(one.source, alpha=alpha)
            tokenizer.encode(one.target)

    none = dict.fromkeys((field.name for field in fields(Rates)), 0.0)
    always = {name: partial(prepared, Rates(**none | {name: 1.0})) for name in none}
    costs = microseconds({"": partial(prepared, Rates(**none)), "all": partial(prepared, rates), **always}, len(drawn))
    plain = costs[""]
    print(f"Without any, an example is tokenised in {plain:.0f} µs; with all at their rates in {costs['all']:.0f} µs.\n")
    print("| augmentation | µs an example that gets it | rate | adds |\n|---|---|---|---|")
    for name, rate in asdict(rates).items():
        more = max(0.0, costs[name] - plain)
        print(f"| {name} | {more:.0f} | {rate} | {rate * more / plain:.1%} |")
    print(flush=True)


def filters(pairs: Sequence[Pair]) -> None:
    """Print what each filter of cleaning costs, alone."""
    known = standard_filters([pair.first + "." for pair in pairs[:1000]]) | {"repetition": repeats_alike}
    alone = {name: partial(cleaned, pairs, {name: keeps}) for name, keeps in known.items()}
    costs = microseconds({"": partial(cleaned, pairs, {}), **alone, "all": partial(cleaned, pairs, known)}, len(pairs))
    print("| filter | µs a pair |\n|---|---|")
    print(f"| none (white space, NFC) | {costs.pop(''):.1f} |")
    for name, cost in costs.items():
        print(f"| {name} | {cost:.1f} |")


def cleaned(pairs: Sequence[Pair], by: dict[str, Filter]) -> None:
    """Run filters over pairs."""
    for _ in clean(pairs, by, Report()):
        pass


def microseconds(works: dict[str, Callable[[], Any]], items: int) -> dict[str, float]:
    """CPU time of each work for each of so many items: the best of five rounds, in which all take turns."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(5):
        for name, work in works.items():
            started = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - started)
    return {name: 1e6 * seconds / items for name, seconds in best.items()}


def main() -> None:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="PAIR.tsv[.xz]")
    parser.add_argument("--config", type=Path, default=ROOT / "configs" / "tiny.toml")
    parser.add_argument("--tokenizer", type=Path)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--pairs", type=int, default=20_000, help="of each file")
    parser.add_argument("--steps", type=int, default=20, help="0: only what the data cost")
    options = parser.parse_args()
    tokenizer = Tokenizer.load(options.tokenizer or released_model() / "spiece.model")
    recipe = read_recipe(options.config)
    recipe["data"]["terms"] = sorted((ROOT / "corpora" / "glossaries").glob("*.tsv"))
    changed = {"compile": True} if options.compile else {}
    settings = TrainingConfig.from_dict(recipe["training"] | changed)
    pairs = [pair for path in options.files for pair in itertools.islice(read_tsv(path), options.pairs)]
    print(f"{platform.machine()}, {options.device}, {torch.get_num_threads()} threads, torch {torch.__version__}; ", end="")
    print(f"{options.config.name}, {len(pairs)} pairs\n")
    with tempfile.TemporaryDirectory() as folder:
        write_pack(pairs, {}, Path(folder) / "t.pack", preset=0)
        pack = Pack(Path(folder) / "t.pack")
    prepare = preparer(recipe, ROOT, pack, tokenizer, recipe["phase"][:1], settings)
    prepare(0, 1)
    started = time.process_time()
    batches = prepare(0, 0)
    seconds = time.process_time() - started
    print(
        f"One process prepares {sum(batch.tokens() for batch in batches) / seconds:,.0f} target tokens a second.\n",
        flush=True,
    )
    if options.steps:
        steps(recipe, settings, tokenizer, batches[: options.steps], options.device)
    resources = Resources(carried_by, read_terms(recipe["data"]["terms"]))
    rates, alpha = Rates(**recipe.get("augment", {})), recipe["data"].get("subword_alpha", 0.0)
    drawn = Sampler(pack, Mix({}, {}), seed=1, window=1 << 16).window(0)
    random = Random(1)
    examples = [augment(example, before, rates, resources, random) for example, before in drawn]
    sentences = [(e.source, e.target, e.target_language, e.domain) for e in examples]
    paddings(lengths_of(tokenised(sentences, tokenizer, alpha=alpha)), recipe["data"].get("longest", 256))
    augmentations(rates, drawn[:1500], tokenizer, resources, alpha)
    filters(pairs[:2000])


if __name__ == "__main__":
    main()
