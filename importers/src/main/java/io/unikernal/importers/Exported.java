package io.unikernal.importers;

import java.util.List;

/**
 * A definition, or a part of it, as others have it.
 *
 * @param losses what the other format does not hold of it
 */
public record Exported(String text, List<Loss> losses) {
  public Exported {
    losses = List.copyOf(losses);
  }
}
