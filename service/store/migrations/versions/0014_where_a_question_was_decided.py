"""The meeting at which a forum's answer was written down."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meeting_item", sa.Column("decided", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("meeting_item", "decided")
