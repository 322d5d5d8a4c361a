package io.unikernal.expr;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/** Addresses of the network and ranges of them, from text and back. No name is ever looked up. */
final class Addresses {
  private static final Pattern IPV4 =
      Pattern.compile("((0|[1-9][0-9]{0,2})\\.){3}(0|[1-9][0-9]{0,2})");
  private static final int TEXT_MAX = 64;
  private static final int GROUPS = 8;

  private Addresses() {}

  /**
   * @param prefix how many bits the range has in common
   */
  record Range(InetAddress address, int prefix) {
    boolean contains(InetAddress other) {
      byte[] a = address.getAddress();
      byte[] b = other.getAddress();
      if (a.length != b.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >>> bit % 8;
        if ((a[bit / 8] & mask) != (b[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }

    boolean contains(Range other) {
      return prefix <= other.prefix && contains(other.address);
    }

    Range masked() {
      byte[] bytes = address.getAddress();
      for (int bit = prefix; bit < bytes.length * 8; bit++) {
        bytes[bit / 8] &= (byte) ~(0x80 >>> bit % 8);
      }
      return new Range(ofBytes(bytes), prefix);
    }

    @Override
    public String toString() {
      return text(address) + "/" + prefix;
    }
  }

  static InetAddress parse(String text) {
    // What is written half as IPv6 and half as IPv4 is refused: readers differ on what it means.
    boolean isMixed = text.contains(":") && text.contains(".");
    if (text.length() > TEXT_MAX || text.contains("%") || isMixed || !isLiteral(text)) {
      throw noAddress();
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException _) {
      throw noAddress();
    }
  }

  private static boolean isLiteral(String text) {
    return text.contains(":") || IPV4.matcher(text).matches();
  }

  private static EvaluationException noAddress() {
    return new EvaluationException("a text that is not an IP address in");
  }

  static Range parseRange(String text) {
    int slash = text.indexOf('/');
    String bits = slash < 0 ? "" : text.substring(slash + 1);
    if (bits.isEmpty() || bits.length() > 3 || !bits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new EvaluationException("a text that is not a CIDR range in");
    }
    InetAddress address = parse(text.substring(0, slash));
    int prefix = Integer.parseInt(bits);
    if (prefix > address.getAddress().length * 8 || bits.length() > 1 && bits.startsWith("0")) {
      throw new EvaluationException("a text that is not a CIDR range in");
    }
    return new Range(address, prefix);
  }

  private static InetAddress ofBytes(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException e) {
      throw new IllegalStateException("4 or 16 bytes are an address", e);
    }
  }

  /** RFC 5952: small letters, the longest run of zeros as {@code ::}. */
  static String text(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] bytes = address.getAddress();
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xFF) << 8 | bytes[2 * i + 1] & 0xFF;
    }
    int start = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
    }
    var text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == start) {
        text.append("::");
        i += length - 1;
      } else {
        text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
            .append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
