"""What a pass leaves behind: which of it is the result, and which only tells how it went."""

from textmill.pipeline.input.splits import Split
from textmill.pipeline.job.facts import SplitFacts
from textmill.pipeline.job.progress import Progress
from textmill.pipeline.job.results import PassResult, Piece, StagedSplit


def result() -> PassResult:
    split = Split(number=0, parts=(), bytes=0)
    return PassResult(staged=StagedSplit(split=split, splits=1, checksum="c", facts=SplitFacts(number=0)))


def test_a_pass_that_says_nothing_to_others_leaves_a_staged_split_alone() -> None:
    one, other = result(), result()
    assert one.messages == {}
    assert one.piece is None
    assert one.staged.path is None
    assert one.seen == Progress()
    assert one.seen is not other.seen
    assert Piece(path="p", batch_rows=(1,), batch_bytes=(2,)).batch_folders == ()


def test_results_that_were_counted_otherwise_on_the_way_are_the_same() -> None:
    one, other = result(), result()
    other.seen.documents += 1
    assert one == other
