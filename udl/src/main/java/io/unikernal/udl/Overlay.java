package io.unikernal.udl;

import java.nio.file.Path;
import java.util.Optional;

/** Texts that somebody is still writing: they count instead of what the files hold. */
@FunctionalInterface
public interface Overlay {
  Overlay NONE = _ -> Optional.empty();

  /** {@code file} is absolute and normalised. */
  Optional<String> text(Path file);
}
