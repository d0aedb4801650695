"""Every page and every docstring is a test: tests/pages hands them to pytest."""

from tests.pages.plugin import pytest_collect_file, pytest_terminal_summary

__all__ = ["pytest_collect_file", "pytest_terminal_summary"]
