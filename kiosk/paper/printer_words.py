"""What citizens read of each problem that a printer may have."""

from hardware.printer.status import PrinterProblem
from kiosk.dialogue.words import _

PRINTER_PROBLEMS = {
    PrinterProblem.DISCONNECTED: _("打印机没有连接"),
    PrinterProblem.OFFLINE: _("打印机没有准备好"),
    PrinterProblem.COVER_OPEN: _("打印机盖子没有关好"),
    PrinterProblem.PAPER_OUT: _("打印机缺纸"),
    PrinterProblem.PAPER_JAM: _("打印机卡纸"),
    PrinterProblem.CUTTER: _("打印机切纸刀卡住"),
    PrinterProblem.OVERHEATED: _("打印机过热"),
    PrinterProblem.HARDWARE: _("打印机故障"),
    PrinterProblem.WRONG_PROFILE: _("打印机型号设置不符"),
}
