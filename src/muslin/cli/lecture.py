"""`muslin lecture`."""

from pathlib import Path

import click

__all__ = ["lecture"]


@click.command()
@click.argument("run", required=False)
@click.option("--export", "folder", metavar="DIR", type=click.Path(path_type=Path), help="Write it for any web host.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Listen on this port.  [default: a free one]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address.")
@click.option("--allow", metavar="NAME", multiple=True, help="A name by which other computers may call this one.")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def lecture(
    run: str | None, folder: Path | None, port: int, host: str, allow: tuple[str, ...], no_browser: bool
) -> None:
    """Open the lecture's page: from a rule base and one neuron to a ResNet, its pictures moving.

    It is served on this computer alone, until Ctrl+C. With --export, a folder is written that any web host can serve.

    RUN is the run to look into: its folder, its name under runs/, or latest; by default the newest one. An export shows
    a run only where RUN names it.
    """
    from functools import partial

    from muslin.lecture.looked_into import chosen_run
    from muslin.terminal.layout import write_line
    from muslin.text import printable

    if folder is not None:
        from muslin.lecture.export import export_lecture

        size = export_lecture(folder, chosen_run(run) if run else None)
        write_line(f"{size / 1e6:.1f} MB for any web host. To look at it: python -m http.server -d {printable(folder)}")
        return
    import webbrowser

    from muslin.lecture.serve import lecture_server

    chosen_run(run)  # a run that is not there is told before anything opens
    server = lecture_server(host, port, allow, partial(chosen_run, run))
    write_line(f"The lecture is at {server.address}")
    write_line("Ctrl+C ends it.")
    if not no_browser:
        webbrowser.open(server.address)
    server.run()
