"""The print queue: what waits, what is in doubt, what did not come out, and what to do about it."""

from collections.abc import Callable

import msgspec

from domain.errors import TillfoldError
from pos_client.screens.desk import Desk, SheetPresenter
from pos_client.screens.flow import Flow, Sheet
from pos_client.screens.notices import Notices
from pos_client.screens.spool.drawing import (
    NO_PREVIEW,
    SpoolFacts,
    chosen_job,
    draw_spool,
    target_names,
)
from pos_client.screens.spool.state import SpoolState
from pos_client.use_cases.answers import PrintPreview, PrintQueue, QueuedPrint


class SpoolPresenter(SheetPresenter[SpoolState]):
    """`on_changed`: a person settled something, so the status is another one."""

    def __init__(
        self, desk: Desk, flow: Flow, notices: Notices, *, on_changed: Callable[[], None]
    ) -> None:
        super().__init__(desk, flow, notices)
        self._on_changed = on_changed
        self._facts = SpoolFacts()
        self._asking = self._ask_again = False
        self._drawn: object = None

    def begin(self) -> None:
        self._drawn = None
        self._facts = SpoolFacts(queue=self._facts.queue)
        self.refresh()
        self.redraw()

    def refresh(self) -> None:
        """Look again, while the sheet is open; one question at a time."""
        if self.flow.sheet is not Sheet.SPOOL:
            return
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self.desk.background.run(self.desk.counter.prints.queue, self._told, self._not_told)

    def choose_open(self, place: int) -> None:
        self._choose(self._facts.queue.open[place])

    def choose_finished(self, place: int) -> None:
        self._choose(self._facts.queue.finished[place])

    def came_out(self) -> None:
        self._do(lambda job: self.desk.counter.prints.came_out(job.job_id))

    def print_again(self) -> None:
        self._do(lambda job: self.desk.counter.prints.print_again(job.job_id))

    def cancel(self) -> None:
        self._do(lambda job: self.desk.counter.prints.cancel(job.job_id))

    def copy(self) -> None:
        actor = self.desk.actor
        self._do(lambda job: self.desk.counter.prints.copy(actor, job.job_id))

    def send_to(self, name: str) -> None:
        """`name` as it is shown."""
        key = dict(target_names(self._facts)).get(name)
        if key is not None:
            self._do(lambda job: self.desk.counter.prints.send_to(job.job_id, key))

    def _choose(self, job: QueuedPrint) -> None:
        if job.job_id != self._facts.chosen:
            self._note(chosen=job.job_id, preview=NO_PREVIEW)
        self._draw_preview()

    def _do(self, decide: Callable[[QueuedPrint], None]) -> None:
        job = chosen_job(self._facts)
        if job is None or self._facts.busy:
            return
        self._note(busy=True)
        self.desk.background.run(lambda: decide(job), lambda _none: self._done(), self._refused)

    def _done(self) -> None:
        self._note(busy=False)
        self.refresh()
        self._on_changed()

    def _refused(self, error: TillfoldError) -> None:
        self._note(busy=False)
        self.notices.error(error)
        self.refresh()

    def _told(self, queue: PrintQueue) -> None:
        self._answered()
        facts = msgspec.structs.replace(self._facts, queue=queue)
        if chosen_job(facts) is None:
            first = queue.open[0].job_id if queue.open else 0
            facts = msgspec.structs.replace(facts, chosen=first, preview=NO_PREVIEW)
        if facts != self._facts:
            self._facts = facts
            self.redraw()
        self._draw_preview()

    def _not_told(self, error: TillfoldError) -> None:
        self._answered()
        self.notices.error(error)

    def _answered(self) -> None:
        self._asking = False
        if self._ask_again:
            self._ask_again = False
            self.refresh()

    def _draw_preview(self) -> None:
        """Of the chosen job, again where its marks have changed."""
        job = chosen_job(self._facts)
        if job is None:
            self._drawn = None
            self._note(preview=NO_PREVIEW)
            return
        wanted = (job.job_id, job.printer, job.station, job.doubts, self.desk.language)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        prints, job_id = self.desk.counter.prints, job.job_id
        self.desk.background.run(
            lambda: prints.preview(job_id),
            lambda preview: self._previewed(job_id, preview),
            self.notices.error,
        )

    def _previewed(self, job_id: int, preview: PrintPreview) -> None:
        if job_id == self._facts.chosen:
            self._note(preview=preview)

    def _note(self, **changes: object) -> None:
        facts = msgspec.structs.replace(self._facts, **changes)
        if facts != self._facts:
            self._facts = facts
            self.redraw()

    def _draw(self) -> SpoolState:
        return draw_spool(self._facts, self.desk)
