"""Metrics out: builds, estimates with intervals, releases, reports and feeds."""
