"""Only `cpo.ocpp.v16` speaks OCPP 1.6: no other module holds a word of it, nor decides on one."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from cpo.ocpp import v16
from cpo.ocpp.payloads import OcppEnum
from cpo.ocpp.v16.actions import ACTIONS
from cpo.ocpp.v16.dialect import ERROR_CODES

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = [CHECKOUT / 'main.py', *sorted((CHECKOUT / 'cpo').rglob('*.py'))]

EXCEPTIONS = {
    'cpo/ocpp/v16/': 'OCPP 1.6 itself',
    'cpo/certificates/issuing.py': 'InvalidSignature is a name of its own there',
    'cpo/dashboard/words/message_meanings.py': 'the Messages page explains the protocol in its own words',
    'cpo/dashboard/words/messages.py': 'the Messages page',
    'cpo/dashboard/words/learned.py': 'names the request that a charger does not answer, as its manual does',
    'cpo/journal/migrations.py': 'files of older versions hold words of 1.6, which a migration replaces',
    'cpo/rest_api/state_document.py': 'the compatible document: its errorCode was always a word of 1.6',
    'cpo/rest_api/charge_point.py': 'an example of an answer',
    'cpo/rest_api/commands.py': 'examples of commands',
    'cpo/rest_api/configuration.py': 'examples of keys',
    'cpo/rest_api/documentation.py': 'examples of errors',
    'cpo/rest_api/errors.py': 'InternalError is a name of its own there',
    'cpo/statement/signatures.py': 'InvalidSignature is a name of its own there',
}
"""Where words of OCPP 1.6 may stand, by the beginning of the path, and why. Docstrings and comments may hold them."""

OF_ALL_VERSIONS = frozenset(
    {
        'Measurand',
        'Phase',
        'Location',
        'ReadingContext',
        'UnitOfMeasure',
        'ValueFormat',
        'ChargingProfilePurpose',
        'ChargingProfileKind',
        'ChargingRateUnit',
        'RecurrencyKind',
        'AuthorizationStatus',
        'HashAlgorithm',
    }
)
"""Enumerations whose words OCPP 2 has too: what is measured, forms of a charging profile, statuses of an id tag,
algorithms."""

CONFIGURATION_KEYS = """
    AllowOfflineTxForUnknownId AuthorizationCacheEnabled AuthorizeRemoteTxRequests BlinkRepeat ClockAlignedDataInterval
    ConnectionTimeOut ConnectorPhaseRotation ConnectorPhaseRotationMaxLength GetConfigurationMaxKeys HeartbeatInterval
    LightIntensity LocalAuthorizeOffline LocalPreAuthorize MaxEnergyOnInvalidId MeterValuesAlignedData
    MeterValuesAlignedDataMaxLength MeterValuesSampledData MeterValuesSampledDataMaxLength MeterValueSampleInterval
    MinimumStatusDuration NumberOfConnectors ResetRetries StopTransactionOnEVSideDisconnect StopTransactionOnInvalidId
    StopTxnAlignedData StopTxnAlignedDataMaxLength StopTxnSampledData StopTxnSampledDataMaxLength
    SupportedFeatureProfiles SupportedFeatureProfilesMaxLength TransactionMessageAttempts
    TransactionMessageRetryInterval UnlockConnectorOnEVSideDisconnect WebSocketPingInterval LocalAuthListEnabled
    LocalAuthListMaxLength SendLocalListMaxLength ReserveConnectorZeroSupported ChargeProfileMaxStackLevel
    ChargingScheduleAllowedChargingRateUnit ChargingScheduleMaxPeriods ConnectorSwitch3to1PhaseSupported
    MaxChargingProfilesInstalled
