"""Records of arrays that compiled functions take as one address, however many arrays there are.

Numba hands an array over as seven numbers and more. A function of thirty of them, which hands them on, is mostly that,
to the compiler and to whoever calls it from Python, where each array is unpacked and counted. Of a record only the
address is handed over; a function looks up the arrays that it names, and counts no references to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any, ClassVar

import numpy as np
from llvmlite.ir import FunctionType, IntType
from numba import from_dtype, typeof
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, intrinsic, lower_getattr_generic, models, register_model, unbox

_WORD = 8
"""Bytes of an entry of a record's table: an address, a length, or a whole number."""


@dataclass(frozen=True)
class Piece:
    """A compiled function that another one calls by its address (:func:`call`), and so is compiled apart from it.

    Numba makes what a function calls part of it, and compiles that anew for each that calls it.
    """

    address: int
    kind: PieceType
    code: Any = field(compare=False, repr=False)
    """Whoever holds the piece holds its code."""

    @property
    def _numba_type_(self) -> PieceType:
        return self.kind


class ArrayRecord:
    """Arrays, whole numbers and pieces, under the names that a subclass annotates; what the arrays hold may change.

    Parameters
    ----------
    fields
        By name a whole number, an array in C order, or a :class:`Piece`. A function is compiled for their types.

    Raises
    ------
    TypeError
        For a field that is missing, unknown, or an array in another order.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    _address: int
    _numba_type_: RecordType

    def __init_subclass__(cls) -> None:
        cls.fields = tuple(cls.__annotations__)

    def __init__(self, **fields: Any) -> None:
        if set(fields) != set(self.fields):
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(self.fields)}")
        table: list[int] = []
        kinds: list[types.Type] = []
        for name in self.fields:
            value = fields[name]
            if isinstance(value, Piece):
                kinds.append(value.kind)
                table.append(value.address)
            elif not isinstance(value, np.ndarray):
                kinds.append(types.int64)
                table.append(int(value))
            elif value.flags.c_contiguous:
                kinds.append(_array(value.dtype, value.ndim))
                table += [value.ctypes.data, *value.shape]
            else:
                raise TypeError(f"{type(self).__name__}.{name} is no array in C order")
        words = np.array(table, np.int64)
        vars(self).update(fields, _words=words, _address=words.ctypes.data)
        vars(self)["_numba_type_"] = _record(type(self).__name__, self.fields, tuple(kinds))  # Numba's name for it

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy has a table of its own arrays."""
        return _made, (type(self), {name: getattr(self, name) for name in self.fields})

    @property
    def kind(self) -> types.Type:
        """The type for which functions are compiled."""
        return self._numba_type_

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} stays what it is; compiled functions know where it lies")


def _made(kind: type[ArrayRecord], fields: Mapping[str, Any]) -> ArrayRecord:
    return kind(**fields)


class RecordType(types.Type):
    """The type of a record: the types of its fields, of numbers, arrays and pieces."""

    def __init__(self, name: str, fields: tuple[str, ...], kinds: tuple[types.Type, ...]) -> None:
        self.places: dict[str, tuple[int, types.Type]] = {}
        place = 0
        for name_, kind in zip(fields, kinds, strict=True):
            self.places[name_] = place, kind
            place += 1 + (kind.ndim if isinstance(kind, types.Array) else 0)
        super().__init__(f"{name}_{_digest(self.places)}")


class PieceType(types.Type):
    """The type of a piece: what it takes, and what it gives."""

    def __init__(self, returns: types.Type, takes: tuple[types.Type, ...]) -> None:
        self.returns, self.takes = returns, takes
        super().__init__(f"Piece_{_digest((returns, takes))}")


def _digest(what: object) -> str:
    return sha256(repr(what).encode()).hexdigest()[:12]


@cache
def _array(kind: np.dtype[Any], dimensions: int) -> types.Type:
    return types.Array(from_dtype(kind), dimensions, "C")


_record = cache(RecordType)

register_model(RecordType)(models.OpaqueModel)


@register_model(PieceType)
class _Address(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: PieceType) -> None:
        super().__init__(manager, kind, IntType(8 * _WORD))


@infer_getattr
class _RecordFields(AttributeTemplate):
    key = RecordType

    def generic_resolve(self, record: RecordType, name: str) -> types.Type | None:  # type: ignore[override]
        return record.places[name][1] if name in record.places else None


@unbox(RecordType)
def _table(_: RecordType, record: Any, c: Any) -> NativeValue:
    return _number(c, record, "_address", c.pyapi.long_as_voidptr)


@unbox(PieceType)
def _code(_: PieceType, piece: Any, c: Any) -> NativeValue:
    return _number(c, piece, "address", c.pyapi.long_as_longlong)


def _number(c: Any, thing: Any, name: str, read: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(thing, name)
    value = read(number)
    c.pyapi.decref(number)
    return NativeValue(value, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@lower_getattr_generic(RecordType)
def _look_up(context: Any, builder: Any, record: RecordType, address: Any, name: str) -> Any:
    """A field, from the record's table, of which the compiler is told that nothing writes to it."""
    place, kind = record.places[name]
    word = IntType(8 * _WORD)
    table = builder.bitcast(address, word.as_pointer())

    def entry(k: int) -> Any:
        value = builder.load(builder.gep(table, [word(place + k)], inbounds=True))
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
        return value

    if not isinstance(kind, types.Array):
        return entry(0)
    from numba.np.arrayobj import make_array, populate_array  # a part of the compiler, which kept code does without

    array = make_array(kind)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    shape = [entry(1 + axis) for axis in range(kind.ndim)]
    strides = [word(size)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length, flags=["nsw"]))
    data = builder.inttoptr(entry(0), context.get_data_type(kind.dtype).as_pointer())
    populate_array(array, data=data, shape=shape, strides=strides, itemsize=size, meminfo=None)
    return array._getvalue()


def _calling(context: Any, piece: Any, *given: Any) -> Any:
    """Numba's view of :func:`call`."""
    if not isinstance(piece, PieceType) or tuple(map(types.unliteral, given)) != piece.takes:
        raise TypingError(f"{piece} is no piece that takes {given}")

    def written(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        address, packed = values
        arguments = cgutils.unpack_tuple(builder, packed, len(piece.takes))
        takes = [context.get_value_type(kind) for kind in piece.takes]
        kind = FunctionType(context.get_value_type(piece.returns), takes)
        return builder.call(builder.inttoptr(address, kind.as_pointer()), arguments)

    return piece.returns(piece, types.StarArgTuple(piece.takes)), written


call: Any = intrinsic(_calling)
"""``call(piece, …)``: what a piece gives for arguments of the types that it was made for; compiled code only."""


def piece(function: Any, *takes: Any) -> Piece:
    """A compiled function as another calls it by its address (:func:`call`), for arguments like these.

    Raises
    ------
    TypeError
        Where the function cannot be compiled for them.
    """
    kinds = tuple(typeof(one) for one in takes)
    function.compile(kinds)
    made = function.overloads[kinds]
    address = made.library.get_pointer_to_function(made.fndesc.llvm_cfunc_wrapper_name)
    return Piece(address, PieceType(made.signature.return_type, kinds), made)
