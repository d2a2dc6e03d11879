"""The LLVM instructions that stand behind :mod:`.instructions`, for the compiler alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.cgutils import create_struct_proxy, false_bit, raw_memcpy
from numba.extending import intrinsic

from .instructions import ANSWERS, LANES


def _address(context: Any, builder: Any, kind: Any, array: Any, position: Any) -> Any:
    return builder.gep(create_struct_proxy(kind)(context, builder, value=array).data, [position])


def load_eight(_context: Any, data: Any, _position: Any) -> Any:
    """One unaligned load."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], *arguments)
        word = context.get_value_type(types.uint64)
        return builder.load(builder.bitcast(address, word.as_pointer()), align=1)

    return types.uint64(data, types.intp), generate


def store_eight(_context: Any, data: Any, _position: Any, _value: Any) -> Any:
    """One unaligned store."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], *arguments[:2])
        word = context.get_value_type(types.uint64)
        builder.store(arguments[2], builder.bitcast(address, word.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(data, types.intp, types.uint64), generate


def copy_bytes(_context: Any, target: Any, _at: Any, source: Any, _start: Any, _count: Any) -> Any:
    """``memcpy``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to = _address(context, builder, signature.args[0], *arguments[:2])
        from_ = _address(context, builder, signature.args[2], *arguments[2:4])
        raw_memcpy(builder, to, from_, arguments[4], 1)
        return context.get_dummy_value()

    return types.void(target, types.intp, source, types.intp, types.intp), generate


def trailing_zeros(_context: Any, _value: Any) -> Any:
    """``cttz``."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], false_bit)

    return types.int64(types.uint64), generate


def bits_set(_context: Any, _value: Any) -> Any:
    """``ctpop``."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


def unsplit(_context: Any, _condition: Any) -> Any:
    """Nothing, by an assembler line whose result the optimiser cannot know."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte = ir.IntType(8)
        same = builder.asm(ir.FunctionType(byte, [byte]), "", "=r,0", [builder.zext(arguments[0], byte)], False)
        return builder.icmp_unsigned("!=", same, byte(0))

    return types.boolean(types.boolean), generate


def add_lanes(_context: Any, result: Any, _at: Any, vectors: Any, _start: Any) -> Any:
    """Load and add vectors, made wider where the sums are."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, source = (
            builder.bitcast(
                _address(context, builder, kind, array, first),
                ir.VectorType(context.get_value_type(kind.dtype), LANES).as_pointer(),
            )
            for kind, array, first in (
                (signature.args[0], arguments[0], arguments[1]),
                (signature.args[2], arguments[2], arguments[3]),
            )
        )
        added = builder.load(source, align=1)
        if result.dtype != vectors.dtype:
            added = builder.fpext(added, target.type.pointee)
        builder.store(builder.fadd(builder.load(target, align=1), added), target, align=1)
        return context.get_dummy_value()

    return types.void(result, types.intp, vectors, types.intp), generate


def answer_lanes(_context: Any, answers: Any, rows: Any, asked: Any, limits: Any, _first: Any) -> Any:
    """Compare vectors, and put their answers together in one."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def address(place: int, position: Any) -> Any:
            return _address(context, builder, signature.args[place], arguments[place], position)

        def vector(of: Any) -> Any:
            return ir.VectorType(context.get_value_type(of.dtype), LANES)

        found = ir.Constant(vector(answers), None)
        for bit in range(ANSWERS):
            question = builder.add(arguments[4], context.get_constant(types.intp, bit))
            row = builder.sext(builder.load(address(2, question)), question.type)
            start = address(1, builder.mul(row, context.get_constant(types.intp, LANES)))
            numbers = builder.load(builder.bitcast(start, vector(rows).as_pointer()), align=1)
            limit = _spread(builder, builder.load(address(3, question)))
            bits = ir.Constant(found.type, [1 << bit] * LANES)
            larger = builder.fcmp_ordered(">", numbers, limit)
            found = builder.or_(found, builder.select(larger, bits, ir.Constant(found.type, None)))
        target = address(0, context.get_constant(types.intp, 0))
        builder.store(found, builder.bitcast(target, found.type.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(answers, rows, asked, limits, types.intp), generate


def _spread(builder: Any, value: Any) -> Any:
    """A vector of one number."""
    nothing = ir.Constant(ir.VectorType(value.type, LANES), ir.Undefined)
    places = ir.Constant(ir.VectorType(ir.IntType(32), LANES), None)
    return builder.shuffle_vector(builder.insert_element(nothing, value, places.type.element(0)), nothing, places)


INTRINSICS: Mapping[str, Callable[..., Any]] = {
    function.__name__: intrinsic(function)
    for function in (load_eight, store_eight, copy_bytes, trailing_zeros, bits_set, unsplit, add_lanes, answer_lanes)
}
"""What numba puts in place of each instruction, by its name."""
