"""Many keys: one piece of work for each of an iterable's items, some at a time, as results are asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from inspect import isawaitable, iscoroutinefunction
from itertools import count
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, Self, TypeAlias, TypeVar, cast, final

import attrs

from kmspolicy._path import MAX_NAME
from kmspolicy._printable import represented, word
from kmspolicy.errors import KeyIdError, NoAnswerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from types import TracebackType

T_co = TypeVar("T_co", covariant=True)
_T = TypeVar("_T")
Items: TypeAlias = Iterable[_T] | AsyncIterable[_T]


@final
@attrs.frozen
class KeyResult(Generic[T_co]):
    """Say what became of one key.

    Attributes:
        key_id: The key, as it was given.
        value: What was returned; None where there is an error. Type checkers do not know that it is there where ``error``
            is None: use ``unwrap``.
        error: Why it failed, most often one of :mod:`kmspolicy.errors`; None where it succeeded.
    """

    key_id: str
    value: T_co | None
    error: Exception | None = None

    def unwrap(self) -> T_co:
        """Return the value, or raise the error."""
        if self.error is not None:
            raise self.error
        return cast("T_co", self.value)


Progress: TypeAlias = Callable[[int, KeyResult[_T]], object]


class Kind(NamedTuple):
    """Say what items are: how each is taken apart into a key id and the rest, in words, and whether its work writes."""

    split: Callable[[Any], tuple[Any, Any]]
    words: str
    writes: bool = False


def pair(item: Any) -> tuple[Any, Any]:  # noqa: ANN401 - whatever the items are
    """Take a pair; a text of two letters is none."""
    if isinstance(item, (str, bytes)):
        raise TypeError("a text is no pair")
    key_id, value = item
    return key_id, value


class Many(Generic[_T]):
    """Go through the results of many keys, in the order in which they finish.

    It is an asynchronous iterator, and a context manager that stops the work when it is left::

        async with policies.put_many(items) as results:
            async for result in results:
                ...

    The work begins when the first result is asked for, and goes no further than twice its concurrency beyond what was
    taken. Leaving early, by ``break``, an error or cancellation (that of a single wait for a result, too), stops it: no
    request is sent any more when the block is left. An asynchronous generator of items, or another asynchronous iterator
    that can be closed, is closed then.

    Attributes:
        done: How many results were handed out.
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
        """Take what there is to do; nothing is done yet."""
        if isinstance(items, (str, bytes)):
            raise TypeError(
                f"expected an iterable of keys, not {type(items).__name__}; put one key into a list"
            )
        given: object = items
        if isinstance(given, Mapping) and kind.split is pair:
            raise TypeError("a mapping gives its keys alone; give its .items()")
        if progress is not None and not callable(progress):
            raise TypeError(f"progress is called with a number and a result; {progress!r} cannot be called")
        if iscoroutinefunction(progress) or iscoroutinefunction(type(progress).__call__):
            raise TypeError("progress is called and not awaited; it must not be async")
        self.done: int = 0
        self._progress = progress
        self._crew = _Crew(items, work, kind, size=concurrency)

    @property
    def pending(self) -> tuple[str, ...]:
        """The keys whose work has begun and whose result was not handed out: after leaving early, read these."""
        return tuple(self._crew.begun.values())

    @property
    def finished(self) -> bool:
        """Whether all items had their results handed out; false after leaving early."""
        return self._crew.finished

    def __aiter__(self) -> Self:
        """Go through the results."""
        return self

    async def __anext__(self) -> KeyResult[_T]:
        """Wait for the next result.

        Raises:
            StopAsyncIteration: after the last, or where the work was stopped.
        """
        try:
            number, result = await self._crew.next()
            self._tell(result)
            self._crew.hand_out(number)
            self.done += 1
        except BaseException:
            await self.aclose()
            raise
        return result

    def _tell(self, result: KeyResult[_T]) -> None:
        """Tell the progress."""
        try:
            if self._progress is not None:
                self._progress(self.done + 1, result)
        except StopAsyncIteration as error:  # which would pass for the end, as in a generator
            raise RuntimeError("progress raised StopAsyncIteration") from error

    async def aclose(self) -> None:
        """Stop the work; when this returns, nothing of it is left."""
        await self._crew.stop()

    async def __aenter__(self) -> Self:
        """Begin nothing yet."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the work."""
        await self.aclose()

    def __del__(self) -> None:
        """Stop the work of an iterator that was dropped, as after a ``break`` without the context manager."""
        if "_crew" in self.__dict__:
            self._crew.cancel()


