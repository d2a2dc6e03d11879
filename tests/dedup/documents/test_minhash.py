from __future__ import annotations

import copy
import dataclasses
import itertools
import pickle
import unicodedata

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.dedup import ExactDedup, MinHashDedup
from textmill.dedup.documents.clusters import link
from textmill.dedup.documents.signatures import minhash, permutations
from textmill.dedup.documents.verification import SETS, SIGNATURES, Verification
from textmill.dedup.packed.packing import join_records, pack, partition
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch

SCHEMES = ["affine32", "legacy"]
ENGLISH = (
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a "
    "wife. However little known the feelings or views of such a man may be on his first entering a neighbourhood, this "
    "truth is so well fixed in the minds of the surrounding families, that he is considered as the rightful property "
    "of some one or other of their daughters."
)


def removed(step, texts):
    """Index of each removed text → index of the first of its cluster; candidates are not verified."""
    batch = make_batch(texts)
    packed = pack(step.keys(batch), np.arange(len(texts), dtype=np.uint64))
    forest = link(join_records(partition(packed, 1).values()))
    return dict(zip(forest.rows.tolist(), forest.roots.tolist(), strict=True))


def with_datasketch(hashes, *, scheme, count=112, seed=1):
    oracle = MinHash(num_perm=count, seed=seed, scheme=scheme, hashfunc=lambda value: value)
    if len(hashes):
        oracle.update_batch(hashes.tolist())
    return oracle


@pytest.mark.parametrize("scheme", SCHEMES)
@settings(max_examples=60, deadline=None)
@given(
    sets=st.lists(
        st.lists(st.integers(0, 2**32 - 1) | st.sampled_from([0, 1, 2**31, 2**32 - 1]), max_size=40), max_size=5
    ),
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 130),
)
def test_signatures_of_any_hashes_equal_datasketch(scheme, sets, seed, count):
    offsets = np.cumsum([0, *map(len, sets)])
    hashes = np.array([value for members in sets for value in members], dtype=np.uint32)
    ours = minhash(offsets, hashes, count=count, seed=seed, scheme=scheme)
    assert ours.shape == (len(sets), count)
    for index, row in enumerate(ours):
        members = hashes[offsets[index] : offsets[index + 1]]
        assert np.array_equal(row, with_datasketch(members, scheme=scheme, seed=seed, count=count).hashvalues)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_remainder_of_the_prime_is_exact_at_its_edges(scheme):
    hashes = np.random.RandomState(7).randint(0, 2**32, 50_000, dtype=np.uint32)
    ours = minhash(np.arange(len(hashes) + 1), hashes, count=3, seed=5, scheme=scheme)
    oracle = MinHash(num_perm=3, seed=5, scheme=scheme)
    if scheme == "legacy":
        multipliers, summands = (np.asarray(values, dtype=np.uint64) for values in oracle.permutations)
        expected = (hashes[:, None].astype(np.uint64) * multipliers + summands) % np.uint64(2**61 - 1)
        assert np.array_equal(ours, expected & np.uint64(2**32 - 1))
    else:
        assert len({tuple(row) for row in ours.tolist()}) == len(set(hashes.tolist()))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_signatures_of_texts_equal_datasketch_and_load_into_its_index(scheme):
    step = MinHashDedup(scheme=scheme, seed=3)
    batch = make_batch([ENGLISH, ENGLISH.upper(), "Something else altogether, that shares no words with it.", ""])
    found, ours = step.shingles(batch), step.signatures(batch)
    index = MinHashLSH(num_perm=112, params=(14, 8))
    for number in range(4):
        oracle = with_datasketch(found.hashes[found.offsets[number] : found.offsets[number + 1]], scheme=scheme, seed=3)
        assert ours.dtype == oracle.hashvalues.dtype
        assert np.array_equal(ours[number], oracle.hashvalues)
        if number:
            index.insert(number, MinHash(hashvalues=ours[number], seed=3, scheme=scheme))
    loaded = MinHash(hashvalues=ours[0], seed=3, scheme=scheme)
    assert index.query(loaded) == [1]
    assert loaded.is_empty() is False
    assert MinHash(hashvalues=ours[3], seed=3, scheme=scheme).is_empty()


