"""The tables of what was pushed for a time (prices, forecasts), goals, and what quarters of an hour were like."""

PLAN_TABLES = """
    CREATE TABLE slots (
        list TEXT NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
        value TEXT NOT NULL, source TEXT NOT NULL, currency TEXT NOT NULL,
        PRIMARY KEY (list, starts_at)
    ) WITHOUT ROWID;
    CREATE TABLE goals (connector_id INTEGER PRIMARY KEY, goal TEXT NOT NULL);
    CREATE TABLE plan_results (
        connector_id INTEGER NOT NULL, at INTEGER NOT NULL, number INTEGER, result TEXT NOT NULL,
        PRIMARY KEY (connector_id, at)
    ) WITHOUT ROWID;
    CREATE TABLE quarters (at INTEGER PRIMARY KEY, pv_w REAL, house_w REAL);
"""
"""`value` is a decimal number as text: it may be money, and is no float."""
