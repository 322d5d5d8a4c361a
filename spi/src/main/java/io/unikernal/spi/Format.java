package io.unikernal.spi;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Type;
import java.util.List;
import java.util.Optional;

/**
 * One way to write values as bytes. Found by {@code ServiceLoader}, as adapters are; making one and
 * asking for its {@link #spec} loads no library.
 */
public interface Format {

  /**
   * What a format is. The checker, the adapters and docs/reference/formats.md read it.
   *
   * @param name what a definition writes
   * @param mediaTypes the first is the one it is sent as; {@code +xml} stands for every type that
   *     ends so
   * @param suffixes of files, without the point
   * @param options how it is written, under the format's name
   * @param isForAnswers whether a caller that sends it wants its answer in it too; a form is only
   *     ever sent
   * @param notes what it cannot hold, and what comes back otherwise than it was: one sentence each
   */
  record Spec(
      String name,
      String summary,
      List<String> mediaTypes,
      List<String> suffixes,
      ConfigSpec options,
      boolean isForAnswers,
      List<String> notes) {
    public Spec {
      mediaTypes = List.copyOf(mediaTypes);
      suffixes = List.copyOf(suffixes);
      notes = List.copyOf(notes);
    }

    /** What it is sent as. */
    public String mediaType() {
      return mediaTypes.getFirst();
    }
  }

  Spec spec();

  /** Why it can hold no value of the type, for the checker; empty if it can. */
  Optional<String> refusal(Type type);

  /**
   * Reads and writes as the options say. Any thread may use it, and many at once.
   *
   * @throws io.unikernal.model.FaultException INVALID for options that do not go together
   */
  Codec codec(Config options);
}
