"""What `home-cpo` can do besides serving: commands that use the journal, also while the program runs."""

from cpo.commands.app import app_environment, app_folder, run_app_backup, take_restored
from cpo.commands.password import run_password
from cpo.commands.replay import run_replay
from cpo.commands.verify import run_verify

__all__ = [
    'app_environment',
    'app_folder',
    'run_app_backup',
    'run_password',
    'run_replay',
    'run_verify',
    'take_restored',
]
