"""What a split remembers of the keys that it has sent."""

from pathlib import Path

import numpy as np

from textmill.dedup.parts.part_keys import SplitKeys, pack_split_keys
from textmill.pipeline.exchange.sent import Sent, all_of, recall_sent, send

WORDS = np.arange(1, 41, dtype=np.uint64).reshape(-1, 1) * np.uint64(0x0123456789ABCDEF)


def test_what_was_sent_comes_back_by_its_name(tmp_path: Path) -> None:
    path = str(tmp_path / "split-00003.arrow")
    some = np.arange(40) % 4 == 0
    keys = Sent(WORDS, np.arange(40) % 3 == 0, some, 7)
    packed = send(path, "lines", keys, 3, 4, key_bits=64)
    everything = send(path, "parts", all_of(SplitKeys(WORDS, keys.is_repeated), 9), 3, 4, key_bits=64)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["split-00003.lines", "split-00003.parts"]
    back, whole = recall_sent(path, "lines"), recall_sent(path, "parts")
    assert all(np.array_equal(one, other) for one, other in zip(back, keys, strict=True))
    assert back.splits == 7
    assert isinstance(back.splits, int)
    assert whole.splits == 9
    assert whole.is_sent.all()
    assert np.array_equal(whole.is_repeated, keys.is_repeated)
    assert 0 < sum(map(len, packed.values())) < sum(map(len, everything.values())) / 2  # only those to be sent


def test_keys_of_two_words_travel_whole(tmp_path: Path) -> None:
    path = str(tmp_path / "split-00003.arrow")
    words = np.concatenate([WORDS, WORDS[::-1]], axis=1)
    keys = all_of(SplitKeys(words, np.zeros(40, dtype=np.bool_)), 7)
    whole = pack_split_keys(words, 3, 4, key_bits=64, more_bits=64)
    assert send(path, "lines", keys, 3, 4, key_bits=64, more_bits=64) == whole
    assert (
        send(path, "lines", keys, 3, 4, key_bits=64) == pack_split_keys(words, 3, 4, key_bits=64, more_bits=0) != whole
    )
