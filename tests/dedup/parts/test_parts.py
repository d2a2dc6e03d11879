"""What is cut out of documents, by whole runs over several splits against plain Python."""

from __future__ import annotations

import json
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textmill import LineDedup, ParagraphDedup, Recipe, RecipeError, SentenceDedup, SubstringDedup, where
from textmill.dedup.parts.part_keys import (
    answered,
    collect,
    decide,
    distinct_rows,
    frames,
    pack_split_keys,
    short_key_bits,
    sorted_rows,
)
from textmill.dedup.parts.seen import SeenWindows
from textmill.dedup.parts.windows import smallest_of, window_keys
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes

QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def run(folder, step, splits: list[list[str]], partitions: int = 4, **reading: int) -> list[str]:
    """Texts that are left of the documents of each split, "" where a document was removed."""
    for number, texts in enumerate(splits):
        lines = [json.dumps({"text": text, "url": f"{number}/{row}"}) + "\n" for row, text in enumerate(texts)]
        (folder / f"{number:03d}.jsonl").write_text("".join(lines))
    job = Job(
        recipe=Recipe("r", [step]),
        inputs=tuple(str(folder / f"{number:03d}.jsonl") for number in range(len(splits))),
        output=str(folder / "out"),
        reading=InputOptions(**reading),
        partitions=partitions,
    )
    kept = {
        row["url"]: row["text"]
        for result in run_passes(job)
        for batch in read_staged(result.piece.path)
        for row in batch.to_pylist()
    }
    return [kept.get(f"{number}/{row}", "") for number, texts in enumerate(splits) for row in range(len(texts))]


def expected(step, texts: list[str]) -> list[str]:
    """Go through the documents in order and cut out every window that has stood before."""
    seen: dict[tuple[int, ...], tuple[int, int]] = {}
    left = []
    for document, text in enumerate(texts):
        column = make_batch([text])["text"]
        pieces = step.pieces(column)
        data = text.encode()
        bounds = [*pieces.starts.tolist(), len(data)]
        values = pieces.hashes.tolist()
        dropped = set()
        compared = range(len(values) - step.length + 1)
        if step.every > 1:
            compared = np.flatnonzero(smallest_of(window_keys(pieces, step.length, 1), pieces.offsets, step.every))
        for index in compared:
            window = tuple(values[index : index + step.length])
            if window == (0,):
                continue
            first_document, first_index = seen.setdefault(window, (document, index))
            if first_document != document or index - first_index >= step.length:
                dropped |= set(range(index, index + step.length))
        parts = [
            data[: bounds[0]],
            *(b"" if i in dropped else data[a:b] for i, (a, b) in enumerate(pairwise(bounds))),
        ]
        rest = b"".join(parts)
        if len(values) - 1 in dropped:
            rest = rest.rstrip(b" \t\n\v\f\r")
        left.append(rest.decode() if rest.strip() else "")
    return left


def shared_texts(draw_words: int):
    """Texts of chunks that several of them hold."""
    chunk = st.integers(0, 5).map(
        lambda n: " ".join(chr(97 + (n * 7 + i * i * (n + 1)) % 23) * 2 for i in range(draw_words))
    )
    filler = st.text("abc ", min_size=1, max_size=8)
    return st.lists(chunk | filler, min_size=1, max_size=6).map(" ".join)


LINES = st.lists(st.sampled_from(["a", "A ", "b", "", " ", "c c", "Ünï"]), min_size=1, max_size=6).map("\n".join)
SENTENCES = st.lists(st.sampled_from(["One a. ", "Two b! ", "Three.\n", "Four? "]), min_size=1, max_size=9).map("".join)

CASES = [
    (LineDedup(), LINES),
    (LineDedup(form="ccnet", min_chars=2), LINES),
    (ParagraphDedup(form="exact"), LINES),
    (SentenceDedup(), SENTENCES),
    (SentenceDedup(sentences=1), SENTENCES),
    (SubstringDedup(min_words=3), shared_texts(6)),
    (SubstringDedup(min_words=20), shared_texts(24)),
    (SubstringDedup(min_words=4, every=3), shared_texts(9)),
    (SubstringDedup(min_words=20, every=8), shared_texts(30)),
]


@pytest.mark.parametrize(("step", "texts"), CASES, ids=[repr(step) for step, _ in CASES])
@settings(max_examples=12, **QUIET)
@given(data=st.data())
def test_runs_cut_out_what_plain_python_does(tmp_path_factory, step, texts, data) -> None:
    splits = data.draw(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=3))
    partitions = data.draw(st.sampled_from([1, 3, 32]))
    found = run(tmp_path_factory.mktemp("run"), step, splits, partitions)
    assert found == expected(step, [text for split in splits for text in split])


