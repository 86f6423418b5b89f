"""Assembles the app for Home Assistant: `python3 home-assistant/app/assemble.py FOLDER`.

FOLDER is that of a local app, `/addons/home_cpo` (the share `addons` of the app Samba share). Home Assistant builds the
same image from it as docker-compose.yaml does. Needs Python alone.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

APP = Path(__file__).resolve().parent
CHECKOUT = APP.parent.parent
OWN = ('config.yaml', 'DOCS.md', 'CHANGELOG.md', 'apparmor.txt', 'icon.png', 'logo.png', 'translations')


def assemble(folder: Path) -> None:
    """Put the app and what its image is built from into the folder, in place of an earlier version."""
    ignored = (CHECKOUT / '.dockerignore').read_text(encoding='utf-8')
    built_from = [CHECKOUT / line[1:] for line in ignored.splitlines() if line.startswith('!')]
    folder.mkdir(parents=True, exist_ok=True)
    for source in (*built_from, *(APP / name for name in OWN)):
        target = folder / source.name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns('__pycache__'))
        else:
            shutil.copy(source, target)
    (folder / '.dockerignore').write_text(ignored, encoding='utf-8')
    dockerfile = (APP.parent / 'Dockerfile').read_text(encoding='utf-8')
    end = (APP / 'Dockerfile.end').read_text(encoding='utf-8')
    (folder / 'Dockerfile').write_text(dockerfile + end, encoding='utf-8')


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    assemble(Path(sys.argv[1]))
