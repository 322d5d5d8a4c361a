package io.unikernal.security;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** An issuer with a server for its keys, which may do everything wrong. */
final class Issuer implements AutoCloseable {
  private final HttpServer server;
  final AtomicInteger asked = new AtomicInteger();
  volatile RSAKey key = newKey("k1");
  volatile String published = "";
  volatile int status = 200;
  volatile Duration takes = Duration.ZERO;
  volatile String issuerInConfiguration = "";

  Issuer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    published = keys(key);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          try {
            Thread.sleep(takes);
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
          boolean isConfiguration = exchange.getRequestURI().getPath().contains("well-known");
          String text =
              isConfiguration
                  ? "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}"
                      .formatted(
                          issuerInConfiguration.isEmpty() ? url() : issuerInConfiguration, url())
                  : published;
          byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static RSAKey newKey(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  static String keys(RSAKey... keys) {
    return new JWKSet(List.of(keys).stream().<com.nimbusds.jose.jwk.JWK>map(k -> k).toList())
        .toString(true);
  }

  /** A token that is good now. */
  String token(Instant now) throws JOSEException {
    return token(key, now, claims -> claims);
  }

  static String token(RSAKey key, Instant now, UnaryOperator<JWTClaimsSet.Builder> other)
      throws JOSEException {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer("https://id.example.com")
            .audience("orders")
            .subject("ann")
            .jwtID("t-1")
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plusSeconds(300)))
            .claim("roles", List.of("clerk"));
    var header =
        new JWSHeader.Builder(JWSAlgorithm.RS256)
            .keyID(key.getKeyID())
            .type(JOSEObjectType.JWT)
            .build();
    var token = new SignedJWT(header, other.apply(claims).build());
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
