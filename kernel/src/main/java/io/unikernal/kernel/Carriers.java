package io.unikernal.kernel;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.Executor;

/**
 * Virtual threads on a scheduler of our choice. The JDK has the constructor but not yet an API for
 * it; it needs {@code --add-opens java.base/java.lang=ALL-UNNAMED}, and may vanish: everything
 * works without it, only dearer, since each message must then wake another thread.
 */
public final class Carriers {
  /** {@code (Executor)Thread.Builder.OfVirtual}; ignores the carrier where that cannot be. */
  private static final MethodHandle BUILDER;

  private static final boolean SUPPORTED;

  static {
    MethodHandle found;
    boolean supported = true;
    try {
      found = privateConstructor();
    } catch (ReflectiveOperationException | RuntimeException _) {
      supported = false;
      found = onDefaultScheduler();
    }
    BUILDER = found;
    SUPPORTED = supported;
  }

  private Carriers() {}

  /** Whether threads run on the carrier they are given. */
  public static boolean supported() {
    return SUPPORTED;
  }

  /** A builder of virtual threads that {@code carrier} runs. Carriers must not run inline. */
  public static Thread.Builder.OfVirtual on(Executor carrier) {
    try {
      return (Thread.Builder.OfVirtual) BUILDER.invokeExact(carrier);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle privateConstructor() throws ReflectiveOperationException {
    var constructor =
        Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
            .getDeclaredConstructor(Executor.class);
    constructor.setAccessible(true);
    return MethodHandles.lookup()
        .unreflectConstructor(constructor)
        .asType(methodType(Thread.Builder.OfVirtual.class, Executor.class));
  }

  private static MethodHandle onDefaultScheduler() {
    try {
      var ofVirtual =
          MethodHandles.lookup()
              .findStatic(Thread.class, "ofVirtual", methodType(Thread.Builder.OfVirtual.class));
      return MethodHandles.dropArguments(ofVirtual, 0, Executor.class);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
