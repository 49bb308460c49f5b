"""The networks that ship: one JSON file each in the project's own form, and the events that bring one to life."""

from ops.networks.loading import Network, Programme, Project, Region, load_network
from ops.networks.opening import opening_events

__all__ = ["Network", "Programme", "Project", "Region", "load_network", "opening_events"]
