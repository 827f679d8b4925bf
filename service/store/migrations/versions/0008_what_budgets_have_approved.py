"""An index by which a post's approved shares are found."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OF_MONEY = sa.text("amount IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_seat_amount",
        "seat",
        ["post", "step"],
        sqlite_where=_OF_MONEY,
        postgresql_where=_OF_MONEY,
    )


def downgrade() -> None:
    op.drop_index("ix_seat_amount", table_name="seat")
