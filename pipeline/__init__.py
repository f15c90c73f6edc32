"""Text to text: from the bytes of a lecture to an aligned bilingual edition. Knows nothing of tensors.

A stage is a plain function on one document::

    decode -> repair -> parse -> detect -> segment -> translate -> check -> render / export
"""

from pathlib import Path


def data_file(name: str) -> Path:
    """Where a file of the data lies that come with the program."""
    return Path(__file__).parent / "data" / name
