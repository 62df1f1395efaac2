"""The settings of Zalo."""

from typing import Annotated

from pydantic import Field

from bot.config_section import Section
from bot.values import ApiAddress, Between, Shape, WebhookUrl, ZaloIds, ZaloToken


class ZaloSettings(Section):
    token: ZaloToken = Field(
        default=None,
        repr=False,
        description="The key of the bot on Zalo, from Zalo Bot Creator; without it, no Zalo. Tell it to nobody.",
    )
    api_url: ApiAddress = Field(
        default="https://bot-api.zaloplatforms.com",
        description="The Bot Platform's server; its older one was https://bot-api.zapps.me.",
    )
    admins: ZaloIds = Field(
        default=(),
        description=(
            "The people who run loa from their chat on Zalo, by their Zalo ids; an admin on Telegram may send /link "
            "instead."
        ),
    )
    webhook_url: Annotated[
        WebhookUrl | None, Shape('a public address with a path, such as "https://loa.example.vn/zalo"')
    ] = Field(
        default=None,
        description=(
            "Where Zalo sends what people say, instead of being asked for it, which it recommends: a public address "
            "that the office's own TLS server passes on, path and all, to `http.port`."
        ),
    )
    messages_per_month: Annotated[int, Between(1, 10_000_000)] = Field(
        default=3000,
        description=(
            "How many messages the bot's plan on Zalo bears in a month; from four fifths on loa sends digests and what "
            "is urgent only, and at the end what is left waits for the next month."
        ),
    )
