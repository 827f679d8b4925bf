"""The worker: runs processes and does their activities; cases, mail and orders each have a queue."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

import structlog
import uvloop
from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import PollerBehaviorAutoscaling, Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.assessments import Assessments
from activities.benefits import Benefits
from activities.cases import Cases
from activities.discretion import Discretion
from activities.letters import Letters
from activities.meetings import Meetings
from activities.orders import Orders
from activities.projects import Projects
from activities.register import Register
from activities.watching import Watching
from notifications.smtp import Mailer
from notifications.webhook import Webhook
from service import logs
from service.config import Keys, Settings, load_settings
from service.links import Links
from service.mailroom import Mailroom, mail_queue, order_queue
from service.store import Store, open_store
from workflows.human_step import HumanStep
from workflows.processes.action import Action
from workflows.processes.assessment import Assessment
from workflows.processes.benefit import Benefit
from workflows.processes.investment_proposal import InvestmentProposal
from workflows.processes.meeting import MeetingSeries
from workflows.processes.project import Project
from workflows.processes.readiness import Readiness
from workflows.processes.standards_exception import StandardsException

log = structlog.get_logger()

WORKFLOWS = (
    Action,
    Assessment,
    Benefit,
    HumanStep,
    InvestmentProposal,
    MeetingSeries,
    Project,
    Readiness,
    StandardsException,
)

# Values are shared with every run; rules are not, so that the sandbox watches them.
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "workflows.delivery", "workflows.letters", "workflows.model", "workflows.ports"
    )
)

BUILD = WorkerDeploymentConfig(
    WorkerDeploymentVersion("assent", version("assent")), use_worker_versioning=False
)
"""What the engine notes with each turn of a process: our version. The client's own way, a hash of every
module that is loaded, would also tell one unreleased change from another, and takes seconds at each start."""
CACHED = 400
"""Processes that are kept at hand: a question takes a third of a megabyte, a project a whole one. One that is
not is read again from its history when something happens to it, which takes some hundredths of a second."""
AT_ONCE = 8
"""Activities of a kind that are done at once; SQLite lets one writer through at a time."""
# The default of ten seconds is how long a decision would wait after a worker was killed.
STICKY = timedelta(seconds=2)
GOODBYE = timedelta(seconds=20)


@asynccontextmanager
async def working(client: Client, settings: Settings, store: Store) -> AsyncIterator[None]:
    """Work for as long as the context lasts, then finish what has been begun."""
    links = Links(Keys(settings.secret_keys.get_secret_value()), settings.base_url)
    mailer = Mailer(
        settings.smtp_host,
        settings.smtp_port,
        tls=settings.smtp_tls.value,
        username=settings.smtp_username or None,
        password=settings.smtp_password.get_secret_value() or None,
    )
    mailroom = Mailroom(client, settings.core_queue)
    register = Register(store, mailroom, links)
    cases = Cases(store, mailroom, links, orders_to=settings.order_host)
    meetings = Meetings(store, mailroom, links)
    projects = Projects(store, mailroom, links)
    benefits = Benefits(store, mailroom)
    assessments = Assessments(store, mailroom)
    letters = Letters(store, mailroom, links, mailer, sender=settings.mail_from)
    orders = Orders(store, mailroom, links, _receiver(settings), source=settings.base_url)
    core = Worker(
        client,
        task_queue=settings.core_queue,
        workflows=WORKFLOWS,
        activities=[
            register.opened,
            register.nudged,
            register.reseated,
            register.decided,
            register.undone,
            register.held,
            register.closed,
            register.unsettled_intents,
            cases.begun,
            cases.became,
            cases.waits,
            cases.expiring,
            cases.sittings,
            cases.moved,
            cases.sized,
            cases.follow_ups,
            cases.action_begun,
            meetings.next,
            meetings.happens,
            projects.opened,
            projects.in_hand,
            projects.named,
            projects.planned,
            projects.reported,
            projects.gate_passed,
            projects.exception_raised,
            projects.exception_settled,
            projects.standards_checked,
            projects.standards_exceptions,
            projects.exception_in_hand,
            benefits.of_proposal,
            benefits.in_hand,
            benefits.read,
            benefits.review,
            assessments.in_hand,
            assessments.reported,
            assessments.chosen,
        ],
        max_cached_workflows=CACHED,
        max_concurrent_activities=AT_ONCE,
        max_concurrent_local_activities=AT_ONCE,
        deployment_config=BUILD,
        workflow_runner=RUNNER,
        interceptors=[Discretion(), Watching(store, links)],
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=GOODBYE,
    )
    mail = Worker(
        client,
        task_queue=mail_queue(settings.core_queue),
        activities=[letters.send],
        deployment_config=BUILD,
        interceptors=[Discretion()],
        max_concurrent_activities=AT_ONCE,
        graceful_shutdown_timeout=GOODBYE,
    )
    ordering = Worker(
        client,
        task_queue=order_queue(settings.core_queue),
        activities=[orders.send],
        deployment_config=BUILD,
        interceptors=[Discretion()],
        max_concurrent_activities=AT_ONCE,
        graceful_shutdown_timeout=GOODBYE,
    )
    try:
        async with core, mail, ordering:
            yield
    finally:
        await mailer.close()


def _receiver(settings: Settings) -> Webhook | None:
    """Return where orders are sent, if they are sent anywhere; only in practice may it be this machine."""
    if not settings.order_url:
        return None
    return Webhook(settings.order_url, settings.signing_secrets(), loopback=settings.mode != "production")


def remember_bytecode(folder: Path) -> None:
    """Keep what Python compiles, in a folder of our own where nothing has been written beside the code.

    The sandbox imports our modules anew for each process, and would compile them each time.
    """
    if sys.dont_write_bytecode and not Path(cache_from_source(__file__)).exists():
        sys.pycache_prefix = str(folder / "bytecode")
        sys.dont_write_bytecode = False


async def main() -> None:
    """Work until told to stop."""
    settings = load_settings()
    remember_bytecode(settings.data_dir)
    stop = asyncio.Event()
    for word in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(word, stop.set)
    client = await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=pydantic_data_converter,
    )
    if not await Mailroom(client, settings.core_queue).open():
        sys.exit("Assent needs Temporal Server 1.32 or newer: an older one cannot send its letters.")
    # Nobody looks on while a process writes; people do.
    store = open_store(settings, gives_way=True)
    try:
        async with working(client, settings, store):
            log.info("working", queue=settings.core_queue)
            await stop.wait()
    finally:
        store.close()


if __name__ == "__main__":
    logs.configure()
    uvloop.run(main())
