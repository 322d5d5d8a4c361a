package io.unikernal.cli;

/** What every command ends with. */
final class ExitCode {
  static final int OK = 0;

  /** The definition has errors, the call failed, the books do not balance. */
  static final int FINDINGS = 1;

  static final int USAGE = 2;

  /** The machine lacks something: a port, a database, an interpreter, a file. */
  static final int ENVIRONMENT = 3;

  private ExitCode() {}
}
