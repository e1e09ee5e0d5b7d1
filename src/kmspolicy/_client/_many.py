"""Many keys: the work on each item of an iterable, on several at a time, while results are consumed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from inspect import isawaitable, iscoroutinefunction
from itertools import count
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    NamedTuple,
    NoReturn,
    Self,
    TypeAlias,
    TypedDict,
    TypeVar,
    cast,
    final,
)

import attrs

from kmspolicy._display import Displayed
from kmspolicy._path import MAX_NAME
from kmspolicy._printable import printable_lines, represented, word
from kmspolicy.errors import KeyIdError, KeyPolicyError, NoAnswerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from types import TracebackType

T_co = TypeVar("T_co", covariant=True)
_T = TypeVar("_T")
Items: TypeAlias = Iterable[_T] | AsyncIterable[_T]


@final
class ErrorDict(TypedDict):
    """An error in JSON: the name of its class, its text, and the facts of a call where it has them."""

    name: str
    message: str
    code: str | None
    status: int | None
    request_id: str | None
    attempts: int | None
    is_retry_safe: bool | None
    outcome_unknown: bool | None


@final
class KeyResultDict(TypedDict):
    """The fields of a :class:`~kmspolicy.KeyResult` in JSON; the value is as its own ``to_dict`` returns it."""

    key_id: str
    value: Any
    error: ErrorDict | None


def _error_dict(error: Exception) -> ErrorDict:
    ours = error if isinstance(error, KeyPolicyError) else None
    return {
        "name": type(error).__name__,
        "message": str(error),
        "code": getattr(ours, "code", None),
        "status": getattr(ours, "status", None),
        "request_id": getattr(ours, "request_id", None),
        "attempts": getattr(ours, "attempts", None),
        "is_retry_safe": getattr(ours, "is_retry_safe", None),
        "outcome_unknown": getattr(ours, "outcome_unknown", None),
    }


@final
@attrs.frozen
class KeyResult(Displayed, Generic[T_co]):
    """The result of the work on one key.

    Attributes:
        key_id: The key, as it was given.
        value: The value; None if there is an error. Type checkers do not know that there is a value if ``error`` is
            None: use ``unwrap``.
        error: The error, most often one of :mod:`kmspolicy.errors`; None if the work succeeded.
    """

    key_id: str
    value: T_co | None
    error: Exception | None = None

    def __bool__(self) -> NoReturn:
        """Refuse to be taken for yes or no: whether the work succeeded, or whether it changed anything?

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "a KeyResult is neither true nor false; see its error, or the changed of its value for what was written"
        )

    def to_dict(self) -> KeyResultDict:
        """Return the result for JSON: the value as its own ``to_dict`` returns it, or else as it is."""
        to_dict = getattr(self.value, "to_dict", None)
        return {
            "key_id": self.key_id,
            "value": self.value if to_dict is None else to_dict(),
            "error": None if self.error is None else _error_dict(self.error),
        }

    def __str__(self) -> str:
        """Return the value or the error as text, behind the key, which most values begin with."""
        said = str(self.value) if self.error is None else f"{type(self.error).__name__}: {self.error}"
        key = f"key {word(self.key_id)}: "
        return printable_lines(said if said.startswith(key) else f"{key}{said}")

    def unwrap(self) -> T_co:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("T_co", self.value)


Progress: TypeAlias = Callable[[int, KeyResult[_T]], object]


class Kind(NamedTuple):
    """A kind of items: how to split one into a key id and the rest, its name, and whether its work writes."""

    split: Callable[[Any], tuple[Any, Any]]
    words: str
    writes: bool = False


def pair(item: Any) -> tuple[Any, Any]:  # noqa: ANN401 - items can be anything
    """Return the two parts of a pair; refuse text, which can have two letters."""
    if isinstance(item, (str, bytes)):
        raise TypeError("text is not a pair")
    key_id, value = item
    return key_id, value


