"""The shared words for what a device is doing, after XFS4IoT's status enumerations."""

from enum import StrEnum


class DeviceState(StrEnum):
    """Whether a device can work (XFS4IoT Common.Status device)."""

    STARTING = "starting"
    ONLINE = "online"
    OFFLINE = "offline"
    POWER_OFF = "powerOff"
    NO_DEVICE = "noDevice"
    HARDWARE_ERROR = "hardwareError"
    USER_ERROR = "userError"
    DEVICE_BUSY = "deviceBusy"


class MediaState(StrEnum):
    """Whether a card or a ticket is in the device (XFS4IoT CardReader.Status media)."""

    UNKNOWN = "unknown"
    PRESENT = "present"
    NOT_PRESENT = "notPresent"
    JAMMED = "jammed"
    ENTERING = "entering"


class ChipState(StrEnum):
    """What is known of the chip (XFS4IoT CardReader.Status chipPower)."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    BUSY = "busy"
    POWERED_OFF = "poweredOff"
    NO_DEVICE = "noDevice"
    HARDWARE_ERROR = "hardwareError"
    NO_CARD = "noCard"


class PaperState(StrEnum):
    """What is known of the paper (XFS4IoT Printer.Status paper)."""

    UNKNOWN = "unknown"
    FULL = "full"
    LOW = "low"
    OUT = "out"
    JAMMED = "jammed"
