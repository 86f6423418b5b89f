"""Which files lie in the folder of files, for the next run of the program."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from cpo.files.kept_file import FileKind, FileRefusal, KeptFile

INDEX = 'index.json'
ONLY_ITS_USER, ONLY_ITS_USERS_FOLDER = 0o600, 0o700

logger = logging.getLogger(__name__)


def write_index(folder: Path, files: Iterable[KeptFile]) -> None:
    """Write down which files there are; where that fails, it is logged, and the files are for this run only."""
    partly = folder / f'{INDEX}.part'
    content = json.dumps([asdict(file) for file in files], default=datetime.isoformat)
    try:
        folder.mkdir(ONLY_ITS_USERS_FOLDER, parents=True, exist_ok=True)
        partly.unlink(missing_ok=True)
        with open(partly, 'x', opener=_private) as out:
            out.write(content)
        partly.replace(folder / INDEX)
    except OSError as error:
        logger.warning('The files in %s will not outlive this run of the program: %s', folder, error)


def tidied(folder: Path, now: datetime, latest: datetime) -> list[KeptFile]:
    """The files of earlier runs whose time is not over, which is `latest` at the latest; all else is deleted."""
    kept = [file for file in _read_index(folder) if file.until > now and _is_as_it_was(file, folder)]
    names = {INDEX, *(f'{file.number}' for file in kept)} if kept else set()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in names:
            _delete(path)
    return [file.lasting(min(file.until, latest)) for file in kept]


def _read_index(folder: Path) -> list[KeptFile]:
    """Those that are written down; none where that cannot be read."""
    try:
        return [_read(item) for item in json.loads((folder / INDEX).read_bytes())]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as error:
        logger.warning('The files of earlier runs in %s are not known any more: %r', folder, error)
        return []


def _read(item: dict[str, Any]) -> KeptFile:
    times = {name: item[name] and datetime.fromisoformat(item[name]) for name in ('until', 'received_at', 'fetched_at')}
    refusal = item['refusal'] and FileRefusal(item['refusal'])
    return KeptFile(
        **{**item, **times, 'kind': FileKind(item['kind']), 'number': int(item['number']), 'refusal': refusal}
    )


def _is_as_it_was(file: KeptFile, folder: Path) -> bool:
    """True where it is whole on the disk, or still expected."""
    path = folder / f'{file.number}'
    return file.size_bytes is None or (path.is_file() and path.stat().st_size == file.size_bytes)


def _delete(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        logger.warning('%s cannot be deleted: %s', path, error)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, ONLY_ITS_USER)
