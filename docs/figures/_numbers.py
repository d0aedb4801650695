"""Large numbers as each language says them."""

__all__ = ["millions"]


def millions(number: float, language: str) -> str:
    """In the units that each language counts in: 4,867 (million), 48억 6700만."""
    rounded = round(number / 10**6)
    if language == "en":
        return f"{rounded:,}"
    hundreds, rest = divmod(rounded, 100)
    return " ".join([f"{hundreds}억"] * bool(hundreds) + [f"{rest}00만"] * bool(rest)) or "0"
