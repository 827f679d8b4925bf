"""Assessments of business processes, and the options that are weighed in them."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assessment",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("opened_as", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("report_due", sa.Date(), nullable=False),
        sa.Column("in_place_by", sa.Date(), nullable=False),
        sa.Column("reported_by", sa.String(), nullable=False),
        sa.Column("recommended", sa.String(), nullable=False),
        sa.Column("chosen_by", sa.String(), nullable=False),
        sa.Column("chosen", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_assessment"),
        sa.UniqueConstraint("wish", name="uq_assessment_wish"),
    )
    op.create_index("ix_assessment_owner", "assessment", ["owner"])
    op.create_table(
        "assessed_option",
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("weighed", sa.Boolean(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.PrimaryKeyConstraint("case", "option", name="pk_assessed_option"),
    )


def downgrade() -> None:
    op.drop_table("assessed_option")
    op.drop_table("assessment")