class Many(Generic[_T]):
    """The results of many keys, in the order in which they finish.

    It is an asynchronous iterator, and a context manager that stops the work when it is left::

        async with policies.put_many(items) as results:
            async for result in results:
                ...

    The work begins with the request for the first result. At most twice the concurrency of results wait to be consumed.
    The work stops if the block is left early: by ``break``, an error or a cancellation (also of a single wait for a
    result). No request is sent after the block. An asynchronous generator of items, or another asynchronous iterator
    that can be closed, is closed at the end.

    Attributes:
        done: The number of results that were returned.
    """

    def __init__(
        self,
        items: Items[Any],
        work: Callable[[str, Any], Awaitable[_T]],
        kind: Kind,
        *,
        concurrency: int,
        progress: Progress[_T] | None,
    ) -> None:
        """Prepare the work; it does not begin yet."""
        if isinstance(items, (str, bytes)):
            raise TypeError(
                f"expected an iterable of keys, not {type(items).__name__}; put one key into a list"
            )
        given: object = items
        if isinstance(given, Mapping) and kind.split is pair:
            raise TypeError("iterating over a mapping gives only its keys; pass its .items()")
        if progress is not None and not callable(progress):
            raise TypeError(f"progress must be callable, with a number and a result; {progress!r} is not")
        if iscoroutinefunction(progress) or iscoroutinefunction(type(progress).__call__):
            raise TypeError("progress must not be async: it is called, but not awaited")
        self.done: int = 0
        self._progress = progress
        self._workers = _Workers(items, work, kind, size=concurrency)

    @property
    def pending(self) -> tuple[str, ...]:
        """The keys whose work has begun and whose result was not returned: after leaving early, read these."""
        return tuple(self._workers.begun.values())

    @property
    def finished(self) -> bool:
        """Whether the results of all items were returned; false after leaving early."""
        return self._workers.finished

    def __aiter__(self) -> Self:
        """Return the iterator itself."""
        return self

    async def __anext__(self) -> KeyResult[_T]:
        """Wait for the next result.

        Raises:
            StopAsyncIteration: after the last result, or if the work was stopped.
        """
        try:
            number, result = await self._workers.next()
            self._tell(result)
            self._workers.hand_out(number)
            self.done += 1
        except BaseException:
            await self.aclose()
            raise
        return result

    def _tell(self, result: KeyResult[_T]) -> None:
        """Call the progress callback."""
        try:
            if self._progress is not None:
                self._progress(self.done + 1, result)
        except StopAsyncIteration as error:  # it would look like the end, as in a generator
            raise RuntimeError("progress raised StopAsyncIteration") from error

    async def aclose(self) -> None:
        """Stop the work, and wait until all of its tasks have ended."""
        await self._workers.stop()

    async def __aenter__(self) -> Self:
        """Return the iterator itself; the work does not begin yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the work."""
        await self.aclose()

    def __del__(self) -> None:
        """Stop the work of an iterator that is no longer used, as after ``break`` without the context manager."""
        if "_workers" in self.__dict__:
            self._workers.cancel()


