"""What the models of config.yaml are made of: the model itself, names, and where secrets are."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    WithJsonSchema,
    model_validator,
)

from watcher.config.values import Unfit, wire_text

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]

SECRET = "{file: …}, {env: …} or {credential: …}, one of them"
HIDDEN = "…"  # what `config show` shows of a text that may be a secret


class Model(BaseModel):
    # The texts below the keys are what the schema and the reference say of them.
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def known_models() -> dict[str, type[Model]]:
    """All there are, by name."""
    return {one.__name__: one for one in Model.__subclasses__()}


class SecretModel(Model):
    """Where a secret is: exactly one of the three."""

    file: str | None = None
    """A file, relative to config.yaml's folder."""
    env: str | None = None
    """An environment variable."""
    credential: str | None = None
    """A systemd credential."""

    @model_validator(mode="after")
    def _one(self) -> SecretModel:
        if sum(one is not None for one in (self.file, self.env, self.credential)) != 1:
            raise Unfit(SECRET, "name where the secret is to be found, once")
        return self


def _text_or_secret(value: Any) -> str:
    return "secret" if isinstance(value, dict | SecretModel) else "text"


# A text that is sent with requests, or where it is to be found. Never shown in an error.
SentText = Annotated[
    Annotated[
        str,
        BeforeValidator(wire_text),
        PlainSerializer(lambda _: HIDDEN),
        WithJsonSchema({"type": "string", "pattern": "^[ -~]+$"}),
        Tag("text"),
    ]
    | Annotated[SecretModel, Tag("secret")],
    Discriminator(_text_or_secret),
]
