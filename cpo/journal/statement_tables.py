"""The tables for what sessions cost, and for statements."""

STATEMENT_TABLES = """
    ALTER TABLE transactions ADD COLUMN cost TEXT;
    CREATE TABLE session_prices (
        number INTEGER NOT NULL, at INTEGER NOT NULL, price TEXT NOT NULL, feed_in TEXT NOT NULL,
        is_fallback INTEGER NOT NULL, energy_wh REAL NOT NULL, sun_wh REAL NOT NULL, nano INTEGER NOT NULL,
        PRIMARY KEY (number, at, price, feed_in)
    ) WITHOUT ROWID;
    ALTER TABLE boots ADD COLUMN meter_serial TEXT;
    CREATE TABLE closed_months (
        month TEXT PRIMARY KEY,
        text TEXT NOT NULL, hash TEXT NOT NULL, signature TEXT NOT NULL, key TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE seal_key (id INTEGER PRIMARY KEY CHECK (id = 1), private TEXT NOT NULL);
    """
