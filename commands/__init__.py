"""The commands: thin, each a few lines over the library; one module for each family of them.

These rooms and ``cli.py`` are the only places where ``pipeline``, ``models`` and ``corpora`` meet. Data go to stdout;
messages, summaries and progress go to stderr, progress only where that is a terminal.
"""
