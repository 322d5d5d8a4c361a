package io.unikernal.spi;

import io.unikernal.model.Config;
import io.unikernal.model.ConfigSpec;
import io.unikernal.model.Principal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One kind of proof of who somebody is: the {@code type} of an entry under {@code identities:}.
 * Found by {@code ServiceLoader}; making one and asking for its {@link #spec} does no I/O.
 */
public interface IdentityProvider {
  Spec spec();

  /** What is wrong with options that are each right by themselves. */
  List<OperationRule.Problem> problems(Config options);

  /** The roles that it may give, where the definition says them all; else empty. */
  Optional<Set<String>> roles(Config options);

  /**
   * Opens one identity of a definition.
   *
   * @throws io.unikernal.model.FaultException if it can never work: a file that is not there
   */
  Identifier open(Context context);

  /**
   * What a provider is. The checker and the reference docs read it.
   *
   * @param name the identity's {@code type}
   * @param options an {@code EXPRESSION} among them sees {@code claims}, in slot 0 of its frame
   */
  record Spec(
      String name, String summary, ConfigSpec options, List<AdapterSpec.Example> examples) {}

  /**
   * What a provider gets to open an identity.
   *
   * @param name the identity's
   * @param baseDir the folder of the file that declares it
   */
  record Context(String name, Config options, Path baseDir, World world) {}

  /** An identity that is open. May be called from any thread, by many at once. */
  interface Identifier extends AutoCloseable {
    /** Looks at what a sender shows. It may block, and must know when to give up. */
    Verdict identify(Sender sender) throws InterruptedException;

    @Override
    default void close() {}
  }

  /** What it comes to. */
  sealed interface Verdict {
    /** It is proved. */
    record Known(Principal principal) implements Verdict {}

    /** The sender shows nothing of this kind. */
    enum Absent implements Verdict {
      ABSENT
    }

    /**
     * It shows something of this kind, but another's: the next identity may know it. Where none
     * does the sender is refused, and never taken for one who showed nothing.
     *
     * @param why for the operator; holds no credential
     */
    record Foreign(String why) implements Verdict {}

    /**
     * It is no good, and nobody else is asked.
     *
     * @param why for the operator; holds no credential
     */
    record Refused(String why) implements Verdict {}
  }
}
