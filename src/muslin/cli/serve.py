"""`muslin serve`."""

from pathlib import Path

import click

__all__ = ["serve"]


@click.command()
@click.argument("run")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Listen on this port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address.")
@click.option(
    "--allow", metavar="NAME[:PORT]", multiple=True, help="A name by which other computers, or a proxy, call this one."
)
@click.option("--token-file", type=click.Path(path_type=Path), help="File with the token that each request must bring.")
@click.option("--metrics-port", type=click.IntRange(0, 65535), help="Tell Prometheus its numbers on this port.")
@click.option("--name", default="muslin", show_default=True, help="The model's name in the Open Inference Protocol.")
@click.option(
    "--deadline", type=click.FloatRange(min=0, min_open=True), default=2, show_default=True,
    help="Seconds after which a request is given up.",
)  # fmt: skip
@click.option("--model", "factory", help="file.py:factory, for a run with a model of your own.")
def serve(
    run: str,
    port: int,
    host: str,
    allow: tuple[str, ...],
    token_file: Path | None,
    metrics_port: int | None,
    name: str,
    deadline: float,
    factory: str | None,
) -> None:
    """Answer pictures by RUN over HTTP: POST a picture's file to /predict.

    It is served to this computer alone, until Ctrl+C or SIGTERM, which lets it first answer what it has taken. On
    another --host it asks for a token.
    """
    from muslin.machine.memory import give_back_freed
    from muslin.serving.bodies import Limits
    from muslin.serving.model import open_model
    from muslin.serving.serve import Place, model_server
    from muslin.terminal.layout import write_line
    from muslin.text import printable

    give_back_freed()
    model, how = open_model(run, factory)
    server = model_server(model, name, Place(host, port, allow, token_file, metrics_port), Limits(deadline=deadline))
    write_line(f"{printable(run)} answers at {server.address}")
    if server.metrics_address:
        write_line(f"Its numbers are at {server.metrics_address}")
    write_line(f"By {how}. Ctrl+C ends it.")
    server.run()
