package io.unikernal.formats;

import io.unikernal.model.Cbor;
import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import io.unikernal.spi.Format;
import java.util.List;
import java.util.Optional;

/** The profile of CBOR that workers speak. */
public final class CborFormat implements Format {
  private static final Spec SPEC =
      new Spec(
          "cbor",
          "CBOR by RFC 8949, deterministic, in the profile of `sdks/PROTOCOL.md`.",
          List.of("application/cbor", "+cbor"),
          List.of("cbor"),
          ConfigSpec.NONE,
          true,
          List.of(
              "Holds every type, each with its tag: decimals, moments and uuids come back as they"
                  + " were without a type too; only a time of day comes back as text.",
              "Keys are texts, lengths are given before, and numbers are in their shortest form;"
                  + " other forms are refused as malformed. The keys of a map are sorted.",
              "A document is one item: there is no sequence of them."));

  @Override
  public Spec spec() {
    return SPEC;
  }

  @Override
  public Optional<String> refusal(Type type) {
    return Optional.empty();
  }

  @Override
  public Codec codec(Config options) {
    return CborCodec.INSTANCE;
  }

  private enum CborCodec implements Codec {
    INSTANCE;

    @Override
    public Value read(byte[] bytes, Reading reading) {
      return Sequences.fit(Cbor.read(bytes, 0, bytes.length), reading);
    }

    @Override
    public byte[] write(Value value, Type type) {
      return Cbor.write(value);
    }
  }
}