class _Workers(Generic[_T]):
    """Tasks that share a source; they have no reference to the iterator, which can be garbage collected."""

    def __init__(
        self, items: Items[Any], work: Callable[[str, Any], Awaitable[_T]], kind: Kind, *, size: int
    ) -> None:
        self.begun: dict[int, str] = {}
        self.finished = False
        self._stopped = False
        self._under_way: dict[str, deque[tuple[int, Any, Any]]] = {}
        self._work = work
        self._kind = kind
        self._size = size
        self._later = aiter(items) if isinstance(items, AsyncIterable) else None
        self._now = iter(()) if isinstance(items, AsyncIterable) else iter(items)
        self._close: Callable[[], object] | None = getattr(self._later, "aclose", None)
        self._closing = asyncio.Lock()
        self._over = False  # the source has ended or failed, and is not used any more
        self._turn = asyncio.Lock()
        self._taking: asyncio.Task[Any] | None = None
        # Half of the slots are for running work, half for results that wait to be consumed.
        self._slots = 2 * size
        self._freed = asyncio.Event()
        self._results: deque[tuple[int, KeyResult[_T]]] = deque()
        self._news = asyncio.Event()  # a result, or the end of all
        self._tasks: list[asyncio.Task[None]] | None = None
        self._numbers = count()
        self._ended = 0
        self._failure: BaseException | None = None

    async def next(self) -> tuple[int, KeyResult[_T]]:
        """Wait for the next result, and return it with its number.

        Raises:
            StopAsyncIteration: if all is done, or the work was stopped.
        """
        if self._tasks is None:
            size = 0 if self._stopped else self._size
            self._tasks = [asyncio.create_task(self._worker()) for _ in range(size)]
            for task in self._tasks:
                task.add_done_callback(self._end)
        if not self._stopped:
            while not self._results and self._ended < len(self._tasks):
                self._news.clear()
                await self._news.wait()
            if self._results:
                return self._results.popleft()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        self.finished = not self._stopped
        raise StopAsyncIteration

    def hand_out(self, number: int) -> None:
        """Free the slot of a result that was returned."""
        del self.begun[number]
        self._free()

    def _free(self) -> None:
        self._slots += 1
        self._freed.set()

    async def stop(self) -> None:
        """Cancel all tasks, and wait until they have ended."""
        self.cancel()
        await asyncio.gather(*self._running(), return_exceptions=True)
        async with self._closing:  # another task that stops the work waits until the source is closed
            close, self._close = self._close, None
            closing = None if close is None else close()
            if isawaitable(closing):
                await closing

    def cancel(self) -> None:
        """Cancel all tasks, without waiting."""
        self._stopped = not self.finished
        for task in self._running():
            task.cancel()

    def _running(self) -> list[asyncio.Task[None]]:
        """Return the tasks that can still be cancelled; those of a loop that was closed cannot."""
        return [task for task in self._tasks or () if not (task.done() or task.get_loop().is_closed())]

    def _end(self, task: asyncio.Task[None]) -> None:
        """Record that a task has ended, and its error if it was not cancelled by us."""
        failure = RuntimeError(_FROM_OUTSIDE) if task.cancelled() else task.exception()
        if not self._stopped:
            self._failure = self._failure or failure
            self._over |= failure is not None
            if failure is not None and self._taking is not None:
                self._taking.cancel()  # it may wait for ever for an item that nobody needs
        self._ended += 1
        if self._ended == len(self._tasks or ()):
            self._news.set()

    async def _worker(self) -> None:
        while True:
            while not self._slots:
                self._freed.clear()
                await self._freed.wait()
            self._slots -= 1
            item = _NOTHING if self._stopped else await self._take()
            if item is _NOTHING or self._stopped:
                self._free()
                return
            number = next(self._numbers)
            try:
                key_id, value = self._kind.split(item)
            except Exception as cause:  # noqa: BLE001 - an item may raise anything
                self._add(number, self._not_an_item(number, item, cause))
                continue
            self.begun[number] = key_id
            await self._work_on(number, key_id, value)

    async def _take(self) -> object:
        """Return the next item, or ``_NOTHING`` if there are no more or the source has failed."""
        item: object = _NOTHING
        try:
            if self._later is not None:
                item = await self._take_later(self._later)
            elif not self._over:
                item = next(self._now, _NOTHING)
        except asyncio.CancelledError:
            if self._is_cancelled():
                raise
            self._failure = RuntimeError("the iterable of items was cancelled from within")
        except StopAsyncIteration as error:  # it would look like the end, as in a generator
            self._failure = RuntimeError("the iterable of items raised StopAsyncIteration")
            self._failure.__cause__ = error
        except Exception as error:  # noqa: BLE001 - the caller gets it
            self._failure = error
        self._over |= item is _NOTHING  # a source is not used again after its end
        return item

    async def _take_later(self, items: AsyncIterator[Any]) -> object:
        """Wait for an item; only one task at a time does."""
        async with self._turn:
            self._taking = asyncio.current_task()
            try:
                return _NOTHING if self._over else await anext(items, _NOTHING)
            finally:
                self._taking = None

    def _not_an_item(self, number: int, item: object, cause: Exception) -> KeyResult[_T]:
        self.begun[number] = ""
        problem = KeyIdError(f"expected {self._kind.words}, not {represented(item, MAX_NAME)}")
        problem.__cause__ = cause
        return KeyResult("", None, problem)

    async def _work_on(self, number: int, key_id: Any, value: Any) -> None:  # noqa: ANN401 - items can be anything
        """Do the work on an item; of a key that comes twice, who works on the first does the second after it."""
        key = _key(key_id)
        if key in self._under_way:
            self._under_way[key].append((number, key_id, value))
            return
        waiting = self._under_way[key] = deque([(number, key_id, value)])
        while waiting:
            number, key_id, value = waiting.popleft()
            result: KeyResult[_T]
            try:
                result = KeyResult(key_id, await self._work(key_id, value))
            except asyncio.CancelledError as cause:
                if self._is_cancelled():
                    raise
                result = self._cancelled_within(key_id, cause)
            except Exception as error:  # noqa: BLE001 - it is the result of this key, and does not stop the others
                result = KeyResult(key_id, None, error)
            self._add(number, result)
        del self._under_way[key]

    def _add(self, number: int, result: KeyResult[_T]) -> None:
        self._results.append((number, result))
        self._news.set()

    def _cancelled_within(self, key_id: str, cause: BaseException) -> KeyResult[_T]:
        error = NoAnswerError(
            "the client cancelled the request",
            code="CancelledError",
            key_id=key_id,
            outcome_unknown=self._kind.writes,
        )
        error.__cause__ = cause
        return KeyResult(key_id, None, error)

    def _is_cancelled(self) -> bool:
        """Return whether this task was cancelled, and not something inside its work."""
        task = asyncio.current_task()
        return self._stopped or task is None or task.cancelling() > 0


_NOTHING: Final = object()
_FROM_OUTSIDE: Final = "a task of the work was cancelled from outside; pending has its key"


def _key(key_id: object) -> str:
    """Return the id of a key, also if it is given as an ARN."""
    return key_id.rpartition(":key/")[2] if isinstance(key_id, str) else repr(key_id)
