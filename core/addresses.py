"""Addresses: no more of them than is needed to tell one school from another."""

from ipaddress import IPv4Address, ip_address, ip_network

# A household or a school, not a device.
_V4, _V6 = 24, 48


def truncated(address: str) -> str:
    """Return the network that an address is in, like 203.0.113.0/24; "" where it is none."""
    try:
        found = ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return ""
    # An IPv4 address in the clothes of IPv6 is one all the same, or all of them would share one network.
    mapped = getattr(found, "ipv4_mapped", None)
    plain = mapped or found
    return str(ip_network((plain, _V4 if isinstance(plain, IPv4Address) else _V6), strict=False))
