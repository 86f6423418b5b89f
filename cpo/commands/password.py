"""`home-cpo password NAME` sets a new password, whether the program runs or not; who can run it owns the machine."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from cpo.access import Accounts, Passwords, Person, Role, checked_name
from cpo.errors import CpoError, InvalidPerson, MustNotStart
from cpo.journal import AccountsBeside
from cpo.settings import load_settings

USAGE = (
    'home-cpo password NAME [--stdin] [--data-dir FOLDER]\n       home-cpo password --remove-all [--data-dir FOLDER]'
)
EFFECTIVE = 'A program that runs takes it over within a few seconds.'

Ask = Callable[[str], str]


def run_password(arguments: Sequence[str]) -> int:
    """Change passwords as the arguments after `password` ask for, and print what was done; the exit status is 0.

    Raises MustNotStart where nothing was changed.
    """
    try:
        sys.stdout.write(f'{change_passwords(arguments)}\n')
    except CpoError as error:
        raise MustNotStart(str(error)) from None
    return 0


def change_passwords(
    arguments: Sequence[str],
    ask: Ask = getpass.getpass,
    passwords: Passwords | None = None,
    stdin: TextIO | None = None,
) -> str:
    """Do what the arguments after `password` ask for, and return a sentence about it.

    `ask` asks for a password on the terminal. Raises CpoError with a sentence where nothing was changed.
    """
    has_name = bool(arguments) and not arguments[0].startswith('-')
    name = arguments[0] if has_name else ''
    parser = argparse.ArgumentParser(usage=USAGE, description=__doc__, allow_abbrev=False)
    parser.add_argument('--stdin', action='store_true', help='read the new password from the first line of stdin')
    parser.add_argument('--remove-all', action='store_true', help='remove all people and tokens: nobody has to sign in')
    chosen, settings_arguments = parser.parse_known_args(arguments[has_name:])
    if has_name == chosen.remove_all:
        raise MustNotStart('Say whose password: home-cpo password NAME, or --remove-all.')
    settings = load_settings(settings_arguments)
    if settings.memory:
        raise MustNotStart('With CPO_MEMORY nothing is kept: start the program again, and nobody has a password.')
    with contextlib.closing(AccountsBeside(settings.data_dir)) as accounts:
        if chosen.remove_all:
            accounts.remove_all()
            return f'Nobody has a password any more; everybody in the network is let in. {EFFECTIVE}'
        person, was_lost = _known(accounts.accounts, name), accounts.accounts.has_lost_owner
        source = stdin or sys.stdin
        password = source.readline().rstrip('\r\n') if chosen.stdin else _asked(ask, person.name)
        hashed = (passwords or Passwords()).hash_now(password)
        accounts.put(Person(person.name, person.role, hashed))
    lost = 'The journal could not read who its owner was. ' if was_lost else ''
    return f'{lost}{person.name} ({person.role}) has a new password, and is signed out everywhere. {EFFECTIVE}'


def _known(accounts: Accounts, name: str) -> Person:
    """The person of this name; an unknown one becomes an owner where there is nobody, or the owner was lost.

    Else raises MustNotStart for an unknown one.
    """
    found = next((each for each in accounts.people if each.name.casefold() == name.strip().casefold()), None)
    if found is not None:
        return found
    if accounts.people and not accounts.has_lost_owner:
        known = ', '.join(person.name for person in accounts.people)
        raise MustNotStart(
            f'There is nobody called {name}; there are {known}. An owner adds people on the page People.'
        )
    return Person(checked_name(name, InvalidPerson), Role.OWNER, '')


def _asked(ask: Ask, name: str) -> str:
    try:
        password = ask(f'New password of {name}: ')
        if ask('The same again: ') == password:
            return password
    except EOFError:
        raise MustNotStart('There is no terminal to type it; use --stdin.') from None
    raise MustNotStart('The two are not the same; nothing was changed.')
