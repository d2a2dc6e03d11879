"""Lists for the URL rules: a small one of our own, and files of domains, URLs and words."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from ...errors import RecipeError
from ..kernels.urls import Hashes, UrlLists, hash_entries, hash_words, letter_trie

HARD_WORDS = (
    "bdsm", "blowjob", "bukkake", "camgirl", "camgirls", "cumshot", "deepthroat", "gangbang", "hentai", "keygen",
    "keygens", "milf", "milfs", "nsfw", "porn", "porno", "pornos", "pornstar", "pornstars", "rule34", "sexcam",
    "sexcams", "sexshop", "sextoys", "upskirt", "warez", "webcamsex", "xxx",
)  # fmt: skip
"""A URL with one of these words is about pornography or cracked programs, whatever else it says."""

SOFT_WORDS = (
    "adult", "amateur", "anal", "baccarat", "bets", "betting", "bingo", "bookmaker", "cams", "casino", "casinos",
    "cracked", "erotic", "erotica", "escort", "escorts", "fetish", "gamble", "gambling", "hardcore", "jackpot",
    "nude", "nudes", "poker", "roulette", "sex", "sexy", "slot", "slots", "spins", "swingers", "torrent", "torrents",
    "uncensored", "viagra", "wager",
)  # fmt: skip
"""Two different ones of these words make a URL suspicious; each alone is harmless."""

SUBSTRINGS = (
    "adultdating", "adultvideo", "bestcasino", "camgirls", "casinobonus", "casinoonline", "crackedapk", "escortgirls",
    "freenudes", "freeporn", "freeslots", "freespins", "freexxx", "gayporn", "hentaimanga", "hentaivideo", "nudecams",
    "nudegirls", "onlinecasino", "onlinepoker", "onlineslots", "pornmovie", "pornstar", "porntube", "pornvideo",
    "sexcams", "slotgacor", "sportsbetting", "teenporn", "torrentdownload", "xxxmovie", "xxxtube", "xxxvideo",
)  # fmt: skip
"""Strings that give a URL away when its words are run together.

Each was checked against what ends in one word and begins in the next: "essex chat", "hardware zone", "when Taiwan".
"""


@functools.cache
def word_list(path: str | None, own: tuple[str, ...]) -> tuple[str, ...]:
    """Words of a file, one a line, lower case; without a path our own."""
    if path is None:
        return own
    lines = (line.strip().lower() for line in _read(Path(path)).decode("utf-8", "replace").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def letters_of(string: str) -> str:
    """A banned string as it is looked for: its ASCII letters and digits."""
    return "".join(character for character in string if character.isascii() and character.isalnum())


def list_files(path: str) -> tuple[Path, ...]:
    """Files of a list: the file itself, or those named ``domains`` and ``urls`` below a folder, or all of it.

    Raises:
        RecipeError: when nothing is there.
    """
    root = Path(path)
    if root.is_file():
        return (root,)
    files = sorted(file for file in root.rglob("*") if file.is_file()) if root.is_dir() else []
    if not files:
        raise RecipeError(
            f"url_rules: there is no list at {path}; give a file of domains, one a line, or a folder of them"
        )
    return tuple(file for file in files if file.name in ("domains", "urls")) or tuple(files)


@functools.cache
def load_lists(
    blocklist: str | None, hard_words: tuple[str, ...], soft_words: tuple[str, ...], substrings: tuple[str, ...]
) -> UrlLists:
    """Make lists ready for the kernel, once in a process; 8 bytes of memory for each domain or URL."""
    domains: list[Hashes] = []
    urls: list[Hashes] = []
    for path in list_files(blocklist) if blocklist is not None else ():
        found = hash_entries(_read(path))
        domains.append(found[0])
        urls.append(found[1])
    squeezed = [letters_of(string) for string in substrings]
    return UrlLists(
        np.unique(np.concatenate([np.empty(0, np.uint64), *domains])),
        np.unique(np.concatenate([np.empty(0, np.uint64), *urls])),
        hash_words(hard_words),
        hash_words(soft_words),
        *letter_trie([string for string in squeezed if string]),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecipeError(f"url_rules: cannot read the list {path}: {error.strerror}") from error
