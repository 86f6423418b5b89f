"""The progress line, on a terminal and elsewhere."""

from datetime import UTC, datetime
from io import StringIO

from simulator import Car, Charger
from simulator.progress import Screen
from tests.simulator.central_system import CentralSystem, remote_start


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def a_screen(out: StringIO) -> Screen:
    return Screen(out, lambda: datetime(2026, 1, 1, 12, tzinfo=UTC))


def test_on_a_terminal_it_is_rewritten_and_stays_below_what_is_said() -> None:
    out = Terminal()
    screen = a_screen(out)
    charger = Charger('ws://localhost/ocpp/SIM1')
    screen.show(charger)
    screen.show(charger)
    screen.say('hello')
    screen.close()
    assert out.getvalue() == ('\r\x1b[Koffline  |  1: Available\r\x1b[K12:00:00  hello\noffline  |  1: Available\n')


def test_elsewhere_each_change_is_a_line() -> None:
    out = StringIO()
    screen = a_screen(out)
    charger = Charger('ws://localhost/ocpp/SIM1')
    screen.show(charger)
    screen.show(charger)
    charger.plug_in(1, Car(soc=30))
    screen.show(charger)
    screen.close()
    assert out.getvalue() == ('12:00:00  offline  |  1: Available\n12:00:00  offline  |  1: Preparing, car 30 %\n')


async def test_a_transaction_shows_amperes_and_energy(central_system: CentralSystem) -> None:
    out = StringIO()
    async with Charger(central_system.url, speed=50, meter_interval_s=10) as charger:
        charger.plug_in(1, Car(soc=30))
        await charger.wait_until_online()
        await central_system.ask(remote_start(10))
        await central_system.wait_for_reading('Current.Import', 9.8, 10)
        await charger.wait_until_answered()
        a_screen(out).show(charger)
    assert 'online  |  1: Charging 9.9 of 10.0 A, 0.' in out.getvalue()
    assert out.getvalue().endswith('kWh, car 30 %\n')
