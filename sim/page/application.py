"""The routes of the page: what a seat is shown, what it sends, and what it is told of changes."""

from __future__ import annotations

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sim.errors import StoreDamaged, UserMistake
from sim.language import LANGUAGES, _, spoken_in
from sim.page import acts
from sim.page import ahead as futures
from sim.page.ahead import FuturesDesk, Superseded
from sim.page.ask import FormAnswer, PageAsk
from sim.page.forms import Form
from sim.page.guard import BodyTooLarge, Guard, fault_answer, no_seat, plain, too_large
from sim.page.live import HEARTBEAT, LiveTable
from sim.page.pictures import PAPER_CSP, Pictures
from sim.page.seats import Seat, Seating
from sim.page.shown import newest
from sim.page.views.pages import form as form_view
from sim.page.views.pages import join_page, page, part
from sim.tabletop.session import Session

MOST_FIELDS = 250
"""Fields of a form."""
SECONDS_OF_A_BODY = 20
"""In which a form must have come."""
KEPT_DAYS = 14
"""For which a browser keeps its seat."""
_STATIC = Path(__file__).with_name("static")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
_MOST_ANSWERS, _MOST_PAGES = 512, 64


class TablePage:
    """A session that is served: its parts, and the routes over them.

    Parameters
    ----------
    live
        The session.
    seating
        Its seats.
    language
        Of who has not chosen one.
    """

    def __init__(self, live: LiveTable, seating: Seating, language: str = "en") -> None:
        self.live, self.seating, self.language = live, seating, language
        self.pictures = Pictures()
        self.ahead = FuturesDesk(live, self.pictures)
        self._views = ThreadPoolExecutor(1, "views")
        self._answers: OrderedDict[str, dict[str, FormAnswer]] = OrderedDict()
        self._pages: OrderedDict[Hashable, asyncio.Future[str]] = OrderedDict()
        self._files = {
            path.name: (path.read_bytes(), _TYPES[path.suffix])
            for path in (sorted(_STATIC.iterdir()) if _STATIC.is_dir() else [])
            if path.suffix in _TYPES
        }

    def application(self, hosts: tuple[str, ...]) -> Guard:
        """The whole, behind its guard; ``hosts`` is what Host may say."""
        routes = [
            Route("/", self.front),
            Route("/part/{name}", self.region),
            Route("/events", self.events),
            Route("/do/{name}", self.act, methods=["POST"]),
            Route("/static/{name}", self.static),
            Route("/picture/{name}", self.picture),
            Route("/paper/{name}", self.paper),
            Route("/seat/{token}", self.seat, methods=["GET", "POST"]),
            Route("/leave", self.leave, methods=["POST"]),
        ]
        refusals: Any = {
            404: _nothing_here, 405: _nothing_here, BodyTooLarge: _more_than_a_form, Exception: _fault,
        }  # fmt: skip
        app = Starlette(routes=routes, lifespan=self._lifespan, exception_handlers=refusals)
        app.router.redirect_slashes = False
        guard = Guard(app, self.seating, hosts, self.language)
        self._language_cookie = guard.language_cookie
        return guard

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self.live.start()
        self.ahead.start()
        try:
            yield
        finally:
            self.live.end_streams()
            await self.ahead.stop()
            await self.live.stop()
            await self.pictures.stop()
            self._views.shutdown(wait=False, cancel_futures=True)

    # Pages

    async def front(self, request: Request) -> Response:
        """GET /: the seat's page, with what came of the form that this browser sent last."""
        seat = _seat(request)
        if seat is None:
            return no_seat(_language(request))
        answers = self._answers.pop(seat.browser, {})
        return HTMLResponse(await self._page(request, seat, answers))

    async def region(self, request: Request) -> Response:
        """GET /part/NAME: one region of the seat's page."""
        seat, name = _seat(request), request.path_params["name"]
        if seat is None:
            return no_seat(_language(request))
        try:
            return HTMLResponse(await self._rendered(lambda: part(name, self.ask(request, seat))))
        except KeyError:
            return no_seat(_language(request))

    def ask(self, request: Request, seat: Seat, answers: Mapping[str, FormAnswer] | None = None) -> PageAsk:
        """What a view is asked for on behalf of a request."""
        live = self.live
        session, language = live.session, _language(request)
        with spoken_in(language):
            shown, read_only = newest(session.board, seat, self.ahead.beside), live.read_only
        return PageAsk(
            session=session,
            seat=seat,
            language=language,
            playing=live.playing,
            answers=dict(answers or {}),
            shown=shown,
            version=len(session.log.entries),
            read_only=read_only,
            trying=self.ahead.is_waiting(seat),
            seats=self._online(seat),
        )

    async def _page(self, request: Request, seat: Seat, answers: Mapping[str, FormAnswer]) -> str:
        """A seat's page; those who sit on one seat share one as long as nothing changes."""
        if answers:
            return await self._rendered(lambda: page(self.ask(request, seat, answers)))
        live, shared = self.live, replace(seat, browser="")
        key = (shared, _language(request), live.serial, live.playing, live.closing, live.fault is not None,
               self.ahead.is_waiting(seat), next(reversed(self.ahead.beside), None), self._online(seat))  # fmt: skip
        if key not in self._pages:
            self._pages[key] = asyncio.ensure_future(self._rendered(lambda: page(self.ask(request, shared))))
            while len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
        try:
            return await asyncio.shield(self._pages[key])
        except Exception:
            self._pages.pop(key, None)
            raise

    def _online(self, seat: Seat) -> tuple[tuple[str, bool], ...]:
        """For the facilitator: each seat, and whether somebody has its page open."""
        if seat.kind != "facilitator":
            return ()
        return tuple((one.name, self.live.is_online(one.name)) for one in self.seating.seats)

    async def _rendered(self, render: Callable[[], str]) -> str:
        def timed() -> str:
            began = time.thread_time()
            try:
                return render()
            finally:
                self.live.spent += time.thread_time() - began

        return await asyncio.get_running_loop().run_in_executor(self._views, timed)

    # Acts

    async def act(self, request: Request) -> Response:
        """POST /do/NAME: do what a form says, and answer when it is on the disk."""
        seat, name, language = _seat(request), request.path_params["name"], _language(request)
        if seat is None or not self._may(seat, name):
            return no_seat(language)
        typed = await _typed(request)
        if isinstance(typed, Response):
            return typed
        if name == "language":
            return await self._chosen_language(request, seat, typed)
        form = Form(name, typed, seat, acts.ACTS[name].keys if name in acts.ACTS else None)
        try:
            with spoken_in(language):
                answer = await self._done(form)
        except Superseded:
            answer = form.refused({"": _("A newer question of yours was asked before this one was begun.")})
            return await self._answered(request, seat, answer, 409)
        return await self._answered(request, seat, answer, 422 if answer.refused else 200)

    def _may(self, seat: Seat, name: str) -> bool:
        return name == "language" or acts.may(seat, name) or (seat.acts and name in futures.NAMES)

    async def _done(self, form: Form) -> FormAnswer:
        """What came of a form; a session that cannot be written is a mistake of the whole form, in a sentence."""
        live = self.live
        try:
            if live.fault is not None:
                raise UserMistake("session", None, live.read_only)
            if form.name in futures.NAMES:
                return await self.ahead.answer(form)
            if form.name == "inject" and form.text("act") == "preview":
                return await self.ahead.preview(form)
            act = acts.ACTS[form.name]
            if live.playing and form.name != "note" and not act.plays:  # a turn that is played twice waits, and is told
                text = _("A turn is being played. Nothing was done; send it again when the turn is over.")
                return form.refused({"": text})
            return await live.write(act.what, lambda session: acts.do(session, form), plays=act.plays)
        except UserMistake as fault:
            return form.refused({"": fault.right})
        except StoreDamaged:
            return form.refused(
                {"": live.read_only or _("The session's log was changed by somebody; nothing is added.")}
            )

    async def _answered(self, request: Request, seat: Seat, answer: FormAnswer, status: int) -> Response:
        """The fragment of a form's answer, or the page: after a redirect where the form is done."""
        if request.headers.get("x-part"):
            # A few words, which wait for no page that is being made.
            said = form_view(answer.form, self.ask(request, seat, {answer.form: answer}))
            return HTMLResponse(said, status)
        if not answer.refused:
            self._keep_answer(seat, answer)
            return RedirectResponse("/", 303)
        return HTMLResponse(await self._page(request, seat, {answer.form: answer}), status)

    def _keep_answer(self, seat: Seat, answer: FormAnswer) -> None:
        self._answers.setdefault(seat.browser, {})[answer.form] = answer
        self._answers.move_to_end(seat.browser)
        while len(self._answers) > _MOST_ANSWERS:
            self._answers.popitem(last=False)

    async def _chosen_language(self, request: Request, seat: Seat, typed: Mapping[str, str | list[str]]) -> Response:
        form = Form("language", typed, seat)
        field = "code" if "code" in typed else "language"
        code = form.text(field)
        if code not in LANGUAGES:
            answer = form.refused({field: _("one of {languages}").format(languages=", ".join(LANGUAGES))})
            return await self._answered(request, seat, answer, 422)
        request.state.language = code
        with spoken_in(code):
            answer = form.done(LANGUAGES[code])
        response = await self._answered(request, seat, answer, 200)
        self._set(request, response, self._language_cookie, code)
        return response

    # Streams

    async def events(self, request: Request) -> Response:
        """GET /events: a stream that tells when the table changes."""
        seat = _seat(request)
        if seat is None:
            return no_seat(_language(request))
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        return _Events(self.live, seat, _language(request))

    # Files

    async def static(self, request: Request) -> Response:
        """GET /static/NAME: one of the files that the page is made of."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            return no_seat(_language(request))
        return Response(found[0], media_type=found[1])

    async def picture(self, request: Request) -> Response:
        """GET /picture/NAME.png: a picture of a comparison that this seat was shown, when it is drawn."""
        seat = _seat(request)
        drawn = self.pictures.of(request.path_params["name"].removesuffix(".png"))
        if seat is None or drawn is None or not drawn.is_for(seat):
            return no_seat(_language(request))
        return Response(await asyncio.shield(drawn.png), media_type="image/png")

    async def paper(self, request: Request) -> Response:
        """GET /paper/NAME: a paper of the table, as this seat may read it."""
        seat = _seat(request)
        found = None
        if seat is not None:
            found = await self.pictures.paper(request.path_params["name"], seat, self.live.session.board)
        if found is None:
            return no_seat(_language(request))
        return Response(found[1], media_type=found[0], headers={"content-security-policy": PAPER_CSP})

    # Seats

    async def seat(self, request: Request) -> Response:
        """GET /seat/TOKEN: a page with one button; POST: the seat is taken, and its cookie set."""
        token, language = request.path_params["token"], _language(request)
        seat = self.seating.of_token(token)
        if seat is None:
            return no_seat(language)
        if request.method != "POST":
            title = self.live.session.board.table.title
            told = {"language": language, "title": title, "sits": self._sits(request, seat)}
            join = await self._rendered(lambda: join_page(seat.title, f"/seat/{token}", **told))
            return HTMLResponse(join)
        response = RedirectResponse("/", 303)
        self._set(request, response, self.seating.cookie_name, self.seating.cookie(seat))
        return response

    def _sits(self, request: Request, wanted: Seat) -> str:
        """The other seat that a browser has already; empty for none."""
        seat = _seat(request)
        return seat.title if seat is not None and seat.name != wanted.name else ""

    async def leave(self, request: Request) -> Response:
        """POST /leave: the browser's cookie is taken back."""
        language = _language(request)
        with spoken_in(language):
            text = _("You have left your seat. Your link takes it again.")
            response = plain(_("Until later"), text, 200, language=language)
        if (seat := _seat(request)) is not None:
            self._answers.pop(seat.browser, None)
        name, secure = self.seating.cookie_name, request.url.scheme == "https"
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
        return response

    def _set(self, request: Request, response: Response, name: str, value: str) -> None:
        """Set a cookie that no script reads and that goes to no other site."""
        secure = request.url.scheme == "https"
        age = KEPT_DAYS * 86_400
        response.set_cookie(name, value, max_age=age, path="/", secure=secure, httponly=True, samesite="strict")


