"""Actions that follow from cases: conditions of approvals, and what a refusal leaves to be done."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "action_file",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("guards", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_action_file"),
    )
    op.create_index("ix_action_file_parent", "action_file", ["parent"])
    op.create_index("ix_action_file_owner", "action_file", ["owner"])


def downgrade() -> None:
    op.drop_table("action_file")
