package io.unikernal.udl;

import io.unikernal.udl.Node.Scalar;
import io.unikernal.udl.References.Target;

/** What a message may go to, its names found. */
sealed interface Callee permits Callee.One, Several {
  Place place();

  /** An operation or a pipeline. */
  record One(Scalar written, Target target) implements Callee {
    @Override
    public Place place() {
      return written.place();
    }

    String name() {
      return written.text();
    }
  }
}
