"""Forums that meet: their series, meetings, attendance and items."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting_series",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("forum", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("stirred", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_meeting_series"),
    )
    op.create_table(
        "meeting",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("extraordinary", sa.Boolean(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("moved_from", sa.Date(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("time", sa.String(), nullable=False),
        sa.Column("called", sa.DateTime(timezone=True), nullable=True),
        sa.Column("papers_closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("closed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("minutes_hash", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("series", "day", name="pk_meeting"),
    )
    op.create_table(
        "meeting_attendance",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("presence", sa.String(), nullable=False),
        sa.Column("substitute", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("series", "day", "post", name="pk_meeting_attendance"),
    )
    op.create_table(
        "meeting_item",
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("interests", sa.Text(), nullable=False),
        sa.Column("votes", sa.Text(), nullable=False),
        sa.Column("rolled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("series", "day", "item", name="pk_meeting_item"),
    )


def downgrade() -> None:
    op.drop_table("meeting_item")
    op.drop_table("meeting_attendance")
    op.drop_table("meeting")
    op.drop_table("meeting_series")
