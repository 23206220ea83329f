package dev.onbehalf.identity;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** A range of IP addresses in CIDR notation (RFC 4632, 3.1; RFC 4291, 2.3). */
record AddressRange(InetAddress network, int prefix) {
  /** Only literals: a name would be looked up, and whoever answers for it would be trusted. */
  private static final Pattern CIDR =
      Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/(\\d{1,3})");

  static AddressRange parse(String cidr) {
    var matcher = CIDR.matcher(cidr);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(notCidr(cidr));
    }
    try {
      InetAddress network = InetAddress.getByName(matcher.group(1));
      int prefix = Integer.parseInt(matcher.group(2));
      if (prefix > network.getAddress().length * 8) {
        throw new IllegalArgumentException(notCidr(cidr));
      }
      return new AddressRange(network, prefix);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(notCidr(cidr), e);
    }
  }

  private static String notCidr(String cidr) {
    return "\""
        + cidr
        + "\" is no range of addresses. Examples: 10.0.3.0/24, 10.0.3.7/32, fd00::/8";
  }

  boolean contains(InetAddress address) {
    byte[] ours = network.getAddress();
    byte[] theirs = address.getAddress();
    if (ours.length != theirs.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
