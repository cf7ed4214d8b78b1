"""`muslin doctor`."""

import json

import click

__all__ = ["doctor"]


@click.command()
@click.option("--measure", is_flag=True, help="Measure anew, also where a measurement is kept.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(measure: bool, as_json: bool) -> None:
    """Say what this machine is, how fast it was measured to compute, and what `fit` will do about it.

    It is measured once, in a quiet moment, and the figures are kept in the cache folder, so that the same seed gives
    the same bits whatever else the machine is doing.
    """
    from muslin.machine.advice import advise
    from muslin.machine.device import computing, prepare
    from muslin.terminal.doctor import print_advice

    with computing():
        advice = advise(prepare("auto", "auto", anew=measure))
    if as_json:
        click.echo(json.dumps(advice.as_json()))
    else:
        print_advice(advice)
