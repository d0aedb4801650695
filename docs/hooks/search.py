"""What the search takes for a word, in a query and on a page alike.

Material's search splits both wherever one pattern matches. The pattern may match nothing at all,
between two letters. Here it matches what stands between words, the particles behind Korean nouns,
and the places in a compound where a word of the glossary starts or ends: so a word is found with
any particle, in any compound, written together or apart.
"""

import re

from hooks.glossary import PARTICLES, read_terms

#: A point and a comma are part of a number.
_BETWEEN = r"&[a-z]+;|[\s!-+\-/:-@[-`{-~·–—“”‘’…]+|[.,](?!\d)"
_PLURAL = r"(?<=[A-Za-z]{2}[A-Za-rtv-z])s(?![A-Za-z])"


def make_separator(language: str) -> str:
    """Return the pattern, as JavaScript writes it."""
    patterns = [_BETWEEN, _PLURAL]
    if language == "ko":
        patterns += _make_korean()
    return "|".join(patterns)


def _make_korean() -> list[str]:
    parts = {part for term in read_terms("ko") for part in re.split("[ -]", term.korean)}
    # Not one syllable, which is part of too many words, nor 연산, which is part of 연산량.
    words = [
        part
        for part in sorted(parts)
        if len(part) > 1 and not any(part in other for other in parts - {part})
    ]
    # 정확도 is a word, though 도 would be a particle elsewhere.
    ends = [f"(?<={word[:-1]}){word[-1]}" for word in words if re.search(f"{PARTICLES}$", word)]
    one = "|".join(words)
    return [
        f"(?<=[가-힣]{{2}}|[A-Za-z0-9])(?!{'|'.join(ends)}){PARTICLES}(?![가-힣])",
        f"(?<=[가-힣])(?={one})",
        f"(?<={one})(?=[가-힣])",
    ]