def test_the_first_of_equal_lines_stays_wherever_it_stands(tmp_path) -> None:
    splits = [["banner\nfirst\nBANNER "], ["banner\nsecond\nbanner", "x\n\nbanner"], ["banner"]]
    assert run(tmp_path, LineDedup(), splits) == ["banner\nfirst", "second", "x", ""]


def test_a_repeated_run_is_cut_from_its_first_word_to_its_last(tmp_path) -> None:
    run_ = " ".join(f"Word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(50))
    splits = [[f"begin {run_} end"], [f"Start, {run_.upper()}! Stop", f"short {run_.rsplit(' ', 1)[0]} by one word"]]
    assert run(tmp_path, SubstringDedup(), splits) == [splits[0][0], "Start, Stop", splits[1][1]]


def test_repetitions_in_a_document_are_cut_to_one(tmp_path) -> None:
    period = "one two three four five six seven "
    assert run(tmp_path, SubstringDedup(min_words=7), [[period * 9]]) == [period.strip()]
    (left,) = run(tmp_path, SubstringDedup(min_words=50), [["spam " * 100_000]])
    assert left.split() == ["spam"] * 50


def test_documents_removed_before_the_step_do_not_count(tmp_path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "same line"}\n{"text": "same line\\nand another line"}\n')
    recipe = Recipe("r", [where(len, minimum=12), LineDedup()])
    job = Job(recipe=recipe, inputs=(str(tmp_path / "a.jsonl"),), output=str(tmp_path / "out"), reading=InputOptions())
    (result,) = run_passes(job)
    (batch,) = read_staged(result.piece.path)
    assert batch["text"].to_pylist() == ["same line\nand another line"]


def test_measurements_say_what_was_cut() -> None:
    step = LineDedup()
    batch = make_batch(["a\nüb\na", "", "new"])
    keys = step.keys(batch)
    assert keys.document.tolist() == [0, 0, 0, 2]
    seen = SeenWindows(np.empty((0, 1), np.uint64), keys.words[:1])
    text, measured = step.drop(batch["text"], seen, 0)
    assert text.to_pylist() == ["a\nüb", "", "new"]
    assert measured["line_dedup.lines"].to_pylist() == [3, 0, 1]
    assert measured["line_dedup.lines_removed"].to_pylist() == [1, 0, 0]
    assert measured["line_dedup.chars_removed_ratio"].to_pylist() == [2 / 6, 0.0, 0.0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30), st.integers(0, 30), st.integers(1, 2))
def test_keys_of_any_width_are_found_among_those_seen(keys, known, width) -> None:
    words = np.array(keys, dtype=np.uint64).reshape(-1, 2)[:, :width]
    seen = SeenWindows(words[:known], words[:0])
    assert seen.holds(words).tolist() == [key in words[:known].tolist() for key in words.tolist()]


def test_a_line_on_every_page_costs_one_key_for_each_split() -> None:
    step = LineDedup()
    page = make_batch(["We use cookies\nAccept"] * 1000)
    keys = collect([step.keys(page).words for _ in range(100)])
    assert keys.is_repeated.tolist() == [True, True]
    assert sum(map(len, pack_split_keys(keys.words, 7, 1).values())) <= 24 + 2 * 8


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=12), min_size=1, max_size=4),
    st.sampled_from([1, 3, 32]),
    st.integers(1, 2),
    st.sampled_from([20, 64]),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_splits_are_told_what_plain_python_finds(splits, partitions, width, key_bits, shared, random) -> None:
    sent = [collect([np.array(sorted(one), np.uint64).reshape(-1, 2)[:, :width]]).words for one in splits]
    more_bits = 64 * (width - 1) if key_bits == 64 else 0
    asked: dict[int, list[bytes]] = {}
    for split, words in enumerate(sent):
        packed = pack_split_keys(words, split, partitions, key_bits=key_bits, more_bits=more_bits)
        for number, chunk in packed.items():
            asked.setdefault(number, []).append(chunk)
    told: dict[int, list[bytes]] = {split: [] for split in range(len(sent))}
    for number, chunks in asked.items():
        random.shuffle(chunks)
        for split, message in decide(frames([b"".join(chunks)]), number, shared=shared):
            told[split].append(message)
    short = [
        [tuple(row >> (64 - key_bits) for row in words[:, :1].tolist()[i]) for i in range(len(words))] for words in sent
    ]
    travelled = [
        [(*key, *row[1:]) if more_bits else key for key, row in zip(keys, words.tolist(), strict=True)]
        for keys, words in zip(short, sent, strict=True)
    ]
    for split, keys in enumerate(travelled):
        assert told[split]
        before = {key for earlier in travelled[:split] for key in earlier}
        after = {key for later in travelled[split + 1 :] for key in later}
        expected = []
        for number, key in enumerate(keys):
            within = keys.count(key) > 1 if shared else key in keys[:number]
            expected.append(key in before or within or (shared and key in after))
        random.shuffle(told[split])
        assert answered(told[split], sent[split], partitions).tolist() == expected


