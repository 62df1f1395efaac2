"""What the sources on Zalo disagree about: one switch each. The defaults are what was measured last."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quirks:
    """`replays`: an update that was handed out comes again on every poll; otherwise reading it loses it.

    `quiet_status` and `refusal_on_200` are about the HTTP status beside `ok: false`; `code_as_text` writes
    `"error_code": "408"`. `enveloped`: a webhook's body is wrapped as an answer is. `photo` names a picture's field.
    `html_for_401`: a gateway answers a wrong token with a page. `no_formats`: text styles and markup are refused, as
    by the platform of last year. `bare_404`: without a webhook getWebhookInfo is not found.
    """

    replays: bool = False
    quiet_status: int = 200
    refusal_on_200: bool = True
    code_as_text: bool = False
    success_code: bool = True
    enveloped: bool = False
    photo: str = "photo_url"
    html_for_401: bool = False
    no_formats: bool = False
    bare_404: bool = True


#: The other end of each.
CONTRARY = Quirks(
    replays=True,
    quiet_status=408,
    refusal_on_200=False,
    code_as_text=True,
    success_code=False,
    enveloped=True,
    photo="photo",
    html_for_401=True,
    no_formats=True,
    bare_404=False,
)
