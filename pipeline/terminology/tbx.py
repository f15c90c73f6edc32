"""Glossaries in TBX, versions 2 (``martif``) and 3 (``tbx``), in both styles of version 3.

A concept entry has terms by language; each source term may become any of the target terms, preferred ones first, and
none of those whose administrative status is deprecated, superseded, obsolete or forbidden. XML is parsed without
entities, DTD and network: a file that declares an entity is refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from diglot import GlossaryError
from diglot.pipeline.glossary import Term, in_capitals
from diglot.pipeline.terminology.files import Direction, GlossaryFile, choose_direction, clean, is_verb, language_code

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_BAD_STATUS = frozenset({"deprecatedterm", "supersededterm", "deprecated", "superseded", "obsolete", "forbidden"})


@dataclass(frozen=True)
class _Name:
    """One name of a concept: the words, their line, and the data categories of the term and its entry."""

    text: str
    line: int
    about: Mapping[str, str]

    @property
    def status(self) -> str:
        return self.about.get("administrativestatus", "").lower().removesuffix("-admn-sts")


def read_tbx(file: GlossaryFile, data: bytes, wanted: tuple[str | None, str | None]) -> tuple[Direction, list[Term]]:
    """The terms of a TBX file in one direction."""
    root = _parse(file, data)
    concepts = [_names(file, entry) for entry in _elements(root, "termEntry", "conceptEntry")]
    if not concepts:
        file.fail(root.sourceline, f"no termEntry or conceptEntry in <{_local(root)}>", "check that this is TBX")
    languages = list(dict.fromkeys(language for concept in concepts for language in concept))
    main = language_code(root.get(_XML_LANG))
    languages.sort(key=lambda language: language != main)  # stable: the file's own language first
    direction = choose_direction(file, languages, wanted)
    found = [_terms(file, concept, direction) for concept in concepts]
    if without := found.count([]):
        file.warn(root.sourceline, f"{without} entries have nothing from {direction[0]} to {direction[1]}")
    return direction, [term for terms in found for term in terms]


def _parse(file: GlossaryFile, data: bytes) -> Any:
    from lxml import etree

    plain = data.replace(b"\0", b"")  # so that it is seen in UTF-16 too
    if (at := plain.find(b"<!ENTITY")) >= 0:
        what = "it declares entities, which could read other files or fill the memory"
        file.fail(plain.count(b"\n", 0, at) + 1, what, "write the characters themselves")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        message = f"{file.path}:{error.lineno}: not well-formed XML ({error.msg}); mend it there"
        raise GlossaryError(message) from error


def _names(file: GlossaryFile, entry: Any) -> dict[str, list[_Name]]:
    """The names of a concept by language."""
    general = _categories(e for child in entry if _local(child) not in {"langSet", "langSec"} for e in child.iter())
    names: dict[str, list[_Name]] = {}
    for section in _elements(entry, "langSet", "langSec"):
        language = language_code(section.get(_XML_LANG) or section.get("lang") or "") or ""
        for group in _elements(section, "tig", "ntig", "termSec"):
            about = {**general, **_categories(group.iter())}
            for term in _elements(group, "term"):
                text = clean(file, term.sourceline, "".join(term.itertext()), "term")
                if not text:
                    file.fail(term.sourceline, "a term is empty", "write it or remove the element")
                names.setdefault(language, []).append(_Name(text, term.sourceline, about))
    return names


def _categories(elements: Iterable[Any]) -> dict[str, str]:
    """Data categories, written as attribute (``<descrip type="subjectField">``) or as tag (``<min:subjectField>``)."""
    return {(e.get("type") or _local(e)).lower(): " ".join("".join(e.itertext()).split()) for e in elements}


def _terms(file: GlossaryFile, concept: Mapping[str, list[_Name]], direction: Direction) -> list[Term]:
    targets = concept.get(direction[1], [])
    good = [name for name in targets if name.status not in _BAD_STATUS]
    good.sort(key=lambda name: not name.status.startswith("preferred"))
    accepted = tuple(dict.fromkeys(name.text for name in good))
    forbidden = tuple(dict.fromkeys(name.text for name in targets if name.status in _BAD_STATUS))
    terms = []
    for name in concept.get(direction[0], []):
        keep = name.about.get("translation needed", "").lower() == "no"  # as Weblate writes it
        if accepted or forbidden or keep:
            terms.append(_term(file, name, (name.text,) if keep else accepted, forbidden, direction, keep=keep))
    return terms


def _term(
    file: GlossaryFile,
    name: _Name,
    accepted: tuple[str, ...],
    forbidden: tuple[str, ...],
    direction: Direction,
    *,
    keep: bool,
) -> Term:
    return Term(
        source=name.text,
        targets=accepted,
        forbidden=forbidden,
        do_not_translate=keep,
        case_sensitive=in_capitals(name.text),
        verb=name.about.get("partofspeech", "").lower() == "verb" or is_verb(name.text, accepted, direction),
        domain=name.about.get("subjectfield", ""),
        note=name.about.get("note") or name.about.get("definition", ""),
        origin=f"{file.path.name}:{name.line}",
    )


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _elements(parent: Any, *names: str) -> Iterator[Any]:
    return (element for element in parent.iter() if _local(element) in names)
