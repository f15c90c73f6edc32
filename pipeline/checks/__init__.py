"""What the checks of :mod:`diglot.pipeline.check` are made of, one module for each thing that can go wrong."""

from collections.abc import Mapping

__all__ = ["CODES"]

# Every code and what it says, the gravest first.
CODES: Mapping[str, str] = {
    "untranslated": "A segment could not be translated",
    "empty": "A segment has no translation",
    "copied": "A translation is the source itself",
    "language": "A translation is in another language than wanted",
    "shifted": "Translations slipped against their sources",
    "mark": "A mark that is meant for the model was left in a translation",
    "span-lost": "A formula, code, a link or another protected piece is missing",
    "span-changed": "A protected piece was changed",
    "nesting": "Markup that opens and closes does not do so in the translation",
    "number": "A number, month or weekday became another",
    "number-missing": "A number of the source is not in the translation",
    "number-added": "A number in the translation is not in the source",
    "unit": "A measure or a sum of money has another unit than in the source",
    "repetition": "A translation repeats itself over and over",
    "too-short": "A translation is far too short for its source",
    "too-long": "A translation is far too long for its source",
    "omission": "A sentence of the source seems to be missing in its translation",
    "left-over": "Several words of the source were left as they are",
    "spelling": "A name or word in Latin letters became another that looks like it",
    "bracket": "A bracket has no partner",
    "width": "Characters as wide as another script has them",
    "term-forbidden": "A term is rendered as the glossary forbids",
    "term-missing": "A term is not rendered as the glossary has it",
    "term-inconsistent": "A term is rendered in another accepted way than in most of the document",
    "inconsistent": "A source that came before is translated in another way",
    "register": "A sentence is in another register than most of the document",
    "span-count": "A protected piece is there less often than in the source",
    "space": "A space too many",
    "end-mark": "A sentence does not end with the mark that its source ends with",
    "line-length": "A line of a subtitle is longer than subtitlers make them",
    "reading-speed": "A subtitle has more text than can be read in its time",
    "source-changed": "The edition has another source than the document",
    "memory": "A translation was taken from the translation memory",
    "memory-similar": "The translation memory has a similar sentence",
}
