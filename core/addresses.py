"""Addresses: no more of them than is needed to tell one school from another."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# A household or a school, not a device.
_V4, _V6 = 24, 48


def truncated(address: str) -> str:
    """Return the network that an address is in, like 203.0.113.0/24; "" where it is none."""
    found = _read(address)
    if found is None:
        return ""
    return str(ip_network((found, _V4 if isinstance(found, IPv4Address) else _V6), strict=False))


def network(address: str) -> str:
    """Return the network that somebody comes from; "" where that is not known.

    What comes from this computer comes from a web server that does not say who asked: a whole town, and no network.
    """
    found = _read(address)
    return "" if found is None or found.is_loopback else truncated(address)


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    # An IPv4 address in the clothes of IPv6 is one all the same, or all of them would share one network.
    return getattr(found, "ipv4_mapped", None) or found
