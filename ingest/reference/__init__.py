"""Dated reference data: files, checks and tables."""
