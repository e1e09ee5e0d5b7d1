"""Answers that do not come from KMS: redirects that are followed, and pages of proxies and captive portals."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from http_support import Raw, client_of, scripted_kms, serving, url_of
from kmspolicy import KeyPolicies, Policy, Retry, errors, statements

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from kmspolicy.testing import VirtualClock

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
POLICY = Policy([statements.enable_iam_policies("111122223333")])
PAGE = "<html>Please log in.</html>"
LOOKS_LIKE_KMS = '{"Policy": "{}", "PolicyName": "default"}'


class Hosts:
    """A host that redirects, to a path of its own or to another host, which answers with a page.

    Attributes:
        url: Where the first host is.
        reached: What came: the method, and whether it was the other host.
    """

    def __init__(self, status: int, page: str) -> None:
        self.url = ""
        self.other = ""
        self.reached: list[tuple[str, bool]] = []
        self._status = status
        self._page = page

    async def redirect(self, request: web.Request) -> web.Response:
        self.reached.append((request.method, False))
        return web.Response(status=self._status, headers={"Location": f"{self.other}/login"})

    async def login(self, request: web.Request) -> web.Response:
        self.reached.append((request.method, True))
        return web.Response(text=self._page)


@asynccontextmanager
async def hosts(status: int, page: str, *, elsewhere: bool) -> AsyncGenerator[Hosts, None]:
    """Run both."""
    both = Hosts(status, page)
    async with (
        serving(both.redirect, login=both.login) as first,
        serving(both.redirect, login=both.login) as second,
    ):
        both.url = url_of(first)
        both.other = url_of(second if elsewhere else first)
        yield both


@pytest.mark.parametrize("elsewhere", [True, False], ids=["another host", "the same host"])
@pytest.mark.parametrize(
    "page", ["", "{}", PAGE, LOOKS_LIKE_KMS], ids=["empty", "object", "page", "like KMS"]
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects(clock: VirtualClock, status: int, page: str, *, elsewhere: bool) -> None:
    """What was redirected does not count, however it looks; the call is not repeated, and its outcome is not known."""
    async with hosts(status, page, elsewhere=elsewhere) as both, client_of(both.url) as client:
        policies = KeyPolicies(client, sleep=clock.sleep, clock=clock)
        for call, writes in ((policies.put(KEY_ID, POLICY), True), (policies.get_text(KEY_ID), False)):
            both.reached.clear()
            with pytest.raises(errors.NoAnswerError, match="may have reached another host") as caught:
                await call
            error = caught.value
            assert error.message.startswith(f"the request was redirected to {both.other}/login: ")
            assert (error.code, error.attempts, error.is_retry_safe) == ("NotFromKMS", 1, False)
            assert error.outcome_unknown is writes
            assert both.reached == [("POST", False), ("POST" if status in {307, 308} else "GET", True)]
    assert clock.slept == []


async def test_an_error_of_another_host(clock: VirtualClock) -> None:
    """It is not taken for one of KMS."""

    async def redirect(_: web.Request) -> web.Response:
        return web.Response(status=308, headers={"Location": "/login"})

    async def not_found(_: web.Request) -> web.Response:
        return web.json_response({"__type": "NotFoundException"}, status=400)

    async with serving(redirect, login=not_found) as server, client_of(url_of(server)) as client:
        with pytest.raises(errors.NoAnswerError, match="may have reached another host"):
            await KeyPolicies(client, sleep=clock.sleep, clock=clock).get_text(KEY_ID)


@pytest.mark.parametrize("body", [PAGE, '{"Policy": "{}"}', "[]", "OK"])
async def test_a_page_in_the_place_of_an_answer(clock: VirtualClock, body: str) -> None:
    """A proxy or a captive portal that answers 200 has put nothing on the key."""
    async with scripted_kms() as kms, client_of(kms.url) as client:
        kms.answers(Raw(200, body.encode()))
        with pytest.raises(
            errors.NoAnswerError, match="the answer is not one of KMS, which has an empty body"
        ) as caught:
            await KeyPolicies(client, sleep=clock.sleep, clock=clock).put(KEY_ID, POLICY)
    assert (caught.value.code, caught.value.outcome_unknown, len(kms.requests)) == ("NotFromKMS", True, 1)


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b" {}\n"])
async def test_answers_without_output(clock: VirtualClock, body: bytes) -> None:
    """KMS and its stand-ins write nothing in different ways."""
    async with scripted_kms() as kms, client_of(kms.url) as client:
        kms.answers(Raw(200, body))
        assert (await KeyPolicies(client, sleep=clock.sleep, clock=clock).put(KEY_ID, POLICY)).attempts == 1


@pytest.mark.parametrize("status", [301, 304])
async def test_a_redirect_that_leads_nowhere(clock: VirtualClock, status: int) -> None:
    """That is not an answer of KMS either; botocore does not repeat it where retries are its own matter."""
    async with scripted_kms() as kms, client_of(kms.url) as client:
        kms.answers(Raw(status))
        for retry in (Retry(), None):
            policies = KeyPolicies(client, retry=retry, sleep=clock.sleep, clock=clock)
            with pytest.raises(errors.NoAnswerError, match=f"the answer is a redirect .HTTP {status}."):
                await policies.put(KEY_ID, POLICY)
    assert len(kms.requests) == 2


async def test_the_same_place_in_other_words(clock: VirtualClock) -> None:
    """A host in capital letters, or a URL without a path, is where the request went."""
    async with scripted_kms() as kms:
        url = kms.url.replace("127.0.0.1", "LOCALHOST")
        async with client_of(url) as client:
            assert (
                await KeyPolicies(client, sleep=clock.sleep, clock=clock).put(KEY_ID, POLICY)
            ).attempts == 1
