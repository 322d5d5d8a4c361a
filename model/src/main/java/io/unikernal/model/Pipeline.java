package io.unikernal.model;

import java.util.List;

/**
 * A pipeline: an operation made of steps.
 *
 * @param output computed after the last step
 * @param replies whether the route's source is answered by a {@link Step.Reply}, where one is
 *     reached, and not by the output
 * @param slots the size of its {@link Frame}
 */
public record Pipeline(
    String name,
    Type input,
    List<Step> steps,
    Expression output,
    boolean replies,
    List<Step> onError,
    List<Policy> policies,
    int slots,
    Origin origin) {}
