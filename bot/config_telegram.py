"""The settings of Telegram."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from bot.config_section import Section, make_remedy
from bot.values import ApiAddress, Between, Flag, Proxy, Shape, Token, UserIds, WebhookUrl

#: How many messages a second Telegram takes for nothing.
FREE_RATE = 30


class TelegramSettings(Section):
    token: Token = Field(
        default=None,
        repr=False,
        description="The bot's key. Send /newbot to @BotFather on Telegram to get one; tell it to nobody.",
    )
    api_url: ApiAddress = Field(
        default="https://api.telegram.org",
        description="The Bot API server; change it only if the office runs its own.",
    )
    proxy: Proxy = Field(
        default=None, repr=False, description="The proxy through which Telegram is reached, where there is one."
    )
    webhook_url: Annotated[
        WebhookUrl | None, Shape('a public address with a path, such as "https://loa.example.vn/telegram"')
    ] = Field(
        default=None,
        description=(
            "Where Telegram sends what people say, instead of being asked for it: a public address, on port 443, 80, "
            "88 or 8443, which the office's own TLS server passes on, path and all, to `http.port`."
        ),
    )
    admins: UserIds = Field(
        default=(),
        description="The people who run loa from their chat, by their Telegram user numbers (not their names).",
    )
    messages_per_second: Annotated[int, Between(1, 1000)] = Field(
        default=30,
        description=(
            "How many messages may leave in a second, over all chats. Telegram allows 30, and up to 1,000 with "
            "`paid_broadcast`."
        ),
    )
    paid_broadcast: Flag = Field(
        default=False,
        validate_default=True,
        description=(
            "Pay Telegram, in Stars of the bot's own balance, for what leaves beyond 30 messages a second. Without it "
            "more would be refused."
        ),
    )

    @field_validator("paid_broadcast")
    @classmethod
    def _check_rate(cls, value: bool, info: ValidationInfo) -> bool:
        if not value and info.data.get("messages_per_second", 0) > FREE_RATE:
            raise make_remedy(f"Write true, or at most {FREE_RATE} as telegram.messages_per_second.")
        return value
