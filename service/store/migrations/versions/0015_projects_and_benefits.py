"""Projects, their plans, reports, gates and exceptions; benefits and how much of them has come about."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "project_file",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=False),
        sa.Column("executive", sa.String(), nullable=False),
        sa.Column("senior_user", sa.String(), nullable=False),
        sa.Column("senior_supplier", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("plan_step", sa.String(), nullable=False),
        sa.Column("go_live", sa.Date(), nullable=True),
        sa.Column("went_live", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name="pk_project_file"),
        sa.UniqueConstraint("parent", name="uq_project_file_parent"),
    )
    op.create_index("ix_project_file_manager", "project_file", ["manager"])
    op.create_table(
        "project_baseline",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case", "number", name="pk_project_baseline"),
    )
    op.create_table(
        "project_report",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("forecast", sa.Text(), nullable=False),
        sa.Column("variance", sa.Text(), nullable=False),
        sa.Column("linked", sa.Text(), nullable=False),
        sa.Column("unchanged", sa.Boolean(), nullable=False),
        sa.Column("stage_done", sa.Boolean(), nullable=False),
        sa.Column("objectives", sa.String(), nullable=False),
        sa.Column("went_live", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("case", "step", name="pk_project_report"),
    )
    op.create_table(
        "project_gate",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("gate", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("over", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("over_percent", sa.Numeric(precision=14, scale=2), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("objectives", sa.String(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.Column("baseline", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case", "number", name="pk_project_gate"),
    )
    op.create_table(
        "project_exception",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("crossing", sa.Text(), nullable=False),
        sa.Column("raised", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("tolerances", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case", "number", name="pk_project_exception"),
    )
    op.create_table(
        "project_link",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", "other", name="pk_project_link"),
    )
    op.create_index("ix_project_link_other", "project_link", ["other"])
    op.create_table(
        "standards_check",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("exception", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", "step", name="pk_standards_check"),
    )
    op.create_table(
        "standards_exception",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_standards_exception"),
    )
    op.create_index("ix_standards_exception_parent", "standards_exception", ["parent"])
    op.create_table(
        "benefit_file",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("claimed", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.PrimaryKeyConstraint("ref", name="pk_benefit_file"),
        sa.UniqueConstraint("parent", "number", name="uq_benefit_file_parent_number"),
    )
    op.create_index("ix_benefit_file_owner", "benefit_file", ["owner"])
    op.create_table(
        "benefit_reading",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("rating", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", "step", name="pk_benefit_reading"),
    )


def downgrade() -> None:
    for table in (
        "benefit_reading",
        "benefit_file",
        "standards_exception",
        "standards_check",
        "project_link",
        "project_exception",
        "project_gate",
        "project_report",
        "project_baseline",
        "project_file",
    ):
        op.drop_table(table)
