"""What lectures on the transformer claim, measured: training over all positions at once, against one step at a time.

    python benchmarks/parallel_training.py [--device cuda] [--width 256] [--layers 2]

Three ways to compute the same loss of the same batch and its gradient, in target tokens a second at several lengths:

* parallel   the transformer, teacher-forced over all positions at once under the causal mask: what ``diglot train`` does
* stepwise   the same transformer, one position after another through its key/value cache
* recurrent  a GRU encoder and decoder with additive attention (Bahdanau et al. 2015) of the same width and depth, whose
             decoder cannot do otherwise than go step by step

Batches have the same number of target tokens at each length. The ratio is what counts; the machine is in the first line.
"""

import argparse
import platform
import time
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diglot.models.tokenizer import START
from diglot.models.transformer import Transformer, TransformerConfig

VOCABULARY = 4000


class Recurrent(nn.Module):
    """A bidirectional GRU encoder and a GRU decoder with additive attention. (B, S), (B, T) -> (B, T, V)"""

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, width)
        self.encoder = nn.GRU(width, width // 2, layers, batch_first=True, bidirectional=True)
        self.decoder = nn.GRU(2 * width, width, layers, batch_first=True)
        self.query, self.key, self.energy = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, 1)
        self.out = nn.Linear(2 * width, width)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Logits for each target position."""
        memory, state = self.encoder(self.embedding(source))
        state = torch.cat([state[0::2], state[1::2]], -1)
        keys, words = self.key(memory), self.embedding(target)
        outputs = []
        for position in range(target.size(1)):
            weights = self.energy(torch.tanh(keys + self.query(state[-1])[:, None])).softmax(1)
            context = (weights * memory).sum(1)
            output, state = self.decoder(torch.cat([words[:, position], context], -1)[:, None], state)
            outputs.append(self.out(torch.cat([output[:, 0], context], -1)))
        return torch.stack(outputs, 1) @ self.embedding.weight.T


def stepwise(model: Transformer, source: Tensor, target: Tensor) -> Tensor:
    """The logits that the model gives when it is fed one target token after another."""
    state = model.start(source)
    logits = []
    for position in range(target.size(1)):
        step, state = model.step(target[:, position], state)
        logits.append(step)
    return torch.stack(logits, 1)


def rate(compute: Callable[[Tensor, Tensor], Tensor], rows: int, length: int, device: str, repeats: int) -> float:
    """Target tokens a second of loss and gradient."""
    random = torch.Generator().manual_seed(length)
    source = torch.randint(60, VOCABULARY, (rows, length), generator=random).to(device)
    labels = torch.randint(60, VOCABULARY, (rows, length), generator=random).to(device)
    target = torch.cat([torch.full_like(labels[:, :1], START), labels[:, :-1]], 1)
    taken = []
    for _ in range(repeats + 1):
        _wait(device)
        started = time.perf_counter()
        F.cross_entropy(compute(source, target).flatten(0, 1).float(), labels.flatten()).backward()
        _wait(device)
        taken.append(time.perf_counter() - started)
    return rows * length / min(taken[1:])


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=2048, help="target tokens in a batch")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    shape = TransformerConfig(
        vocabulary=VOCABULARY,
        d_model=options.width,
        n_heads=options.width // 64,
        d_ff=options.width * 11 // 4,
        n_encoder_layers=options.layers,
        n_decoder_layers=options.layers,
        dropout=0.0,
        max_length=1024,
    )
    model = Transformer(shape).to(options.device)
    recurrent = Recurrent(options.width, options.layers).to(options.device)
    sizes = [sum(p.numel() for p in m.parameters()) / 1e6 for m in (model, recurrent)]
    print(f"{platform.machine()}, {options.device}, {torch.get_num_threads()} threads, torch {torch.__version__}; ", end="")
    print(f"transformer {sizes[0]:.1f} M, recurrent {sizes[1]:.1f} M parameters; {options.tokens} target tokens a batch\n")
    print("| length | parallel | stepwise | recurrent | parallel : stepwise | parallel : recurrent |\n" + 6 * "|---" + "|")
    for length in (8, 32, 128, 512):
        rows = max(1, options.tokens // length)
        ways = (model, lambda s, t: stepwise(model, s, t), recurrent)
        rates = [rate(way, rows, length, options.device, options.repeats) for way in ways]
        cells = [f"{r:,.0f}" for r in rates] + [f"{rates[0] / r:.1f}" for r in rates[1:]]
        print(f"| {length} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
