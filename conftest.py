"""Every page and every docstring is a test: docs/gate hands them to pytest."""

from gate.plugin import pytest_collect_file, pytest_terminal_summary

__all__ = ["pytest_collect_file", "pytest_terminal_summary"]
