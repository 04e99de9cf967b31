"""What is wrong with a policy document."""

from __future__ import annotations


class DocumentError(ValueError):
    """The document cannot be used; the text says why, in AWS's words where they are known."""
