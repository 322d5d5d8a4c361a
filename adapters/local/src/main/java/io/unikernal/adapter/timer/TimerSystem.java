package io.unikernal.adapter.timer;

import io.unikernal.model.Operation;
import io.unikernal.spi.Endpoint;
import io.unikernal.spi.Health;
import io.unikernal.spi.OpenSystem;
import io.unikernal.spi.SystemContext;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Timers of one definition. Nothing to connect to. */
final class TimerSystem implements OpenSystem {
  private final SystemContext context;
  private final List<TimerSource> sources = new CopyOnWriteArrayList<>();

  TimerSystem(SystemContext context) {
    this.context = context;
  }

  @Override
  public Endpoint bind(Operation operation) {
    var source = new TimerSource(operation.id(), Schedule.of(operation.options()), context.world());
    sources.add(source);
    return source;
  }

  @Override
  public Health probe() {
    return Health.UP;
  }

  @Override
  public String describe() {
    return "";
  }

  @Override
  public void close() {
    sources.forEach(TimerSource::close);
  }
}
