"""Placeholder until the web chat lands."""
