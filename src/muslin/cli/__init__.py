"""The command line: a module for each group of commands; none imports torch before a command runs."""

import os
import signal
import sys

import click

from muslin.cli.compare import compare
from muslin.cli.data import data
from muslin.cli.export import export
from muslin.cli.fit import fit
from muslin.cli.ladder import ladder
from muslin.cli.lecture import lecture
from muslin.cli.letters import write_any_letter
from muslin.cli.machine import doctor
from muslin.cli.new import new
from muslin.cli.options import SIGNALLED
from muslin.cli.predict import predict
from muslin.cli.report import report
from muslin.cli.runs import evaluate
from muslin.cli.serve import serve
from muslin.cli.shelf import runs
from muslin.errors import MuslinError
from muslin.text import printable, shortened
from muslin.version import __version__

__all__ = ["main"]


NAME_WIDTH = 120  # letters of a path in a message


def main() -> None:
    """Runs the command line; a person's mistake is one line on standard error, never a traceback."""
    write_any_letter()
    try:
        result = cli(prog_name="muslin", standalone_mode=False)
    except click.ClickException as error:
        if os.environ.get("LOCAL_RANK", "0") == "0":  # of the processes that torchrun starts, one a machine tells
            error.show(sys.stderr)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(SIGNALLED + signal.SIGINT)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except MuslinError as error:
        from muslin.terminal.layout import write_aside

        write_aside(f"Error: {error}")
        sys.exit(error.exit_code)
    except OSError as error:
        if error.filename is None:  # no path of a person's: a mistake of Muslin's own
            raise
        from muslin.terminal.layout import write_aside

        write_aside(f"Error: {path_problem(error)}")
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)


def path_problem(error: OSError) -> str:
    """Says in one line which path cannot be used, and why: one too long, locked, or on a disk that is gone."""
    name = shortened(printable(os.fsdecode(error.filename)), NAME_WIDTH)
    return f"cannot use {name}: {error.strerror}; name another path, or see whether the disk and your rights are there"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="muslin")
def cli() -> None:
    """Train an accurate image classifier on the computer you have, and see how it works.

    Start with `muslin fit`: it trains on the bundled Fashion-MNIST in the time of a coffee.
    """


for command in (fit, evaluate, predict, report, compare, export, serve, runs, data, ladder, lecture, new, doctor):
    cli.add_command(command)
