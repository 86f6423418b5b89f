"""Words for values of the state that the pages, REST and the log share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from cpo.amperes import MIN_CHARGING_CURRENT_A
from cpo.chargers import RemoteStart, Unit
from cpo.settings import DEMO_CHARGE_BOX_ID
from cpo.state import (
    FUSE,
    GRID_OPERATOR,
    MAXIMUM,
    PEAK,
    READINGS,
    STILL,
    YOU,
    AttemptVerdict,
    Ceiling,
    ChargePointState,
    ConnectionAttempt,
    Connector,
    ReadingName,
    SolarReading,
    Source,
    SourceKind,
    TransactionNote,
    Unmeasured,
)

MAX_NAME, MAX_FACT = 100, 200
"""Characters of a charge box id, and of a URL with one, that are shown."""
NOTES = {
    TransactionNote.NEVER_STARTED: 'Its start was never reported.',
    TransactionNote.NEVER_ENDED: 'The charger never reported its end.',
    TransactionNote.ANOTHER_BEGAN: 'Another one began before it ended.',
    TransactionNote.CLOCK_SET: 'It began while the clock of this computer was wrong; its times were put right.',
    TransactionNote.PHANTOM: 'Nothing followed its start.',
}
SOURCES = {
    SourceKind.PERSON: 'you',
    SourceKind.SUN: 'the sun',
    SourceKind.FAST: 'mode Fast',
    SourceKind.PLAN: 'the plan',
    SourceKind.GOAL: 'the goal',
    SourceKind.PLUG_AND_CHARGE: 'plug and charge',
    SourceKind.CARD: 'the card',
    SourceKind.MAXIMUM: 'the maximum',
    SourceKind.GUARD: 'the house',
    SourceKind.PROGRAM_END: 'the end of the program',
}
CEILINGS = {
    FUSE: 'the fuse',
    GRID_OPERATOR: 'the grid operator',
    PEAK: "the month's peak",
    MAXIMUM: 'the maximum',
}
MEASURED: Mapping[ReadingName, str] = {
    'pv_w': 'the sun',
    'grid_w': 'the grid',
    'battery_w': 'the house battery',
    'battery_soc': 'the house battery',
    'grid_a': 'the grid',
}
UNMEASURED = {
    Unmeasured.EVERYTHING: (
        'This charger measures nothing: no meter values come, no limit can be checked, Solar cannot see the car.'
    ),
    Unmeasured.POWER: 'This charger sends no power: no limit can be checked, and Solar cannot see what the car takes.',
}
REMOTE_STARTS = {
    RemoteStart.WITH_PROFILE: 'with the profile inside',
    RemoteStart.DEFAULT_FIRST: 'with a TxDefaultProfile set before',
    RemoteStart.PROFILE_AFTER: 'with the profile sent once the transaction has begun',
}
VERDICTS = {
    AttemptVerdict.CONNECTED: 'Let in',
    AttemptVerdict.PROTOCOL_ASSUMED: 'Let in',
    AttemptVerdict.UNKNOWN_NAME: 'Another charger',
    AttemptVerdict.NOT_ADOPTED: 'Not let in yet',
    AttemptVerdict.WAITS: 'Not let in yet',
    AttemptVerdict.TOO_MANY_HANDSHAKES: 'Too often',
    AttemptVerdict.NO_PASSWORD: 'No password',
    AttemptVerdict.WRONG_PASSWORD: 'Wrong password',
    AttemptVerdict.WRONG_USER: 'Wrong user name',
    AttemptVerdict.TOO_MANY_PASSWORDS: 'Wrong password',
    AttemptVerdict.NO_TLS: 'No wss://',
    AttemptVerdict.NO_CERTIFICATE: 'No certificate',
    AttemptVerdict.CERTIFICATE_OF_ANOTHER: 'Certificate',
    AttemptVerdict.NO_ROOM: 'Another charger',
    AttemptVerdict.DEMO_UNWANTED: 'Another charger',
    AttemptVerdict.TWO_DEVICES: 'Two devices',
    AttemptVerdict.NO_NAME: 'No name',
    AttemptVerdict.WRONG_PATH: 'Wrong path',
    AttemptVerdict.WRONG_PROTOCOL: 'Wrong protocol',
    AttemptVerdict.BROKEN_HANDSHAKE: 'Broken handshake',
    AttemptVerdict.NO_WEBSOCKET: 'No websocket',
    AttemptVerdict.SOAP: 'SOAP',
    AttemptVerdict.TLS: 'wss://',
    AttemptVerdict.NO_TLS_HERE: 'No wss://',
    AttemptVerdict.TLS_TOO_OLD: 'Old TLS',
    AttemptVerdict.ROOT_UNKNOWN: 'Root missing',
    AttemptVerdict.STRANGE_CERTIFICATE: 'Certificate',
    AttemptVerdict.CERTIFICATE_EXPIRED: 'Certificate',
    AttemptVerdict.HTTP2: 'HTTP/2',
    AttemptVerdict.NO_HTTP: 'No HTTP',
    AttemptVerdict.NO_REQUEST: 'No request',
    AttemptVerdict.NO_REQUEST_IN_TIME: 'No request',
    AttemptVerdict.FOREIGN_HOST: 'Foreign name',
    AttemptVerdict.FOREIGN_PAGE: 'Foreign page',
    AttemptVerdict.NOT_UTF8: 'Cut',
    AttemptVerdict.FRAME_TOO_LARGE: 'Cut',
    AttemptVerdict.SILENT: 'Silent',
    AttemptVerdict.FLOODS: 'Many messages',
    AttemptVerdict.HUNG_UP_UNHEARD: 'Hung up',
    AttemptVerdict.HUNG_UP_AT_ONCE: 'Hung up',
}
ATTEMPTS = {
    AttemptVerdict.CONNECTED: '{name} was let in.',
    AttemptVerdict.PROTOCOL_ASSUMED: '{name} was let in. It did not say which protocol it speaks; taken for {fact}.',
    AttemptVerdict.UNKNOWN_NAME: (
        'It calls itself {name}; this program only knows {fact}. Change the name in the charger.'
    ),
    AttemptVerdict.NOT_ADOPTED: 'It calls itself {name}, is new here and was refused. If it is yours, let it in.',
    AttemptVerdict.WAITS: 'It calls itself {name}, is new here and was asked to wait. If it is yours, let it in.',
    AttemptVerdict.TOO_MANY_HANDSHAKES: (
        'Chargers that nobody has let in may ask {fact} times a minute from one address; {address} asked more often.'
    ),
    AttemptVerdict.NO_PASSWORD: 'It calls itself {name} and sends no password. Type the one set here into the charger.',
    AttemptVerdict.WRONG_PASSWORD: (
        'It calls itself {name} and sends another password than the one set here. Give both the same.'
    ),
    AttemptVerdict.WRONG_USER: (
        'It calls itself {name} and signs in as {fact}. The user name has to be the charge box id, {name}.'
    ),
    AttemptVerdict.TOO_MANY_PASSWORDS: (
        'It calls itself {name} and sent too many wrong passwords from {address}. None is looked at for some minutes.'
    ),
    AttemptVerdict.NO_TLS: 'It calls itself {name} and comes by ws://, but is known to use wss://.',
    AttemptVerdict.NO_CERTIFICATE: 'It calls itself {name} and shows no certificate, but is known to have one.',
    AttemptVerdict.CERTIFICATE_OF_ANOTHER: 'It calls itself {name}, but its certificate is that of {fact}.',
    AttemptVerdict.NO_ROOM: 'It calls itself {name}, but {fact} is connected; there is room for one.',
    AttemptVerdict.TWO_DEVICES: (
        'Two devices use the name {name}: {fact}, which stays connected, and {address}. Give each a name of its own.'
    ),
    AttemptVerdict.NO_NAME: 'It gives no name. Use {fact} instead.',
    AttemptVerdict.WRONG_PATH: 'Use {fact} instead.',
    AttemptVerdict.WRONG_PROTOCOL: 'It offers only {fact}. Choose OCPP 1.6 JSON in the charger.',
    AttemptVerdict.BROKEN_HANDSHAKE: (
        'Its websocket handshake is not complete: "Connection: Upgrade", "Upgrade: websocket", a key and version 13.'
    ),
    AttemptVerdict.NO_WEBSOCKET: (
        'It asked by plain HTTP ({fact}), not for a websocket. If it is the charger, choose OCPP 1.6 JSON in it.'
    ),
    AttemptVerdict.SOAP: 'It speaks SOAP. Choose OCPP 1.6 JSON in the charger.',
    AttemptVerdict.TLS: 'Somebody at {address} tries wss://. Write ws:// instead.',
    AttemptVerdict.NO_TLS_HERE: 'Somebody at {address} comes without TLS to its port. Write wss:// instead.',
    AttemptVerdict.TLS_TOO_OLD: (
        'Its TLS is too old or has no cipher in common ({fact}). TLS 1.2 is needed; is there newer firmware?'
    ),
    AttemptVerdict.ROOT_UNKNOWN: (
        'It does not trust the certificate of this program ({fact}), as a browser at first. If it is the charger, put '
        'the root certificate of Connect into it.'
    ),
    AttemptVerdict.STRANGE_CERTIFICATE: 'It shows a certificate that was not issued here ({fact}).',
    AttemptVerdict.CERTIFICATE_EXPIRED: 'It shows a certificate whose time is over. Give it a new one.',
    AttemptVerdict.HTTP2: 'It begins with HTTP/2, as some proxies do. A charger’s websocket needs HTTP/1.1.',
    AttemptVerdict.NO_HTTP: 'What it sent is no HTTP. Does the address in the charger begin with ws://?',
    AttemptVerdict.NO_REQUEST: 'It opened a connection and hung up without a request. Browsers do that too.',
    AttemptVerdict.NO_REQUEST_IN_TIME: (
        'It opened a connection and sent no whole request for {fact} s; it was cut. Browsers do that too.'
    ),
    AttemptVerdict.FOREIGN_HOST: (
        'It asked for {fact}. If that is this server, start this program with CPO_ALLOWED_HOSTS={fact}.'
    ),
    AttemptVerdict.FOREIGN_PAGE: (
        'Pages of {fact} may not use this server. If it is yours, start this program with {setting}.'
    ),
    AttemptVerdict.NOT_UTF8: 'The connection ended with 1007: the charger sent text that is not UTF-8.',
    AttemptVerdict.FRAME_TOO_LARGE: 'The connection ended with 1009: a frame was over {fact} MiB.',
    AttemptVerdict.SILENT: '{name} was let in, but has not said a word for {fact} s.',
    AttemptVerdict.FLOODS: (
        '{name} was let in and sends more than {fact} messages a second. It stays connected, and is read more slowly.'
    ),
    AttemptVerdict.HUNG_UP_UNHEARD: '{name} was let in, but hung up without a word.',
    AttemptVerdict.HUNG_UP_AT_ONCE: '{name} was let in, but hung up within {fact} s.',
}
"""A sentence of each verdict, with the attempt's `name`, `address` and `fact`; DEMO_UNWANTED has `demo_unwanted`."""


