package io.unikernal.spi;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a source knows of who sent a message without a look at its body. Nothing of it is proved but
 * what the connection itself proved: the certificates.
 *
 * @param headers names in lower case
 * @param certificates the client's, the nearest first, where it proved to have the key; else none
 * @param address of the other end of the connection, for people; may be empty
 */
public record Sender(
    SequencedMap<String, String> headers, List<X509Certificate> certificates, String address) {
  public Sender {
    certificates = List.copyOf(certificates);
  }

  public static Sender of(SequencedMap<String, String> headers) {
    return new Sender(headers, List.of(), "");
  }
}
