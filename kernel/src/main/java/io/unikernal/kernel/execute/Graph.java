package io.unikernal.kernel.execute;

import io.unikernal.kernel.resilience.Policies;
import io.unikernal.model.Expression;
import io.unikernal.model.Pipeline;
import java.util.List;

/** A pipeline, compiled. */
public record Graph(
    String name,
    Pipeline pipeline,
    List<Node> steps,
    Expression output,
    List<Node> onError,
    Policies policies,
    int slots) {}