def test_documents_share_a_key_exactly_where_datasketch_finds_a_band_in_common():
    words = ENGLISH.split()
    texts = [" ".join([*words[:cut], f"word{chr(97 + cut)}", *words[cut + 1 :]]) for cut in range(26)]
    texts += [" ".join(words[cut:]) for cut in range(1, 40, 3)]
    step = MinHashDedup()
    batch = make_batch(texts)
    keys, signatures = step.keys(batch), step.signatures(batch)
    buckets = keys.words.reshape(len(texts), 14)
    bands = signatures.reshape(len(texts), 14, 8)
    for left in range(len(texts)):
        for right in range(left):
            same = (bands[left] == bands[right]).all(axis=1)
            assert np.array_equal(buckets[left] == buckets[right], same)


def test_short_documents_are_compared_as_a_whole():
    texts = [
        "Too short",
        "too short!",
        "too",
        "short too",
        "TOO  SHÖRT",
        "one two three four five",
        "one two three four six",
    ]
    assert removed(MinHashDedup(), texts) == {1: 0, 4: 0}


def test_documents_without_words_have_no_key():
    step = MinHashDedup()
    batch = make_batch(["", " \n\t", "...!?", "\u200b\u00ad", "🙂🙂", "\u0301"])
    assert step.keys(batch).words.shape == (0, 1)
    assert step.shingles(batch).offsets.tolist() == [0] * 7
    assert (step.signatures(batch) == 2**32 - 1).all()
    assert step.keys(make_batch([])).words.shape == (0, 1)


