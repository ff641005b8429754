"""Flows to choose from: a filter, a list and a toggle for each format. Needs ``[notebook]``."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir
import ipywidgets
import traitlets
from ibis import _

from tams_analytics.display import text
from tams_analytics.errors import BadParameter
from tams_analytics.tables.formats import AUDIO, DATA, IMAGE, MULTI, VIDEO
from tams_analytics.widgets.lanes import Name, named, natural

MOST_LISTED = 500
FORMATS = {"video": VIDEO, "audio": AUDIO, "data": DATA, "image": IMAGE, "multi": MULTI}
_WIDE = ipywidgets.Layout(width="auto", margin="2px")


class FlowPicker(ipywidgets.VBox):
    """A list of flows; ``value`` is the ids of those that are chosen, ``expr`` the lazy table.

    ``value`` is two-way and can be observed; where none is chosen ``expr`` is of all flows that the
    filter leaves, of whatever number (the list has the first 500, and all that are chosen). Any
    flow can be set, listed or not; the next filter lets go of those that it does not leave. Words
    of the filter are sought in labels, ids and codecs. Setting an id that no flow has raises
    `BadParameter`.
    """

    value = traitlets.Tuple()

    def __init__(self, flows: ir.Table, *, rows: int = 10) -> None:
        self._flows = flows
        self._names: dict[str, Name] = {}
        self._is_listing = False  # a list that is filled lets go of what is chosen for a moment
        self._words = ipywidgets.Text(
            placeholder="label, id or codec", description="Filter", continuous_update=False
        )
        self._formats = {
            name: ipywidgets.ToggleButton(
                value=True, description=name, tooltip=f"Show {name} flows"
            )
            for name in FORMATS
        }
        self._list = ipywidgets.SelectMultiple(rows=rows, layout=_WIDE)
        self._list.add_class("tams-flows")
        self._said = ipywidgets.Label()
        toggles = ipywidgets.HBox([*self._formats.values()])
        super().__init__([self._words, toggles, self._list, self._said])
        for control in (self._words, *self._formats.values()):
            control.observe(self._filter, names="value")
        self._list.observe(self._choose, names="value")
        self._filter()

    @property
    def expr(self) -> ir.Table:
        """The flows that are chosen, or else all that the filter leaves: the columns of flows."""
        return self._flows.filter(_.id.isin(self.value)) if self.value else self._filtered()

    @property
    def words(self) -> str:
        """What is sought; can be set, too."""
        words: str = self._words.value
        return words

    @words.setter
    def words(self, words: str) -> None:
        self._words.value = words

    @property
    def selected(self) -> tuple[str, ...]:
        """As ``value``."""
        return tuple(self.value)

    def _filtered(self) -> ir.Table:
        found = self._flows
        for word in self._words.value.lower().split():
            places = (found[name].coalesce("").lower() for name in ("label", "id", "codec"))
            label, id, codec = (place.contains(word) for place in places)
            found = found.filter(label | id | codec)
        wanted = [FORMATS[name] for name, toggle in self._formats.items() if toggle.value]
        return found if len(wanted) == len(FORMATS) else found.filter(_.format.isin(wanted))

    def _filter(self, _change: Any = None) -> None:
        """List what the filter leaves; what is chosen and is not there any more is let go."""
        found = self._filtered()
        number = found.count().to_pyarrow().as_py()
        first = named(found.order_by(_.label.coalesce(""), "id").limit(MOST_LISTED))
        unseen = [id for id in self.value if id not in first]
        names = first | named(found.filter(_.id.isin(unseen))) if unseen else first
        kept = tuple(id for id in self.value if id in names)
        self._fill(names, kept)
        self.value = kept
        more = (
            f", the first {text.count(MOST_LISTED)} of them listed" if number > len(first) else ""
        )
        self._said.value = f"{text.plural(number, 'flow')}{more}"

    def _fill(self, names: dict[str, Name], chosen: tuple[str, ...]) -> None:
        """The list anew, with these flows and those of them chosen."""
        order = sorted(names, key=lambda id: (natural(names[id].label), id))
        self._names, self._is_listing = names, True
        try:
            self._list.options = [(f"{names[id].label}  ·  {names[id].sub}", id) for id in order]
            self._list.value = chosen
        finally:
            self._is_listing = False

    def _choose(self, change: Any) -> None:
        if not self._is_listing:
            self.value = change["new"]

    def _with_unlisted(self, ids: tuple[Any, ...]) -> dict[str, Name]:
        """The flows of the list, and those of these ids that the store has beside them."""
        others = [id for id in ids if isinstance(id, str) and id not in self._names]
        return self._names | named(self._flows.filter(_.id.isin(others))) if others else self._names

    @traitlets.validate("value")
    def _known(self, proposal: Any) -> tuple[str, ...]:
        ids: tuple[str, ...] = proposal["value"]
        known = self._with_unlisted(ids)
        for id in ids:
            if not isinstance(id, str) or id not in known:
                raise BadParameter("value", id, "is no flow of the store", "ids of flows")
        return ids

    @traitlets.observe("value")
    def _show(self, change: Any) -> None:
        names = self._with_unlisted(change["new"])
        if names is not self._names:
            self._fill(names, change["new"])
        elif self._list.value != change["new"]:
            self._list.value = change["new"]
