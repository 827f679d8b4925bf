"""The worker: runs processes and does their activities, on one queue for cases and one for mail."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from workflows.human_step import Delivery, HumanStep
from workflows.processes.investment_proposal import InvestmentProposal

WORKFLOWS = (HumanStep, Delivery, InvestmentProposal)

# Values are shared with every run; rules are not, so that the sandbox watches them.
RUNNER = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules(
        "workflows.letters", "workflows.model", "workflows.ports"
    )
)