def shortened(text: str, length: int = MAX_NAME) -> str:
    """The text with at most this many characters: a charge box id, which OCPP-J does not limit, or a path with one."""
    return text if len(text) <= length else text[: length - 1] + '…'


def source_name(source: Source) -> str:
    """The words for a source: `you`, `the sun`, the name of a program or of a person who is signed in."""
    return source.name or SOURCES.get(source.kind, '')


def ceiling_name(name: str) -> str:
    """The words for a ceiling, such as `the fuse`; one of another program is called by its name."""
    return CEILINGS.get(name, name)


def ceiling_reason(ceiling: Ceiling) -> str:
    """Why a ceiling is as it is: what a guard of the house saw, or the text of whoever set it; '' without one."""
    if ceiling.is_kept:
        return ceiling.reason
    if ceiling.name == MAXIMUM:
        return f'The settings allow no more than {ceiling.limit_a:g} A.'
    if (load := ceiling.load) is None:
        return 'No meter tells what the house takes.'
    if ceiling.name == FUSE:
        phase = '' if load.phase is None else f' on phase {load.phase.removeprefix("L")}'
        return f'House and car take {max(load.value, 0.0):g} A of {load.of:g} A{phase}.'
    return f'This quarter hour comes to {load.value / 1000:.1f} kW of {load.of / 1000:.1f} kW.'


