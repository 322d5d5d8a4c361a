package io.unikernal.importers;

/** A document cannot be read; carries the {@link Problem} up to {@link Importers}. */
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Problem problem;

  RefusedException(Problem problem) {
    super(problem.message(), null, false, false);
    this.problem = problem;
  }

  static RefusedException at(SourceFile file, Tree.Place place, String message, String hint) {
    return new RefusedException(
        new Problem(file.name(), place.line(), place.column(), message, hint));
  }

  static RefusedException of(SourceFile file, String message, String hint) {
    return new RefusedException(new Problem(file.name(), 0, 0, message, hint));
  }

  Problem problem() {
    return problem;
  }
}
