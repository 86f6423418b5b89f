"""Whatever a disk makes of the file: the journal opens and works, or says that it is damaged."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cpo.errors import MustNotStart
from cpo.journal import JournalDamaged
from tests.examples import examples
from tests.journal.damaging import journal_with_a_session
from tests.journal.quiet_house import QuietHouse

SPOILT = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=64)), max_size=8)
HEADER_BYTES = 100


@settings(max_examples=examples(60))
@given(SPOILT, st.booleans(), st.one_of(st.none(), st.floats(0, 1)))
def test_a_spoilt_file_opens_or_is_damaged(spoilt: list[tuple[float, bytes]], header: bool, left: float | None) -> None:
    async def live(folder: Path) -> None:
        path = await journal_with_a_session(folder)
        content = bytearray(path.read_bytes())
        first = 0 if header else HEADER_BYTES
        for where, noise in spoilt:
            start = first + int(where * (len(content) - first))
            content[start : start + len(noise)] = noise
        if left is not None:
            del content[int(left * len(content)) :]
        path.write_bytes(content)
        try:
            async with QuietHouse(folder) as house:
                house.connect()
                await house.boot()
        except (JournalDamaged, MustNotStart):  # a newer version's is one that must not start
            assert path.read_bytes()[:16] == bytes(content[:16])

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(live(Path(name)))
