package io.unikernal.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import io.unikernal.model.Assign;
import io.unikernal.model.Conform;
import io.unikernal.model.Fault;
import io.unikernal.model.FaultException;
import io.unikernal.model.Type;
import io.unikernal.model.Value;
import io.unikernal.spi.Codec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Bodies of types that are found among messages by their names. */
final class ProtobufBodies implements Codec {
  private final Messages messages;
  private final SequencedMap<String, String> chosen;
  private final Map<String, ProtobufCodec> made = new ConcurrentHashMap<>();

  ProtobufBodies(Messages messages, SequencedMap<String, String> chosen) {
    this.messages = messages;
    this.chosen = chosen;
    for (Map.Entry<String, String> one : chosen.entrySet()) {
      if (messages.find(one.getValue()).isEmpty()) {
        throw Messages.invalid("no message `" + one.getValue() + "` is among the descriptors");
      }
    }
  }

  @Override
  public Optional<String> refusal(Type type) {
    try {
      ProtobufCodec codec = of(type);
      // A body is read, or an answer written: one way is enough.
      return Assign.check(codec.type(), type) instanceof Assign.Verdict.Refused(var reasons)
              && Assign.check(type, codec.type()) instanceof Assign.Verdict.Refused
          ? Optional.of("its message is of another type: " + told(reasons))
          : Optional.empty();
    } catch (FaultException e) {
      return Optional.of(e.fault().message());
    }
  }

  private static String told(List<Assign.Reason> reasons) {
    var first = reasons.getFirst();
    return first.path().isEmpty() ? first.message() : "`" + first.path() + "` " + first.message();
  }

  @Override
  public Value read(byte[] bytes, Reading reading) {
    var limits = new ProtobufLimits(reading.limits().depthMax(), ProtobufLimits.DEFAULT.bytesMax());
    Value value = of(reading.type()).withLimits(limits).read(bytes);
    return switch (Conform.check(reading.type(), value, reading.extra())) {
      case Conform.Result.Fits(var fitted) -> fitted;
      case Conform.Result.Breaks(var violations) ->
          throw Fault.invalid("the body does not fit its type", violations).toException();
    };
  }

  @Override
  public byte[] write(Value value, Type type) {
    ProtobufCodec codec = of(type);
    return codec.write(Conform.to(codec.type(), value, Conform.Extra.DROP, "the message"));
  }

  private ProtobufCodec of(Type type) {
    String name = type.core() instanceof Type.Record record ? record.name() : "";
    ProtobufCodec known = made.get(name);
    if (known == null) {
      known = ProtobufCodec.of(message(name), ProtobufLimits.DEFAULT);
      made.put(name, known);
    }
    return known;
  }

  private Descriptor message(String type) {
    String full = chosen.get(type);
    if (full != null) {
      return messages.find(full).orElseThrow();
    }
    List<Descriptor> named = messages.named(type);
    if (named.size() == 1) {
      return named.getFirst();
    }
    throw Messages.invalid(
        named.isEmpty()
            ? "no message of its name is among the descriptors"
            : "there are several messages of its name: "
                + named.stream().map(Descriptor::getFullName).collect(Collectors.joining(", "))
                + "; write `messages: { "
                + type
                + ": "
                + named.getFirst().getFullName()
                + " }`");
  }
}
