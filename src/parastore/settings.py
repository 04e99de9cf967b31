"""Settings of an application from parameters, for pydantic-settings (`pip install 'parastore[settings]'`).

    class Database(BaseModel):
        host: str
        password: SecretStr

    class Settings(ParameterStoreSettings, path="/myapp/prod"):
        db: Database                    # /myapp/prod/db/host, /myapp/prod/db/password
        debug: bool = False             # /myapp/prod/debug, or DEBUG
        hosts: list[str] = []           # a StringList, or JSON

    settings = Settings()

Everything below the path is read at once. What is given to the class and to the environment wins. All parameters that
are missing are listed together, by their names. Parts of names match fields whatever their case, and `-` is `_`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import AliasChoices, AliasPath, BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from parastore import redaction
from parastore.client.connect import open_client
from parastore.client.names import join, relative
from parastore.client.read import by_path

__all__ = ["MissingParameters", "ParameterStoreSettings", "ParameterStoreSource", "SecretStr"]

# Part of a name in small letters -> Tree or parameter. A parameter has "Value", which no part of a name can be.
Tree = dict[str, Any]


class MissingParameters(ValueError):
    """Parameters that the settings need and that are not there; all of them are in `names`."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"missing parameters: {', '.join(names)}")
        self.names = names


class ParameterStoreSource(PydanticBaseSettingsSource):
    """A source for `settings_customise_sources`: the parameters below `path`, read when the settings are made.

    `client` is a boto3 client, by default one of the standard chain. Raises parastore.client.connect.Failure.
    """

    def __init__(self, settings_cls: type[BaseSettings], path: str, client: Any = None) -> None:
        super().__init__(settings_cls)
        self._path = path
        self._client = client

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """See PydanticBaseSettingsSource; everything is read in `__call__`."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        tree: Tree = {}
        for each in by_path(self._client or open_client(), self._path, decrypt=True):
            if each["Type"] == "SecureString":
                redaction.remember(each["Value"])
            node = tree
            *folders, leaf = relative(each["Name"], self._path).split("/")
            for part in folders:
                below = node.setdefault(_normal(part), {})
                if "Value" in below:
                    below = node[_normal(part)] = {}  # a parameter that has others below it is not a field's
                node = below
            node.setdefault(_normal(leaf), each)
        return self._fit(tree, self.settings_cls.model_fields)

    def _fit(self, tree: Tree, fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
        """What of the tree are values of fields, by the names that validation knows them by."""
        found = {}
        for name, field in fields.items():
            for key in _names(name, field):
                node = tree.get(_normal(key))
                if node is None:
                    continue
                if "Value" in node:
                    found[key] = self._value(node, field)
                elif (model := _model(field.annotation)) is not None:
                    found[key] = self._fit(node, model.model_fields)
                else:
                    found[key] = _plain(node)
                break
        return found

    def _value(self, parameter: Mapping[str, Any], field: FieldInfo) -> Any:
        text = parameter["Value"]
        if not self.field_is_complex(field):
            return text
        if parameter["Type"] == "StringList":
            return text.split(",")
        try:
            return json.loads(text)
        except ValueError:
            return text


def _normal(part: str) -> str:
    return part.lower().replace("-", "_").replace(".", "_")


def _names(name: str, field: FieldInfo) -> list[str]:
    """What validation calls a field by: its aliases, or else its name."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [each for each in alias.choices if isinstance(each, str)]
    if isinstance(alias, AliasPath):
        return []
    return [alias or name]


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation: `Database`, `Database | None`."""
    for each in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(each, type) and issubclass(each, BaseModel):
            return each
    return None


def _plain(node: Tree) -> Any:
    return node["Value"] if "Value" in node else {key: _plain(each) for key, each in node.items()}


class ParameterStoreSettings(BaseSettings):
    """Settings with parameters as their source. Raises MissingParameters, pydantic.ValidationError without values."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", hide_input_in_errors=True, extra="ignore")
    parameter_path: ClassVar[str] = "/"
    parameter_client: ClassVar[Any] = None

    def __init_subclass__(cls, *, path: str | None = None, client: Any = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if path is not None:
            cls.parameter_path = path
        if client is not None:
            cls.parameter_client = client

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            missing = [each["loc"] for each in error.errors(include_input=False) if each["type"] == "missing"]
            if len(missing) < error.error_count():
                raise
            names = [join(self.parameter_path, "/".join(map(str, loc))) for loc in missing]
            raise MissingParameters(names) from None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, the environment, a .env file, then the parameters."""
        store = ParameterStoreSource(settings_cls, cls.parameter_path, cls.parameter_client)
        return init_settings, env_settings, dotenv_settings, store
