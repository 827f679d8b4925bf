"""Who of a project's process has heard of what, and which projects wait for which."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_COUNTED = ("people_heard", "reports_wanted", "reports_heard")


def upgrade() -> None:
    for name in _COUNTED:
        # Projects that are there have told their processes of nothing yet.
        op.add_column("project_file", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "project_dependency",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("declared_as", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_as", sa.String(), nullable=False),
        sa.Column("ended_why", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case", "number", name="pk_project_dependency"),
    )
    op.create_index("ix_project_dependency_other", "project_dependency", ["other"])


def downgrade() -> None:
    op.drop_table("project_dependency")
    for name in _COUNTED:
        op.drop_column("project_file", name)
