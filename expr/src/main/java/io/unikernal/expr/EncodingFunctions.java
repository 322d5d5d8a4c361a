package io.unikernal.expr;

import io.unikernal.model.FaultException;
import io.unikernal.model.Json;
import io.unikernal.model.Value;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Values as JSON, bytes as text, and what hides a value. */
final class EncodingFunctions {
  /** Names of digests, as people write them and as the JDK does. */
  private static final Map<String, String> DIGESTS =
      Map.of(
          "md5", "MD5",
          "sha1", "SHA-1",
          "sha256", "SHA-256",
          "sha384", "SHA-384",
          "sha512", "SHA-512");

  private EncodingFunctions() {}

  static List<Definition> all() {
    var all = new java.util.ArrayList<>(hiding());
    all.addAll(encodings());
    all.addAll(bytesAsText());
    return all;
  }

  private static List<Definition> hiding() {
    return List.of(
        Definition.of(
                "mask",
                "mask(T) -> string",
                "Three asterisks in place of the value. The result has no label.",
                "mask('4111111111111111')",
                "'***'",
                (_, _) -> Value.text("***"))
            .clearing(),
        Definition.of(
                "hash",
                "hash(string) -> string; hash(bytes) -> string; hash(string, string) -> string;"
                    + " hash(bytes, string) -> string",
                "The SHA-256 of the bytes, or of the text's UTF-8, in hexadecimal; or another"
                    + " digest: `md5`, `sha1`, `sha256`, `sha384`, `sha512`. The result has no"
                    + " label.",
                "hash('abc').substring(0, 8)",
                "'ba7816bf'",
                (a, _) -> hash(bytes(a[0]), a.length > 1 ? TextFunctions.text(a[1]) : "sha256"))
            .clearing(),
        Definition.of(
                "hmac",
                "hmac(string, string) -> string; hmac(string, bytes) -> string; hmac(bytes, string)"
                    + " -> string; hmac(bytes, bytes) -> string; hmac(string, string, string) ->"
                    + " string; hmac(string, bytes, string) -> string; hmac(bytes, string, string)"
                    + " -> string; hmac(bytes, bytes, string) -> string",
                "The HMAC of the first with the key, in hexadecimal; by SHA-256, or another digest"
                    + " of `hash`. The result has no label.",
                "hmac('message', 'key').substring(0, 8)",
                "'6e9ef29b'",
                (a, _) ->
                    hmac(
                        bytes(a[0]),
                        bytes(a[1]),
                        a.length > 2 ? TextFunctions.text(a[2]) : "sha256"))
            .clearing());
  }

  private static List<Definition> encodings() {
    return List.of(
        Definition.of(
            "json",
            "json(T) -> string",
            "The value as compact JSON.",
            "json([1, 2])",
            "'[1,2]'",
            (a, _) -> json(a[0])),
        Definition.of(
            "parse_json",
            "parse_json(string) -> any; parse_json(bytes) -> any",
            "The value that JSON text holds; fractions are doubles.",
            "parse_json('{\"a\": [1, 2]}').a[1]",
            "2",
            (a, _) -> parseJson(bytes(a[0]))));
  }

  private static List<Definition> bytesAsText() {
    return List.of(
        Definition.of(
            "base64.encode",
            "base64.encode(bytes) -> string",
            "The bytes in base64.",
            "base64.encode(b'hello')",
            "'aGVsbG8='",
            (a, _) -> {
              byte[] bytes = onlyBytes(a[0], "base64.encode");
              Evaluation.checkSize(bytes.length * 4L / 3 + 4);
              return Value.text(Base64.getEncoder().encodeToString(bytes));
            }),
        Definition.of(
            "base64.decode",
            "base64.decode(string) -> bytes",
            "The bytes that base64 text holds, with or without its `=` at the end.",
            "string(base64.decode('aGVsbG8'))",
            "'hello'",
            (a, _) -> {
              try {
                return new Value.Bytes(Base64.getDecoder().decode(TextFunctions.text(a[0])));
              } catch (IllegalArgumentException _) {
                throw new EvaluationException("a text that is not base64 in");
              }
            }),
        Definition.of(
            "hex.encode",
            "hex.encode(bytes) -> string",
            "The bytes in hexadecimal.",
            "hex.encode(b'az')",
            "'617a'",
            (a, _) -> {
              byte[] bytes = onlyBytes(a[0], "hex.encode");
              Evaluation.checkSize(2L * bytes.length);
              return Value.text(HexFormat.of().formatHex(bytes));
            }),
        Definition.of(
            "hex.decode",
            "hex.decode(string) -> bytes",
            "The bytes that hexadecimal text holds.",
            "string(hex.decode('617a'))",
            "'az'",
            (a, _) -> {
              try {
                return new Value.Bytes(HexFormat.of().parseHex(TextFunctions.text(a[0])));
              } catch (IllegalArgumentException _) {
                throw new EvaluationException("a text that is not hexadecimal in");
              }
            }));
  }

  private static byte[] onlyBytes(Value value, String function) {
    if (value instanceof Value.Bytes(var bytes)) {
      return bytes;
    }
    throw Definition.noOverload(function);
  }

  private static byte[] bytes(Value value) {
    return value instanceof Value.Bytes(var bytes)
        ? bytes
        : TextFunctions.text(value).getBytes(StandardCharsets.UTF_8);
  }

  private static Value json(Value value) {
    if (value == Value.Absent.ABSENT) {
      throw new EvaluationException("a value that is absent in");
    }
    return Value.text(new String(Json.write(value), StandardCharsets.UTF_8));
  }

  private static Value parseJson(byte[] bytes) {
    try {
      return Json.read(bytes, Json.Limits.DEFAULT);
    } catch (FaultException e) {
      if (e.fault().code() == io.unikernal.model.Fault.Code.INTERNAL) {
        throw e;
      }
      throw new EvaluationException("a text that is not JSON in");
    }
  }

  private static String digest(String name) {
    String known = DIGESTS.get(name);
    if (known == null) {
      throw new EvaluationException(
          "no digest of that name (there are "
              + String.join(", ", DIGESTS.keySet().stream().sorted().toList())
              + ") in");
    }
    return known;
  }

  private static Value hash(byte[] bytes, String digest) {
    try {
      return Value.text(
          HexFormat.of().formatHex(MessageDigest.getInstance(digest(digest)).digest(bytes)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has these digests", e);
    }
  }

  private static Value hmac(byte[] bytes, byte[] key, String digest) {
    if (key.length == 0) {
      throw new EvaluationException("an empty key in");
    }
    String name = "Hmac" + digest(digest).replace("-", "");
    try {
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(key, name));
      return Value.text(HexFormat.of().formatHex(mac.doFinal(bytes)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has these codes", e);
    }
  }
}
