"""MQTT: a device for each charger in Home Assistant, its values, events and commands, and readings of the house."""

from cpo.mqtt.door import Mqtt

__all__ = ['Mqtt']
