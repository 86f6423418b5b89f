"""People with passwords in tests."""

from __future__ import annotations

PASSWORD = 'correct horse battery'
