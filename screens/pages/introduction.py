"""The page before a service begins: what it needs, how long it takes, what one gets, and where else it is done."""

from collections.abc import Sequence

from kiosk.dialogue.questions import Fact, Option
from screens.pages.blocks import Block
from screens.pages.message import MessagePage
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.widgets.controls import Ground, Sign, TextBlock, sign_side, text_height
from screens.widgets.icons import Icon

PRIMARY_MM, PRIMARY_ELDER_MM = 36, 40
ICON_MM, NAME_MM = 14, 40
ROW_PAD_MM, TIGHT_PAD_MM, HIGHEST_ROW_MM = 4, 1.5, 50


class IntroductionPage(MessagePage):
    """Says all that is worth knowing before a citizen shows or enters anything."""

    def fill(self) -> None:
        """Lay out sign, title, facts, and the button that goes on."""
        if self.theme.compact:
            super().fill()
            return
        box = self._go_on(self.box)
        box = self._title_with_sign(box)
        if reason := self.question.unavailable_reason:
            trouble = self.trouble(reason, box.width)
            place, box = box.cut_top(trouble.height, self.theme.space)
            trouble.draw(place)
        self._facts(box)

    def _go_on(self, box: Box) -> Box:
        """Draw the one button at the foot, where there is something to go on with."""
        actions = self.actions()
        if not actions:
            return box
        height = self.theme.mm(PRIMARY_ELDER_MM if self.theme.manner.elder else PRIMARY_MM)
        place, box = box.cut_foot(min(height, box.height * 0.2), self.theme.space)
        self.button(actions[0], place, size=Size.TITLE)
        return box

    def actions(self) -> Sequence[Action]:
        """Return the button that goes on."""
        if self.question.unavailable_reason:
            return ()
        return (Action(self.question.go_on, lambda: self.answer(None), "primary"),)

    def _title_with_sign(self, box: Box) -> Box:
        theme, question = self.theme, self.question
        crumb = self.words(question.group, box.width, colour=theme.palette.soft).put_at_top(box)
        box = box.cut_top(crumb.height, theme.mm(2))[1]
        option = Option("", question.title, icon=question.icon, tint=question.tint)
        sign = sign_side(theme, option)
        place = box.cut_left(sign, theme.mm(5))[1] if sign else box
        title = self.words(question.title, place.width, size=Size.TITLE, bold=True)
        text = self.words(question.text, place.width, colour=theme.palette.soft)
        height = max(sign, title.height + text.height)
        row, rest = box.cut_top(height, theme.space)
        words = Box(place.x, row.y, place.width, height).middle(title.height + text.height)
        title.put_at_top(words)
        text.put_at_top(words.cut_top(title.height)[1])
        if sign:
            self.add_widget(Sign(theme, option, row.cut_left(sign)[0].middle(sign)))
        return rest

    def _facts(self, box: Box) -> None:
        """Draw the facts on one sheet, each in a row of its own."""
        theme = self.theme
        inner = box.width - theme.mm(10)
        facts = list(self.question.facts)
        size = Size.LABEL
        least = [self._height(fact, inner, size) for fact in facts]
        if sum(least) > box.height:
            facts = [fact for fact in facts if not fact.details]
            least = [self._height(fact, inner, size) for fact in facts]
        if sum(least) > box.height:
            size = Size.BODY
            least = [self._height(fact, inner, size) for fact in facts]
        spare = max(0.0, min(box.height, theme.mm(HIGHEST_ROW_MM) * len(least)) - sum(least))
        sheet, _rest = box.cut_top(sum(least) + spare)
        self.add_widget(Ground(sheet, theme.palette.paper, theme.radius, theme.palette.hairline))
        rows = sheet.inset(theme.mm(5), 0)
        for fact, height in zip(facts, least, strict=True):
            row, rows = rows.cut_top(height + spare / len(least))
            self._fact(fact, row, size)
            if fact is not facts[-1]:
                self.add_widget(Ground(row.cut_foot(max(1, theme.mm(0.25)))[0], theme.palette.hairline))

    def _columns(self, row: Box) -> tuple[Box, Box, Box]:
        theme = self.theme
        icon, rest = row.cut_left(theme.mm(ICON_MM), theme.mm(3))
        elder = 1.35 if theme.manner.elder else 1
        name, value = rest.cut_left(min(theme.mm(NAME_MM * elder), rest.width * 0.3), theme.mm(3))
        return icon, name, value

    def _height(self, fact: Fact, width: float, size: Size) -> float:
        _icon, name, value = self._columns(Box(0, 0, width, 0))
        words = max(
            text_height(self.theme, fact.name, name.width, size, bold=True),
            text_height(self.theme, fact.value, value.width, size),
        )
        pad = ROW_PAD_MM if size is Size.LABEL else TIGHT_PAD_MM
        return words + self.theme.mm(2 * pad)

    def _fact(self, fact: Fact, row: Box, size: Size) -> None:
        p = self.theme.palette
        icon, name, value = self._columns(row)
        self.add_widget(Icon(fact.icon, icon.middle(self.theme.mm(ICON_MM)), p.primary))
        for place, text, bold in ((name, fact.name, True), (value, fact.value, False)):
            words = TextBlock(self.theme, text, place.width, size, bold=bold)
            self.add_widget(words.put_in_middle(place, "left"))

    # Compact panels: the facts as running text.

    def _text(self, width: float) -> list[Block]:
        p, reason = self.theme.palette, self.question.unavailable_reason
        if reason:
            return [self.trouble(reason, width)]
        separator = " · "
        facts = separator.join(self.theme.say(fact.value) for fact in self.question.facts if not fact.details)
        return self.lines(facts, width, p.ink)
