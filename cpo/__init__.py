"""A charge point operator for the home: a charger speaks OCPP to it, people and programs steer it."""
