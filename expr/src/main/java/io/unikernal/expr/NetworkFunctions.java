package io.unikernal.expr;

import io.unikernal.model.Value;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** CEL's extension for addresses. At run time they are texts in their one canonical form. */
final class NetworkFunctions {
  /** The address of a range: CEL calls it {@code ip}, as the function that parses one. */
  static final String RANGE_ADDRESS = "@cidr.ip";

  private NetworkFunctions() {}

  static List<Definition> all() {
    return Stream.of(addresses(), kinds(), ranges()).flatMap(List::stream).toList();
  }

  private static List<Definition> addresses() {
    return List.of(
        Definition.of(
            "ip",
            "ip(string) -> ip; cidr.ip() -> ip",
            "The IP address in the text, or the one that a range is written with.",
            "string(ip('2001:DB8::1'))",
            "'2001:db8::1'",
            (a, _) -> Value.text(Addresses.text(address(a[0])))),
        Definition.of(
            "isIP",
            "isIP(string) -> bool",
            "Whether the text is an IP address.",
            "isIP('10.0.0.256')",
            "false",
            (a, _) -> Value.Bool.of(isAddress(TextFunctions.text(a[0])))),
        Definition.of(
            "ip.isCanonical",
            "ip.isCanonical(string) -> bool",
            "Whether the IP address is written in its canonical form.",
            "ip.isCanonical('2001:DB8::1')",
            "false",
            (a, _) ->
                Value.Bool.of(Addresses.text(address(a[0])).equals(TextFunctions.text(a[0])))),
        Definition.of(
            "family",
            "ip.family() -> int",
            "4 or 6.",
            "ip('10.0.0.1').family()",
            "4",
            (a, _) -> Value.integer(address(a[0]) instanceof Inet4Address ? 4 : 6)));
  }

  private static List<Definition> kinds() {
    return List.of(
        is("isUnspecified", "stands for none", "ip('::')", InetAddress::isAnyLocalAddress),
        is(
            "isLoopback",
            "is the machine itself",
            "ip('127.0.0.1')",
            InetAddress::isLoopbackAddress),
        is(
            "isGlobalUnicast",
            "is one machine's, beyond its own link",
            "ip('192.168.0.1')",
            NetworkFunctions::isGlobalUnicast),
        is(
            "isLinkLocalMulticast",
            "is a group's on the link",
            "ip('224.0.0.1')",
            NetworkFunctions::isLinkLocalMulticast),
        is(
            "isLinkLocalUnicast",
            "is one machine's on the link",
            "ip('169.254.0.1')",
            InetAddress::isLinkLocalAddress));
  }

  private static List<Definition> ranges() {
    return List.of(
        Definition.of(
            "cidr",
            "cidr(string) -> cidr",
            "The range of IP addresses in the text.",
            "string(cidr('10.0.0.0/8'))",
            "'10.0.0.0/8'",
            (a, _) -> Value.text(range(a[0]).toString())),
        Definition.of(
            "isCIDR",
            "isCIDR(string) -> bool",
            "Whether the text is a range of IP addresses.",
            "isCIDR('10.0.0.0/33')",
            "false",
            (a, _) -> Value.Bool.of(isRange(TextFunctions.text(a[0])))),
        Definition.of(
            "containsIP",
            "cidr.containsIP(ip) -> bool; cidr.containsIP(string) -> bool",
            "Whether the address is in the range.",
            "cidr('10.0.0.0/8').containsIP('10.1.2.3')",
            "true",
            (a, _) -> Value.Bool.of(range(a[0]).contains(address(a[1])))),
        Definition.of(
            "containsCIDR",
            "cidr.containsCIDR(cidr) -> bool; cidr.containsCIDR(string) -> bool",
            "Whether the other range is in the range.",
            "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
            "true",
            (a, _) -> Value.Bool.of(range(a[0]).contains(range(a[1])))),
        Definition.of(
            "masked",
            "cidr.masked() -> cidr",
            "The range, written with its first address.",
            "string(cidr('10.1.2.3/8').masked())",
            "'10.0.0.0/8'",
            (a, _) -> Value.text(range(a[0]).masked().toString())),
        Definition.of(
            "prefixLength",
            "cidr.prefixLength() -> int",
            "How many bits the addresses of the range have in common.",
            "cidr('10.0.0.0/8').prefixLength()",
            "8",
            (a, _) -> Value.integer(range(a[0]).prefix())));
  }

  static List<Definition> hidden() {
    return List.of(
        Definition.of(
            RANGE_ADDRESS,
            RANGE_ADDRESS + "(cidr) -> ip",
            "",
            "",
            "",
            (a, _) -> Value.text(Addresses.text(range(a[0]).address()))));
  }

  private static Definition is(
      String name, String meaning, String address, Predicate<InetAddress> holds) {
    return Definition.of(
        name,
        "ip.%s() -> bool".formatted(name),
        "Whether the address " + meaning + ".",
        address + "." + name + "()",
        "true",
        (a, _) -> Value.Bool.of(holds.test(address(a[0]))));
  }

  private static InetAddress address(Value value) {
    return Addresses.parse(TextFunctions.text(value));
  }

  private static Addresses.Range range(Value value) {
    return Addresses.parseRange(TextFunctions.text(value));
  }

  private static boolean isAddress(String text) {
    return parsed(() -> Addresses.parse(text)).isPresent();
  }

  private static boolean isRange(String text) {
    return parsed(() -> Addresses.parseRange(text)).isPresent();
  }

  private static <T> Optional<T> parsed(java.util.function.Supplier<T> parse) {
    try {
      return Optional.of(parse.get());
    } catch (EvaluationException _) {
      return Optional.empty();
    }
  }

  private static boolean isGlobalUnicast(InetAddress address) {
    boolean isBroadcast =
        address instanceof Inet4Address && address.getHostAddress().equals("255.255.255.255");
    return !isBroadcast
        && !address.isAnyLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isMulticastAddress()
        && !address.isLinkLocalAddress();
  }

  /** 224.0.0.0/24, or ff02::/16 whatever its flags. */
  private static boolean isLinkLocalMulticast(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address
        ? bytes[0] == (byte) 224 && bytes[1] == 0 && bytes[2] == 0
        : bytes[0] == (byte) 0xFF && (bytes[1] & 0x0F) == 2;
  }
}
