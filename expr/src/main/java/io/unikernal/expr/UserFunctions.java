package io.unikernal.expr;

import java.util.List;
import java.util.Optional;

/** The functions that a definition declares, for the expressions in it. */
public interface UserFunctions {
  UserFunctions NONE =
      new UserFunctions() {
        @Override
        public Optional<UserFunction> find(String name) {
          return Optional.empty();
        }

        @Override
        public List<String> names() {
          return List.of();
        }
      };

  /** Empty if there is none of the name; may compile it now. */
  Optional<UserFunction> find(String name);

  List<String> names();
}
