package io.unikernal.bench;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The least that the eight steps of a message can cost: a record per message and eight hand-written
 * steps called through one interface, on the calling thread.
 */
final class PlainSteps {
  private static final List<Step> STEPS =
      List.of(
          new Receive(),
          new Decode(),
          new Authenticate(),
          new Authorize(),
          new Match(),
          new Guard(),
          new Dispatch(),
          new Settle());

  private final Step[] steps = STEPS.toArray(Step[]::new);
  private final UnaryOperator<Object> work;

  /** {@code work} is what the route does with the body. */
  PlainSteps(UnaryOperator<Object> work) {
    this.work = work;
  }

  record Parcel(
      long id, Object body, String user, int route, long deadline, UnaryOperator<Object> work) {}

  interface Step {
    Parcel apply(Parcel parcel);
  }

  /** What came out. */
  Object carry(long id, Object body) {
    var parcel = new Parcel(id, body, "", 0, Long.MAX_VALUE, work);
    for (var step : steps) {
      parcel = step.apply(parcel);
    }
    return parcel.body();
  }

  private record Receive() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      if (parcel.id() < 0) {
        throw new IllegalArgumentException("an id is not negative");
      }
      return parcel;
    }
  }

  private record Decode() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      if (parcel.deadline() == 0) {
        throw new IllegalArgumentException("too late");
      }
      return parcel;
    }
  }

  private record Authenticate() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      return new Parcel(
          parcel.id(),
          parcel.body(),
          "anonymous",
          parcel.route(),
          parcel.deadline(),
          parcel.work());
    }
  }

  private record Authorize() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      if (parcel.user().isEmpty()) {
        throw new IllegalArgumentException("nobody");
      }
      return parcel;
    }
  }

  private record Match() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      if (parcel.route() != 0) {
        throw new IllegalArgumentException("no route");
      }
      return parcel;
    }
  }

  private record Guard() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      return parcel.deadline() > 0 ? parcel : new Parcel(0, "", "", 0, 0, parcel.work());
    }
  }

  private record Dispatch() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      return new Parcel(
          parcel.id(),
          parcel.work().apply(parcel.body()),
          parcel.user(),
          parcel.route(),
          parcel.deadline(),
          parcel.work());
    }
  }

  private record Settle() implements Step {
    @Override
    public Parcel apply(Parcel parcel) {
      if (parcel.body() == parcel.work()) {
        throw new IllegalStateException("no body");
      }
      return parcel;
    }
  }
}
