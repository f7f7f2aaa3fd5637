"""The commands, loaded when asked for, and the one place where errors become text, JSON and exit
statuses."""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module

import click

from watcher import __version__
from watcher.cli.output import print_error, wants_json
from watcher.errors import UsageError, WatcherError

# name: (module:command, one line for `--help`). Nothing is imported before it is used.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("watcher.cli.demo:demo", "Play the fixture newsroom through the whole pipeline."),
    "init": ("watcher.cli.init:init", "Write a first config.yaml, and make the database."),
    "run": ("watcher.cli.run:run", "Run the daemon in the foreground."),
    "once": ("watcher.cli.run:once", "Do everything that is due, then stop."),
    "add": ("watcher.cli.add:add", "Subscribe to feeds and sites: writes config.yaml."),
    "import": ("watcher.cli.imports_foreign:import_", "Bring in an archive, or a list of feeds."),
    "export": ("watcher.cli.export_archive:export", "Take feeds and archive to other programs."),
    "parse": ("watcher.cli.read:parse", "Read a feed and print it; no side effects."),
    "extract": ("watcher.cli.read:extract", "Read a page and print the article; no side effects."),
    "match": ("watcher.cli.match:match", "Topics against articles, without a database."),
    "search": ("watcher.cli.search:search", "Search the archive in the topic language."),
    "show": ("watcher.cli.show:show", "Show one article, with the reasons on --why."),
    "sites": ("watcher.cli.sites:sites", "What was learned of the sites; learn one anew."),
    "reextract": (
        "watcher.cli.reextract:reextract",
        "Read the kept pages anew, by today's rules; --apply writes.",
    ),
    "feeds": ("watcher.cli.feeds:feeds", "The feeds, their state and their next poll."),
    "topics": (
        "watcher.cli.topics_add:topics",
        "The topics, their matches, and a test over the archive.",
    ),
    "stories": ("watcher.cli.stories:stories", "The stories, with their articles and copies."),
    "alerts": ("watcher.cli.alerts:alerts", "What was told, what was not, and why."),
    "deliveries": ("watcher.cli.deliveries:deliveries", "What was sent to which channel."),
    "channels": ("watcher.cli.channels:channels", "The ways to people, and how they fare."),
    "config": ("watcher.cli.config:config", "Check, show or describe config.yaml."),
    "db": ("watcher.cli.db:db", "Copy, take back, check and migrate the database."),
    "doctor": ("watcher.cli.doctor:doctor", "What is wrong, and what mends it."),
    "status": ("watcher.cli.status:status", "Is the daemon running, and is anything late?"),
    "help": ("watcher.cli.help:help_", "The help of a command, or of a topic."),
    "completion": ("watcher.cli.help:completion", "Completion for bash, zsh and fish."),
}

EPILOG = (
    "Start with `watcher demo`. Then `watcher init`, `watcher add URL`, `watcher once` or `run`."
)


class PipeClosed(Exception):
    """Whoever read our output has seen enough."""


class LazyGroup(click.Group):
    """Loads a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        found = COMMANDS.get(cmd_name)
        if found is None:
            return None
        module, _, attribute = found[0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeClosed from error  # click would end with 1

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="watcher", message="%(prog)s %(version)s")
def cli() -> None:
    """watcher follows news feeds, reads the articles, folds copies into stories and tells you
    once, with the reason."""


def status_of(argv: list[str]) -> int:
    """Runs the command line and returns the exit status of spec `interfaces`."""
    as_json = wants_json(argv)
    try:
        result = cli.main(argv, prog_name="watcher", standalone_mode=False)
    except WatcherError as error:
        print_error(error, as_json=as_json)
        return error.exit_status
    except click.exceptions.Abort:
        return 130
    except click.ClickException as error:
        return _usage(error, as_json=as_json)
    except KeyboardInterrupt:
        return 130
    except PipeClosed:
        # No news; and what is still in the buffer must not fail once more at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        if os.environ.get("WATCHER_TRACEBACK"):
            raise
        print_error(_internal(error), as_json=as_json)
        return 1
    return result if isinstance(result, int) else 0


def _internal(error: Exception) -> WatcherError:
    """A fault of ours, said in the form of every other error."""
    return WatcherError(
        "WTC-INT-001",
        f"internal error: {type(error).__name__}: {error}",
        hint="nothing stored is lost; WATCHER_TRACEBACK=1 shows where: please report it",
    )


def _usage(error: click.ClickException, *, as_json: bool) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":  # click 8.2 and later
        click.echo(error.format_message(), err=True)
        return 2
    hint = None
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"see `{error.ctx.command_path} --help`"
    problem = UsageError(
        "WTC-USE-001", error.format_message(), hint=hint, suggestion=_meant_command(error)
    )
    print_error(problem, as_json=as_json)
    return 2


def _meant_command(error: click.ClickException) -> str | None:
    slip = re.match(r"No such command '(.+?)'", error.format_message())
    context = error.ctx if isinstance(error, click.UsageError) else None
    if slip is None or context is None or not isinstance(context.command, click.Group):
        return None
    from difflib import get_close_matches  # only a mistake pays for it

    close = get_close_matches(slip[1], context.command.list_commands(context), n=1)
    return close[0] if close else None
