"""The first form of the store."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PENDING = sa.text("state IN ('owed', 'sending')")
FOLDED = sa.text("folded_into_id IS NOT NULL")
FAILED = sa.text("state IN ('dropped', 'unknown')")
IN_FLIGHT = sa.text("state = 'sending'")
LISTED = "state = 'ready' AND same_as_id IS NULL"
RETOLD = "same_as_id IS NOT NULL"
ARTICLE_INDEXES = (
    ("ix_articles_to_read", ["announce", "due_at", "id", "host", "leased_until"], "state = 'found'"),
    ("ix_articles_listed", ["published_at", "id", "source_id", "state", "same_as_id"], LISTED),
    ("ix_articles_listed_of", ["source_id", "published_at", "id", "state", "same_as_id"], LISTED),
    ("ix_articles_retold_by", ["source_id", "same_as_id"], RETOLD),
    ("ix_articles_same_as_id", ["same_as_id"], RETOLD),
)

#: Of an article they watch what search has to know, and who carries it; leases and attempts are none of its business.
SQLITE_TRIGGERS = (
    """CREATE TRIGGER article_added AFTER INSERT ON articles WHEN NEW.state = 'ready'
    BEGIN INSERT INTO article_changes (article_id) VALUES (NEW.id); END""",
    """CREATE TRIGGER article_changed AFTER UPDATE OF title, text, description, published_at, source_id, state, same_as_id ON articles
    WHEN NEW.state = 'ready' OR OLD.state = 'ready'
    BEGIN INSERT INTO article_changes (article_id) VALUES (NEW.id); END""",
    """CREATE TRIGGER article_deleted AFTER DELETE ON articles WHEN OLD.state = 'ready'
    BEGIN INSERT INTO article_changes (article_id) VALUES (OLD.id); END""",
    """CREATE TRIGGER carriage_added AFTER INSERT ON carriages
    BEGIN INSERT INTO article_changes (article_id)
    SELECT id FROM articles WHERE id = NEW.article_id AND state = 'ready'; END""",
    """CREATE TRIGGER carriage_deleted AFTER DELETE ON carriages
    BEGIN INSERT INTO article_changes (article_id)
    SELECT id FROM articles WHERE id = OLD.article_id AND state = 'ready'; END""",
)
POSTGRESQL_TRIGGERS = (
    """CREATE FUNCTION note_article_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO article_changes (article_id, xid)
        VALUES (COALESCE(NEW.id, OLD.id), pg_current_xact_id()::text::bigint);
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER article_added AFTER INSERT ON articles FOR EACH ROW
    WHEN (NEW.state = 'ready') EXECUTE FUNCTION note_article_change()""",
    """CREATE TRIGGER article_changed AFTER UPDATE OF title, text, description, published_at, source_id, state, same_as_id ON articles FOR EACH ROW
    WHEN (NEW.state = 'ready' OR OLD.state = 'ready') EXECUTE FUNCTION note_article_change()""",
    """CREATE TRIGGER article_deleted AFTER DELETE ON articles FOR EACH ROW
    WHEN (OLD.state = 'ready') EXECUTE FUNCTION note_article_change()""",
    """CREATE FUNCTION note_carriage_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO article_changes (article_id, xid)
        SELECT id, pg_current_xact_id()::text::bigint FROM articles
        WHERE id = COALESCE(NEW.article_id, OLD.article_id) AND state = 'ready';
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER carriage_added AFTER INSERT ON carriages FOR EACH ROW
    EXECUTE FUNCTION note_carriage_change()""",
    """CREATE TRIGGER carriage_deleted AFTER DELETE ON carriages FOR EACH ROW
    EXECUTE FUNCTION note_carriage_change()""",
)
TRIGGERS = {
    "articles": ("article_added", "article_changed", "article_deleted"),
    "carriages": ("carriage_added", "carriage_deleted"),
}


def upgrade() -> None:
    op.create_table(
        "hosts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_request_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_hosts"),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role", sa.Enum("reader", "editor", "admin", name="role", native_enum=False, length=16), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum("pending", "accepted", "refused", name="memberstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["members.id"], name="fk_members_decided_by_id_members", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
    )
    op.create_index("ix_members_state_role_name_id", "members", ["state", "role", "name", "id"])
    op.create_index("ix_members_state_requested_at_id", "members", ["state", "requested_at", "id"])
    op.create_table(
        "topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sa.UniqueConstraint("slug", name="uq_topics_slug"),
    )
    op.create_table(
        "chats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("private", "group", "channel", name="chatkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum("new", "active", "stopped", "parked", name="chatstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hours", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("only_watched", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("pictures", sa.Boolean(), nullable=True),
        sa.Column("is_silent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_chats_member_id_members", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.UniqueConstraint("channel", "address", name="uq_chats_channel_address"),
    )
    op.create_index("ix_chats_member_id", "chats", ["member_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column(
            "role", sa.Enum("reader", "editor", "admin", name="role", native_enum=False, length=16), nullable=False
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["members.id"], name="fk_invitations_created_by_id_members", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["used_by_id"], ["members.id"], name="fk_invitations_used_by_id_members", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("code_hash", name="uq_invitations_code_hash"),
    )
    op.create_table(
        "heard",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_heard"),
        sa.UniqueConstraint("channel", "key", name="uq_heard_channel_key"),
    )
    waiting = sa.text("handled_at IS NULL")
    op.create_index("ix_heard_waiting", "heard", ["channel", "id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_heard_received_at", "heard", ["received_at"])
    op.create_table(
        "menus",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("next", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_menus_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", name="pk_menus"),
    )
    op.create_table(
        "link_codes",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_link_codes_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_link_codes"),
    )
    op.create_index("ix_link_codes_chat_id", "link_codes", ["chat_id"])
    op.create_table(
        "sharings",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_sharings_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", name="pk_sharings"),
    )
    op.create_table(
        "managers",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_managers_chat_id_chats", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_managers_member_id_members", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chat_id", "member_id", name="pk_managers"),
    )
    op.create_index("ix_managers_member_id", "managers", ["member_id"])
    op.create_table(
        "month_uses",
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("channel", "month", name="pk_month_uses"),
    )
    op.create_table(
        "lanes",
        sa.Column("chat_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paced_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name="pk_lanes"),
    )
    op.create_index("ix_lanes_channel_rank_due_at_chat_id", "lanes", ["channel", "rank", "due_at", "chat_id"])
    op.create_table(
        "follows",
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("thread", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_follows_chat_id_chats", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_follows_topic_id_topics", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("chat_id", "topic_id", name="pk_follows"),
    )
    op.create_index("ix_follows_topic_id", "follows", ["topic_id"])
    op.create_table(
        "previews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="auto", nullable=False),
        sa.Column("rules", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "found", "failed", "done", name="previewstate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_previews_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_previews"),
    )
    op.create_index("ix_previews_chat_id", "previews", ["chat_id"])
    op.create_index("ix_previews_state_asked_at", "previews", ["state", "asked_at"])
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("newest_article_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_questions_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
    )
    op.create_index("ix_questions_chat_id", "questions", ["chat_id"])
    op.create_table(
        "sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="auto", nullable=False),
        sa.Column("rules", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("article_rules", sa.JSON(), server_default="{}", nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "paused", "gone", "removed", name="sourcestate", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("interval", sa.Double(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_new_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("news_days", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("layout_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gap_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_of", sa.Text(), server_default="", nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("backfill", sa.JSON(), nullable=True),
        sa.Column("quiet_start", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("allow_bad_certificate", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("added_by_chat_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_chat_id"], ["chats.id"], name="fk_sources_added_by_chat_id_chats", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_sources_topic_id_topics"),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
        sa.UniqueConstraint("url", name="uq_sources_url"),
    )
    op.create_index("ix_sources_state_next_poll_at", "sources", ["state", "next_poll_at"])
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("section", sa.Text(), server_default="", nullable=False),
        sa.Column("lead", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("signature", sa.Text(), server_default="", nullable=False),
        sa.Column("event_date", sa.Date(), nullable=True),
        sa.Column("pictures", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("attachments", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("document_numbers", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("folded", sa.Text(), server_default="", nullable=False),
        sa.Column("summary", sa.Text(), server_default="", nullable=False),
        sa.Column("summary_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("summary_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("origin", sa.Enum("page", "feed", name="textorigin", native_enum=False, length=16), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("announce", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("same_as_id", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state", sa.Enum("found", "ready", name="articlestate", native_enum=False, length=16), nullable=False
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_articles_source_id_sources", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["same_as_id"], ["articles.id"], name="fk_articles_same_as_id_articles", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
    )
    op.create_index("ix_articles_url", "articles", ["url"])
    op.create_index("ix_articles_published_at_id", "articles", ["published_at", "id"])
    op.create_index("ix_articles_source_id_published_at", "articles", ["source_id", "published_at"])
    for name, columns, where in ARTICLE_INDEXES:
        op.create_index(name, "articles", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "article_keys",
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_article_keys_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_article_keys_source_id_sources", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_id", "key", name="pk_article_keys"),
    )
    op.create_index("ix_article_keys_article_id", "article_keys", ["article_id"])
    op.create_index("ix_article_keys_key", "article_keys", ["key"])
    op.create_table(
        "story_keys",
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_story_keys_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("value", "article_id", name="pk_story_keys"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_story_keys_article_id", "story_keys", ["article_id"])
    op.create_table(
        "carriages",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_carriages_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name="fk_carriages_source_id_sources", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "source_id", name="pk_carriages"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_carriages_source_id_published_at_article_id", "carriages", ["source_id", "published_at", "article_id"]
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("new_title", sa.Text(), nullable=False),
        sa.Column("new_description", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_revisions_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
    )
    op.create_index("ix_revisions_article_id", "revisions", ["article_id"])
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=True),
        sa.Column("notice", sa.Text(), nullable=True),
        sa.Column("data", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("folded_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rank", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "owed",
                "sending",
                "sent",
                "folded",
                "unknown",
                "dropped",
                name="deliverystate",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("repeats", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_deliveries_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_deliveries_chat_id_chats", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["folded_into_id"],
            ["deliveries.id"],
            name="fk_deliveries_folded_into_id_deliveries",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("chat_id", "key", name="uq_deliveries_chat_id_key"),
    )
    op.create_index("ix_deliveries_article_id", "deliveries", ["article_id"])
    op.create_index(
        "ix_deliveries_folded_into_id",
        "deliveries",
        ["folded_into_id"],
        sqlite_where=FOLDED,
        postgresql_where=FOLDED,
    )
    op.create_index(
        "ix_deliveries_pending",
        "deliveries",
        ["chat_id", "rank", "id"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )
    op.create_index(
        "ix_deliveries_in_flight",
        "deliveries",
        ["chat_id", "leased_until"],
        sqlite_where=IN_FLIGHT,
        postgresql_where=IN_FLIGHT,
    )
    op.create_index("ix_deliveries_failed", "deliveries", ["chat_id"], sqlite_where=FAILED, postgresql_where=FAILED)
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_watches_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_watches"),
        sa.UniqueConstraint("chat_id", "key", name="uq_watches_chat_id_key"),
    )
    op.create_index("ix_watches_token", "watches", ["token"])
    op.create_table(
        "watch_hits",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_urgent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_watch_hits_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_watch_hits_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("article_id", "chat_id", name="pk_watch_hits"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_watch_hits_chat_id", "watch_hits", ["chat_id"])
    op.create_index("ix_watch_hits_found_at", "watch_hits", ["found_at"])
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("long", sa.Text(), nullable=False),
        sa.Column("short_key", sa.Text(), nullable=False),
        sa.Column("long_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_aliases"),
        sa.UniqueConstraint("short_key", "long_key", name="uq_aliases_short_key_long_key"),
    )
    op.create_table(
        "article_changes",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_article_changes"),
    )
    op.create_index("ix_article_changes_xid", "article_changes", ["xid"])
    op.create_table(
        "model_uses",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                *("asked", "taken", "silent", "paused", "budget", "refused", "malformed", "empty", "long"),
                *("foreign", "figure", "name", "link", "title", "order", "invented"),
                name="verdictkind",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tokens", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "verdict", name="pk_model_uses"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                *("admitted", "refused", "expelled", "readmitted", "role", "invited", "joined", "forgotten"),
                *("source added", "source paused", "source resumed", "source renamed", "source moved"),
                *("source removed", "source restored", "source mended", "topic added", "topic renamed"),
                *("topic merged", "alias added", "alias removed", "broadcast", "recalled", "exported", "chat set"),
                name="act",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name="fk_audit_by_id_members", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_audit_member_id_members", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_by_id", "audit", ["by_id"])
    op.create_index("ix_audit_member_id", "audit", ["member_id"])
    op.create_table(
        "pictures",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_pictures_article_id_articles", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_pictures"),
    )
    op.create_index("ix_pictures_created_at", "pictures", ["created_at"])
    op.create_table(
        "picture_uses",
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("articles", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_picture_uses"),
    )
    op.create_index("ix_picture_uses_seen_at", "picture_uses", ["seen_at"])
    op.create_table(
        "saved",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name="fk_saved_article_id_articles", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name="fk_saved_member_id_members", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", "article_id", name="pk_saved"),
    )
    op.create_index("ix_saved_article_id", "saved", ["article_id"])
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name="fk_broadcasts_chat_id_chats", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
    )
    op.create_index("ix_broadcasts_chat_id", "broadcasts", ["chat_id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for trigger in SQLITE_TRIGGERS if is_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    for name, triggers in TRIGGERS.items():
        on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {name}"
        for trigger in triggers:
            op.execute(f"DROP TRIGGER {trigger}{on}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION note_article_change()")
        op.execute("DROP FUNCTION note_carriage_change()")
    op.drop_table("broadcasts")
    op.drop_table("saved")
    op.drop_table("picture_uses")
    op.drop_table("pictures")
    op.drop_table("audit")
    op.drop_table("model_uses")
    op.drop_table("article_changes")
    op.drop_table("aliases")
    op.drop_table("watch_hits")
    op.drop_table("watches")
    op.drop_table("deliveries")
    op.drop_table("revisions")
    op.drop_table("carriages")
    op.drop_table("story_keys")
    op.drop_table("article_keys")
    op.drop_table("articles")
    op.drop_table("sources")
    op.drop_table("previews")
    op.drop_table("questions")
    op.drop_table("follows")
    op.drop_table("lanes")
    op.drop_table("invitations")
    op.drop_table("month_uses")
    op.drop_table("managers")
    op.drop_table("sharings")
    op.drop_table("link_codes")
    op.drop_table("menus")
    op.drop_table("heard")
    op.drop_table("chats")
    op.drop_table("topics")
    op.drop_table("members")
    op.drop_table("hosts")
