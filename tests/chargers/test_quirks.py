"""What is known of makes of charger: the file itself, its patterns, how entries are merged."""

from __future__ import annotations

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.chargers import ChargerKind, ChargerQuirks, Kind, ProfileForm, Purpose, RemoteStart, Unit, quirks_for
from cpo.chargers.quirks import FILE, QuirkEntry, entries_from, merged, shipped_entries

ENTRIES = {entry.quirks.names[0]: entry for entry in shipped_entries()}


def entry_of(*changes: str, leave_out: str = '') -> QuirkEntry:
    """An entry, some of whose lines are replaced, added or left out."""
    lines = {
        'vendor': "'^acme'",
        'what': "'stays in Finishing'",
        'why': "'a pause keeps the transaction'",
        'source': "'somebody/something#1'",
        'example': "{ vendor = 'ACME' }",
        'pauses': 'true',
    }
    lines |= {line.partition(' = ')[0]: line.partition(' = ')[2] for line in changes}
    lines.pop(leave_out, None)
    (entry,) = entries_from('[acme]\n' + '\n'.join(f'{name} = {value}' for name, value in lines.items()))
    return entry


@pytest.mark.parametrize('name', ENTRIES)
def test_an_entry_is_found_by_its_example(name: str) -> None:
    assert name in quirks_for(ENTRIES[name].example).names


@pytest.mark.parametrize('name', ENTRIES)
def test_what_is_sent_because_of_an_entry_can_be_sent(name: str) -> None:
    quirks = ENTRIES[name].quirks
    assert all(form.stack_level >= 0 for form in quirks.forms)
    assert len(quirks.id_tag or '') <= 20
    assert quirks.min_current_a >= 6
    assert quirks.settle_s <= 10


def test_every_entry_has_its_own_source_line() -> None:
    text = FILE.read_text(encoding='utf-8')
    tables = re.split(r'^(?=\[)', text, flags=re.MULTILINE)[1:]
    assert len(tables) == len(tomllib.loads(text)) >= 20
    assert [table.splitlines()[0] for table in tables if not re.search(r"^source = '.+'$", table, re.MULTILINE)] == []


def test_every_advice_is_a_sentence() -> None:
    sentences = [sentence for entry in ENTRIES.values() for sentence in entry.quirks.advice]
    assert [sentence for sentence in sentences if not sentence[0].isupper() or sentence[-1] != '.'] == []


@pytest.mark.parametrize(
    ('kind', 'names'),
    [
        (ChargerKind('ABB', 'CDT_TACW11::NET_WIFI', 'TAC3Z9119006710273::V1.8.21'), 'abb-terra-ac abb-terra-ac-old'),
        (ChargerKind('ABB', 'TAC-W22-T-R-C-0', '1.6.9'), 'abb-terra-ac abb-terra-ac-old'),
        (ChargerKind('ABB', 'CDT_TACW22::NET_WIFI', 'V1.8.9'), 'abb-terra-ac abb-terra-ac-old'),
        (ChargerKind('ABB', 'CDT_TACW22::NET_WIFI', 'V1.8.22'), 'abb-terra-ac'),
        (ChargerKind('ABB', 'CDT_TACW22::NET_WIFI', 'V2.1.7.3'), 'abb-terra-ac'),
        (ChargerKind('ABB', 'Terra 54', '4.4.1'), ''),
        (ChargerKind('Wall Box Chargers', 'CPB1-S-2-4', '6.7.38'), 'wallbox-6'),
        (ChargerKind('Wallbox', 'PLP1', 'v5.17.64'), 'wallbox-5'),
        (ChargerKind('Wall Box Chargers', 'PLP1', '16.5.1'), ''),
        (ChargerKind('go-e', 'go-eCharger_V4', '055.5'), 'go-e go-e-old'),
        (ChargerKind('go-e', 'go-eCharger V4', '56.11'), 'go-e'),
        (ChargerKind('Fronius', 'Wattpilot', '1.10.1'), 'go-e'),
        (ChargerKind('Huawei', 'SCharger-22KT-S0', 'V100R023C10'), 'huawei'),
        (ChargerKind('', '', ''), ''),
        (ChargerKind('EVBox', 'Elvi', ''), 'evbox'),
        (ChargerKind('EN PLUS', 'AC011', ''), 'en-plus'),
        (ChargerKind('Enphase', 'IQ', '1.0'), ''),
        (ChargerKind('united chargers', 'GRS-*', '05.43'), ''),
        (ChargerKind('Growatt', 'THOR_11AS', 'THOR_11AS-V5.2.4-20230307-NOVO'), 'growatt-thor'),
        (ChargerKind('Heidelberg', 'connect.business', '1.16'), 'heidelberg'),
        (ChargerKind('SyncEV', 'EVS32G1', ''), 'sync-ev'),
        (ChargerKind('MENNEKES', 'AMTRON 4Business', ''), 'mennekes-4you'),
    ],
)
def test_the_entries_for_what_real_chargers_say_of_themselves(kind: ChargerKind, names: str) -> None:
    assert quirks_for(kind).names == tuple(names.split())


def test_nothing_special_is_known_of_an_unknown_charger() -> None:
    assert quirks_for(ChargerKind('ACME', 'One', '1.0')) == ChargerQuirks()


def test_two_entries_for_one_charger_are_merged() -> None:
    quirks = quirks_for(ENTRIES['go-e-old'].example)
    assert quirks.forms == ENTRIES['go-e'].quirks.forms
    assert quirks.remote_start is RemoteStart.DEFAULT_FIRST
    assert quirks.zero_ends


