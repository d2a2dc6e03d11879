"""Train tokenizers with the libraries that everybody loads them with: ``tokenizers`` and ``sentencepiece``."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from ...errors import InputError
from .tokenizer_options import BYTE_TOKENS, SPACE, TokenizerOptions

Texts: TypeAlias = Callable[[], Iterable[str]]
TEXTS_AT_ONCE = 1000
LONGEST_LINE = 4096
"""Bytes of a line that sentencepiece learns from; longer ones are cut."""
UNIGRAM_THREADS = 2
"""A fixed number: sentencepiece adds up what its threads have counted, which rounds differently for other numbers."""


@dataclass(frozen=True)
class Trained:
    """A tokenizer as files hold it."""

    tokenizer_json: str
    """For ``tokenizers`` and ``transformers``."""
    model: bytes | None
    """For ``sentencepiece``, of a Unigram tokenizer."""
    config: Mapping[str, Any]
    """``tokenizer_config.json`` of ``transformers``."""


def train_tokenizer(texts: Texts, options: TokenizerOptions) -> Trained:
    """Learn a tokenizer; the same texts in the same order give the same bytes.

    Args:
        texts: Gives the texts from the beginning at each call.
        options: See there.

    Raises:
        InputError: when the texts hold too little for such a vocabulary, or sentencepiece is not installed.
    """
    if options.model == "unigram":
        return _unigram(texts(), options)
    if options.model == "wordpiece":
        described = _wordpiece(texts, options)
    elif options.bytes == "level":
        described = _byte_level(texts(), options)
    else:
        described = _byte_fallback(texts, options)
    return Trained(_dumped(described), None, _config(options))


def _byte_level(texts: Iterable[str], options: TokenizerOptions) -> dict[str, Any]:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    split = pre_tokenizers.Split(options.split_pattern(), "isolated")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*_digits(options), split, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=options.vocabulary_size,
        min_frequency=options.minimum_count,
        special_tokens=list(options.all_special),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_in_batches(texts), trainer)
    return _described(tokenizer)


def _byte_fallback(texts: Texts, options: TokenizerOptions) -> dict[str, Any]:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    spaces = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="never", split=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*_digits(options), spaces])
    tokenizer.decoder = decoders.Sequence([decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()])
    first = [*options.all_special, *BYTE_TOKENS]
    alphabet = _alphabet(texts(), (options.vocabulary_size - len(first)) // 4)
    trainer = trainers.BpeTrainer(
        vocab_size=options.vocabulary_size,
        min_frequency=options.minimum_count,
        special_tokens=first,
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_in_batches(texts()), trainer)
    return _described(tokenizer, not_special=BYTE_TOKENS)


def _wordpiece(texts: Texts, options: TokenizerOptions) -> dict[str, Any]:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*_digits(options), pre_tokenizers.BertPreTokenizer()])
    tokenizer.decoder = decoders.WordPiece()
    special = list(options.all_special)
    alphabet = _alphabet(texts(), (options.vocabulary_size - len(special)) // 4)

    def train(size: int, first: list[str]) -> dict[str, Any]:
        trainer = trainers.WordPieceTrainer(
            vocab_size=size,
            min_frequency=options.minimum_count,
            special_tokens=first,
            initial_alphabet=alphabet,
            limit_alphabet=len(alphabet),
            show_progress=False,
        )
        tokenizer.train_from_iterator(_in_batches(texts()), trainer)
        return _described(tokenizer, not_special=first[len(special) :])

    # Characters within words get their ids in the order in which a hash table gives words out, which is never the same:
    # a first training finds these characters, the second is given them in order.
    later = sorted(one for one in train(0, special)["model"]["vocab"] if one.startswith("##"))
    return train(options.vocabulary_size, [*special, *later])


def _alphabet(texts: Iterable[str], most: int) -> list[str]:
    """The commonest characters, by code point; the library would draw lots among those that are equally common."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(text)
    common = sorted((one for one in counted if one != " "), key=lambda one: (-counted[one], one))
    return sorted([*common[:most], SPACE])


