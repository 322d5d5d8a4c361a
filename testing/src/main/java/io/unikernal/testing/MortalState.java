package io.unikernal.testing;

import io.unikernal.model.Fault;
import io.unikernal.spi.StateStore;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A store that a killed kernel can no longer change, nor read. Whatever a store can do, it can: its
 * methods are not listed here, so that a new one cannot be forgotten.
 */
final class MortalState implements InvocationHandler {
  private final Object kept;
  private final FakeAdapter.Life life;

  private MortalState(Object kept, FakeAdapter.Life life) {
    this.kept = kept;
    this.life = life;
  }

  static StateStore of(StateStore kept, FakeAdapter.Life life) {
    return (StateStore) around(StateStore.class, kept, life);
  }

  private static Object around(Class<?> type, Object kept, FakeAdapter.Life life) {
    return Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, new MortalState(kept, life));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws Throwable {
    if (method.getName().equals("close")) {
      return null; // the next kernel goes on with it
    }
    boolean isOfStore = method.getDeclaringClass() != Object.class;
    if (isOfStore && life.isOver()) {
      throw Fault.of(Fault.Code.DISCONNECTED, "the kernel was killed").toException();
    }
    try {
      return around(method.invoke(kept, unwrapped(given)));
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private @Nullable Object around(@Nullable Object answer) {
    return switch (answer) {
      case StateStore.Table table -> around(StateStore.Table.class, table, life);
      case StateStore.Journal journal -> around(StateStore.Journal.class, journal, life);
      case null, default -> answer;
    };
  }

  /** A table or journal that is given to another one. */
  private static Object[] unwrapped(Object @Nullable [] given) {
    Object[] all = given == null ? new Object[0] : given.clone();
    for (int i = 0; i < all.length; i++) {
      if (all[i] != null
          && Proxy.isProxyClass(all[i].getClass())
          && Proxy.getInvocationHandler(all[i]) instanceof MortalState mortal) {
        all[i] = mortal.kept;
      }
    }
    return all;
  }
}
