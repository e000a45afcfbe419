"""The window: shows the questions of the machine and gives the answers back."""

from threading import Event

from kivy.app import App
from kivy.clock import Clock, ClockEvent, mainthread
from kivy.core.window import Window

from kiosk.attendant.machine import Machine
from kiosk.attendant.timeouts import Timeouts
from kiosk.config import Config
from kiosk.dialogue.phone import local_text
from kiosk.dialogue.preferences import Preferences
from kiosk.dialogue.questions import AwaitReply, Idle, Question, WindowFailed, Working
from screens.bars import STAFF_CALLED, WindowCallbacks
from screens.faults import Faults
from screens.frame import STARTING, Frame
from screens.one_finger import let_one_finger_touch
from screens.pace import FrameRateController
from screens.sound.voice import Voice
from screens.theme.fonts import register_fonts
from screens.watchdog import watch

WORK_WORTH_SHOWING = 0.12
"""Seconds: a page that came and went sooner would only flicker, and delay the next one by its drawing."""


class KioskApp(App):
    """The kiosk's window over a running machine."""

    def __init__(
        self, config: Config, patience: Timeouts | None = None, *, simulated_reader: bool = False
    ) -> None:
        super().__init__()
        self._config = config
        self.machine = Machine(config, self.show, self.fail, patience, simulated_reader=simulated_reader)
        self.failed = False
        self._waiting: ClockEvent | None = None

    def build(self) -> Frame:
        """Build the frame."""
        register_fonts()
        attendant = self.machine.attendant
        self.voice = Voice()
        listener = WindowCallbacks(
            attendant.answer,
            self._call_staff,
            attendant.prefer,
            self.voice.read_aloud,
            self.voice.pressed,
            self.voice.entered,
            lambda: attendant.holds_card,
        )
        self._staff_called = local_text(STAFF_CALLED, self._config.region)
        self.frame = Frame(self._config.panel, self._config.branch, listener, self._staff_called)
        self._drawn = Event()
        self.machine.start(self._drawn)
        Window.bind(on_request_close=lambda *_: self._config.panel.fullscreen)
        let_one_finger_touch()
        self._faults = Faults(self._wipe, self.fail)
        self._pace = FrameRateController()
        watch(self.machine.watchdog)
        return self.frame

    def open_settings(self, *_: object) -> bool:
        """Disable Kivy's settings panel."""
        return False

    def _wipe(self) -> None:
        """Clear the screen; the attendant ends the visit, or the page between visits is redrawn."""
        question = self.frame.question
        self.frame.show(STARTING)
        if isinstance(question, Idle):
            self.frame.show(question)
        else:
            self.machine.attendant.answer(question, WindowFailed())

    def on_stop(self) -> None:
        """Stop the machine and the voice."""
        self._faults.close()
        self.machine.stop()
        self.voice.close()

    @mainthread
    def fail(self) -> None:
        """Close the window, for the supervisor to start it again."""
        self.failed = True
        self.stop()

    @mainthread
    def show(self, question: Question, manner: Preferences) -> None:
        """Draw ``question`` in ``manner``; from any thread. Work that is over at once is not drawn at all."""
        if self._waiting:
            self._waiting.cancel()
        if isinstance(question, Working | AwaitReply):
            self._waiting = Clock.schedule_once(lambda _: self._draw(question, manner), WORK_WORTH_SHOWING)
        else:
            self._draw(question, manner)

    def _draw(self, question: Question, manner: Preferences) -> None:
        self.frame.show(question, manner)
        self.voice.ask(question, manner)
        # Not before the frame that shows it.
        Clock.schedule_once(lambda _: self._drawn.set())

    def _call_staff(self) -> None:
        self.machine.attendant.call_staff()
        self.voice.say(self._staff_called)