def test_short_documents_do_not_collide_by_their_32_bit_hashes():
    count = 200_000  # about 5 pairs of these share a 32-bit hash
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    texts = ["".join(letters[[number // 26**power % 26 for power in range(4)]]) for number in range(count)]
    step = MinHashDedup(bands=1, rows=1)
    found = step.shingles(make_batch(texts))
    assert len(np.unique(found.hashes)) < count
    assert len(np.unique(step.keys(make_batch(texts)).words)) == count


def test_a_slice_of_a_batch_gives_the_same_keys():
    batch = make_batch(["first one here", ENGLISH, "", "漢字かな交じり文を読む", ENGLISH[:100]])
    step = MinHashDedup()
    whole, part = step.keys(batch), step.keys(batch.slice(1, 3))
    chosen = (whole.document >= 1) & (whole.document < 4)
    assert np.array_equal(whole.words[chosen], part.words)
    assert np.array_equal(whole.document[chosen] - 1, part.document)


@pytest.mark.parametrize(
    "text",
    [
        "Ĉiuj homoj estas denaske liberaj kaj egalaj laŭ digno kaj rajtoj. Việt Nam, Ångström, déjà vu",
        "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다",
        "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。ガギグゲゴ",
        "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق",
        "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια",
    ],
)
def test_normalization_forms_are_duplicates(text):
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD")]
    assert removed(MinHashDedup(bands=1, rows=1), [*forms, "else"]) == {1: 0}
    assert np.array_equal(*MinHashDedup().signatures(make_batch(forms)))


def test_near_duplicates_in_chinese_and_arabic_are_found():
    chinese = "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。" * 2
    chinese += "人人有资格享有本宣言所载的一切权利和自由,不分种族、肤色、性别、语言、宗教、政治或其他见解。"
    arabic = "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا "
    arabic += (
        "لكل إنسان حق التمتع بكافة الحقوق والحريات الواردة في هذا الإعلان دون أي تمييز كالتمييز بسبب العنصر أو اللون"
    )
    texts = [chinese, arabic, chinese.replace("。", "!") + "完", arabic + " أيضا", chinese[::-1]]
    assert removed(MinHashDedup(), texts) == {2: 0, 3: 1}


def test_only_the_first_words_of_a_very_long_document_count():
    step = MinHashDedup(max_words=20)
    words = [f"w{chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(400)]
    batch = make_batch([" ".join(words), " ".join(words[:20]), " ".join(words[:19])])
    assert np.diff(step.shingles(batch).offsets).tolist() == [16, 16, 15]
    signatures = step.signatures(batch)
    assert np.array_equal(signatures[0], signatures[1])


def test_a_document_of_five_megabytes():
    long = " ".join(
        f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676 % 26)}x{chr(97 + n * 7 % 26)}"
        for n in range(850_000)
    )
    assert len(long) > 5_000_000
    step = MinHashDedup(max_words=500_000)
    batch = make_batch(["before", long, "after"])
    found = step.shingles(batch)
    assert np.diff(found.offsets).tolist() == [1, 499_996, 1]
    oracle = with_datasketch(found.hashes[found.offsets[1] : found.offsets[2]], scheme="affine32")
    assert np.array_equal(step.signatures(batch)[1], oracle.hashvalues)
    assert removed(step, [long, "else", long.upper()]) == {2: 0}


def test_a_hundred_thousand_copies_leave_one():
    texts = ["The same few words, again and again, in every single document."] * 100_000
    assert removed(MinHashDedup(), texts) == dict.fromkeys(range(1, 100_000), 0)


def test_documents_that_all_differ_all_stay():
    texts = [
        " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + w)}" for w in range(20)) for n in range(676)
    ]
    assert removed(MinHashDedup(), texts) == {}


def test_bands_for_a_threshold_are_those_of_datasketch():
    step = MinHashDedup.for_threshold(0.8, 128, ngram=3, keep="longest")
    index = MinHashLSH(threshold=0.8, num_perm=128)
    assert (step.bands, step.rows, step.ngram, step.keep) == (index.b, index.r, 3, "longest")
    assert step.probability(0.95) > 0.9 > 0.1 > step.probability(0.5)


@pytest.mark.parametrize(
    ("preset", "geometry"),
    [
        ("fineweb", (14, 8, 5)),
        ("refinedweb", (450, 20, 5)),
        ("redpajama", (9, 13, 13)),
        ("bigcode", (25, 10, 5)),
    ],
)
def test_presets_are_the_published_geometries(preset, geometry):
    step = MinHashDedup(preset=preset)
    assert (step.bands, step.rows, step.ngram) == geometry
    assert MinHashDedup(**dataclasses.asdict(step)) == step


def test_a_threshold_is_a_geometry_too():
    step, index = MinHashDedup(threshold=0.8), MinHashLSH(threshold=0.8, num_perm=112)
    assert (step.bands, step.rows) == (index.b, index.r)
    assert MinHashDedup(**dataclasses.asdict(step)) == step


def test_signatures_can_be_loaded_into_the_index_of_datasketch():
    words = ENGLISH.split()
    texts = [ENGLISH, ENGLISH.replace("wife", "husband"), " ".join(reversed(words)), ENGLISH.upper()]
    step = MinHashDedup(threshold=0.7)
    index = MinHashLSH(threshold=0.7, num_perm=step.bands * step.rows, params=(step.bands, step.rows))
    signatures = [
        MinHash(hashvalues=values, seed=step.seed, scheme=step.scheme) for values in step.signatures(make_batch(texts))
    ]
    for number, signature in enumerate(signatures):
        index.insert(number, signature)
    assert sorted(index.query(signatures[0])) == [0, 1, 3]
    assert removed(step, texts) == {1: 0, 3: 0}


def test_probabilities_of_the_docstring():
    step = MinHashDedup()
    assert [round(step.probability(s), 2) for s in (0.5, 0.7, 0.75, 0.8)] == [0.05, 0.56, 0.77, 0.92]
    assert step.probability(0.85) > 0.98
    assert round(step.verified_similarity, 3) == 0.465
    assert round(step.probability(step.verified_similarity), 4) == 0.03
    assert MinHashDedup(min_similarity=0.8).verified_similarity == 0.8


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bands": 0}, "bands is 0"),
        ({"rows": -1}, "rows is -1"),
        ({"ngram": 0}, "ngram is 0"),
        ({"bands": 10**6, "rows": 10**6}, "65536 permutations are the most"),
        ({"max_words": 4}, "max_words"),
        ({"scheme": "affine64"}, "affine32, legacy"),
        ({"keep": "last"}, "first, longest"),
        ({"seed": -1}, "seed is -1"),
        ({"preset": "gopher"}, "fineweb, refinedweb, redpajama, bigcode"),
        ({"preset": "bigcode", "bands": 7}, "preset bigcode has bands 25, not 7"),
        ({"preset": "bigcode", "threshold": 0.8}, "leave one out"),
        ({"threshold": 1.0}, "between 0 and 1"),
        ({"verify": "maybe"}, "signature, jaccard, containment, none"),
        ({"min_similarity": 1.2}, "from 0 to 1"),
        ({"keep": "highest"}, "'by' must name a measurement"),
        ({"by": "language.score"}, "says nothing"),
    ],
)
def test_wrong_parameters_are_refused(parameters, message):
    with pytest.raises(RecipeError, match=message):
        MinHashDedup(**parameters)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
