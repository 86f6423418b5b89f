"""OCPP: the frames, payloads and handlers of each version. No clock, no I/O."""
