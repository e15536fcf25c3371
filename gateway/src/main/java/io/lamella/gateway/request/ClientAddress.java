package io.lamella.gateway.request;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;

/// Names the client of a request: by a header that a proxy sets, or by its address. Of an IPv6
/// address only the network counts, because a client has many addresses within it.
public final class ClientAddress {
  private static final int MAX_LENGTH = 128;
  private static final int IPV6_NETWORK_BYTES = 8;

  private ClientAddress() {}

  /// @param header the value of the header, if there is one
  /// @param address numeric, perhaps in brackets
  public static String name(Optional<String> header, String address) {
    String named = header.map(String::strip).orElse("");
    if (!named.isEmpty()) {
      return named.length() <= MAX_LENGTH ? named : named.substring(0, MAX_LENGTH);
    }
    return network(address);
  }

  static String network(String address) {
    if (address.indexOf(':') < 0) {
      return address;
    }
    try {
      InetAddress parsed = InetAddress.ofLiteral(address.replace("[", "").replace("]", ""));
      return parsed instanceof Inet6Address
          ? HexFormat.of().formatHex(parsed.getAddress(), 0, IPV6_NETWORK_BYTES)
          : parsed.getHostAddress();
    } catch (IllegalArgumentException e) {
      return address;
    }
  }
}