def attempt_sentence(attempt: ConnectionAttempt) -> str:
    """A sentence on how an attempt to connect ended and what to do about it; it contains the charger's own text."""
    fact = shortened(attempt.fact, MAX_FACT)
    if attempt.verdict is AttemptVerdict.DEMO_UNWANTED:
        return demo_unwanted(fact)
    setting = 'CPO_ALLOW_FILE_PAGES=true' if fact in ('null', 'file://') else f'CPO_ALLOWED_ORIGINS={fact}'
    is_demo = attempt.charge_box_id == DEMO_CHARGE_BOX_ID
    name = 'The demo charger' if is_demo else shortened(attempt.charge_box_id)
    words = ATTEMPTS[attempt.verdict]
    return words.format(name=name, address=attempt.address, fact=fact, setting=setting)


def demo_unwanted(known: str) -> str:
    """A sentence on why the demo charger may not connect: the real charger `known` was connected before."""
    why = f'since {shortened(known)} was connected here'
    return f'The demo charger stays away, {why}. To see it, use --demo with --memory.'


def clock_problem(state: ChargePointState) -> str | None:
    """A sentence on what is wrong with the computer's clock and what the program does about it.

    None where nothing is.
    """
    if state.clock_behind is None:
        return None
    return (
        'The clock of this computer is wrong: it is behind what was recorded before. The program counts on from there. '
        'Let the computer ask a time server; if its clock was ahead before, start the program again.'
    )


