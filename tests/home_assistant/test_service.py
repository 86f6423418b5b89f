"""The unit for systemd: systemd takes it, and what it starts is the program, with its data where the README says."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

from tests.program import CHECKOUT, running

UNIT = CHECKOUT / 'home-assistant' / 'home-cpo.service'
README = (CHECKOUT / 'README.md').read_text(encoding='utf-8')
DOCKERFILE = (CHECKOUT / 'home-assistant' / 'Dockerfile').read_text(encoding='utf-8')


class UnitFile(ConfigParser):
    """A unit: names keep their case, and some come twice."""

    def __init__(self) -> None:
        """Read the unit."""
        super().__init__(interpolation=None, strict=False)
        self.read(UNIT, encoding='utf-8')

    def optionxform(self, optionstr: str) -> str:
        """As it is written."""
        return optionstr


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    service = UnitFile()['Service']
    if shutil.which('systemd-analyze'):
        here = tmp_path / UNIT.name
        here.write_text(UNIT.read_text(encoding='utf-8').replace(service['ExecStart'], shutil.which('true') or ''))
        verified = subprocess.run(['systemd-analyze', 'verify', here], check=False, capture_output=True, text=True)
        assert (verified.returncode, verified.stderr) == (0, '')
    assert UnitFile()['Install']['WantedBy'] == 'multi-user.target'


async def test_the_service_starts_with_its_environment_keeps_its_data_in_its_folder_and_ends_well(
    tmp_path: Path,
) -> None:
    service = UnitFile()['Service']
    name, value = service['Environment'].replace('%S', str(tmp_path)).split('=', 1)
    folder = tmp_path / service['StateDirectory']
    folder.mkdir()
    async with running(cwd=folder, environment={name: value}) as program:
        assert (await program.stop()).status == 0  # so Restart=on-failure leaves it ended
    assert (folder / 'journal.db').is_file()


def test_the_lines_of_the_readme_install_what_the_unit_starts_as_the_image_does() -> None:
    command = UnitFile()['Service']['ExecStart']
    assert DOCKERFILE.splitlines()[-1] == f'CMD ["{command}"]'
    (lines,) = (b for b in re.findall(r'```bash\n(.*?)```', README, re.DOTALL) if 'systemctl enable' in b)
    for step in re.findall(r'^RUN python( -m venv .*)|^RUN (.*/pip .*)', DOCKERFILE, re.MULTILINE):
        assert ''.join(step) in lines
    assert f'home-assistant/{UNIT.name} /etc/systemd/system' in lines
    assert f'enable --now {UNIT.stem}' in lines
    assert f'/var/lib/{UnitFile()["Service"]["StateDirectory"]}' in README
