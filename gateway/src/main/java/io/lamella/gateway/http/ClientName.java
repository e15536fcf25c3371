package io.lamella.gateway.http;

import io.javalin.http.Context;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;

/// Names the client of a request: by a header that a proxy sets, or by its address. Of an IPv6
/// address only the network counts, because a client has many addresses within it.
final class ClientName {
  private static final int MAX_LENGTH = 128;
  private static final int IPV6_NETWORK_BYTES = 8;

  private final Optional<String> header;

  ClientName(Optional<String> header) {
    this.header = header;
  }

  String of(Context x) {
    String named = header.map(x::header).map(String::strip).orElse("");
    if (!named.isEmpty()) {
      return named.length() <= MAX_LENGTH ? named : named.substring(0, MAX_LENGTH);
    }
    return network(x.req().getRemoteAddr());
  }

  /// @param address numeric, perhaps in brackets
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
