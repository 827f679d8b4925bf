"""Deferrals to the next meeting of whoever was asked, and the minutes as they were drafted."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was put off before was put off to a day.
    op.add_column(
        "decision", sa.Column("next_meeting", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    # What was corrected of earlier minutes is found once the tables are folded anew.
    op.add_column("meeting", sa.Column("draft_hash", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("meeting", "draft_hash")
    op.drop_column("decision", "next_meeting")
