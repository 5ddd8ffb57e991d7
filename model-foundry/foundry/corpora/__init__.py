"""Extracts English-German text from Debian packages: fetch, read, align, clean, split."""
