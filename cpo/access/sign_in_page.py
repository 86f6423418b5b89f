"""The page on which people sign in; it has all its styles and its script in itself, as nothing else is open to all."""

from __future__ import annotations

from pathlib import Path
from string import Template

THEME = Path(__file__).parent.with_name('dashboard') / 'parts' / 'theme.css'
SIGN_IN_PAGE = Template(Path(__file__).with_name('sign_in.html').read_text('utf-8')).substitute(
    theme=THEME.read_text('utf-8')
)