def test_answers_to_other_questions_look_different() -> None:
    packed = [pack_split_keys(collect([np.array([[n]], np.uint64)]).words, 0, 1)[0] for n in (1, 2)]
    first, second = (list(decide(frames([one]), 0, shared=True)) for one in packed)
    assert len(first) == len(second) == 1
    assert first != second


@pytest.mark.parametrize(("splits", "keys"), [(1, 2**15), (255, 2**15), (256, 2**19), (500_000, 2**19)])
def test_short_keys_tell_keys_apart(splits, keys) -> None:
    assert 200 < 2 ** short_key_bits(splits) / (splits * keys) < 600


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=30))
def test_keys_that_agree_in_their_first_word_are_told_apart(keys) -> None:
    words = np.array(keys, dtype=np.uint64).reshape(-1, 2)
    assert sorted_rows(words).tolist() == sorted(map(list, keys))
    assert distinct_rows(words).tolist() == sorted(map(list, set(keys)))


def test_keys_of_different_steps_are_refused() -> None:
    narrow = pack_split_keys(np.ones((1, 1), np.uint64), 0, 1)[0]
    wide = pack_split_keys(np.ones((1, 2), np.uint64), 0, 1, more_bits=64)[0]
    with pytest.raises(ValueError, match="different steps"):
        frames([narrow, wide])
    with pytest.raises(ValueError, match="cut off"):
        frames([wide[:-1]])


def test_comparing_one_window_in_ten_leaves_the_ends_only(tmp_path) -> None:
    run_ = [f"w{i}" for i in range(120)]
    splits = [[" ".join(run_)], [f"begin {' '.join(run_)} end", f"short {' '.join(run_[:59])} run"]]
    first, second, third = run(tmp_path, SubstringDedup(min_words=50, every=10), splits)
    assert first == splits[0][0]
    assert 2 <= len(second.split()) <= 2 + 2 * 9
    assert (second.split()[0], second.split()[-1]) == ("begin", "end")
    assert len(third.split()) <= 2 + 9


@pytest.mark.parametrize("seed", range(6))
def test_the_same_text_is_left_whatever_the_splits_and_batches(tmp_path, seed) -> None:
    draw = random.Random(seed)
    min_words = draw.randint(2, 50)
    step = SubstringDedup(min_words=min_words, every=draw.randint(2, min_words))
    source = [f"w{draw.randrange(60)}" for _ in range(1500)]
    texts = []
    for _ in range(60):
        words: list[str] = []
        while len(words) < draw.randint(1, 200):
            begin = draw.randrange(len(source))
            words += source[begin : begin + draw.randint(1, 3 * min_words)] or ["alone"]
        texts.append(" ".join(words))
    wanted = expected(step, texts)
    assert wanted != texts
    for number in range(2):
        cuts = sorted(draw.sample(range(1, len(texts)), draw.randint(0, 6)))
        splits = [texts[begin:end] for begin, end in pairwise([0, *cuts, len(texts)])]
        folder = tmp_path / str(number)
        folder.mkdir()
        options = {"batch_documents": draw.randint(1, 60)}
        assert run(folder, step, splits, draw.choice([1, 4, 32]), **options) == wanted


def test_cutting_leaves_valid_text_of_any_script() -> None:
    step = SubstringDedup(min_words=2)
    batch = make_batch(["漢字漢字 ß ß ß\0 नमस्ते नमस्ते नमस्ते नमस्ते 😀", "\0", "漢字"])
    seen = SeenWindows(np.empty((0, 1), np.uint64), window_keys(step.pieces(batch["text"]), 2, 1).words)
    text, _ = step.drop(batch["text"], seen, 0)
    offsets, data = text_buffers(text)
    for a, b in pairwise(offsets):
        bytes(data[a:b]).decode()
    assert text.to_pylist()[1:] == ["\0", ""]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LineDedup(form="c5"), "choose one of c4, ccnet, exact"),
        (lambda: ParagraphDedup(min_chars=0), "min_chars is 0"),
        (lambda: SentenceDedup(sentences=0), "sentences is 0"),
        (lambda: SubstringDedup(min_words=1), "min_words is 1"),
        (lambda: SubstringDedup(every=51), "every is 51"),
    ],
)
def test_impossible_parameters_are_refused(make, message) -> None:
    with pytest.raises(RecipeError, match=message):
        make()
