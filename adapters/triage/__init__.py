"""Labelled or unlabelled conversations in tables, read by the real bot (contracts/triage.md)."""
