"""Adapters: a vendor's own payloads become events. One module a vendor family, found by looking, never listed."""