def _unigram(texts: Iterable[str], options: TokenizerOptions) -> Trained:
    try:
        from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
    except ImportError as error:
        raise InputError("a Unigram tokenizer needs sentencepiece: pip install 'textmill[sentencepiece]'") from error
    unknown, begin, end, *others = options.all_special
    written = io.BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=_lines(texts),
            model_writer=written,
            model_type="unigram",
            vocab_size=options.vocabulary_size,
            hard_vocab_limit=True,
            byte_fallback=True,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            add_dummy_prefix=False,
            allow_whitespace_only_pieces=True,
            split_digits=options.digits == "apart",
            unk_piece=unknown,
            bos_piece=begin,
            eos_piece=end,
            control_symbols=others,
            max_sentence_length=LONGEST_LINE + 4,
            num_threads=UNIGRAM_THREADS,
            minloglevel=2,
        )
    except (RuntimeError, OSError) as error:
        raise InputError(
            f"sentencepiece cannot make a vocabulary of {options.vocabulary_size}: {error}; "
            "give it more text, or ask for fewer entries"
        ) from error
    model = written.getvalue()
    processor = SentencePieceProcessor(model_proto=model)
    return Trained(_dumped(unigram_json(processor, options)), model, _config(options))


def unigram_json(processor: Any, options: TokenizerOptions) -> dict[str, Any]:
    """A ``tokenizer.json`` that gives the ids of a sentencepiece model of ours."""
    numbers = range(processor.get_piece_size())
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": processor.piece_to_id(token), "content": token, "special": True}
            | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
            for token in options.all_special
        ],
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": SPACE},
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        "model": {
            "type": "Unigram",
            "unk_id": processor.unk_id(),
            "vocab": [[processor.id_to_piece(number), processor.get_score(number)] for number in numbers],
            "byte_fallback": True,
        },
    }


def _digits(options: TokenizerOptions) -> list[Any]:
    from tokenizers import Regex, pre_tokenizers

    if options.digits == "apart":
        return [pre_tokenizers.Digits(individual_digits=True)]
    if options.digits == "threes":
        return [pre_tokenizers.Split(Regex(r"\p{N}{1,3}"), "isolated")]
    return []


def _in_batches(texts: Iterable[str]) -> Iterator[list[str]]:
    several = iter(texts)
    while batch := list(islice(several, TEXTS_AT_ONCE)):
        yield batch


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Lines without their ends, which are bytes to sentencepiece; long ones cut between characters."""
    for text in texts:
        for line in text.splitlines():
            content = line.encode()
            if len(content) <= LONGEST_LINE:
                if line:
                    yield line
                continue
            for start in range(0, len(content), LONGEST_LINE):
                piece = content[start : start + LONGEST_LINE].decode(errors="ignore")
                if piece:
                    yield piece


def _described(tokenizer: Any, *, not_special: Sequence[str] = ()) -> dict[str, Any]:
    """What the file holds.

    Args:
        tokenizer: The library's.
        not_special: Tokens that were named as special ones to give them their ids, and must not be found in text.
    """
    described: dict[str, Any] = json.loads(tokenizer.to_str())
    known = set(not_special)
    described["added_tokens"] = [one for one in described["added_tokens"] if one["content"] not in known]
    return described


def _dumped(described: Mapping[str, Any]) -> str:
    return json.dumps(described, ensure_ascii=False, indent=1) + "\n"


def _config(options: TokenizerOptions) -> dict[str, Any]:
    special = options.all_special
    if options.model == "wordpiece":
        names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), special, strict=False))
    elif options.model == "bpe" and options.bytes == "level":
        names = {"bos_token": special[0], "eos_token": special[0]}
    else:
        names = {"unk_token": special[0], "bos_token": special[1], "eos_token": special[2]}
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        **names,
        **({"additional_special_tokens": list(options.special)} if options.special else {}),
    }
