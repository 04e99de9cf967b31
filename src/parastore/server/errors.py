"""What keeps the server from starting.

StartError                an operator can put it right; the text says what is wrong and what to do
+-- SettingsError         a setting is unknown, wrong, or does not go with another
"""

from __future__ import annotations


class StartError(Exception):
    """The server cannot start. The text is one line for an operator and holds no secret."""


class SettingsError(StartError):
    """The settings cannot be used; a usage error."""