@pytest.mark.parametrize("count", [1, 2, 112, 301])
def test_permutations_are_those_of_datasketch(count, seed, scheme):
    ours, theirs = permutations(count, seed, scheme), MinHash(count, seed, scheme=scheme).permutations
    for own, expected in zip(ours, theirs, strict=True):
        assert own.dtype == expected.dtype
        assert np.array_equal(own, expected)


@pytest.mark.parametrize(("threshold", "permutations"), [(0, 112), (1, 112), (0.5, 1)])
def test_wrong_thresholds_are_refused(threshold, permutations):
    with pytest.raises(RecipeError, match="must"):
        MinHashDedup.for_threshold(threshold, permutations)


def test_steps_pickle_and_copy():
    step = MinHashDedup(bands=3)
    step.setup()
    assert pickle.loads(pickle.dumps(step)) == copy.copy(step) == step
    assert pickle.loads(pickle.dumps(ExactDedup(keep="longest"))).keep == "longest"


def test_edited_news_articles_are_found_and_different_ones_are_not(shared_data):
    texts = [path.read_text(encoding="utf-8") for path in sorted((shared_data / "web/articles/text").glob("*"))]
    texts = list({text for text in texts if len(text.split()) >= 100})
    texts.sort()
    assert len(texts) > 50
    step = MinHashDedup()
    among_themselves = removed(step, texts)
    edited = []
    for text in texts:
        words = text.split()
        words[len(words) // 3] = "Correction"
        edited.append("Updated: " + " ".join(words).upper())
    found = removed(step, texts + edited)
    count = len(texts)
    assert {number - count for number in found if number >= count} == set(range(count))
    assert all(
        _root(found[number], among_themselves) == _root(number - count, among_themselves)
        for number in found
        if number >= count
    )
    for number, survivor in among_themselves.items():
        assert _jaccard(texts[number], texts[survivor]) > 0.5


def _root(number, pairs):
    return pairs.get(number, number)


def _jaccard(left, right):
    left, right = (
        {tuple(words[i : i + 5]) for i in range(len(words) - 4)}
        for words in (left.lower().split(), right.lower().split())
    )
    return len(left & right) / len(left | right)


def number_tables(count: int) -> list[str]:
    """Tables with the same head and different numbers."""
    draw = np.random.default_rng(7)
    head = "Depth of the river in centimetres by gauge. "
    return [head + " ".join(map(str, draw.integers(100, 1000, 250))) for _ in range(count)]


@pytest.mark.parametrize("verify", ["signature", "jaccard", "containment"])
@pytest.mark.parametrize("fold_digits", [False, True])
def test_tables_of_different_numbers_all_stay(verify: Verification, fold_digits: bool) -> None:
    batch = make_batch(number_tables(2))
    step = MinHashDedup(verify=verify, fold_digits=fold_digits)
    keys, sketch = step.keys_and_sketches(batch)
    shared = len(keys.words) - len(np.unique(keys.words))
    if verify == "containment" and fold_digits:
        assert shared > step.bands  # fingerprints too
    else:
        assert shared == (step.bands if fold_digits else 0)  # folded, they are candidates
    if verify == "signature":
        assert (sketch[0] == sketch[1]).mean() < step.verified_similarity
    else:
        found = step.verified_shingles(batch)
        first, second = (set(found.hashes[begin:end]) for begin, end in itertools.pairwise(found.offsets))
        assert len(first & second) < 0.1 * min(len(first), len(second))


@pytest.mark.parametrize(
    ("verify", "kept"), [("none", None), ("signature", SIGNATURES), ("jaccard", SETS), ("containment", SETS)]
)
def test_an_index_keeps_what_documents_are_compared_by(verify: Verification, kept: str | None) -> None:
    assert MinHashDedup(verify=verify, index_evidence=True).kept_evidence == kept
    assert MinHashDedup(verify=verify, index_evidence=False).kept_evidence is None


def test_what_is_not_given():
    step = MinHashDedup()
    assert (step.bands, step.rows, step.ngram, step.seed, step.scheme) == (14, 8, 5, 1, "affine32")
    assert (step.preset, step.threshold, step.verify, step.min_similarity) == (None, None, "signature", None)
    assert (step.max_words, step.fold_digits, step.index_evidence) == (1_000_000, False, True)