class _Crew(Generic[_T]):
    """Tasks that share a source; they know nothing of the iterator, so that it can be dropped."""

    def __init__(
        self, items: Items[Any], work: Callable[[str, Any], Awaitable[_T]], kind: Kind, *, size: int
    ) -> None:
        self.begun: dict[int, str] = {}
        self.finished = False
        self._stopped = False
        self._busy: set[str] = set()
        self._work = work
        self._kind = kind
        self._size = size
        self._later = aiter(items) if isinstance(items, AsyncIterable) else None
        self._now = iter(()) if isinstance(items, AsyncIterable) else iter(items)
        self._close: Callable[[], object] | None = getattr(self._later, "aclose", None)
        self._closing = asyncio.Lock()
        self._over = False  # the source has ended, or failed, and is asked no more
        self._turn = asyncio.Lock()
        self._taking: asyncio.Task[Any] | None = None
        # As many again as are worked at may wait for being taken.
        self._room = asyncio.Semaphore(2 * size)
        self._results: asyncio.Queue[tuple[int, KeyResult[_T]] | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] | None = None
        self._numbers = count()
        self._ended = 0
        self._failure: BaseException | None = None

    async def next(self) -> tuple[int, KeyResult[_T]]:
        """Wait for a result, and its number.

        Raises:
            StopAsyncIteration: when all is done, or was stopped.
        """
        if self._tasks is None:
            size = 0 if self._stopped else self._size
            self._tasks = [asyncio.create_task(self._worker()) for _ in range(size)]
            for task in self._tasks:
                task.add_done_callback(self._end)
        while not self._stopped and self._ended < len(self._tasks):
            got = await self._results.get()
            if got is not None:
                return got
            self._ended += 1
        if self._results.empty():
            self._results.put_nowait(None)  # for another who waits
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        self.finished = not self._stopped
        raise StopAsyncIteration

    def hand_out(self, number: int) -> None:
        """Take note that a result has reached its reader."""
        del self.begun[number]
        self._room.release()

    async def stop(self) -> None:
        """Cancel all tasks, and wait until they have ended."""
        self.cancel()
        await asyncio.gather(*(self._tasks or ()), return_exceptions=True)
        async with self._closing:  # another who stops waits until the source is closed
            close, self._close = self._close, None
            closing = None if close is None else close()
            if isawaitable(closing):
                await closing

    def cancel(self) -> None:
        """Tell all tasks to end."""
        self._stopped = not self.finished
        for task in self._tasks or ():
            if not task.get_loop().is_closed():
                task.cancel()

    def _end(self, task: asyncio.Task[None]) -> None:
        """Take note that a task has ended, and why, if it was not told to."""
        if not self._stopped:
            outside = RuntimeError("a task of the work was cancelled from outside; pending has its key")
            failure = outside if task.cancelled() else task.exception()
            self._failure = self._failure or failure
            self._over |= failure is not None
            if failure is not None and self._taking is not None:
                self._taking.cancel()  # it may wait for an item for ever, of which nothing would be made
        self._results.put_nowait(None)

    async def _worker(self) -> None:
        while True:
            await self._room.acquire()
            item = _NOTHING if self._stopped else await self._take()
            if item is _NOTHING or self._stopped:
                self._room.release()
                return
            number = next(self._numbers)
            self._results.put_nowait((number, await self._result(number, item)))

    async def _take(self) -> object:
        """Take an item; nothing where there are no more, or the source has failed, which ends the work."""
        item: object = _NOTHING
        try:
            if self._later is not None:
                item = await self._take_later(self._later)
            elif not self._over:
                item = next(self._now, _NOTHING)
        except asyncio.CancelledError:
            if self._is_told_to_end():
                raise
            self._failure = RuntimeError("the iterable of items was cancelled from within")
        except StopAsyncIteration as error:  # which would pass for the end, as in a generator
            self._failure = RuntimeError("the iterable of items raised StopAsyncIteration")
            self._failure.__cause__ = error
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets it
            self._failure = error
        self._over |= item is _NOTHING  # a source is not asked again after its end
        return item

    async def _take_later(self, items: AsyncIterator[Any]) -> object:
        """Wait for an item; one task at a time does."""
        async with self._turn:
            self._taking = asyncio.current_task()
            try:
                return _NOTHING if self._over else await anext(items, _NOTHING)
            finally:
                self._taking = None

    async def _result(self, number: int, item: Any) -> KeyResult[_T]:  # noqa: ANN401 - whatever the items are
        """Do the work of an item; whatever comes of it is a result."""
        try:
            key_id, value = self._kind.split(item)
        except Exception as cause:  # noqa: BLE001 - however an item refuses to be taken apart
            self.begun[number] = ""
            problem = KeyIdError(f"expected {self._kind.words}, not {represented(item, MAX_NAME)}")
            problem.__cause__ = cause
            return KeyResult("", None, problem)
        self.begun[number] = key_id
        key = _key(key_id)
        if key in self._busy:
            message = f"key {word(key_id)} is under way already; give each key once, or wait for its result"
            return KeyResult(key_id, None, KeyIdError(message))
        self._busy.add(key)
        try:
            return KeyResult(key_id, await self._work(key_id, value))
        except asyncio.CancelledError as cause:
            if self._is_told_to_end():
                raise
            error = NoAnswerError(
                "the client cancelled the request",
                code="CancelledError",
                key_id=key_id,
                outcome_unknown=self._kind.writes,
            )
            error.__cause__ = cause
            return KeyResult(key_id, None, error)
        except Exception as error:  # noqa: BLE001 - a result of its key, and no reason to stop the others
            return KeyResult(key_id, None, error)
        finally:
            self._busy.discard(key)

    def _is_told_to_end(self) -> bool:
        """Tell whether a cancellation is meant for this task, and comes not from within its work."""
        task = asyncio.current_task()
        return self._stopped or task is None or task.cancelling() > 0


_NOTHING: Final = object()


def _key(key_id: object) -> str:
    """Take an ARN and the id in it for the same key."""
    return key_id.rpartition(":key/")[2] if isinstance(key_id, str) else repr(key_id)
