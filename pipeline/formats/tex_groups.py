r"""Where the groups and arguments of LaTeX end: braces and brackets with their partners, found once.

Braces in comments, in addresses and behind ``\`` or ``\verb`` do not count. A scan that began at one brace knows all braces
that it came by, so each is looked at once, however deep they nest.
"""

import re
from collections.abc import Iterator

from diglot.pipeline.document import Range

_BRACE = re.compile(
    r"\\(?:url|href|path|nolinkurl)[ \t]{0,9}(?P<address>\{[^{}\r\n]*\})|\\verb\*?(?P<mark>[^\sA-Za-z*])[^\r\n]*?(?P=mark)"
    r"|\\.|%[^\r\n]*|[{}]",
    re.DOTALL,
)
_BRACKET = re.compile(r"\\.|%[^\r\n]*|[{}\]]|(?:\r\n?|\n)[ \t]*(?=[\r\n])", re.DOTALL)
_OVERLAY = re.compile(r"<[a-z0-9@:|,.+ -]{1,40}>")  # of slides: \item<2->
_LONGEST_OPTION = 1000  # characters


class Groups:
    """The groups of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.ends: dict[int, int] = {}
        self.scanned = 0
        self.bare = (0, 0)  # a stretch without a bracket or brace

    def brace(self, place: int) -> int:
        """The partner of the opening brace at a place; -1 where it has none, or no brace is there."""
        if not self.text.startswith("{", place):
            return -1
        if place >= self.scanned:
            self._scan(place)
        return self.ends.get(place, -1)

    def _scan(self, place: int) -> None:
        """Find the partners of a brace and of all those within."""
        open_: list[int] = []
        for found in _BRACE.finditer(self.text, place):
            self.scanned = found.end()
            if found["address"]:
                self.ends[found.start("address")] = found.end() - 1
            elif found[0] == "{":
                open_.append(found.start())
            elif found[0] == "}":
                self.ends[open_.pop()] = found.start()
                if not open_:
                    return

    def bracket(self, place: int) -> int:
        """The partner of the opening bracket at a place, in the same group and paragraph and not too far; else -1."""
        if not self.text.startswith("[", place):
            return -1
        last = min(len(self.text), place + _LONGEST_OPTION)
        first, position = self.bare if self.bare[0] <= place < self.bare[1] else (place, place + 1)
        while found := _BRACKET.search(self.text, position, last):
            if found[0] == "{":
                first, position = last, self.brace(found.start()) + 1
            elif found[0].startswith(("\\", "%")):
                position = found.end()
            else:
                return found.start() if found[0] == "]" else -1
            if not position:
                return -1
        self.bare = (first, last)
        return -1

    def after_arguments(self, place: int) -> int:
        """The end of the arguments that stand close behind a command."""
        overlay = _OVERLAY.match(self.text, place)
        place = overlay.end() if overlay else place
        while (end := max(self.brace(place), self.bracket(place))) >= 0:
            place = end + 1
        return place

    def commands(self, pattern: re.Pattern[str], end: int) -> Iterator[Range]:
        """The commands in front of a place, outside of all groups, that the group ``command`` of a pattern finds."""
        position = 0
        while found := pattern.search(self.text, position, end):
            position = found.end()
            if found[0] == "{":
                position = max(position, self.brace(found.start()) + 1)
            elif found["command"]:
                position = self.after_arguments(found.end())
                yield found.start(), position
