"""What several test modules share."""

import gc
import json
import os
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import settings

from textmill.pipeline.run import driver_process

from .browser import Browser, started
from .command_server import CommandServer

TEXTMILL = Path(sys.executable).parent / "textmill"
LONG = ("test_installed", "test_resumed", "test_push")
"""Test files outside of ``end_to_end`` that take as long as those."""
DATA = Path(__file__).parents[2] / "shared" / "data"


# A shell has what it starts in the background ignore interrupts, and the commands that tests start and interrupt would
# inherit that from the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Modules are compiled once, not by each process that tests start, of which there are hundreds.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The first example of a test may compile a kernel, which takes seconds.
settings.register_profile("textmill", deadline=None)
settings.load_profile("textmill")
# The same examples in each run (pytest --hypothesis-profile=repeatable), so that what CI says depends on no chance.
settings.register_profile("repeatable", settings.get_profile("textmill"), derandomize=True)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes that are no text do not stand in a test's name: those of archives hold the time, so no name would last."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) and not val.isascii() else None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Ten thousand tests are no garbage: the collector need not look through them again and again."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes come first, so that no worker is left alone with one of them in the end."""
    items.sort(key=lambda item: item.path.parent.name != "end_to_end" and item.path.stem not in LONG)


@pytest.fixture(scope="session")
def characters() -> list[str]:
    """Every character that Unicode knows, and two of each block of 128 that it does not know or leaves to others."""
    found = []
    for code in range(0x110000):
        category = unicodedata.category(chr(code))
        if category not in ("Cn", "Co", "Cs") or (category != "Cs" and code % 61 == 0):
            found.append(chr(code))
    return found


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development data beside the checkout."""
    if not DATA.is_dir():
        pytest.skip("the development data (shared/data beside the checkout) is not here")
    return DATA


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser; for one module, because asyncio cannot be used beside its driver."""
    with started() as running:
        yield running


def write_encoder(
    folder: Path, words: Sequence[str], *, config: Mapping[str, Any] | None = None, width: int = 0, alone: bool = False
) -> Path:
    """Write a small encoder in ONNX with its tokenizer: random vectors of words, their mean, and a linear head.

    Without a head (``width`` of 0) its output are the vectors themselves, as those of a model for embeddings.
    ``alone`` writes one that takes a single text at a time.
    """
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    folder.mkdir(parents=True, exist_ok=True)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: number for number, word in enumerate([*special, *words])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.enable_truncation(16)  # as those of published models are; windows must not be cut by it
    tokenizer.save(str(folder / "tokenizer.json"))
    generator = np.random.default_rng(len(words))
    tensors = {
        "table": generator.normal(size=(len(vocabulary), 24)).astype(np.float32),
        "head": generator.normal(size=(24, max(width, 1))).astype(np.float32),
        "last": np.array([-1], dtype=np.int64),
        "tokens": np.array([1], dtype=np.int64),
    }
    rows = 1 if alone else "batch"
    steps = [
        helper.make_node("Gather", ["table", "input_ids"], ["vectors"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["vectors", "wide"], ["last_hidden_state"]),
        helper.make_node("ReduceSum", ["last_hidden_state", "tokens"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["wide", "tokens"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], ["mean"]),
        helper.make_node("MatMul", ["mean", "head"], ["logits"]),
    ]
    output = ("logits", [rows, width]) if width else ("last_hidden_state", [rows, "tokens", 24])
    graph = helper.make_graph(
        steps if width else steps[:4],
        "encoder",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, [rows, "length"])
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info(output[0], TensorProto.FLOAT, output[1])],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, str(folder / "model.onnx"))
    if config is not None:
        (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def make_encoder() -> Callable[..., Path]:
    """:func:`write_encoder`."""
    return write_encoder


@pytest.fixture(scope="session")
def installed() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The installed command, started as a user would; takes options of :func:`subprocess.run`."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [str(TEXTMILL), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture(scope="session")
def command_server() -> Iterator[Callable[[], CommandServer]]:
    """The process that commands and drivers are copied from, started when it is first asked for."""
    started: list[CommandServer] = []

    def get() -> CommandServer:
        if not started:
            started.append(CommandServer(TEXTMILL))
        return started[0]

    yield get
    for server in started:
        server.end()


@pytest.fixture(scope="session", autouse=True)
def _copied_drivers(command_server: Callable[[], CommandServer]) -> Iterator[None]:
    """Drivers of runs that tests start by themselves are copies too."""
    with pytest.MonkeyPatch.context() as patched:
        popen = {"Popen": lambda command, **options: command_server().start_driver(command, **options)}
        rest = {"PIPE": subprocess.PIPE, "DEVNULL": subprocess.DEVNULL}
        patched.setattr(driver_process, "subprocess", SimpleNamespace(**popen, **rest))
        yield


@pytest.fixture(scope="session")
def textmill(
    installed: Callable[..., Any], command_server: Callable[[], CommandServer]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command in a process of its own, copied from one that has it imported, as :mod:`.command_server` says.

    It is the installed one where an option is given that is none of these, or another variable than PYTHONPATH that
    Python reads as it starts.
    """

    def run(
        *arguments: object,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        input: str | None = None,  # as that of subprocess.run
        **options: Any,
    ) -> subprocess.CompletedProcess[str]:
        env = os.environ if env is None else env
        of_python = {name for name in {*env, *os.environ} if name.startswith("PYTHON")} - {"PYTHONPATH"}
        if options or any(env.get(name) != os.environ.get(name) for name in of_python):
            return installed(*arguments, cwd=cwd, env=env, input=input, **options)  # type: ignore[no-any-return]
        given = [str(argument) for argument in arguments]
        return command_server().run(*given, cwd=cwd or Path.cwd(), environment=env, timeout=300, given=input)

    return run


@pytest.fixture(scope="session")
def shell_commands(command_server: Callable[[], CommandServer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PATH with the command in it, of which each call is a copy, as of :func:`textmill`."""
    folder = tmp_path_factory.mktemp("commands")
    command_server().write_shim(folder / "textmill")
    return folder
