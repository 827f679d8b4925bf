"""Decisions that put a question off to the next meeting of whoever was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was put off before was put off to a day.
    op.add_column(
        "decision", sa.Column("next_meeting", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("decision", "next_meeting")
