"""One link: a Toxiproxy proxy between the bot and one upstream, with verbs that really do what they say.

::

    reset       armed links only: enabled off, enabled on             open connections get RST
    close       unarmed links only: enabled off, enabled on           open connections get FIN
    down, up    enabled off; enabled on, same port                    cut, and new ones refused
    freeze      bandwidth 0 in both directions; thaw switches it off  no loss: all arrives afterwards
    blackhole   timeout 0 in both directions; ended by a cut          every byte is lost

Arming is a ``reset_peer`` at toxicity 0 that stands before any connection opens: it never strikes, but Toxiproxy
sets SO_LINGER(0) on both sockets for it (Toxiproxy link.go: Start), so every later close of the link is a RST.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any

from downtick.errors import NotArmed, RigError, ToxicError
from downtick.links.addresses import Address, split
from downtick.links.control import Control
from downtick.links.echo import Echo
from downtick.links.toxics import Toxic, toxic, toxic_name
from downtick.links.validate import attributes_of, near_miss
from downtick.links.verbs import ARM, Answers, Verbs
from downtick.links.vocabulary import LINK_FAULTS, TOXICS
from downtick.profiles.vocabulary import FaultSpec


class Link:
    """A proxy on one Toxiproxy server. Made by `create`, ended by `destroy`.

    Verbs wait for one another, so none sees another's half-way state; a cancelled verb is still
    carried out to its end by its thread.

    Attributes:
        name: of the link: ``rest``, ``market_ws`` or ``user_ws``.
        host: where it listens.
        port: where it listens; the same for its whole life.
        upstream: where it leads.
        armed: whether its closes are RST.
    """

    def __init__(self, control: Control, name: str, proxy: Any, *, armed: bool) -> None:
        listen, upstream = split(proxy.listen), split(proxy.upstream)
        self.name = name
        self.host, self.port = listen.host, listen.port
        self.upstream = (upstream.host, upstream.port)
        self.armed = armed
        self._control = control
        self._proxy = proxy
        self._verbs = Verbs(control, name, proxy)
        self._destroyed = False
        self._one_at_a_time = threading.Lock()

    @classmethod
    async def create(
        cls,
        control: Control,
        name: str,
        upstream: tuple[str, int],
        *,
        proxy_name: str,
        listen_host: str = "127.0.0.1",
        listen_port: int = 0,
        hosts: Collection[str] = (),
        armed: bool = False,
    ) -> Link:
        """Make the proxy; when this returns it listens, and is armed if asked.

        Args:
            control: of the server.
            name: of the link.
            upstream: host and port where it leads.
            proxy_name: by which the server knows it; unique there.
            listen_host: a loopback address.
            listen_port: 0 for any.
            hosts: what may stand for `listen_host` beside a loopback address.
            armed: whether every close of the link shall be a RST.

        Raises:
            TopologyError: it would listen or lead off this machine.
            PortTaken: somebody listens there.
            ToxiproxyError: the server refused or did something else.
        """

        def make() -> Link:
            listen = str(Address(listen_host, listen_port))
            # Disabled until it is armed: no connection can slip in unarmed.
            proxy = control.create(
                proxy_name, listen, str(Address(*upstream)), enabled=not armed, hosts=hosts
            )
            if armed:
                control.add_toxic(proxy, ARM)
                control.enable(proxy)
            return cls(control, name, proxy, armed=armed)

        return await asyncio.to_thread(make)

    async def start(
        self,
        name: str,
        attributes: Mapping[str, Any],
        *,
        stream: str = "downstream",
        toxicity: float = 1.0,
    ) -> Echo:
        """Start a toxic or a link fault by its name.

        Args:
            name: of a toxic or link fault.
            attributes: of it, in Toxiproxy's own units.
            stream: of a toxic; link faults act on both directions.
            toxicity: of a toxic.

        Raises:
            ToxicError: no such fault, or its attributes are not allowed. Nothing was sent.
            NotArmed: a reset of a link that is not armed.
            RigError: the fault could not be made.
        """
        if name in TOXICS:
            return await self.add_toxic(toxic(name, attributes, stream=stream, toxicity=toxicity))
        spec = _link_fault(name)
        checked = attributes_of(spec, attributes)
        match name:
            case "reset":
                return await self.reset()
            case "close":
                return await self.close()
            case "down":
                return await self.down()
            case "freeze":
                return await self.freeze()
            case _:
                return await self.blackhole(**checked)

    async def stop(self, name: str, *, stream: str = "downstream") -> None:
        """End what `start` began. A fault that is over in an instant has nothing to end.

        Raises:
            ToxicError: no such fault.
            RigError: it could not be ended.
        """
        if name in TOXICS:
            await self.remove_toxic(toxic_name(name, stream))
            return
        _link_fault(name)
        match name:
            case "down":
                await self.up()
            case "freeze":
                await self.thaw()
            case "blackhole":
                await self.end_blackhole()

    async def reset(self) -> Echo:
        """Reset every open connection: RST at both ends. The link listens again at once.

        Raises:
            NotArmed: the link was not armed when it was made.
            PortTaken: somebody took its port in that instant.
            RigError: the link is down.
        """
        if not self.armed:
            raise NotArmed(
                f"{self.name} is not armed, so its open connections can only be closed (FIN). A link is "
                "armed before its first connection, and then every close of it is a RST"
            )
        return await self._do(self._verbs.cut, "reset")

    async def close(self) -> Echo:
        """Close every open connection: FIN at both ends. The link listens again at once.

        With data under way in both directions an end may meet a RST: a socket that is closed
        before its data was read sends one.

        Raises:
            PortTaken: somebody took its port in that instant.
            RigError: the link is down, or armed.
        """
        self._refuse_fin("close")
        return await self._do(self._verbs.cut, "close")

    async def down(self) -> Echo:
        """Cut every connection and refuse new ones, until `up`. Down twice is down."""
        return await self._do(self._verbs.go_down)

    async def up(self) -> Echo:
        """Listen again, on the same port. Up twice is up.

        Raises:
            PortTaken: somebody took its port meanwhile.
        """
        return await self._do(self._verbs.come_up)

    async def freeze(self) -> Echo:
        """Stall both directions without loss, until `thaw`. Frozen twice is frozen.

        A toxic that is added to or removed from a frozen link lets what the freeze holds at that
        moment pass: one chunk of at most 32 KB in that direction.
        """
        return await self._do(self._verbs.freeze)

    async def thaw(self) -> Echo:
        """End a freeze: what was held arrives now."""
        return await self._do(self._verbs.thaw)

    async def blackhole(self, end: str = "reset") -> Echo:
        """Lose every byte of both directions while the connections stay open.

        Args:
            end: what the connections meet in the end, ``reset`` or ``close``.

        Raises:
            NotArmed: it shall end in a reset, and the link is not armed.
            RigError: it shall end in a close, and the link is armed.
        """
        if end not in ("reset", "close"):
            raise RigError(f"the end must be reset or close, not {end!r}")
        if end == "reset" and not self.armed:
            raise NotArmed(
                f"{self.name} is not armed, so a blackhole of it cannot end in a reset; "
                "arm the link, or let it end in a close"
            )
        if end == "close":
            self._refuse_fin("end a blackhole in a close")
        return await self._do(self._verbs.begin_blackhole, end)

    async def end_blackhole(self) -> Echo:
        """Cut the connections that lost data, and let new ones through.

        Raises:
            PortTaken: somebody took the link's port in that instant.
        """
        return await self._do(self._verbs.end_blackhole)

    async def add_toxic(self, toxic: Toxic) -> Echo:
        """Add a toxic.

        Raises:
            RigError: the link has one of that name already.
            ToxicIgnored: the server's echo is not what was asked.
        """
        return await self._do(self._verbs.add, toxic)

    async def remove_toxic(self, name: str) -> Echo:
        """End a toxic by its name. The end of a ``timeout`` closes the link's connections.

        One that holds data back is switched off, with toxicity 0, and deleted with the link.

        Raises:
            RigError: the link has none of that name.
        """
        return await self._do(self._verbs.remove, name)

    async def heal(self) -> Echo:
        """End everything, in whatever state the link is; afterwards it listens and is clean.

        What fails does not spare the rest; the first failure is raised at the end.
        """
        return await self._do(self._verbs.heal)

    async def destroy(self) -> None:
        """Delete the proxy with its connections. Twice is once."""
        await asyncio.to_thread(self._destroy)

    async def _do(self, verb: Callable[..., Answers], *arguments: Any) -> Echo:
        def alone() -> Echo:
            with self._one_at_a_time:
                if self._destroyed:
                    raise RigError(f"{self.name} is destroyed")
                return Echo(self.name, self.armed, tuple(verb(*arguments)))

        # One thread for the whole verb: a cancelled caller cannot leave it half done.
        return await asyncio.to_thread(alone)

    def _refuse_fin(self, what: str) -> None:
        if self.armed:
            raise RigError(
                f"{self.name} is armed, so every close of it is a RST: it cannot {what}. "
                "Use reset, or a link that is not armed"
            )

    def _destroy(self) -> None:
        with self._one_at_a_time:
            if not self._destroyed:
                self._destroyed = True
                self._control.destroy(self._proxy)


def _link_fault(name: str) -> FaultSpec:
    if name not in LINK_FAULTS:
        raise ToxicError(
            f"no toxic or link fault is called {name!r}{near_miss(name, (*TOXICS, *LINK_FAULTS))}"
        )
    return LINK_FAULTS[name]