"""
"""OCPP 1.6 §9."""


def words_of_1_6() -> set[str]:
    """Its Actions, enumerations, configuration keys and error codes."""
    names = (f'{v16.__name__}.{module.name}' for module in pkgutil.iter_modules(v16.__path__))
    members = chain.from_iterable(vars(importlib.import_module(name)).values() for name in names)
    enumerations = {m for m in members if isinstance(m, type) and issubclass(m, OcppEnum) and m is not OcppEnum}
    of_1_6 = (e for e in enumerations if e.__name__ not in OF_ALL_VERSIONS)
    return {*ACTIONS, *ERROR_CODES.values(), *CONFIGURATION_KEYS.split(), *(str(word) for e in of_1_6 for word in e)}


WORDS = words_of_1_6()
ENGLISH = {word for word in WORDS if re.fullmatch('[A-Z][a-z]+', word)} - {
    'Preparing',
    'Finishing',
    'Faulted',
    'Available',
    'Unavailable',
}
"""Words that a sentence of a page may hold, such as `Charging`: only decisions on them are looked for."""
PROTOCOL = WORDS - ENGLISH


def found_in(source: str) -> Iterator[tuple[int, str]]:
    """Words of the protocol in strings and names, and English words decided on, each with its line."""
    tree = ast.parse(source)
    documentation = {id(text) for text in _documentation(tree)}
    for node in ast.walk(tree):
        line = getattr(node, 'lineno', 0)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield from ((line, word) for word in re.findall('[A-Za-z0-9]+', node.value) if word in PROTOCOL)
        yield from ((line, name) for name in _names(node) if name in PROTOCOL)
        yield from ((line, text) for text in _decided_on(node) if text in ENGLISH)


def _documentation(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _names(node: ast.AST) -> Iterator[str]:
    for member in ('id', 'attr', 'name', 'arg'):
        if isinstance(name := getattr(node, member, None), str):
            yield name


def _decided_on(node: ast.AST) -> Iterator[object]:
    """The constants that a comparison, a pattern or a table looks for."""
    looked_for: list[ast.AST] = []
    match node:
        case ast.Compare():
            looked_for = [node.left, *node.comparators]
        case ast.MatchValue():
            looked_for = [node.value]
        case ast.Dict():
            looked_for = [key for key in node.keys if key is not None]
    for each in looked_for:
        constants = each.elts if isinstance(each, ast.Tuple | ast.List | ast.Set) else [each]
        yield from (constant.value for constant in constants if isinstance(constant, ast.Constant))


@cache
def places() -> dict[str, list[str]]:
    """What is found in each module, by its path."""
    found = {}
    for module in MODULES:
        name = str(module.relative_to(CHECKOUT))
        source = module.read_text(encoding='utf-8')
        if WORDS.isdisjoint(re.findall('[A-Za-z0-9]+', source)):
            continue  # most of them; to parse one takes twenty times as long
        if hits := [f'{name}:{line}: {word}' for line, word in found_in(source)]:
            found[name] = hits
    return found


def test_no_word_of_1_6_stands_outside_its_package() -> None:
    free = {name: hits for name, hits in places().items() if not name.startswith(tuple(EXCEPTIONS))}
    assert list(chain.from_iterable(free.values())) == []


def test_each_exception_is_needed() -> None:
    assert [each for each in EXCEPTIONS if not any(name.startswith(each) for name in places())] == []


@pytest.mark.parametrize(
    ('source', 'word'),
    [
        ("if status == 'Available':\n    pass", 'Available'),
        ("text = 'The connector is Preparing.'", 'Preparing'),
        ("f'{x} (RemoteStartTransaction)'", 'RemoteStartTransaction'),
        ("status in ('Charging', 'x')", 'Charging'),
        ("match status:\n    case 'Charging':\n        pass", 'Charging'),
        ("TONES = {'Accepted': 'ok'}", 'Accepted'),
        ("key = 'ChargingScheduleMaxPeriods'", 'ChargingScheduleMaxPeriods'),
        ('core.StartTransaction()', 'StartTransaction'),
        ('def f(NoError):\n    pass', 'NoError'),
    ],
)
def test_a_word_is_found(source: str, word: str) -> None:
    assert [found for _, found in found_in(source)] == [word]


@pytest.mark.parametrize(
    'source',
    [
        '"""A StartTransaction came."""',
        "headline = 'Charging at your limit'",
        "ENERGY = 'Energy.Active.Import.Register'",
        "purpose = 'TxDefaultProfile'",
        'status_accepted = answer.accepted',
    ],
)
def test_other_words_are_not_found(source: str) -> None:
    assert list(found_in(source)) == []
