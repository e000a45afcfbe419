"""What a printer would make of a job, as one picture: the simulated firmware and paper without a line."""

from PIL import Image, ImageDraw

from hardware.printer.profile import Profile
from hardware.simulator.printer_mechanism import Mechanism
from hardware.simulator.printer_paper import Paper
from hardware.simulator.printer_stream import RealTime, Stream

_DASH, _CUT_ROWS = 12, 9


def draw(job: bytes, profile: Profile) -> Image.Image:
    """Draw the tickets of a job below each other, with a dashed line where the paper was cut between them.

    What is drawn comes from the bytes alone. The image has mode ``1`` and the real width of the paper.
    """
    paper = Paper(profile, folder=None)
    mechanism = Mechanism(profile, paper, reply=lambda _: None)
    stream = Stream()
    for byte in job:
        for item in stream.feed(byte):
            if not isinstance(item, RealTime):
                mechanism.run(item)
    # Without a cutter, everything still hangs out of the printer.
    strips = paper.tickets or [paper.uncut]
    return _stack([paper.picture(strip) for strip in strips])


def _stack(tickets: list[Image.Image]) -> Image.Image:
    height = sum(ticket.height for ticket in tickets) + _CUT_ROWS * (len(tickets) - 1)
    sheet = Image.new("1", (tickets[0].width, height), 1)
    top = 0
    for number, ticket in enumerate(tickets):
        if number:
            _dashes(ImageDraw.Draw(sheet), sheet.width, top + _CUT_ROWS // 2)
            top += _CUT_ROWS
        sheet.paste(ticket.point(lambda shade: 255 * (shade > 127)), (0, top))
        top += ticket.height
    return sheet


def _dashes(canvas: ImageDraw.ImageDraw, width: int, row: int) -> None:
    for start in range(0, width, 2 * _DASH):
        canvas.line((start, row, start + _DASH, row), fill=0, width=2)
