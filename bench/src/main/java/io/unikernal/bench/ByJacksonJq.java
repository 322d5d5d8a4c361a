package io.unikernal.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.IOException;
import net.thisptr.jackson.jq.BuiltinFunctionLoader;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Scope;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/** jq's language in Java, on Jackson 2's trees. It has no {@code strftime}: the date is sliced. */
final class ByJacksonJq {
  private static final String DATE = "(.created|fromdate|strftime(\"%d.%m.%Y\"))";
  private static final String SLICED =
      "(.created[8:10] + \".\" + .created[5:7] + \".\" + .created[0:4])";

  private final ObjectMapper mapper = new ObjectMapper();
  private final Scope scope = Scope.newEmptyScope();
  private final JsonQuery query;
  private JsonNode mapped = NullNode.getInstance();

  /** {@code filter} is the one that jq runs. */
  ByJacksonJq(String filter) throws JsonQueryException {
    BuiltinFunctionLoader.getInstance().loadFunctions(Versions.JQ_1_6, scope);
    if (!filter.contains(DATE)) {
      throw new IllegalArgumentException("the filter does not format the date as expected");
    }
    query = JsonQuery.compile(filter.replace(DATE, SLICED), Versions.JQ_1_6);
  }

  byte[] run(byte[] body) throws IOException {
    query.apply(scope, mapper.readTree(body), it -> mapped = it);
    return mapper.writeValueAsBytes(mapped);
  }
}
