"""The drawings of the icons."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import cpo.dashboard
from cpo.dashboard.words.icons import Icon

FOLDER = Path(cpo.dashboard.__file__).parent


def test_every_icon_has_a_drawing_and_is_used() -> None:
    drawn = re.findall(r'<symbol id="icon-(\w+)"', (FOLDER / 'parts/icons.svg').read_text('utf-8'))
    assert sorted(drawn) == sorted(get_args(Icon))
    paths = [p for p in FOLDER.rglob('*') if p.suffix in ('.py', '.vue') and p.name != 'icons.py']
    sources = ''.join(path.read_text('utf-8') for path in paths)
    assert [name for name in drawn if f"'{name}'" not in sources and f'#icon-{name}"' not in sources] == []
