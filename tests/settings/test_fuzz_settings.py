"""Whatever stands in the environment or on the command line: settings, or one sentence on what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpo.errors import MustNotStart
from cpo.settings import Settings, load_settings, option_of

NAMES = st.sampled_from(sorted(Settings.model_fields)) | st.text('abcdefghijklmnopqrstuvwxyz_', min_size=1, max_size=20)
SPECIAL = (
    '0',
    '-1',
    '1e999',
    'nan',
    'true',
    '8080',
    '65536',
    '[::1]',
    '*.',
    'http://',
    'https://a:b@c/',
    '~nobody/x',
    ',',
)
VALUES = st.sampled_from(SPECIAL) | st.text(
    st.characters(exclude_characters='\0', exclude_categories=['Cs']), max_size=50
)


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.lists(st.tuples(NAMES, VALUES), max_size=3))
def test_settings_are_read_or_refused_in_one_sentence(
    variables: dict[str, str], options: list[tuple[str, str]]
) -> None:
    environment = {f'CPO_{name.upper()}': value for name, value in variables.items()}
    arguments = [f'{option_of(name)}={value}' for name, value in options if name not in ('help', 'version')]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            settings = load_settings(arguments, environment)
        except MustNotStart as error:
            settings, refusal = None, str(error)
    if settings is None:
        assert refusal.rstrip().endswith(('.', ')', '?')), refusal
    else:
        assert settings.id_tags
        assert 0 <= settings.fallback_current <= settings.max_current <= 80
