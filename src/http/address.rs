//! Which addresses are public: one host's, and the same for everybody (RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IANA's special-purpose IPv4 addresses, and all that isn't unicast.
const SPECIAL_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Azure's own services, as its machines see them.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// All that IANA gave out as global unicast. Loopback, link-local, private and multicast addresses
/// are outside, as are the IPv4-mapped and -compatible ones and those of NAT64.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What in there is special: protocols' own (Teredo among them), documentation, 6to4.
const SPECIAL_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether this address is globally routable unicast, and hides no other.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|net| is_within_v4(address, *net)),
        IpAddr::V6(address) => {
            is_within_v6(address, GLOBAL_V6)
                && !SPECIAL_V6.iter().any(|net| is_within_v6(address, *net))
                && !is_isatap(address)
        }
    }
}

fn is_within_v4(address: Ipv4Addr, (net, bits): (Ipv4Addr, u32)) -> bool {
    (address.to_bits() ^ net.to_bits()) >> (32 - bits) == 0
}

fn is_within_v6(address: Ipv6Addr, (net, bits): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ net.to_bits()) >> (128 - bits) == 0
}

/// An IPv4 address in the lower half of an IPv6 address of any network (RFC 5214 §6.1).
fn is_isatap(address: Ipv6Addr) -> bool {
    let [.., flags, mark, _, _] = address.segments();
    flags & 0xfdff == 0 && mark == 0x5efe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SPECIAL: &str = "
        0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255
        127.0.0.1 127.255.0.1 168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.192
        192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
        224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255

        :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8 64:ff9b::7f00:1
        64:ff9b::808:808 64:ff9b:1::a00:1 100::1 100:0:0:1::1 2001::1
        2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
        2002:7f00:1::1 2002:a00:1:: 2002:808:808::1 3fff::1 3fff:fff::1 5f00::1 fc00::1
        fd00:ec2::254 fe80::1 fe80::5efe:a00:1 2606:4700::5efe:a00:1 2606:4700::200:5efe:a00:1
        febf::1 fec0::1 ff02::1 ff0e::1 4000::1";

    /// Some of them just outside of a special network.
    const PUBLIC: &str = "
        1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255
        128.0.0.0 160.79.104.10 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0
        172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0
        192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0
        203.0.112.255 203.0.114.0 223.255.255.255

        2001:200::1 2001:db7:ffff::1 2001:db9::1 2003::1 2606:4700::6812:1
        2606:4700::5eff:a00:1 2a00:1450:4001:80b::200e 3fff:1000::1";

    #[test]
    fn only_globally_routable_unicast_is_public() {
        for (addresses, public) in [(SPECIAL, false), (PUBLIC, true)] {
            for address in addresses.split_whitespace() {
                assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_ipv6_address_hides_an_ipv4_address(hidden in any::<u32>(), global in any::<u64>()) {
            let [_, _, _, _, _, _, a, b] = Ipv6Addr::from_bits(hidden.into()).segments();
            let hidden = u128::from(hidden);
            let isatap = (u128::from(global >> 3 | 1 << 61) << 64) | 0x5efe << 32 | hidden;
            for address in [
                Ipv6Addr::from_bits(hidden),
                Ipv6Addr::from_bits(0xffff << 32 | hidden),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a, b),
                Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, a, b),
                Ipv6Addr::new(0x2002, a, b, 0, 0, 0, 0, 1),
                Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, !a, !b),
                Ipv6Addr::from_bits(isatap),
            ] {
                prop_assert!(!is_public(address.into()), "{address}");
            }
        }
    }
}
