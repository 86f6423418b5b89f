"""The tables of prices: what energy costs and earns."""

PLAN_TABLES = """
    CREATE TABLE prices (
        list TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
        price TEXT NOT NULL, source TEXT NOT NULL,
        PRIMARY KEY (list, starts_at)
    ) WITHOUT ROWID;
"""
"""`price` is a decimal number as text: it is money, and no float."""