def rows_problem(rows: Mapping[str, int]) -> str | None:
    """What became of rows of the journal that cannot be read, how many of each table; None without any."""
    if not rows:
        return None
    count = sum(rows.values())
    what = '1 row of the journal' if count == 1 else f'{count} rows of the journal'
    tables = ', '.join(f'{table}: {number}' for table, number in sorted(rows.items()))
    return f'{what} could not be read and {"was" if count == 1 else "were"} set aside ({tables}); the rest is used.'


def two_meters(solar: SolarReading, now: datetime) -> str | None:
    """A sentence on meters that send the same reading, and which one counts; None where each is sent by one."""
    spare = solar.spare_sources(now)
    if not spare:
        return None
    name = min((name for name, _ in spare), key=READINGS.index)
    others = dict.fromkeys(source_name(by) for each, by in spare if MEASURED[each] == MEASURED[name])
    return (
        f'Two meters send readings of {MEASURED[name]}: {source_name(solar.source(name) or YOU)} counts, '
        f'{" and ".join(others)} only while that is silent. If they measure different places, let one send.'
    )


def phases_advice(state: ChargePointState) -> tuple[str, ...]:
    """Sentences on what to set where a car charges with another number of phases than is configured; usually none."""
    if any(c.limit is not None and c.limit.phases is not None for c in state.charging_connectors):
        return ()  # the number is what the limit says
    seen = next((phases for c in state.charging_connectors if (phases := c.meter.phases_seen) is not None), None)
    if seen is None and any(_lacks_watts(connector, state) for connector in state.charging_connectors):
        return ('The car has too little power to start. If it charges with three phases, set CPO_PHASES to 3.',)
    if seen is None or seen == state.phases:
        return ()
    plural = 's' if seen > 1 else ''
    return (
        f'The car charges with {seen} phase{plural}; the setting CPO_PHASES says {state.phases}. Set it to {seen}.',
    )


def _lacks_watts(connector: Connector, state: ChargePointState) -> bool:
    """The watts of one phase started nothing: three phases would share them."""
    form, transaction = state.known.form, state.running_transaction(connector.connector_id)
    is_written = form is not None and form.unit is Unit.W and connector.watt_phases.count == 1 == state.phases
    is_allowed = connector.limit is not None and connector.limit.limit_a >= MIN_CHARGING_CURRENT_A
    has_flowed = transaction is None or (transaction.energy_wh or 0.0) > 0
    return is_written and is_allowed and not has_flowed and connector.activity in STILL
