"""What Assent fails to do for a case, again and again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failing",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("doing", sa.String(), nullable=False),
        sa.Column("since_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_failing"),
    )
    op.create_index("ix_failing_case", "failing", ["case"])
    op.create_index("ix_failing_failed_real", "failing", ["failed_real"])


def downgrade() -> None:
    op.drop_table("failing")
