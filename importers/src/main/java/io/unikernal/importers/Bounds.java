package io.unikernal.importers;

import io.unikernal.model.Type;

/** The ranges that other formats have types of their own for. */
final class Bounds {
  static final Type.Range INT16 = Type.Range.of(Short.MIN_VALUE, Short.MAX_VALUE);
  static final Type.Range INT32 = Type.Range.of(Integer.MIN_VALUE, Integer.MAX_VALUE);
  static final Type.Range UINT32 = Type.Range.of(0, 0xFFFF_FFFFL);

  private Bounds() {}
}
