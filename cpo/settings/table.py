"""Every setting in the order of the page (pure)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache

from cpo.errors import InvalidSetting
from cpo.settings.row import Changes, Row

TABLE: Mapping[str, tuple[Row, ...]] = {
    'House and wallbox': (
        Row('name', 'Name of the charger'),
        Row(
            'connector_names',
            'Names of its connectors',
            about='What the pages call its connectors, the first one first, separated by commas.',
        ),
        Row(
            'max_current',
            'Maximum current',
            'A',
            about='No limit is ever above this. A lower one holds at once, for what charges too.',
        ),
        Row('phases', 'Phases'),
        Row(
            'units',
            'Limit on Home',
            about='In kW it depends on the phases and the voltage of now; chargers get A.',
            words={'A': 'in A', 'kW': 'in kW'},
        ),
        Row(
            'phase_switching',
            'Switching of phases',
            about='Within a session: limits say on how many phases to charge.',
            words={'auto': 'where the charger reports it', 'on': 'always', 'off': 'never'},
        ),
        Row(
            'fuse',
            'Main fuse',
            'A',
            about='House and car together stay below it, per phase. Without it nothing is guarded.',
        ),
        Row(
            'fuse_floor',
            'Current without a meter',
            'A',
            about='What the car has while no meter tells what the house takes; 0 pauses it.',
        ),
        Row(
            'fuse_excess',
            'Short excess of the fuse',
            's',
            about='For so long the fuse may carry 1.13 times as much before the car gets less.',
        ),
        Row(
            'peak_w',
            'Peak of a quarter of an hour',
            'W',
            about='For a capacity tariff: what the mean of a quarter of an hour may always have.',
        ),
    ),
    'Sun': (
        Row(
            'solar_preset',
            'How much of the sun',
            about='Where nobody chose it on Home.',
            words={
                'solar_only': 'nothing but sun',
                'balanced': 'balanced',
                'eager': 'all of the sun',
                'demo': 'by production alone',
            },
        ),
        Row(
            'solar_lambda',
            'Worth of an imported kWh',
            'kWh',
            about='In kWh of the sun. Without it as the preset has it.',
        ),
        Row(
            'battery_first',
            'House battery first',
            '%',
            about='Up to so much the house battery is charged before the car; 0: the car comes first.',
        ),
        Row(
            'battery_max_w',
            'House battery charges with',
            'W',
            about='At most, in a sun that the car would take otherwise.',
        ),
        Row(
            'meter_fallback',
            'Current while the meter is silent',
            'A',
            about='What the sun sets while the house meter is silent. At 0 A, or less than the car needs, the session '
            'ends; with Pause at 0 A it pauses.',
        ),
    ),
    'Prices': (
        Row('price', 'Price of a kWh', about='From the grid, where nobody pushed a price: the fixed one, by day.'),
        Row('night_price', 'Night price', about='Of a two-level tariff. Without it the price is the same all day.'),
        Row(
            'night_hours',
            'Night hours',
            about='When the night price holds: 22:00-06:00, sat-sun 00:00-24:00, separated by commas.',
        ),
        Row('feed_in_price', 'Price of a kWh fed in', about='Where nobody pushed one. The sun in the car costs that.'),
        Row(
            'price_source',
            'Who is asked for prices',
            about='awattar:de, awattar:at, energy-charts:DE-LU or octopus:PRODUCT:REGION. Without it nobody.',
        ),
        Row(
            'price_factor',
            'Pushed prices times',
            about='For taxes on a price of the exchange: 1.19; 1 leaves it as it is.',
        ),
        Row('price_plus', 'and plus', about='For fees per kWh, in the currency: 0.16.'),
        Row('currency', 'Currency'),
    ),
    'How it charges': (
        Row('free_charging', 'Free charging'),
        Row('pause_at_zero', 'Pause at 0 A', about='A limit of 0 pauses the session. Off: it ends it.'),
        Row(
            'manual_lasts',
            'A command overrides Solar',
            about='How long a limit, Start or Stop counts in place of Solar or Off.',
            words={'session': 'until the next plug-in', 'always': 'always'},
        ),
        Row('car_min_current', 'Least current of the car', 'A', about='Some cars need 7 or 8 A.'),
        Row('car_battery', 'Battery of the car', 'kWh', about='For goals in percent.'),
        Row(
            'car_restarts', 'Starts in a session', about='After so many the car no longer resumes; the sun spares them.'
        ),
        Row('remote_start_tag', 'Id tag of remote starts'),
    ),
    'When contact is lost': (
        Row(
            'fallback_current', 'Fallback current', 'A', about='Holds when this program no longer answers the charger.'
        ),
        Row(
            'fail_safe',
            'Until the fallback current holds',
            's',
            about='So long without this program; 0: it never does. With a fuse 120 by default.',
        ),
        Row('heartbeat_interval', 'Between two Heartbeats', 's', about='As the charger is told when it boots.'),
        Row('call_timeout', 'For an answer', 's', about='So long the charger has.'),
        Row('startup_requests', 'Questions after a boot or reconnect', about='Off: nothing of our own is sent then.'),
        Row('local_list', 'Cards in the wallbox', about='It gets a list of the cards, and lets them charge offline.'),
        Row('charge_box_id', 'The only charger let in', about='By its charge box id. Without it those adopted.'),
        Row(
            'adopt',
            'Chargers that adopt themselves',
            about='All others wait on Connect until you let them in.',
            words={'first': 'the first one ever', 'any': 'any', 'ask': 'none'},
        ),
        Row(
            'unadopted',
            'What another charger gets',
            about='Until you let it in.',
            words={'refuse': 'no connection', 'pending': 'the answer Pending', 'rejected': 'the answer Rejected'},
        ),
    ),
    'Who may reach this server': (
        Row(
            'public_url',
            'Address people use',
            about='People and wallboxes, if not that of this machine: https://cpo.example.org',
        ),
        Row('allowed_hosts', 'More names of this server', about='Separated by commas; *.example.org: all below it.'),
        Row(
            'allowed_origins',
            'Pages of other servers',
            about='They may use and frame this one: https://home.example.org, separated by commas.',
        ),
        Row('allow_file_pages', 'Simulators opened from a file'),
        Row(
            'trusted_networks',
            'More networks of the home',
            about='Let in without a password while nobody has one: 100.64.0.0/10',
        ),
        Row('trusted_proxies', 'Proxies that are believed', changes=Changes.AT_RESTART),
    ),
    'Statement': (
        Row(
            'meter_public_key',
            'Public key of the meter',
            about='Of one that signs its values (OCMF), in hex or base64. Else the one that the charger names.',
        ),
    ),
    'Upkeep': (
        Row('keep_samples_days', 'Meter samples are kept', 'days', about='Then one for each 15 minutes stays.'),
        Row('log_level', 'Log', about='What it has, and what is worse.'),
    ),
    'Only where the program is started': (
        Row('host', 'Address to listen on', changes=Changes.NEVER),
        Row('port', 'Port', changes=Changes.NEVER),
        Row('tls_port', 'Port with TLS', about='0: without TLS.', changes=Changes.NEVER),
        Row('id_tags', 'First id tags', changes=Changes.NEVER),
        Row('mqtt', 'MQTT broker', changes=Changes.NEVER),
        Row('mqtt_user', 'MQTT user', changes=Changes.NEVER),
        Row('mqtt_password', 'MQTT password', about='Shown nowhere, only whether it is set.', changes=Changes.NEVER),
        Row('mqtt_tls', 'MQTT with TLS', changes=Changes.NEVER),
        Row('mqtt_prefix', 'Beginning of MQTT topics', changes=Changes.NEVER),
        Row('data_dir', 'Data folder', changes=Changes.NEVER),
        Row('memory', 'Nothing is kept', changes=Changes.NEVER),
        Row('restore', 'Backup to restore', changes=Changes.NEVER),
        Row('start_empty', 'An empty journal for a damaged one', changes=Changes.NEVER),
        Row('demo', 'Demo charger', changes=Changes.NEVER),
    ),
}
"""Every setting, by the headings of the page."""


@cache
def rows() -> Mapping[str, Row]:
    """Every row by the name of its setting."""
    return {row.name: row for group in TABLE.values() for row in group}


def row_of(name: str) -> Row:
    """The row of a setting. Raises InvalidSetting where there is none of this name."""
    found = rows().get(name)
    if found is None:
        close = difflib.get_close_matches(name, rows(), n=1)
        raise InvalidSetting(f'There is no setting {name[:40]}{f"; did you mean {close[0]}" if close else ""}.')
    return found