def begin(
    session: Session, seating: Seating, hosts: tuple[str, ...], language: str
) -> tuple[Guard, Callable[[], None]]:
    """The application of a session, and what lets its streams end (:func:`sim.page.serving.serve`)."""
    live = LiveTable(session)
    return TablePage(live, seating, language).application(hosts), live.end_streams


class _Events(Response):
    """Server-sent events of one page, until it is closed or the server ends."""

    def __init__(self, live: LiveTable, seat: Seat, language: str) -> None:
        super().__init__(None, media_type="text/event-stream")
        self._live, self._seat, self._language = live, seat, language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._live.stream(self._seat) as stream:
            if stream is None:
                with spoken_in(self._language):
                    text = _("Too many pages of this seat are open; close one of them.")
                    answer = plain(_("A moment"), text, 429, language=self._language, headers={"retry-after": "30"})
                await answer(scope, receive, send)
                return
            head = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send(_chunk(b"retry: 2000\n\n"))
            gone = asyncio.ensure_future(_closed(receive))
            try:
                while not self._live.closing and not gone.done():
                    if stream.changed.is_set():
                        stream.changed.clear()
                        data = json.dumps(self._live.told(), separators=(",", ":"))
                        await asyncio.wait_for(send(_chunk(f"event: table\ndata: {data}\n\n".encode())), 30)
                    change = asyncio.ensure_future(stream.changed.wait())
                    done, _left = await asyncio.wait({change, gone}, timeout=HEARTBEAT, return_when="FIRST_COMPLETED")
                    change.cancel()
                    if not done:
                        await asyncio.wait_for(send(_chunk(b": here\n\n")), 30)
                with suppress(OSError):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            except (TimeoutError, OSError):
                pass  # whoever reads it no longer does
            finally:
                gone.cancel()


