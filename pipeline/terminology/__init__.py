"""Terminology: finding terms in texts, reading glossaries in their formats, cases that test them."""
