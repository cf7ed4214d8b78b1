"""`muslin doctor`."""

import click

__all__ = ["doctor"]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Measure this machine, and say what `fit` will do about it."""
    from muslin.machine.device import computing, prepare
    from muslin.terminal.tables import doctor_json, doctor_report

    with computing():
        machine = prepare("auto", "auto")
    if as_json:
        click.echo(doctor_json(machine))
    else:
        doctor_report(machine)
