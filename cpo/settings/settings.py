"""The program's settings: `CPO_…` environment variables and `--options` of the same names, checked at the start."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, SecretStr, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from cpo.host_names import host_of_origin
from cpo.settings.texts import (
    MAX_ID_TAG_LENGTH,
    BoxId,
    Broker,
    Currency,
    Hosts,
    IdTags,
    Names,
    Networks,
    NightHours,
    Origins,
    PublicKey,
    Publisher,
    Topic,
    Url,
)

PREFIX = 'CPO_'
NEIGHBOURS_VARIABLE = re.compile('CPO_(SERVICE|PORT)_.*', re.IGNORECASE)
"""What Docker and Kubernetes put into the environment where a container or service is called `cpo`."""
NEIGHBOURS_PORT = ('tcp://', 'udp://')
DEMO_CHARGE_BOX_ID = '/demo-charger'
"""No other charger has it: names have no slashes around them, in the settings as in a URL; shown without its slash."""
FAIL_SAFE_S, FAIL_SAFE_WITH_FUSE_S = 1200, 120
"""Defaults; a fuse is not guarded for so long after the program has died."""
LEAST_FAIL_SAFE_S = 10
"""A limit is written again each half of that, which wears the charger's memory."""
MAX_NAME_LENGTH = 40


def default_data_dir() -> Path:
    """The journal's default folder: `$XDG_DATA_HOME/home-cpo`, or `~/.local/share/home-cpo` without that variable."""
    return Path(os.environ.get('XDG_DATA_HOME') or '~/.local/share').expanduser() / 'home-cpo'


