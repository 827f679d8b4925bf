"""Answers that stand for a later version, and approvers whom somebody added."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was taken up before kept nothing.
    op.add_column("case_version", sa.Column("kept", sa.Text(), nullable=False, server_default="{}"))
    op.create_table(
        "approver",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_as", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case", "post", name="pk_approver"),
    )
    unheard = sa.text("state = 'added'")
    op.create_index(
        "ix_approver_unheard", "approver", ["case"], sqlite_where=unheard, postgresql_where=unheard
    )


def downgrade() -> None:
    op.drop_table("approver")
    op.drop_column("case_version", "kept")
