"""What is wrong with a translation, found without understanding it.

Each check looks at one thing that must be true of a source and its translation: what is protected came through,
numbers agree by value, the translation is in the language wanted, it is about as long as it should be, it does not
repeat itself, its punctuation is that of its language. What a check finds is a
:class:`~diglot.pipeline.document.Finding`: a code, how bad it is, where, in words, and what to do. ``docs/checks.md``
describes every code.

The checks are calibrated to stay silent on the work of professional translators (``benchmarks/check.py`` measures how
silent, and how many planted faults they find).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from diglot.pipeline.checks import amounts, content, leftovers, lengths, omissions, sequence, spelling, surface
from diglot.pipeline.checks.sides import Check, sides
from diglot.pipeline.document import AlignedPair, Finding
from diglot.pipeline.glossary import Glossary, check_terms

__all__ = ["check", "check_all"]

_CHECKS: tuple[Check, ...] = (
    *content.CHECKS,
    *leftovers.CHECKS,
    *spelling.CHECKS,
    *amounts.CHECKS,
    *lengths.CHECKS,
    *omissions.CHECKS,
    *surface.CHECKS,
)


def check(pair: AlignedPair, target: str, *, glossary: Glossary | None = None, off: Collection[str] = ()) -> list[Finding]:
    """Everything that is wrong with one pair, whose translation is to be in the language ``target``.

    ``off`` are the codes that are not wanted. Of a segment that was kept is only said that it is a guess that it is a name.
    """
    if pair.translation.status == "kept":
        found = list(content.guessed(pair))
    elif pair.translation.status == "untranslated":
        found = [Finding("untranslated", "error", "This segment could not be translated", "Translate it by hand")]
    elif not pair.target.strip():
        found = list(content.empty(pair.segment.text))
    else:
        both = sides(pair, target)
        found = [finding for each in _CHECKS for finding in each(both)]
        found += check_terms(pair, glossary) if glossary else []
    return [finding for finding in found if finding.code not in off]


def check_all(
    pairs: Iterable[AlignedPair], target: str, *, glossary: Glossary | None = None, off: Collection[str] = ()
) -> Iterator[AlignedPair]:
    """The pairs of a document with their findings, also those that show only over several pairs.

    Pairs come out a few dozen places after they went in; what is kept of a document is a digest of each source. With a
    glossary, and in Japanese, what is usual for a term and for the end of a sentence is counted over a couple of thousand
    pairs at a time, so many are held back: a lecture has fewer, a longer text is looked at in parts.
    """
    checked: Iterator[AlignedPair] = (
        replace(pair, findings=(*pair.findings, *check(pair, target, glossary=glossary, off=off))) for pair in pairs
    )
    if "inconsistent" not in off:
        checked = sequence.consistent(checked)
    if "register" not in off and target.partition("-")[0] == "ja":
        checked = sequence.in_one_register(checked)
    if "shifted" not in off:
        checked = sequence.shifted(checked, target.partition("-")[0])
    return sequence.consistent_terms(checked, glossary) if glossary and "term-inconsistent" not in off else checked
