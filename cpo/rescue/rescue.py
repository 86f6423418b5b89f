"""Opens the journal; while it is damaged, serves the page that says so, until a signal or somebody's choice."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Sequence
from contextlib import closing

from cpo.access import Arrivals
from cpo.addresses import announcement
from cpo.certificates import Certificates
from cpo.errors import JournalError, MustNotStart
from cpo.journal import DamagedJournal, Journal, JournalDamaged
from cpo.ocpp import Dialect
from cpo.rescue.doors import Doors
from cpo.rescue.words import WHAT_TO_DO, damage_sentence
from cpo.serving import Server, new_event_loop, stop_on_signal
from cpo.settings import Settings

logger = logging.getLogger(__name__)


def sound_journal(
    settings: Settings, server_socket: socket.socket, tls_socket: socket.socket | None, dialects: Sequence[Dialect]
) -> Journal | None:
    """The journal of the settings; a damaged one is replaced by what the settings say, or somebody on the page.

    None where a signal arrives before. The page is served on both sockets, with TLS on `tls_socket`. `dialects` are
    those a charger may speak. Raises MustNotStart, as Journal does, and where the settings name a backup that cannot
    take the place of a damaged journal.
    """
    folder = None if settings.memory else settings.data_dir
    by_settings = settings.start_empty or settings.restore is not None
    while True:
        try:
            journal = Journal(folder, must_exist=settings.restore is not None)
        except JournalDamaged as error:
            logger.error(damage_sentence(error.damage))
            damage = error.damage
        else:
            if by_settings:
                logger.warning('The journal is sound and stays: --restore and --start-empty are for a damaged one.')
            return journal
        with closing(DamagedJournal(damage)) as damaged:
            if by_settings:
                _replace_by_settings(damaged, settings)
                by_settings = False
            elif not _replaced_by_somebody(damaged, settings, server_socket, tls_socket, dialects):
                return None


def _replace_by_settings(damaged: DamagedJournal, settings: Settings) -> None:
    try:
        if settings.restore is not None:
            damaged.restore(settings.restore)
        else:
            damaged.start_empty()
    except JournalDamaged as error:
        raise MustNotStart(f'{damage_sentence(error.damage)} It cannot be restored; nothing was changed.') from None
    except JournalError as error:
        raise MustNotStart(str(error)) from None


def _replaced_by_somebody(
    damaged: DamagedJournal,
    settings: Settings,
    server_socket: socket.socket,
    tls_socket: socket.socket | None,
    dialects: Sequence[Dialect],
) -> bool:
    """Serve until the journal is replaced; False where a signal ends that before. Raises MustNotStart."""
    certificates = Certificates.of(settings)

    async def serve() -> bool:
        doors = Doors(damaged, settings, dialects)
        server = Server(doors.app, Arrivals(settings.trusted_proxies, lambda: None))
        if tls_socket is not None and certificates is not None:
            server.add_tls(tls_socket.dup(), certificates.context)
        stop_on_signal(server)
        doors.on_replaced(lambda: setattr(server, 'should_exit', True))
        logger.error(WHAT_TO_DO)
        print(announcement(settings), flush=True)  # noqa: T201
        await server.serve([server_socket.dup()])  # which it closes
        return doors.is_replaced

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(serve())
