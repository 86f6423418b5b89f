"""Masks the secrets that an older release left in a journal: passwords, keys, the user info of URLs."""

from __future__ import annotations

import sqlite3

from cpo.masking import masked, masked_value

TEXTS = (
    ('commands', 'request', 'answer'),
    ('events', 'text'),
    ('status_changes', 'info', 'vendor_error_code'),
)
"""Tables, each with its columns that may contain what a charger or a person wrote; newer versions lack some."""


def mask_secrets(connection: sqlite3.Connection) -> None:
    """Mask them inside the open transaction; nothing of them stays on the pages that are written again."""
    connection.execute('PRAGMA secure_delete = ON')
    connection.create_function('masked', 1, lambda text: text and masked(text), deterministic=True)
    connection.create_function('masked_value', 2, masked_value, deterministic=True)
    for table, *columns in TEXTS:
        existing = {row[1] for row in connection.execute(f'PRAGMA table_info({table})')}
        for column in existing.intersection(columns):
            sql = f'UPDATE {table} SET {column} = masked({column}) WHERE masked({column}) IS NOT {column}'
            connection.execute(sql)
    connection.execute(
        'UPDATE configuration_keys SET value = masked_value(key, value) WHERE masked_value(key, value) IS NOT value'
    )
