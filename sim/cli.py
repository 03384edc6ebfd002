"""``tabletop``: a thin layer over :mod:`sim.api`, and the one place where faults become exit codes and lines.

0 done; 1 a fault of ours; 2 the user's mistake (one line); 3 done, but some runs failed; 4 the store is damaged or
belongs to something else; 130 interrupted, 143 ended by SIGTERM: what is finished is kept.
"""

from __future__ import annotations

import importlib
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click

from sim._version import __version__
from sim.commands.patience import forget_notes, note, say_notes
from sim.errors import NoEffect, TabletopError, Terminated, UserMistake, one_line
from sim.signals import answered, heard

VERBS = {
    "run": "run one scenario as an ensemble, and draw it",
    "sweep": "run many cases: every combination, or a design's points",
    "calibrate": "worlds that lived the record, and what the record says",
    "compare": "which case does better, by how much, how sure, under which theories",
    "sensitivity": "which settings matter, under each theory, and how much is luck",
    "discover": "in which worlds an outcome comes about, or one lever beats another",
    "certify": "what findings survive: rival theories, other worlds, other assumptions",
    "backtest": "what worlds that lived the record predict after it, and its score",
    "table": "sit down at the table: turns, options, a thousand futures",
    "serve": "put a session of the table on a page, for browsers",
    "why": "why an officer left, where two runs part, which cause drives exits",
    "plot": "draw every figure that a store allows",
    "reproduce": "make a figure again from what it carries",
    "brief": "two pages to hand up, of a comparison or of the answer",
    "explore": "one file to hand on: move a lever, see what worlds come to",
    "bundle": "one file with everything that a result rests on, the same wherever it is made",
    "status": "what a store holds, and what is missing",
    "verify": "check every part of a store or bundle, and live a sample of runs again",
    "query": "ask a store in SQL",
    "prune": "drop days, officers or cases of a store, after asking",
    "show": "facts, parameters, scenarios, theories, outcomes, assumptions",
    "init": "copy conf/ to a folder of your own",
}

NOTHING_SAID: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""What click 8.2 and later raise for a group without a verb; earlier ones print the help themselves."""


class LazyGroup(click.Group):
    """Knows its verbs by name, and imports one only when it is typed, so that ``--help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order people need them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, or None for a word that is no verb."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"sim.commands.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tabletop")
def tabletop() -> None:
    """How perceived risk drives officers out of a voluntary deployment to Haiti: an exploratory tabletop, never a
    forecast.

    Settings are key=value, folders are positional, --flags choose what is shown.

    Example: tabletop run scenario=terms_settled theory=breach ensemble.replicates=200
    """


def run(words: Sequence[str] | None = None) -> int:
    """The exit code of a command line; faults of the user are one line on the error stream."""
    typed = list(sys.argv[1:] if words is None else words)
    _write_what_cannot_be_shown()
    try:
        _check_words(typed)
        with _inert_words_told(), heard() as check:
            try:
                code = tabletop.main(args=typed, standalone_mode=False, obj=tuple(typed))
            except Exception:
                check()  # compiled code may make another fault of a wish to stop
                raise
        _flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except TabletopError as fault:
        return _say(str(fault), fault.exit_code)
    except click.NoSuchOption as fault:
        near = f"; near it: {', '.join(fault.possibilities)}" if fault.possibilities else ""
        return _say(f"{fault.option_name}: no such flag{near}; settings are key=value", 2)
    except NOTHING_SAID as fault:
        print(fault.format_message(), file=sys.stderr)
        return 2
    except click.ClickException as fault:
        return _say(fault.format_message().rstrip(".") + _help_of(fault), 2)
    except (KeyboardInterrupt, click.Abort):
        answered()
        return _say("interrupted; what is finished is kept, and the same command goes on from there", 130)
    except Terminated:
        answered()
        return _say("ended by SIGTERM; what is finished is kept, and the same command goes on from there", 143)
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone, as `| head` does; that is no fault. Some versions of click make a
        # SystemExit of it, and of nothing else here.
        _drop_output()
        return 0
    except MemoryError:
        return _say("memory is short; ask for fewer runs, cases or columns at a time; what is finished is kept", 2)
    except OSError as fault:
        # Where the fault is one of a folder, whoever met it has said so; what is left are the streams.
        _drop_output()
        return _say(f"standard output: {fault.strerror or fault}", 2)


def _check_words(typed: Sequence[str]) -> None:
    """Refuse a word with nothing in it, as an unset variable of the shell leaves it: it would fit everything."""
    for place, word in enumerate(typed):
        flag, sign, value = word.partition("=")
        if not word.strip():
            before = typed[place - 1] if place else ""
            key = before if before.startswith("--") and "=" not in before else f"word {place + 1}"
        elif flag.startswith("--") and sign and not value.strip():
            key, word = flag, value
        else:
            continue
        raise UserMistake(
            key, word, "names no folder, case or value, and says nothing; was it a variable of the shell?"
        )


@contextmanager
def _inert_words_told() -> Iterator[None]:
    """Within it what may be said and changes nothing is told on the error stream, each once.

    It waits until runs begin or the command is through; where that ends in a mistake, the mistake is all that is said.
    """
    forget_notes()

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if not issubclass(category, NoEffect):
            otherwise(message, category, *where, **more)
        else:
            note(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", NoEffect)
        otherwise, warnings.showwarning = warnings.showwarning, show
        try:
            yield
        except (UserMistake, click.ClickException):
            raise
        except BaseException:
            say_notes()
            raise
        say_notes()


def _write_what_cannot_be_shown() -> None:
    """Letters that the terminal's encoding lacks are written out, as Python would write them, and nothing is lost."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and getattr(stream, "errors", None) in ("strict", "surrogateescape"):
            reconfigure(errors="backslashreplace")


def _flush() -> None:
    if sys.stdout is not None:  # it is none where the shell has closed it
        sys.stdout.flush()


def _drop_output() -> None:
    """Let nothing more be written to an output that takes nothing, so that Python does not try at its end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):  # no stream of this process, but one of whoever called
        return


def _help_of(fault: click.ClickException) -> str:
    context = getattr(fault, "ctx", None)
    return f"; `{context.command_path} --help` says how" if context is not None else ""


def _say(text: str, code: int) -> int:
    with suppress(OSError):  # where nobody can be told, the exit code still says it
        print(f"tabletop: {one_line(text)}", file=sys.stderr)
    return code