class Settings(BaseSettings):
    """The settings of the owner. Currents are in A, times in s."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra='forbid', env_ignore_empty=True, allow_inf_nan=False
    )

    name: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        description='what the pages call the charger; by default its charge box id',
    )
    connector_names: Names = Field((), description='what the pages call its connectors, the first one first')
    host: str = Field('0.0.0.0', description='address to listen on')
    port: int = Field(8080, ge=1, le=65535, description='port of the dashboard, the REST interface and the charger')
    tls_port: int = Field(0, ge=0, le=65535, description='the same with TLS (wss, https) on this port; 0: without')
    public_url: Url | None = Field(None, description='the address people and wallboxes use, as https://cpo.example.org')
    allowed_hosts: Hosts = Field((), description='more names this server may be asked by; *.example.org: all below it')
    allowed_origins: Origins = Field((), description='pages of other servers that may use and frame this one')
    allow_file_pages: bool = Field(False, description='simulator pages opened from a file may connect as chargers')
    trusted_proxies: Networks = Field((), description='addresses of proxies whose X-Forwarded-For is believed')
    trusted_networks: Networks = Field((), description='networks that are let in as the home’s own without a password')
    charge_box_id: BoxId | None = Field(
        None, min_length=1, description='the only charger let in; without it those adopted, one at a time'
    )
    adopt: Literal['first', 'any', 'ask'] = Field(
        'first', description='which chargers adopt themselves: the first one ever, any, or none'
    )
    unadopted: Literal['refuse', 'pending', 'rejected'] = Field(
        'refuse', description='until you let it in: no connection, or one whose boot is answered like that'
    )
    id_tags: IdTags = Field(('Tag1', 'Tag2'), description='the id tags that may charge, separated by commas')
    remote_start_tag: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_ID_TAG_LENGTH,
        description='the id tag of remote starts; by default the first id tag',
    )
    max_current: float = Field(16, ge=1, le=80, description='no limit is ever above this, in A')
    fuse: float | None = Field(
        None, ge=6, le=200, description='the main fuse in A per phase, which house and car together stay below'
    )
    fuse_floor: float = Field(
        6, ge=0, le=80, description='A for the car while no meter tells what the house takes; 0 pauses it'
    )
    fuse_excess: float = Field(
        0, ge=0, le=600, description='s for which the fuse may carry 1.13 times as much before the car gets less'
    )
    peak_w: float | None = Field(
        None,
        ge=500,
        le=100_000,
        description='capacity tariff: W that the mean of a quarter of an hour may always have',
    )
    phases: int = Field(1, ge=1, le=3, description='phases the car charges with, where nothing shows them')
    units: Literal['A', 'kW'] = Field('A', description='in what Home shows the limit: A, or kW on the phases of now')
    phase_switching: Literal['auto', 'on', 'off'] = Field(
        'auto', description='whether limits say on how many phases to charge; auto: where the charger reports to switch'
    )
    car_min_current: float = Field(
        6, ge=6, le=16, description='A with which the car charges at least; some need 7 or 8'
    )
    car_battery: float = Field(60, ge=1, le=300, description='kWh of the car’s battery, for goals in percent')
    car_restarts: int | None = Field(
        None, ge=1, le=1000, description='starts in a session after which the car no longer resumes; by default never'
    )
    solar_preset: Literal['solar_only', 'balanced', 'eager', 'demo'] = Field(
        'balanced', description='how much of the sun is taken: solar_only, balanced, eager; demo: by production alone'
    )
    solar_lambda: float | None = Field(
        None, ge=0, le=20, description='kWh of the sun that an imported kWh is worth; by default as the preset has it'
    )
    battery_first: float = Field(
        0, ge=0, le=100, description='percent up to which the house battery is charged before the car; 0: the car first'
    )
    battery_max_w: float = Field(5000, ge=0, le=100_000, description='W the house battery charges with at most')
    meter_fallback: float = Field(
        0,
        ge=0,
        le=80,
        description='A that the sun sets while the house meter is silent; 0: the session ends, or pauses',
    )
    price: float = Field(
        0.30, ge=-10_000, le=10_000, description='what a kWh from the grid costs, where none was pushed'
    )
    night_price: float | None = Field(
        None, ge=-10_000, le=10_000, description='what it costs in the night hours of a two-level tariff'
    )
    night_hours: NightHours = Field(
        ('22:00-06:00',), description='when the night price holds: 22:00-06:00, or with days: sat-sun 00:00-24:00'
    )
    feed_in_price: float = Field(0.08, ge=-10_000, le=10_000, description='what a kWh that is fed in earns')
    price_source: Publisher | None = Field(
        None,
        description='who is asked for prices: awattar:de, energy-charts:DE-LU, octopus:PRODUCT:C; without it nobody',
    )
    price_factor: float = Field(
        1, ge=0.001, le=100, description='pushed prices are multiplied by this, as taxes do; 1 leaves them as they are'
    )
    price_plus: float = Field(0, ge=-10_000, le=10_000, description='then this is added per kWh, as fees are')
    currency: Currency = Field('EUR', description='the currency of all prices, like EUR')
    manual_lasts: Literal['session', 'always'] = Field(
        'session', description='how long a command overrides Solar or Off: until the next plug-in, or always'
    )
    pause_at_zero: bool = Field(False, description='a limit of 0 pauses the session; false: it ends it')
    free_charging: bool = Field(False, description='plugging in starts charging, and every id tag may charge')
    fallback_current: float = Field(
        6, ge=0, le=80, description='A that hold when this program no longer answers the charger'
    )
    fail_safe: int = Field(
        default_factory=lambda values: FAIL_SAFE_S if values.get('fuse') is None else FAIL_SAFE_WITH_FUSE_S,
        ge=0,
        le=86400,
        description='s without this program until the fallback current holds; 0: never (with a fuse 120 by default)',
    )
    heartbeat_interval: int = Field(60, ge=1, le=86400, description='s between two Heartbeats of the charger')
    call_timeout: float = Field(30, gt=0, le=600, description='s the charger has to answer')
    startup_requests: bool = Field(True, description='false: nothing of our own is sent after boot or reconnect')
    local_list: bool = Field(
        False, description='the wallbox gets a list of the cards, so that they charge while it is offline'
    )
    mqtt: Broker | None = Field(
        None, description='MQTT broker for Home Assistant, as nas.lan or 192.168.1.20:1883; without it no MQTT'
    )
    mqtt_user: str | None = Field(None, min_length=1, description='user name for the MQTT broker')
    mqtt_password: SecretStr | None = Field(None, description='password for the MQTT broker; it is shown nowhere')
    mqtt_tls: bool = Field(False, description='TLS to the MQTT broker, by default on port 8883')
    mqtt_prefix: Topic = Field('homecpo', max_length=100, description='beginning of all MQTT topics')
    data_dir: Path = Field(default_factory=default_data_dir, description='the folder for what is kept')
    memory: bool = Field(False, description='keep nothing after the end of the program')
    restore: Path | None = Field(None, description='a backup that takes the place of a damaged or missing journal')
    start_empty: bool = Field(False, description='an empty journal takes the place of a damaged or missing one')
    meter_public_key: PublicKey | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description='the public key (hex or base64) of a meter that signs its values, if the charger does not tell it',
    )
    keep_samples_days: int = Field(
        90, ge=1, le=36500, description='days until the meter samples are thinned to one per 15 min'
    )
    log_level: Literal['debug', 'info', 'warning', 'error'] = Field(
        'info', description='what the log has: debug, info, warning or error, and what is worse'
    )
    demo: bool = Field(False, description='also start a simulated charger with a car, until a real one was connected')
    _options: frozenset[str] = PrivateAttr(frozenset())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options before the environment, where that has any; files are not searched at all."""
        has_variables = any(name.upper().startswith(PREFIX) for name in os.environ)
        return (init_settings, env_settings) if has_variables else (init_settings,)

    @property
    def options(self) -> frozenset[str]:
        """The names of the settings that came as an option on the command line."""
        return self._options

    @property
    def public_origins(self) -> tuple[str, ...]:
        """The origin of the public URL, empty where none is set."""
        parts = urlsplit(self.public_url or '')
        return (f'{parts.scheme}://{parts.netloc}',) if parts.netloc else ()

    @property
    def public_hosts(self) -> tuple[str, ...]:
        """The host of the public URL, empty where none is set."""
        return tuple(host for origin in self.public_origins if (host := host_of_origin(origin)))

    @field_validator('port', mode='before')
    @classmethod
    def _is_not_a_neighbours(cls, value: Any) -> Any:
        is_neighbours = isinstance(value, str) and value.startswith(NEIGHBOURS_PORT)
        return cls.model_fields['port'].default if is_neighbours else value

    @field_validator('fail_safe')
    @classmethod
    def _is_not_too_soon(cls, value: int) -> int:
        if 0 < value < LEAST_FAIL_SAFE_S:
            raise ValueError(f'this must be 0 for never, or at least {LEAST_FAIL_SAFE_S} s')
        return value

    @field_validator('data_dir', 'restore')
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        try:
            return path and path.expanduser()
        except RuntimeError as error:
            raise ValueError(str(error)) from None

    @field_validator('name', 'connector_names')
    @classmethod
    def _can_be_shown(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        names = value if isinstance(value, tuple) else (value or 'none',)
        unfit = (name for name in names if len(name) > MAX_NAME_LENGTH or not (name.isprintable() and name.strip()))
        if wrong := next(unfit, None):
            raise ValueError(f'{wrong[:50]!r} is no name of at most {MAX_NAME_LENGTH} characters')
        return value


def option_of(field_name: str) -> str:
    """A setting's option on the command line, e.g. `--max-current` for `max_current`."""
    return '--' + field_name.replace('_', '-')
