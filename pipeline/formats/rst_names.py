"""What directives, roles and fields of reStructuredText hold, in docutils, in Sphinx and in its common extensions.

What is not in these tables is left as it is: a directive that nobody knows may hold code, data or a drawing.
"""

from diglot.pipeline.document import BlockKind


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_DOMAINS = _names("py c cpp js rst std prf proof")

# What follows the name of a directive is text already, as in ``.. note:: Text``.
BODIES = _names(
    "attention caution danger error hint important note tip warning seealso todo epigraph highlights pull-quote compound "
    "header footer glossary tabs tab-set grid"
)
# It is a title, or the words of a caption.
TITLES = _names(
    "admonition topic sidebar rubric centered contents table list-table csv-table tab tab-item dropdown card grid-item-card "
    "grid-item theorem lemma corollary proposition definition axiom conjecture example exercise remark algorithm property "
    "observation criterion assumption"
)
# It is a name, an address or a condition.
ARGUMENTS = _names(
    "figure container only class hlist proof solution solution-start exercise-start toggle "
    "function method classmethod staticmethod property attribute data exception decorator decoratormethod describe object "
    "confval option cmdoption envvar type struct union enum enumerator macro member var opcode event module autoclass "
    "autofunction automodule automethod"
)
# It is a version, and text may come after it.
VERSIONS = _names("versionadded versionchanged deprecated versionremoved")
# Tables of which only the title is text.
DATA = _names("csv-table contents centered rubric")
KINDS: dict[str, BlockKind] = {
    "figure": "caption",
    "table": "caption",
    "list-table": "caption",
    "csv-table": "caption",
}
INSIDE: dict[str, BlockKind] = {
    "figure": "caption",
    "list-table": "cell",
    "epigraph": "quote",
    "highlights": "quote",
    "pull-quote": "quote",
}

MATHS = _names("math eq")
TEXT_ROLES = _names("dfn emphasis strong")
_TITLED_ROLES = _names(
    "ref doc term numref any download option envvar keyword token abbr "
    "mod func data const class meth attr exc obj type member macro var enum struct rfc pep"
)

_PROSE_FIELDS = _names(
    "param parameter arg argument key keyword kwarg return returns raise raises except exception yield yields var ivar cvar "
    "abstract dedication summary description note notes"
)
_DATA_FIELDS = _names(
    "author authors organization organisation address contact version revision status date copyright license licence email "
    "website url homepage maintainer platform platforms release type rtype vartype"
)


def of_domain(name: str) -> str:
    """The name of a directive or role without its domain.

    >>> of_domain("py:function"), of_domain("prf:theorem"), of_domain("Note")
    ('function', 'theorem', 'note')
    """
    domain, _, rest = name.lower().rpartition(":")
    return rest if not domain or domain in _DOMAINS else name.lower()


def has_title(role: str) -> bool:
    """Whether what stands before ``<…>`` in a role is shown."""
    return of_domain(role) in _TITLED_ROLES


def is_prose(field: str) -> bool:
    """Whether the body of a field is text: of those that describe, and those with a name as people write it.

    >>> is_prose("param x"), is_prose("Learning goals"), is_prose("Author"), is_prose("orphan")
    (True, True, False, False)
    """
    word, *_ = field.lower().split() or [""]
    return word in _PROSE_FIELDS or (field[:1].isupper() and word not in _DATA_FIELDS)
