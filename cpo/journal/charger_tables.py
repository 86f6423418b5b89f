"""What a step of `migrations` adds for a charger's certificates, cards, files and configuration keys."""

CHARGER_TABLES = """
    ALTER TABLE charge_point ADD COLUMN log_status TEXT;
    ALTER TABLE chargers ADD COLUMN certificate_until INTEGER;
    ALTER TABLE reservations ADD COLUMN transaction_id TEXT;
    ALTER TABLE connectors ADD COLUMN availability TEXT;
    CREATE TABLE key_changes (
        charge_box_id TEXT NOT NULL, key TEXT NOT NULL,
        before TEXT, value TEXT, at INTEGER NOT NULL, person TEXT NOT NULL, waits INTEGER NOT NULL,
        PRIMARY KEY (charge_box_id, key)
    ) WITHOUT ROWID;
"""
