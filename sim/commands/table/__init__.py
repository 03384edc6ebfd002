"""``tabletop table``: a session from the shell, one verb a call; each verb is a file of this folder."""

from __future__ import annotations

import importlib

import click

LANGUAGE = "language="
"""What begins the word that chooses the language; every verb takes it."""

VERBS = {
    "new": "begin a session in a world that lived the record",
    "state": "where the table stands: what changed since the last turn, and why",
    "forecast": "say what you expect, before it is shown",
    "outlook": "what may come: a thousand futures of the world as the table knows it",
    "branch": "put an option on the table, to try it before it is chosen",
    "compare": "options side by side, on the same futures",
    "order": "decide: in the played world, or as a part of an option; or choose an option",
    "inject": "the list of injects: preview, fire, postpone, skip, add",
    "override": "change the played world by hand, in the open",
    "advance": "play a turn",
    "why": "why officers left: an officer, a squad, the force; had some stayed",
    "undo": "take a line back; a turn takes whatever came after it with it",
    "note": "write down an observation for the report",
    "close": "end the session",
    "brief": "papers to begin with: situation manual, role cards, facilitator's script",
    "report": "the after-action report",
    "export": "the list of injects as YAML, CSV, xlsx or CEXF, or the log as CSV",
    "validate": "check a list of injects, or a session's log",
    "sessions": "two sessions side by side: what was decided otherwise, what came of it",
}


class LazyTable(click.Group):
    """Knows its verbs by name, and imports one only when it is typed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Verbs in the order in which a turn needs them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, or None for a word that is no verb."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"sim.commands.table.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take out ``language=CODE``, wherever it stands behind the verb: the verb speaks that language.

        Raises
        ------
        UserMistake
            There is no such language, or two are named.
        """
        codes = [word.removeprefix(LANGUAGE) for word in args if _names_a_language(word)]
        if codes:
            from sim.errors import UserMistake
            from sim.language import spoken_in

            if len(codes) > 1:
                raise UserMistake("language", codes[1], "is given twice")
            ctx.with_resource(spoken_in(codes[0]))
        return super().parse_args(ctx, [word for word in args if not _names_a_language(word)])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


def _names_a_language(word: str) -> bool:
    """Whether a word chooses the language; a note may begin like that, and has blanks in it."""
    return word.startswith(LANGUAGE) and not any(letter.isspace() for letter in word)


@click.group(cls=LazyTable, short_help="sit down at the table: turns, options, futures")
def command() -> None:
    """Sit down at a table: a session in a folder DIR, played by turns.

    Who acts and what is done are key=value; --flags choose what is shown. Everything that is done is one line of the
    session's log, and counts when it is on the disk. Every verb takes language=fr, and then speaks and writes French.

    Example: tabletop table new friday table=practice
    """
