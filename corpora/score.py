"""Scores of translations against references: sacreBLEU's BLEU and chrF2, with signatures and confidence intervals.

BLEU is computed on the words of the target language (MeCab for Japanese and Korean, characters for Chinese, 13a otherwise);
a score made with another tokenizer is another score, so each carries its signature.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from diglot import DiglotError

TOKENIZERS = {"ja": "ja-mecab", "zh": "zh", "ko": "ko-mecab"}
BOOTSTRAP = 1000  # samples of the confidence interval


class Score(NamedTuple):
    """One metric: its value, half the width of its 95 % interval (0 where none was asked for, or there is none), and its
    signature."""

    metric: str
    value: float
    interval: float
    signature: str


def score(
    hypotheses: Sequence[str], references: Sequence[str], target: str, *, intervals: bool = False
) -> tuple[Score, Score]:
    """BLEU and chrF2 of hypotheses in the language ``target``. Raises :class:`diglot.DiglotError` for uneven files."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    if len(hypotheses) != len(references):
        message = f"{len(hypotheses)} translations and {len(references)} references: the files must have as many lines"
        raise DiglotError(message)
    try:
        bleu = BLEU(tokenize=TOKENIZERS.get(target, "13a"))
    except RuntimeError as exc:
        message = f"scores into {target} need MeCab: pip install 'diglot[{target}]'"
        raise DiglotError(message) from exc
    samples = BOOTSTRAP if intervals else 1
    return _score("BLEU", bleu, hypotheses, references, samples), _score("chrF2", CHRF(), hypotheses, references, samples)


def _score(name: str, metric: Any, hypotheses: Sequence[str], references: Sequence[str], samples: int) -> Score:
    try:
        result = metric.corpus_score(hypotheses, [references], n_bootstrap=samples)
    except TypeError:  # sacreBLEU 2.6 cannot average samples of which some are exactly zero, as happens in tiny files
        return _score(name, metric, hypotheses, references, 1)
    interval = float(getattr(result, "_ci", 0.0)) if samples > 1 else 0.0
    return Score(name, float(result.score), interval, str(metric.get_signature()))
