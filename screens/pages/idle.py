"""The page between visits: what can be done here, what cannot just now, and how to begin."""

from collections.abc import Sequence
from dataclasses import replace

from kiosk.dialogue.questions import Option
from kiosk.dialogue.words import _
from screens.pages.blocks import Block
from screens.pages.message import MessagePage
from screens.pages.page import Action
from screens.theme.box import Box
from screens.theme.tokens import Size
from screens.widgets.controls import Ground, TextBlock, text_height
from screens.widgets.icons import Icon

TWO_COLUMNS_MM = 200


class IdlePage(MessagePage):
    """Invites to put in a card."""

    actions_always = True

    def more(self, width: float) -> list[Block]:
        """Add a line for each trouble, and the services."""
        troubles = [self.trouble(trouble, width) for trouble in self.question.troubles]
        return [*troubles, *self._services(width)]

    def actions(self) -> Sequence[Action]:
        """Return the entry to the assisted mode, or the way out of it."""
        elder = self.theme.manner.elder
        text = _("回到标准版") if elder else _("长辈版：大字、大按钮")
        if self.theme.compact:
            text = _("标准版") if elder else _("长辈版")
        manner = replace(self.theme.manner, elder=not elder)
        return (Action(text, lambda: self.stage.prefer(manner), "plain" if elder else "primary", "elder"),)

    def _services(self, width: float) -> list[Block]:
        """Return a block for each row of services."""
        services = sorted(self.question.services, key=lambda service: bool(service.unavailable_reason))
        if not services:
            return []
        if self.theme.compact:
            return self._lists(services, width)
        columns = 2 if width > self.theme.mm(TWO_COLUMNS_MM) else 1
        rows = [services[first : first + columns] for first in range(0, len(services), columns)]
        return [self._row(row, width, columns, joined=place > 0) for place, row in enumerate(rows)]

    def _lists(self, services: Sequence[Option], width: float) -> list[Block]:
        """Return the services as running text, for a compact panel."""
        say = self.theme.say
        can = "、".join(say(service.label) for service in services if not service.unavailable_reason)
        cannot = "、".join(say(service.label) for service in services if service.unavailable_reason)
        lines = [_("可以办：{names}", names=can)] if can else []
        lines += [_("现在不能办：{names}", names=cannot)] if cannot else []
        return [block for line in lines for block in self.lines(line, width, self.theme.palette.soft)]

    def _row(self, services: Sequence[Option], width: float, columns: int, joined: bool) -> Block:
        gap, pad = self.theme.mm(6), self.theme.mm(3)
        cell = (width - 2 * gap - gap * (columns - 1)) / columns
        height = max(self._height(service, cell) for service in services) + 2 * pad

        def draw(box: Box) -> None:
            self.add_widget(Ground(box, self.theme.palette.paper))
            places = box.inset(gap, pad).columns([1] * columns, gap)
            for service, place in zip(services, places, strict=False):
                self._service(service, place)

        return Block(height, draw, joined)

    def _text_width(self, width: float) -> float:
        return width - self.theme.type_size(Size.BODY) * 1.3

    def _height(self, service: Option, width: float) -> float:
        inner = self._text_width(width)
        return text_height(self.theme, service.label, inner) + text_height(
            self.theme, service.unavailable_reason, inner
        )

    def _service(self, service: Option, box: Box) -> None:
        theme, p = self.theme, self.theme.palette
        colour = p.warning if service.unavailable_reason else p.success
        mark, rest = box.cut_left(box.width - self._text_width(box.width))
        em = theme.type_size(Size.BODY)
        label = TextBlock(
            theme, service.label, rest.width, colour=p.soft if service.unavailable_reason else p.ink
        )
        self.add_widget(label.put_at_top(rest))
        line = mark.cut_top(em * 1.38)[0]
        self.add_widget(
            Icon(
                "no" if service.unavailable_reason else "yes",
                Box(line.x, line.y, em, line.height).middle(em * 0.8),
                colour,
            )
        )
        if service.unavailable_reason:
            why = TextBlock(theme, service.unavailable_reason, rest.width, colour=colour)
            self.add_widget(why.put_at_top(rest.cut_top(label.height)[1]))
