"""``kiosk-central simulate``: what stands in for systems that are not ours."""

import click
import uvicorn

from central.program.workers import Server, listen
from central.simulator.national_platform import SimulatedPlatform, application
from command_line.failure import CommandError, one_line
from command_line.signals import told_to_stop
from command_line.types import HOST, PORT


@click.group()
def simulate() -> None:
    """Run a stand-in for a system that is not ours, for training, demonstrations and tests.

    Example: kiosk-central simulate national-platform --port 8790
    """


@simulate.command("national-platform")
@click.option("--host", type=HOST, default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8790, show_default=True, help="0 takes a free one.")
def national_platform(host: str, port: int) -> None:
    """Issue and resolve codes of invented e-cards.

    \b
    Example: kiosk-central simulate national-platform --port 8790
             curl -d '{"id_number": "999999197503170619"}' http://127.0.0.1:8790/v1/e-cards/show
    """
    try:
        listener = listen(host, port)
    except (OSError, UnicodeError) as error:
        raise CommandError(f"cannot listen at {host} port {port}: {one_line(error)}", "address") from error
    # No access log: a code is a secret as long as it is good.
    config = uvicorn.Config(
        application(SimulatedPlatform()), access_log=False, log_level="error", lifespan="off", ws="none"
    )
    server = Server(config, lambda: None)
    with told_to_stop(lambda number: server.handle_exit(number, None)):
        click.echo(f"national platform at http://{host}:{listener.getsockname()[1]}")
        server.run(sockets=[listener])
