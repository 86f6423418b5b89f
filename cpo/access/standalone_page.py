"""Pages that are served where nothing else is: they have all styles and scripts in themselves."""

from __future__ import annotations

from pathlib import Path
from string import Template

THEME = Path(__file__).parent.with_name('dashboard') / 'parts' / 'theme.css'
HEAD = Template(Path(__file__).with_name('standalone_head.html').read_text('utf-8')).substitute(
    theme=THEME.read_text('utf-8')
)


def standalone_page(file: Path, **parts: str) -> str:
    """The page in a file, with the head that all of them share (the theme a person chose) and its other parts."""
    return Template(file.read_text('utf-8')).substitute(head=HEAD, **parts)
