"""Tests of the trained engine."""
