package io.unikernal.model;

import java.util.Locale;

/** Why a value may not go everywhere. A system receives it only with {@code clearance} for it. */
public enum Label {
  SECRET,
  PII;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
