"""Payloads and schemas that are changed in one place."""