def _chunk(data: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": data, "more_body": True}


async def _closed(receive: Receive) -> None:
    """Wait until the other end is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _typed(request: Request) -> dict[str, str | list[str]] | Response:
    """What a form holds, a field that comes several times as a list; a plain answer where it is none."""
    language = _language(request)
    if request.headers.get("content-type") is None and request.headers.get("content-length", "0") == "0":
        return {}  # a form with nothing in it
    kind, _semicolon, more = request.headers.get("content-type", "").lower().partition(";")
    charset = more.partition("charset=")[2].split(";")[0].strip(' "')
    if kind.strip() != "application/x-www-form-urlencoded" or charset not in ("", "utf-8"):
        return _no_form(language)  # of files there are none, so of forms there is one kind
    try:
        body = await asyncio.wait_for(request.body(), SECONDS_OF_A_BODY)
        fields = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS
        )
    except (ClientDisconnect, TimeoutError, ValueError):
        return _no_form(language)
    typed: dict[str, str | list[str]] = {}
    for name, value in fields:
        clean = value.replace("\r\n", "\n")
        before = typed.get(name)
        if before is None:
            typed[name] = clean
        else:
            typed[name] = [*([before] if isinstance(before, str) else before), clean]
    return typed


def _no_form(language: str) -> Response:
    with spoken_in(language):
        text = _("What came was no form of the table, or has too many fields. Nothing was done.")
        return plain(_("No form"), text, 400, language=language, back=True)


async def _nothing_here(request: Request, fault: Exception) -> Response:
    return no_seat(_language(request))


async def _more_than_a_form(request: Request, fault: Exception) -> Response:
    return too_large(_language(request))


async def _fault(request: Request, fault: Exception) -> Response:
    """Whatever it was; the guard, which hears of it next, says where it was on the error stream."""
    return fault_answer(_language(request))


def _seat(request: Request) -> Seat | None:
    found: Seat | None = request.scope["state"]["seat"]
    return found


def _language(request: Request) -> str:
    return str(request.scope["state"]["language"])