def test_the_special_entry_wins_and_the_more_careful_number() -> None:
    relative, absolute = ProfileForm(), ProfileForm(kind=Kind.ABSOLUTE)
    general = ChargerQuirks(
        ('general',),
        (relative,),
        RemoteStart.WITH_PROFILE,
        'A',
        'Key',
        True,
        False,
        False,
        8.0,
        4500,
        False,
        ('x',),
        30,
        1.0,
        ('a',),
    )
    special = ChargerQuirks(
        ('special',),
        (absolute, relative),
        RemoteStart.PROFILE_AFTER,
        'B',
        None,
        False,
        True,
        True,
        7.0,
        0,
        True,
        ('', 'x'),
        0,
        5.0,
    )
    assert merged(general, special) == ChargerQuirks(
        names=('general', 'special'),
        forms=(absolute, relative),
        remote_start=RemoteStart.PROFILE_AFTER,
        id_tag='B',
        id_tag_key='Key',
        pauses=True,
        needs_unplug=True,
        zero_ends=True,
        min_current_a=8.0,
        one_phase_below_w=4500,
        meter_on_trigger=True,
        unasked=('x', ''),
        min_sample_interval_s=30,
        settle_s=5.0,
        advice=('a',),
    )


def test_nothing_known_changes_nothing() -> None:
    for entry in ENTRIES.values():
        assert merged(ChargerQuirks(), entry.quirks) == merged(entry.quirks, ChargerQuirks()) == entry.quirks


def test_the_key_that_holds_the_id_tag_is_found_in_any_case() -> None:
    quirks = quirks_for(ENTRIES['alfen'].example)
    assert quirks.remote_start_tag({'Other': 'x', 'plugAndChargeIdentifier': 'FREE'}) == 'FREE'
    assert quirks.remote_start_tag({'Other': 'x'}) == ''
    assert ChargerQuirks().remote_start_tag({'': 'x'}) == ''


def test_a_form_is_read_as_it_is_written() -> None:
    members = "purpose = 'TxDefaultProfile', for_charge_point = true, kind = 'Absolute', unit = 'W', expires = true"
    entry = entry_of(f'forms = [{{ {members} }}]')
    assert entry.quirks.forms == (ProfileForm(Purpose.TX_DEFAULT, True, Kind.ABSOLUTE, 0, Unit.W, True),)


@pytest.mark.parametrize(
    ('change', 'complaint'),
    [
        ('pause = true', '[acme] pause: Extra inputs are not permitted.'),
        ("pauses = 'perhaps'", '[acme] pauses: Input should be a valid boolean'),
        ("remote_start = 'soon'", "[acme] remote_start: Input should be 'with_profile'"),
        ("forms = [{ purpose = 'ChargePointMaxProfile' }]", "[acme] forms.0.purpose: Input should be 'TxProfile'"),
        ('forms = [{ level = 1 }]', '[acme] forms.0.level: Unexpected keyword argument.'),
        ('forms = [{ expires = true }]', '[acme] has a form that expires and is not Absolute.'),
        (
            'forms = [{ for_charge_point = true }]',
            '[acme] has a form for the charge point that is no TxDefaultProfile.',
        ),
        ("vendor = '^(acme'", "[acme] vendor: '^(acme' is no regular expression: missing ), unterminated subpattern"),
        ("vendor = '^(a+)+c'", "[acme] vendor: '^(a+)+c' repeats a group."),
        (f"model = '{'a' * 61}'", '[acme] model: String should have at most 60 characters.'),
        ("firmware = '^2'", '[acme] does not match its own example.'),
        ("example = { vendor = 'ACME', serial = '1' }", '[acme] example.serial: Extra inputs are not permitted.'),
        ("source = ' '", '[acme] source: String should have at least 1 character.'),
        ('pauses = false', '[acme] says nothing the program can act on.'),
        ('zero_ends = true', '[acme] cannot both pause by profile and end by it.'),
        ('quirks = {}', '[acme] is no table of members.'),
        ("names = ['another']", '[acme] names: Extra inputs are not permitted.'),
    ],
)
def test_a_wrong_member_is_named(change: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        entry_of(change)


@pytest.mark.parametrize('member', ['what', 'why', 'source', 'example'])
def test_a_missing_member_is_named(member: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f'[acme] {member}: Field required.')):
        entry_of(leave_out=member)


def test_an_entry_for_every_charger_is_refused() -> None:
    with pytest.raises(ValueError, match='has no pattern for vendor or model'):
        entry_of(leave_out='vendor')


def test_what_stands_in_no_table_is_refused() -> None:
    with pytest.raises(ValueError, match='is no table of members'):
        entries_from("vendor = 'ACME'")


def test_a_pattern_sees_no_more_than_50_characters() -> None:
    entry = entry_of("firmware = 'x$'", "example = { vendor = 'ACME', firmware = 'x' }")
    assert entry.matches(ChargerKind('ACME', '', 'a' * 49 + 'x'))
    assert not entry.matches(ChargerKind('ACME', '', 'a' * 50 + 'x'))


@given(st.builds(ChargerKind, st.text(max_size=60), st.text(max_size=60), st.text(max_size=60)))
def test_whatever_a_charger_says_of_itself_is_looked_up(kind: ChargerKind) -> None:
    matching = [name for name, entry in ENTRIES.items() if entry.matches(kind)]
    assert list(quirks_for(kind).names) == matching
